package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// pipes is a network that lives in a testing/synctest bubble: whatever is dialled, the server
// gets the other end.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, network, address string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		return nil, &net.OpError{Op: "dial", Net: network, Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: network, Err: ctx.Err()}
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// piped is a client all of whose requests, to whatever host, come to the handler.
func piped(t *testing.T, opts Options, handler http.HandlerFunc) *Client {
	t.Helper()
	p := newPipes()
	server := &http.Server{
		Handler:  handler,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(p) // ends when it is closed
	}()
	c := newClient(slog.New(slog.DiscardHandler), opts, p.dial)
	t.Cleanup(func() {
		c.Close()
		server.Close()
		<-done
	})
	return c
}

// raw is a client whose connections are handed over as they are.
func raw(t *testing.T, opts Options, handle func(net.Conn)) *Client {
	t.Helper()
	p := newPipes()
	c := newClient(slog.New(slog.DiscardHandler), opts, p.dial)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := p.Accept()
			if err != nil {
				return
			}
			handle(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		c.Close()
		p.Close()
		<-done
	})
	return c
}

// hang reads whatever comes and says nothing, until the other side gives up.
func hang(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func TestFetchLimitsEachPhase(t *testing.T) {
	for name, c := range map[string]struct {
		url   string
		opts  Options
		serve func(net.Conn)
		after time.Duration
		want  string
	}{
		"TLS handshake": {
			"https://x.example/", Options{}, hang, handshakeTimeout, "no TLS handshake within 10s",
		},
		"header": {"http://x.example/", Options{}, hang, headerTimeout, "no answer within 20s"},
		"slow header": {
			"http://x.example/", Options{}, drip("HTTP/1.1 200 OK\r\nX: ", strings.Repeat("y", 99), time.Second), headerTimeout, "no answer within 20s",
		},
		"body": {
			"http://x.example/",
			Options{},
			drip("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rss>", "", 0), stallTimeout,
			"the document stops after 5 bytes and nothing comes for 15s",
		},
		"compressed body": {
			"http://x.example/",
			Options{},
			drip("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08", "", 0), stallTimeout,
			"the document stops after 3 bytes and nothing comes for 15s",
		},
		"what is said of an error": {
			"http://x.example/",
			Options{},
			drip("HTTP/1.1 500 \r\nContent-Length: 9\r\n\r\nsorry", "", 0), stallTimeout,
			"the server answers 500 Internal Server Error",
		},
		"trickling": {
			"http://x.example/",
			Options{},
			drip("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", strings.Repeat("x", 99), time.Second),
			defaultTimeout, "no complete answer within 30s",
		},
		"all of it": {
			"http://x.example/", Options{Timeout: 5 * time.Second}, hang, 5 * time.Second, "within 5s",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := raw(t, c.opts, c.serve)
				begin := time.Now()
				resp, err := client.Fetch(t.Context(), news.Request{URL: c.url})
				wantError(t, err, news.Unreachable, "fetch "+c.url, c.want)
				if took := time.Since(begin); took != c.after {
					t.Errorf("took %v, want %v: %v", took, c.after, err)
				}
				if err != nil && resp.Status < 400 && len(resp.Document.Body) > 0 && !resp.Partial {
					t.Errorf("%q beside the error", resp.Document.Body)
				}
			})
		})
	}
}

// drip answers a request, the second part byte by byte with a pause after each, and then waits
// until the other side gives up.
func drip(first, second string, pause time.Duration) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096)) // the request, whatever it is
		_, _ = io.WriteString(conn, first)   // what fails, fails again below
		for i := range len(second) {
			if _, err := io.WriteString(conn, second[i:i+1]); err != nil {
				return
			}
			time.Sleep(pause)
		}
		hang(conn)
	}
}

func TestFetchLimitsConnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(slog.New(slog.DiscardHandler), Options{}, newPipes().dial)
		begin := time.Now()
		_, err := c.Fetch(t.Context(), news.Request{URL: "http://x.example/"})
		wantError(t, err, news.Unreachable, "no connection within 10s")
		if took := time.Since(begin); took != connectTimeout {
			t.Errorf("took %v", took)
		}
	})
}

func TestFetchEndsWithItsContextInTheBody(t *testing.T) {
	for _, status := range []int{200, 403} {
		synctest.Test(t, func(t *testing.T) {
			answer := fmt.Sprintf("HTTP/1.1 %d \r\nContent-Length: 9\r\n\r\n<rss>", status)
			c := raw(t, Options{}, drip(answer, "", 0))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := c.Fetch(ctx, news.Request{URL: "http://x.example/"})
			if !errors.Is(err, context.DeadlineExceeded) || news.KindOf(err) != news.Internal {
				t.Errorf("%d: error %v of kind %v", status, err, news.KindOf(err))
			}
		})
	}
}

// secure starts a TLS server, and gives a client that trusts it.
func secure(t *testing.T, handler http.HandlerFunc) (c *Client, url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.StartTLS()
	c = client(t, Options{MaxBytes: 1_000_000})
	known := x509.NewCertPool()
	known.AddCert(server.Certificate())
	c.http.TLSClientConfig = &tls.Config{RootCAs: known}
	t.Cleanup(func() {
		c.Close()
		server.CloseClientConnections()
		server.Close()
	})
	return c, server.URL
}

func TestFetchSpeaksHTTP2(t *testing.T) {
	c, url := secure(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/endless" {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}
		fmt.Fprint(w, r.Proto)
	})
	for range 3 {
		resp, err := c.Fetch(t.Context(), news.Request{URL: url})
		if err != nil || string(resp.Document.Body) != "HTTP/2.0" {
			t.Errorf("%q, %v", resp.Document.Body, err)
		}
		_, err = c.Fetch(t.Context(), news.Request{URL: url + "/endless"})
		wantError(t, err, news.TooLarge, "limit of 1000000 bytes")
	}
}
