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

// Servers end documents in many wrong ways: what came is handed on, and that it is a part.
func TestFetchKeepsWhatCameBeforeABrokenEnd(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
	const doc = "<rss><channel><item/></channel></rss>"
	chunk := fmt.Sprintf("%x\r\n%s\r\n", len(doc), doc)
	for name, answer := range map[string]string{
		"no last chunk":     head + "Transfer-Encoding: chunked\r\n\r\n" + chunk,
		"half a last chunk": head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + "0\r",
		"junk for a chunk":  head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + "<!-- x -->\r\n",
		"length too large":  head + "Content-Length: 1000\r\n\r\n" + doc,
	} {
		for _, waits := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, waits %v", name, waits), func(t *testing.T) {
				url := "http://" + listen(t, func(conn net.Conn) {
					_, _ = conn.Read(make([]byte, 4096)) // the request, whatever it is
					_, _ = io.WriteString(conn, answer)
					if waits { // until the client has had enough
						_, _ = conn.Read(make([]byte, 1))
					}
				})
				c := client(t, Options{Timeout: 200 * time.Millisecond})
				resp, err := c.Fetch(t.Context(), news.Request{URL: url})
				wantError(t, err, news.Unreachable, "fetch "+url+": ")
				if !resp.Partial || string(resp.Document.Body) != doc {
					t.Errorf("partial %v, %q: %v", resp.Partial, resp.Document.Body, err)
				}
				if resp.Validators != (news.Validators{}) {
					t.Errorf("validators %+v of a part", resp.Validators)
				}
			})
		}
	}
}

// 406 is the answer of servers that look for text/html in Accept and find none.
func TestFetchAsksOnceMoreAfter406(t *testing.T) {
	var accepts []string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		accepts = append(accepts, r.Header.Get("Accept"))
		if !strings.Contains(r.Header.Get("Accept"), "text/html") || r.URL.Path == "/never" {
			w.WriteHeader(http.StatusNotAcceptable)
			return
		}
		fmt.Fprint(w, "<rss/>")
	})
	c := client(t, Options{})
	resp, err := c.Fetch(t.Context(), news.Request{URL: url, Accept: "application/rss+xml"})
	if err != nil || string(resp.Document.Body) != "<rss/>" || !strings.Contains(resp.Note, "406") {
		t.Errorf("%+v, %v", resp, err)
	}
	if want := "application/rss+xml, text/html;q=0.1"; len(accepts) != 2 || accepts[1] != want {
		t.Errorf("asked with %q, want the second with %q", accepts, want)
	}
	accepts = nil
	_, err = c.Fetch(t.Context(), news.Request{URL: url + "/never"})
	wantError(t, err, news.Refused, "406 Not Acceptable")
	if len(accepts) != 2 {
		t.Errorf("asked %d times: %q", len(accepts), accepts)
	}
}

func TestFetchNamesCookieWalls(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		wall := page("Daily Wire", "<form>Choose what we may keep.</form>"+article)
		switch r.URL.Path {
		case "/circle":
			w.Header().Set("Set-Cookie", "seen=1")
			http.Redirect(w, r, "/circle", http.StatusFound)
		case "/longer":
			http.Redirect(w, r, "/set", http.StatusFound)
		case "/set":
			w.Header().Set("Set-Cookie", "seen=1")
			http.Redirect(w, r, "/longer", http.StatusFound)
		case "/spiral":
			w.Header().Set("Set-Cookie", "n="+r.URL.RawQuery)
			http.Redirect(w, r, "/spiral?"+r.URL.RawQuery+"x", http.StatusFound)
		case "/away":
			http.Redirect(w, r, "/cookie-consent?back=/away", http.StatusFound)
		case "/cookie-consent":
			fmt.Fprint(w, wall)
		case "/small":
			fmt.Fprint(w, page("Daily Wire", "<h1>Hello</h1>Please enable cookies and load again."))
		case "/pequeña":
			fmt.Fprint(w, page("El Diario", "Para continuar, acepta las cookies."))
		case "/titled":
			fmt.Fprint(w, page("Before you continue - Daily Wire", "<button>I agree</button>"))
		case "/denied":
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, page("Daily Wire", "This site requires cookies."))
		case "/home": // a real page with a banner: its feed is named, and there is much text
			fmt.Fprint(w, page("Daily Wire", "<p>We use cookies. Accept all</p>"+article))
		case "/tiny":
			fmt.Fprint(w, page("Daily Wire", `<link rel="alternate" href="/feed">Accept cookies`))
		}
	})
	c := client(t, Options{})
	for _, path := range []string{
		"/circle", "/longer", "/spiral", "/away", "/small", "/peque%C3%B1a", "/titled", "/denied",
	} {
		resp, err := c.Fetch(t.Context(), news.Request{URL: url + path})
		wantError(t, err, news.Refused, "fetch "+url, "cookie wall")
		if resp.Challenge != cookieWall {
			t.Errorf("%s: challenge %q", path, resp.Challenge)
		}
	}
	for _, path := range []string{"/home", "/tiny"} {
		if resp, err := c.Fetch(t.Context(), news.Request{URL: url + path}); err != nil {
			t.Errorf("%s: %v, %+v", path, err, resp)
		}
	}
}
