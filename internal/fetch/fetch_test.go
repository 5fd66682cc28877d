package fetch

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/teletipo/teletipo/internal/news"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is the client's clock in every test.
var noon = time.Date(2025, 3, 4, 12, 0, 0, 0, time.UTC)

func client(t *testing.T, opts Options) *Client {
	t.Helper()
	opts.Now = func() time.Time { return noon }
	c := New(slog.New(slog.DiscardHandler), opts)
	t.Cleanup(c.Close)
	return c
}

// serve starts a server on the loopback interface that ends with the test.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// listen hands over every connection and closes it afterwards.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			handle(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return listener.Addr().String()
}

func TestFetchSendsWhatServersExpect(t *testing.T) {
	var got http.Header
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		w.Header().Set("ETag", `W/"a b"`)
		w.Header().Set("Last-Modified", "yesterday, or so")
		w.Header().Set("Content-Type", "application/rss+xml; charset=ISO-8859-1")
		fmt.Fprint(w, "<rss/>")
	})
	c := client(t, Options{Version: "1.2.3", Contact: "https://desk.example/bot"})
	resp, err := c.Fetch(t.Context(), news.Request{
		URL:        url + "/feed#top",
		Accept:     "application/rss+xml",
		Validators: news.Validators{ETag: `W/"x`, LastModified: "not even a date"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"User-Agent":        "Mozilla/5.0 (compatible; teletipo/1.2.3; +https://desk.example/bot)",
		"Accept":            "application/rss+xml",
		"Accept-Encoding":   "gzip",
		"If-None-Match":     `W/"x`,
		"If-Modified-Since": "not even a date",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name), want)
		}
	}
	want := news.Validators{ETag: `W/"a b"`, LastModified: "yesterday, or so"}
	if resp.Validators != want {
		t.Errorf("validators %+v, want %+v", resp.Validators, want)
	}
	doc := resp.Document
	if doc.URL != url+"/feed" || string(doc.Body) != "<rss/>" || !doc.Time.Equal(noon) ||
		doc.MediaType != "application/rss+xml; charset=ISO-8859-1" || resp.Status != 200 {
		t.Errorf("response %+v", resp)
	}
}

func TestFetchWithoutContactOrConditions(t *testing.T) {
	var got http.Header
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	resp, err := client(t, Options{Version: "1"}).Fetch(t.Context(), news.Request{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	if agent := got.Get("User-Agent"); agent != "Mozilla/5.0 (compatible; teletipo/1)" {
		t.Errorf("User-Agent %q", agent)
	}
	for _, name := range []string{"If-None-Match", "If-Modified-Since"} {
		if _, sent := got[name]; sent {
			t.Errorf("%s sent without a validator", name)
		}
	}
	if resp.Validators != (news.Validators{}) {
		t.Errorf("validators %+v out of nothing", resp.Validators)
	}
}

func TestFetchNotModified(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"new"`)
		w.WriteHeader(http.StatusNotModified)
	})
	c := client(t, Options{})
	resp, err := c.Fetch(t.Context(), news.Request{
		URL: url, Validators: news.Validators{ETag: `"old"`, LastModified: "then"},
	})
	if err != nil || !resp.NotModified || resp.Status != http.StatusNotModified {
		t.Fatalf("%+v, %v", resp, err)
	}
	if want := (news.Validators{ETag: `"new"`, LastModified: "then"}); resp.Validators != want {
		t.Errorf("validators %+v, want %+v", resp.Validators, want)
	}
	_, err = c.Fetch(t.Context(), news.Request{URL: url})
	wantError(t, err, news.Unreachable, "304 Not Modified to a request without condition")
}

func TestFetchForgetsValidatorsThatA200DoesNotRepeat(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") })
	resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{
		URL: url, Validators: news.Validators{ETag: `"old"`},
	})
	if err != nil || resp.Validators != (news.Validators{}) {
		t.Errorf("%+v, %v", resp.Validators, err)
	}
}

func TestFetchStatuses(t *testing.T) {
	for status, want := range map[int]news.Kind{
		206: news.Unreachable, 300: news.Unreachable, 301: news.Unreachable,
		400: news.Refused, 401: news.Refused, 403: news.Refused, 404: news.NotFound,
		408: news.Unreachable, 410: news.Gone, 425: news.Unreachable, 429: news.Unreachable,
		451: news.Refused, 500: news.Unreachable, 503: news.Unreachable, 599: news.Unreachable,
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(status)
		})
		resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url + "/f"})
		wantError(t, err, want, "fetch "+url+"/f: ", fmt.Sprint(status))
		if resp.Status != status || resp.RetryAfter != 90*time.Second ||
			resp.Document.URL != url+"/f" {
			t.Errorf("%d: beside the error %+v", status, resp)
		}
	}
}

func TestFetchNamesBotChallenges(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cf-Mitigated", "challenge")
		w.WriteHeader(http.StatusForbidden)
	})
	_, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url})
	wantError(t, err, news.Refused, "403 Forbidden with a bot challenge")
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"":                                0,
		"120":                             2 * time.Minute,
		" 7 ":                             7 * time.Second,
		"-5":                              0,
		"99999999999999":                  maxRetryAfter,
		"999999999999999999999999":        0,
		"soon":                            0,
		"Tue, 04 Mar 2025 12:01:30 GMT":   90 * time.Second,
		"Tue, 04 Mar 2025 11:00:00 GMT":   0,
		"Tuesday, 04-Mar-25 13:00:00 GMT": time.Hour,
		"Tue, 04 Mar 9999 12:01:30 GMT":   maxRetryAfter,
	} {
		if got := retryAfter(value, noon); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestFetchFollowsRedirects(t *testing.T) {
	var etags []string
	last := serve(t, func(w http.ResponseWriter, r *http.Request) {
		etags = append(etags, r.Header.Get("If-None-Match"))
		fmt.Fprint(w, r.URL.Path)
	})
	first := serve(t, func(w http.ResponseWriter, r *http.Request) {
		etags = append(etags, r.Header.Get("If-None-Match"))
		if r.URL.Path == "/a/b" {
			w.Header().Set("Location", "c") // relative to the address that answered
			w.WriteHeader(http.StatusPermanentRedirect)
			return
		}
		http.Redirect(w, r, last+r.URL.Path, http.StatusFound)
	})
	resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{
		URL: first + "/a/b", Validators: news.Validators{ETag: `"e"`},
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Document.URL != last+"/a/c" || string(resp.Document.Body) != "/a/c" {
		t.Errorf("ended at %s with %q", resp.Document.URL, resp.Document.Body)
	}
	if got := strings.Join(etags, " "); got != `"e" "e" "e"` {
		t.Errorf("validators on the way: %s", got)
	}
}

func TestFetchRedirectsThatLeadNowhere(t *testing.T) {
	for name, c := range map[string]struct{ location, want string }{
		"loop":     {"/again", "more than 10 redirects"},
		"file":     {"file:///etc/passwd", "want an address that begins with http:// or https://"},
		"no host":  {"http:///x", "names no host"},
		"nonsense": {"http://[::1", "Location"},
		"nothing":  {"", "but not where to"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				if c.location != "" {
					w.Header().Set("Location", c.location)
				}
				w.WriteHeader(http.StatusFound)
			})
			_, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url})
			wantError(t, err, news.Unreachable, c.want)
			if asked.Load() > maxRedirects+1 {
				t.Errorf("asked %d times", asked.Load())
			}
		})
	}
}

func TestFetchRefusesAddresses(t *testing.T) {
	for _, url := range []string{
		"", "feed.xml", "file:///etc/passwd", "ftp://x.example/", "http://", "https:///x",
		"http://a b/", "http://[::1", "javascript:alert(1)",
	} {
		_, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url})
		wantError(t, err, news.Invalid, "fetch ")
	}
}

func TestFetchKeepsPasswordsToItself(t *testing.T) {
	status := http.StatusOK
	var user, password string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		w.WriteHeader(status)
	})
	c := client(t, Options{})
	req := news.Request{URL: strings.Replace(url, "http://", "http://desk:hunter2@", 1)}
	resp, err := c.Fetch(t.Context(), req)
	if err != nil || resp.Document.URL != url {
		t.Errorf("address %s, error %v", resp.Document.URL, err)
	}
	if user != "desk" || password != "hunter2" {
		t.Errorf("signed in as %q with %q", user, password)
	}
	status = http.StatusUnauthorized
	_, err = c.Fetch(t.Context(), req)
	wantError(t, err, news.Refused, "401 Unauthorized")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error shows the password: %v", err)
	}
}

func wantError(t *testing.T, err error, kind news.Kind, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	if news.KindOf(err) != kind {
		t.Errorf("kind %v, want %v: %v", news.KindOf(err), kind, err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q lacks %q", err, part)
		}
	}
}
