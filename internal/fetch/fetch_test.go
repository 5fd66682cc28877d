package fetch

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
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
	opts.Allow = append(opts.Allow, netip.MustParsePrefix("127.0.0.1/32"))
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
		"Accept-Encoding":   "gzip, br, zstd",
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

func TestFetchAsksForDeltas(t *testing.T) {
	var got string
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("A-IM") })
	for _, c := range []struct {
		delta      bool
		etag, want string
	}{{true, `"1"`, "feed"}, {false, `"1"`, ""}, {true, "", ""}} {
		_, err := client(t, Options{}).Fetch(t.Context(), news.Request{
			URL: url, Delta: c.delta, Validators: news.Validators{ETag: c.etag},
		})
		if err != nil || got != c.want {
			t.Errorf("%+v: A-IM %q, %v", c, got, err)
		}
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

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"":                                0,
		"120":                             2 * time.Minute,
		" 7 ":                             7 * time.Second,
		"-5":                              0,
		"99999999999999":                  longest,
		"999999999999999999999999":        0,
		"soon":                            0,
		"Tue, 04 Mar 2025 12:01:30 GMT":   90 * time.Second,
		"Tue, 04 Mar 2025 11:00:00 GMT":   0,
		"Tuesday, 04-Mar-25 13:00:00 GMT": time.Hour,
		"Tue, 04 Mar 9999 12:01:30 GMT":   longest,
	} {
		if got := retryAfter(value, noon); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
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

func TestMaxAge(t *testing.T) {
	const now, in10 = "Tue, 04 Mar 2025 12:00:00 GMT", "Tue, 04 Mar 2025 12:10:00 GMT"
	for fields, want := range map[string]time.Duration{
		"":                                      0,
		"Cache-Control: max-age=300":            5 * time.Minute,
		"Cache-Control: public, Max-Age=\"60\"": time.Minute,
		"Cache-Control: max-age=60, max-age=9":  time.Minute,
		"Cache-Control: private|Cache-Control: max-age=60":              time.Minute,
		"Cache-Control: max-age=60, no-cache":                           0,
		"Cache-Control: no-store, max-age=60":                           0,
		"Cache-Control: s-maxage=60":                                    0,
		"Cache-Control: max-age=-60":                                    0,
		"Cache-Control: max-age=99999999999":                            longest,
		"Cache-Control: max-age=soon|Expires: " + in10:                  10 * time.Minute,
		"Cache-Control: max-age=0|Expires: " + in10:                     0,
		"Cache-Control: max-age=300|Age: 60":                            4 * time.Minute,
		"Cache-Control: max-age=300|Age: 900":                           0,
		"Cache-Control: max-age=300|Age: old":                           5 * time.Minute,
		"Expires: " + in10:                                              10 * time.Minute,
		"Expires: " + in10 + "|Date: Tue, 04 Mar 2025 12:09:00 GMT":     time.Minute,
		"Expires: " + in10 + "|Date: " + now + "|Age: 60":               9 * time.Minute,
		"Expires: " + now:                                               0,
		"Expires: 0":                                                    0,
		"Expires: Tue, 04 Mar 9999 12:00:00 GMT":                        longest,
		"Expires: Tue, 04 Mar 1025 12:00:00 GMT|Cache-Control: private": 0,
	} {
		header := make(http.Header)
		for field := range strings.SplitSeq(fields, "|") {
			if name, value, ok := strings.Cut(field, ": "); ok {
				header.Add(name, value)
			}
		}
		if got := maxAge(header, noon); got != want {
			t.Errorf("%s: %v, want %v", fields, got, want)
		}
	}
}

func TestFetchPassesOnWhatServersSay(t *testing.T) {
	status := http.StatusOK
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=300")
		w.Header().Set("X-Wp-TotalPages", "7")
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("ETag", `"1"`)
		w.WriteHeader(status)
		fmt.Fprint(w, `{"code":"x"}`)
	})
	for _, status = range []int{200, 226, 304, 401, 404, 500} {
		resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{
			URL: url, Validators: news.Validators{ETag: `"1"`},
		})
		if (err != nil) != (status >= 400) || resp.MaxAge != 5*time.Minute ||
			len(resp.Header["X-Wp-Totalpages"]) != 1 {
			t.Errorf("%d: %v, fresh for %v, header %v", status, err, resp.MaxAge, resp.Header)
		}
		body, mediaType, etag := `{"code":"x"}`, "application/json", `"1"`
		switch {
		case status == 304:
			body, mediaType = "", ""
		case status >= 400:
			etag = ""
		}
		if got := resp.Document; string(got.Body) != body || got.MediaType != mediaType ||
			resp.Validators.ETag != etag {
			t.Errorf("%d: %+v", status, resp)
		}
	}
}
