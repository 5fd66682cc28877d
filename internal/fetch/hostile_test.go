package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

func TestFetchLimitsBodies(t *testing.T) {
	big := strings.Repeat("x", 1001)
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	fmt.Fprint(zip, big)
	zip.Close()
	for name, handler := range map[string]http.HandlerFunc{
		"announced": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, big) },
		"chunked": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, big[:500])
			w.(http.Flusher).Flush()
			fmt.Fprint(w, big[500:])
		},
		"compressed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zipped.Bytes())
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, big); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, handler)
			c := client(t, Options{MaxBytes: 1000})
			resp, err := c.Fetch(t.Context(), news.Request{URL: url + "/big"})
			wantError(t, err, news.TooLarge, url+"/big", "limit of 1000 bytes")
			if len(resp.Document.Body) != 0 {
				t.Errorf("%d bytes beside the error", len(resp.Document.Body))
			}
		})
	}
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, big[:1000]) })
	resp, err := client(t, Options{MaxBytes: 1000}).Fetch(t.Context(), news.Request{URL: url})
	if err != nil || len(resp.Document.Body) != 1000 {
		t.Errorf("exactly the limit: %d bytes, %v", len(resp.Document.Body), err)
	}
}

func TestFetchServersThatMisbehave(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
	for name, c := range map[string]struct{ answer, want string }{
		"no answer": {"", "closed the connection without an answer"},
		"no http":   {"hello\r\n\r\n", "malformed HTTP"},
		"truncated": {head + "Content-Length: 100\r\n\r\n<rss>", "breaks off after 5 bytes"},
		"truncated chunks": {
			head + "Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n9\r\n<ch",
			"breaks off after 8 bytes",
		},
		"brotli": {head + "Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx", `coding "br"`},
		"bad gzip": {
			head + "Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\nnot gzip at!",
			"gzip",
		},
		"more than it said": {head + "Connection: close\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\n" +
			"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", "breaks off after 0 bytes"},
		"two lengths": {
			head + "Content-Length: 5\r\nContent-Length: 9\r\n\r\n<rss>...",
			"Content-Length",
		},
		"negative":        {head + "Content-Length: -5\r\n\r\n<rss>", "bad Content-Length"},
		"bad chunk":       {head + "Transfer-Encoding: chunked\r\n\r\nz\r\n<rss>", "invalid byte"},
		"endless status":  {strings.Repeat("x", 300<<10), "exceeded"},
		"long nonsense":   {"HTTP/1.1 " + strings.Repeat("x", 30<<10) + "\r\n\r\n", "malformed HTTP"},
		"endless headers": {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 300<<10), "exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			url := serveRaw(t, c.answer)
			_, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url})
			wantError(t, err, news.Unreachable, "fetch "+url+": ", c.want)
			if err != nil && len(err.Error()) > 1000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
}

func TestFetchReadsNoMoreThanItSaid(t *testing.T) {
	url := serveRaw(t, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n<rss>more")
	resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url})
	if err != nil || string(resp.Document.Body) != "<rss>" {
		t.Errorf("%q, %v", resp.Document.Body, err)
	}
}

func TestFetchServersThatHang(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"before the headers": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"within the body": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "<rss>")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"between redirects": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/next", http.StatusFound)
				return
			}
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, handler)
			c := client(t, Options{Timeout: 200 * time.Millisecond})
			_, err := c.Fetch(t.Context(), news.Request{URL: url + "/"})
			wantError(t, err, news.Unreachable, "fetch "+url, "")
			if text := err.Error(); !strings.Contains(text, "200ms") &&
				!strings.Contains(text, "took too long") {
				t.Errorf("the text does not speak of time: %s", text)
			}
		})
	}
}

func TestFetchNetworkErrors(t *testing.T) {
	closed := listen(t, func(net.Conn) {})
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	secret := httptest.NewTLSServer(http.NotFoundHandler())
	secret.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(secret.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().String()
	listener.Close()

	for name, c := range map[string]struct{ url, want string }{
		"refused":     {"http://" + nobody, "the server refuses the connection"},
		"hangs up":    {"https://" + closed, "the connection"},
		"no TLS":      {strings.Replace(plain, "http:", "https:", 1), "does not speak TLS"},
		"certificate": {secret.URL, "TLS certificate is not good"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: c.url})
			wantError(t, err, news.Unreachable, "fetch "+c.url+": ", c.want)
		})
	}
}

func TestExplainNames(t *testing.T) {
	c := client(t, Options{})
	for want, err := range map[string]error{
		"no server has the name x.example":            &net.DNSError{Name: "x.example", IsNotFound: true},
		"looking up the name x.example took too long": &net.DNSError{Name: "x.example", IsTimeout: true},
		"the name x.example could not be looked up":   &net.DNSError{Name: "x.example", Err: "SERVFAIL"},
		"no connection within 10s":                    &net.OpError{Op: "dial", Err: timeout{}},
		"the server took too long":                    timeout{},
		"":                                            errors.New("something else"),
	} {
		if got := c.explain(fmt.Errorf("wrapped: %w", err)); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

type timeout struct{}

func (timeout) Error() string   { return "i/o timeout" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

// serveRaw answers every connection with the given bytes and closes it.
func serveRaw(t *testing.T, answer string) string {
	t.Helper()
	return "http://" + listen(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096)) // the request, whatever it is
		_, _ = io.WriteString(conn, answer)
	})
}
