package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/parse"
)

// TestTheFixtureIsTheSameEveryDay reads each kind of document that the fixture makes up.
func TestTheFixtureIsTheSameEveryDay(t *testing.T) {
	f := &fixture{feeds: 20, items: 5, addr: "127.0.0.1:8091"}
	cleaner := clean.New()
	for n := range f.feeds {
		doc := f.document(n, 7)
		if !bytes.Equal(doc, f.document(n, 7)) {
			t.Errorf("feed %d differs from itself", n)
		}
		items, faults, err := parse.Parse(news.Document{URL: "http://x.example/", Body: doc})
		if err != nil || len(faults) > 0 || len(items) != f.items {
			t.Fatalf("feed %d: %d items, %v, %v", n, len(items), faults, err)
		}
		guids := map[string]bool{}
		for _, item := range items {
			guids[item.GUID] = true
			size := max(len(item.Content), len(item.Summary))
			if long := size > 10_000; long != isLong(n) || size < 1000 {
				t.Errorf("feed %d has an item of %d bytes", n, size)
			}
			a, _, err := cleaner.Clean(item, news.Source{ID: "x", URL: "http://x.example/"}, newestDate)
			if err != nil || a.Lang != "en" || a.Title == "" || a.URL == "" {
				t.Errorf("feed %d: article %+v, %v", n, a, err)
			}
		}
		if len(guids) != f.items {
			t.Errorf("feed %d has %d guids", n, len(guids))
		}
		moved, _, err := parse.Parse(news.Document{Body: f.document(n, 8)})
		if err != nil || moved[1].GUID != items[0].GUID || moved[1].Content != items[0].Content ||
			guids[moved[0].GUID] {
			t.Errorf("feed %d, one item on: first %q, then %q, %v", n, moved[0].GUID, moved[1].GUID, err)
		}
	}
}

// TestTheFixtureServes asks it as readers do.
func TestTheFixtureServes(t *testing.T) {
	f := &fixture{feeds: 5, items: 3, hosts: 2, addr: "127.0.0.1:8091"}
	f.set(3)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed/{n}", f.feed)
	mux.HandleFunc("GET /newest", f.newest)
	mux.HandleFunc("GET /opml", f.opml)
	mux.HandleFunc("GET /stats", f.stats)
	ask := func(path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	plain, zipped := ask("/feed/4"), ask("/feed/4", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(unzipped, plain.Body.Bytes()) || len(unzipped) == 0 {
		t.Errorf("%d bytes, zipped %d, %v", plain.Body.Len(), len(unzipped), err)
	}
	etag, modified := plain.Header().Get("ETag"), plain.Header().Get("Last-Modified")
	for _, test := range []struct {
		name, value string
		want        int
	}{
		{"If-None-Match", etag, 304},
		{"If-None-Match", `"other"`, 200},
		{"If-Modified-Since", modified, 304},
	} {
		if got := ask("/feed/4", test.name, test.value).Code; got != test.want {
			t.Errorf("%s: %s: %d, want %d", test.name, test.value, got, test.want)
		}
	}
	if ask("/feed/5").Code != 404 || ask("/newest?n=2").Code != 400 || ask("/newest?n=4").Code != 200 {
		t.Error("what is not there is found, or what is there is not")
	}
	if got := ask("/feed/4", "If-None-Match", etag).Code; got != 200 {
		t.Errorf("once it moved on: %d", got)
	}
	var said tally
	if err := json.Unmarshal(ask("/stats?reset").Body.Bytes(), &said); err != nil {
		t.Fatal(err)
	}
	if said.Full != 4 || said.Same != 2 || said.Size <= said.Zipped {
		t.Errorf("tally %+v", said)
	}
	if list := ask("/opml").Body.String(); xml.Unmarshal([]byte(list), new(struct{})) != nil ||
		!strings.Contains(list, "http://127.0.0.2:8091/feed/3") {
		t.Errorf("list %s", list)
	}
}

func TestAddressesOfAList(t *testing.T) {
	pages := map[string]string{
		"/two":   `<opml><body><outline xmlUrl="http://a/1"><outline xmlUrl="http://a/2"/></outline></body></opml>`,
		"/none":  `<opml><body/></opml>`,
		"/wrong": `<opml><body>`,
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if pages[r.URL.Path] == "" {
			http.Error(w, "no such list", http.StatusNotFound)
		}
		io.WriteString(w, pages[r.URL.Path])
	}))
	defer web.Close()
	for path, want := range map[string]string{
		"/two": "http://a/1 http://a/2", "/none": "lists no feeds", "/wrong": "XML syntax error",
		"/gone": "404 Not Found: no such list",
	} {
		s := settings{opml: web.URL + path}
		got, err := s.addresses(t.Context())
		text := strings.Join(got, " ")
		if err != nil {
			text = err.Error()
		}
		if !strings.Contains(text, want) {
			t.Errorf("%s: %q, want %q", path, text, want)
		}
	}
}

func TestAdvance(t *testing.T) {
	var asked []string
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
	}))
	defer web.Close()
	s := settings{items: 50, addr: strings.TrimPrefix(web.URL, "http://")}
	newest := 50
	var err error
	for i, round := range []string{"all", "one", "same", "all"} {
		if newest, err = s.advance(t.Context(), round, i, newest); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(asked, " "); newest != 101 || got != "/newest?n=51 /newest?n=101" {
		t.Errorf("newest %d, asked %s", newest, got)
	}
	if _, err := s.advance(t.Context(), "some", 4, newest); err == nil {
		t.Error("a round of no name is taken")
	}
	s.opml = "http://127.0.0.1/opml"
	if n, err := s.advance(t.Context(), "one", 1, 7); n != 7 || err != nil {
		t.Errorf("feeds that others serve: %d, %v", n, err)
	}
}

func TestMedian(t *testing.T) {
	got := median([]cost{{9, 1}, {1, 5}, {3, 9}})
	if got != (cost{3, 5}) {
		t.Errorf("median %v", got)
	}
	if ms(1500*time.Microsecond) != 1.5 {
		t.Error("milliseconds")
	}
}

func TestMadeUpArticlesAreAllNew(t *testing.T) {
	ids := map[news.ID]bool{}
	for _, c := range append(madeUp(0, 100), madeUp(100, 100)...) {
		ids[c.Article.ID] = true
	}
	if len(ids) != 200 {
		t.Errorf("%d ids", len(ids))
	}
}

// TestSizes times ingests into stores that are small enough for a test.
func TestSizes(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), []string{"-sizes", "60,120", "-data", t.TempDir(), "store"}, &out, &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"60 articles, 50 more:  store alone ", "120 articles, 50 more:  store alone ",
		"parsed, cleaned, placed and stored ", "(1.00×)",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}
	if err := run(t.Context(), []string{"-sizes", "many", "store"}, &out, &out); err == nil {
		t.Error("a size that is no number is taken")
	}
}

// TestRoundOfOthersFeeds runs the rounds on feeds that somebody else serves, and a peer beside it.
func TestRoundOfOthersFeeds(t *testing.T) {
	f := &fixture{feeds: 3, items: 4, hosts: 1}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed/{n}", f.feed)
	mux.HandleFunc("GET /opml", f.opml)
	web := httptest.NewServer(mux)
	defer web.Close()
	f.addr = strings.TrimPrefix(web.URL, "http://")
	f.set(4)
	var out bytes.Buffer
	err := run(t.Context(), []string{
		"-feeds", web.URL + "/opml", "-data", t.TempDir(), "-rounds", "all,same",
		"-peer", `test -n "$LOADTEST_OPML"`,
	}, &out, &out)
	if err != nil {
		t.Fatal(err, out.String())
	}
	for _, want := range []string{
		"12 accepted, 0 updated, 0 unchanged, 0 rejected; 0 × 304, 0 failed",
		"0 accepted, 0 updated, 0 unchanged, 0 rejected; 3 × 304, 0 failed", "all   peer", "same  peer",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}
}

func TestMemoryIsRead(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("only Linux says how much memory a process has")
	}
	if all, own := memory("self", "VmRSS"), memory("self", "RssAnon"); own <= 0 || all < own {
		t.Errorf("%f MB, %f of it own", all, own)
	}
	if memory("self", "NoSuchFigure") != 0 || memory("none", "VmRSS") != 0 {
		t.Error("a figure that is not there")
	}
}
