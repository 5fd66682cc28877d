package newstest

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// failing stands for a test that is expected to fail, and keeps what it says.
type failing struct {
	testing.TB
	message string
}

func (f *failing) Helper() {}

func (f *failing) Errorf(format string, args ...any) { f.message = fmt.Sprintf(format, args...) }

func (f *failing) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

func (f *failing) Fatal(args ...any) { f.Fatalf("%s", fmt.Sprint(args...)) }

// message runs a check as a test of its own would, and gives what it failed with.
func message(t *testing.T, check func(testing.TB)) string {
	t.Helper()
	f := &failing{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check(f)
	}()
	<-done
	return f.message
}

func TestGolden(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", "b.txt")
	compare := func(got string, write bool) string {
		return message(t, func(tb testing.TB) { golden(tb, file, []byte(got), write) })
	}
	if got := compare("text\n", false); !strings.Contains(got, "does not exist") {
		t.Errorf("a missing golden file: %q", got)
	}
	if got := compare("text\n", true); got != "" {
		t.Errorf("writing a golden file: %q", got)
	}
	if got := compare("text\n", false); got != "" {
		t.Errorf("the same text: %q", got)
	}
	if got := compare("text", false); !strings.Contains(got, "-want +got") {
		t.Errorf("a different text: %q", got)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o777); err != nil {
		t.Fatal(err)
	}
	if got := compare("", false); got == "" {
		t.Error("a golden file that cannot be read passes")
	}
}

func TestLoggerOutlivesItsTest(t *testing.T) {
	log := Logger(t)
	log.Debug("to the test's output", "seen", true)
	t.Run("inner", func(t *testing.T) { log = Logger(t) })
	log.Info("after the test has ended") // would panic if it reached the test's output
}

const archive = `
-- /feed.xml --
HTTP 200
Content-Type: application/rss+xml
ETag: W/"a,b"
Last-Modified: Sat, 01 Mar 2025 10:00:00 GMT
Set-Cookie: a=1
Set-Cookie: b=2

<rss/>
-- /bare --
<p>no head</p>
-- /text --

Title: no header
-- /gone --
HTTP 410
Content-Type:

-- /moved?to=feed --
HTTP 302
Location: {{url}}/feed.xml
`

func TestWeb(t *testing.T) {
	web := Web(t, archive)
	for _, c := range []struct {
		path, header string // header: Name: value
		status       int
		body         string
		sent         string // a header of the answer, Name: value
	}{
		{"/feed.xml", "", 200, "<rss/>\n", "Content-Type: application/rss+xml"},
		{"/feed.xml", "", 200, "<rss/>\n", "Set-Cookie: a=1,b=2"},
		{"/feed.xml?x=1", "", 200, "<rss/>\n", `Etag: W/"a,b"`},
		{"/feed.xml", `If-None-Match: W/"a,b"`, 304, "", `Etag: W/"a,b"`},
		{"/feed.xml", `If-None-Match: "a,b"`, 200, "<rss/>\n", ""},
		{"/feed.xml", "If-Modified-Since: Sat, 01 Mar 2025 10:00:00 GMT", 304, "", ""},
		{"/feed.xml", "If-Modified-Since: Sat, 01 Mar 2025 11:00:00 GMT", 200, "<rss/>\n", ""},
		{"/bare", "", 200, "<p>no head</p>\n", "Content-Type: text/html; charset=utf-8"},
		{"/text", "", 200, "Title: no header\n", ""},
		{"/gone", "", 410, "", "Content-Type: "},
		{"/moved?to=feed", "", 302, "", "Location: " + web.URL + "/feed.xml"},
		{"/moved", "", 404, "404 page not found\n", ""},
	} {
		t.Run(c.path+" "+c.header, func(t *testing.T) {
			status, header, body := get(t, web.URL+c.path, c.header)
			if status != c.status || body != c.body {
				t.Errorf("got %d %q, want %d %q", status, body, c.status, c.body)
			}
			name, want, _ := strings.Cut(c.sent, ": ")
			if got := strings.Join(header.Values(name), ","); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		})
	}
}

func TestWebChanges(t *testing.T) {
	web := Web(t, archive)
	web.Set("/feed.xml", "HTTP 503\nRetry-After: 60\n\nlater\n")
	if status, header, body := get(t, web.URL+"/feed.xml", `If-None-Match: W/"a,b"`); status != 503 ||
		header.Get("Retry-After") != "60" || body != "later\n" {
		t.Errorf("after a change: %d %v %q", status, header, body)
	}
	web.Remove("/feed.xml")
	if status, _, _ := get(t, web.URL+"/feed.xml?n=2", ""); status != 404 {
		t.Errorf("a page that was removed answers %d", status)
	}
	requests := web.Requests()
	if len(requests) != 2 || requests[0].Method != "GET" || requests[1].Path != "/feed.xml?n=2" ||
		requests[0].Header.Get("If-None-Match") != `W/"a,b"` {
		t.Errorf("request log: %+v", requests)
	}
}

func TestWebRejects(t *testing.T) {
	for name, archive := range map[string]string{
		"no page":       "HTTP 200\n",
		"relative path": "-- feed.xml --\nx\n",
		"twice":         "-- /a --\nx\n-- /a --\ny\n",
		"head":          "-- /a --\nETag: 1\n<rss/>\n",
		"late status":   "-- /a --\nETag: 1\nHTTP 200\n\n<rss/>\n",
	} {
		if got := message(t, func(tb testing.TB) { Web(tb, archive) }); got == "" {
			t.Errorf("%s: accepted", name)
		}
	}
	if got := message(t, func(tb testing.TB) { WebFile(tb, "testdata/none.txtar") }); got == "" {
		t.Error("a file that does not exist: accepted")
	}
}

func get(t *testing.T, url, header string) (int, http.Header, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if name, value, ok := strings.Cut(header, ": "); ok {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

func TestSamples(t *testing.T) {
	seen := make(map[news.ID]bool)
	langs := make(map[string]int)
	for n := range 100 {
		e := Entry(n)
		if seen[e.ID] || e.ID != news.MintID(e.Source, e.GUID) {
			t.Errorf("entry %d: id %s is not its own", n, e.ID)
		}
		seen[e.ID] = true
		langs[e.Lang]++
		for _, s := range []string{e.Title, e.Summary, e.Content, e.Fingerprint} {
			if s == "" || !utf8.ValidString(s) {
				t.Errorf("entry %d: bad text %q", n, s)
			}
		}
		if n > 0 && (!e.Published.After(Entry(n-1).Published) || e.Seq <= Entry(n-1).Seq) {
			t.Errorf("entry %d is not newer than the one before", n)
		}
		if e.Updated.Before(e.Published) || e.FirstSeen.Before(e.Published) {
			t.Errorf("entry %d: seen or updated before it was published", n)
		}
		if e.Fingerprint != Entry(n).Fingerprint {
			t.Errorf("entry %d is not the same twice", n)
		}
		e.Placements[0].Topic = "changed"
		if Entry(n).Placements[0].Topic == "changed" {
			t.Errorf("entry %d shares memory with another", n)
		}
	}
	if langs["en"] == 0 || langs["es"] == 0 || len(langs) != 2 {
		t.Errorf("languages %v, want en and es", langs)
	}
}
