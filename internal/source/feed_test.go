package source

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// movingFetcher is a newstest.Fetcher that tells of permanent redirects, as the contract has it.
type movingFetcher struct{ newstest.Fetcher }

func (f movingFetcher) Fetch(ctx context.Context, req news.Request) (news.Response, error) {
	resp, err := f.Fetcher.Fetch(ctx, req)
	if err == nil && resp.Document.URL != req.URL {
		resp.Moved = resp.Document.URL
	}
	return resp, err
}

// wire is a feed source under test, with a web and a clock of its own.
type wire struct {
	t      *testing.T
	web    *newstest.Server
	src    news.Source
	last   news.Validators
	now    time.Time
	reader *Reader
	told   int // requests that have been looked at
}

func newWire(t *testing.T, archive, path string) *wire {
	w := &wire{t: t, web: newstest.Web(t, archive), now: noon}
	w.src = news.Source{ID: "wire", Kind: news.KindFeed, URL: w.web.URL + path}
	w.reader = New(newstest.Logger(t), movingFetcher{}, func() time.Time { return w.now })
	return w
}

// read looks once after a while, and compares the titles that the documents have and the paths
// that were asked for.
func (w *wire) read(after time.Duration, titles, paths string) news.Reading {
	w.t.Helper()
	w.now = w.now.Add(after)
	reading, err := w.reader.Read(w.t.Context(), w.src, w.last)
	if err != nil {
		w.t.Fatal(err)
	}
	w.last = reading.Validators
	var got []string
	for _, doc := range reading.Documents {
		_, title, _ := strings.Cut(string(doc.Body), "<title>")
		title, _, _ = strings.Cut(title, "</title>")
		got = append(got, title)
	}
	if strings.Join(got, " ") != titles {
		w.t.Errorf("documents %q, want %q", got, titles)
	}
	if asked := w.asked(); asked != paths {
		w.t.Errorf("asked for %s, want %s", asked, paths)
	}
	return reading
}

func (w *wire) asked() string {
	var asked []string
	all := w.web.Requests()
	for _, r := range all[w.told:] {
		asked = append(asked, r.Path)
	}
	w.told = len(all)
	return strings.Join(asked, " ")
}

const plainFeed = "\n<rss version=\"2.0\"><channel><title>Wire</title></channel></rss>\n"

func TestAFeedThatMovesIsAskedAtItsNewAddressAfterADay(t *testing.T) {
	const moved = "HTTP 301\nLocation: {{url}}/new\n\n"
	w := newWire(t, "-- /old --\n"+moved+"-- /new --\n"+plainFeed, "/old")
	first := w.read(0, "Wire", "/old /new")
	if first.Moved != w.web.URL+"/new" || !first.MovedSince.Equal(noon) {
		t.Errorf("moved to %q since %s", first.Moved, first.MovedSince)
	}
	w.read(23*time.Hour, "Wire", "/old /new")
	w.read(time.Hour, "Wire", "/new")
	w.read(24*time.Hour, "Wire", "/new")
	w.read(7*24*time.Hour, "Wire", "/old /new") // now and then the configured address
	w.read(time.Hour, "Wire", "/new")
	w.web.Set("/old", plainFeed)
	w.web.Remove("/new")
	if back := w.read(time.Hour, "Wire", "/new /old"); back.Moved != "" {
		t.Errorf("still moved to %q", back.Moved)
	}
	w.read(time.Hour, "Wire", "/old")
}

func TestDiscovery(t *testing.T) {
	const page = "-- / --\nContent-Type: text/html\n\n<!doctype html><html><head><title>Site</title>"
	const named = `<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">
<link rel="alternate" type="application/atom+xml" title="Site » Comments Feed" href="/comments">
<link rel="ALTERNATE" type="application/rss+xml; charset=utf-8" href="a/rss?x=1&amp;y=2">
<link rel="stylesheet" type="application/atom+xml" href="/style">`
	for _, test := range []struct{ name, archive, paths string }{
		{"named", page + named + "\n-- /a/rss --\n" + plainFeed, "/ /a/rss?x=1&y=2"},
		{
			"the best type first",
			page + named + `<link rel="alternate" type="application/atom+xml" href="/atom">` +
				"\n-- /atom --\n" + plainFeed, "/ /atom",
		},
		{
			"comments last", page + named + "\n-- /comments --\n" + plainFeed,
			"/ /a/rss?x=1&y=2 /comments",
		},
		{"a usual path", page + "\n-- /rss.xml --\n" + plainFeed, "/ /feed /feed/ /rss /rss.xml"},
		{
			"pages are no feeds",
			page + "\n-- /feed --\n\n<!doctype html><title>none</title>\n-- /rss --\n" + plainFeed,
			"/ /feed /feed/ /rss",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWire(t, test.archive, "/")
			first := w.read(0, "Wire", test.paths)
			if !strings.Contains(first.Note, "is a page: its feed "+w.web.URL) {
				t.Errorf("note %q", first.Note)
			}
			found := test.paths[strings.LastIndex(test.paths, " ")+1:]
			w.read(time.Hour, "Wire", found) // later looks go straight there
		})
	}
}

func TestDiscoveryAgainWhenTheFoundFeedIsAway(t *testing.T) {
	w := newWire(t, "-- / --\n\n<!doctype html><title>Site</title>\n-- /rss --\n"+plainFeed, "/")
	w.read(0, "Wire", "/ /feed /feed/ /rss")
	w.web.Remove("/rss")
	w.web.Set("/feed", plainFeed)
	w.read(time.Hour, "Wire", "/rss / /feed")
	w.read(time.Hour, "Wire", "/feed")
}

func TestDiscoveryFindsNothing(t *testing.T) {
	w := newWire(t, "-- / --\n\n<!doctype html><title>Site</title>\n", "/")
	reading, err := w.reader.Read(t.Context(), w.src, w.last)
	if news.KindOf(err) != news.Invalid || !strings.Contains(err.Error(), "name the feed's address") {
		t.Errorf("error %v", err)
	}
	if n := len(w.web.Requests()); reading.Validators != w.last || n > 1+maxNamed+len(feedPaths) {
		t.Errorf("validators %+v, %d requests", reading.Validators, n)
	}
}

func TestAPageInPlaceOfAKnownFeedStartsNoSearch(t *testing.T) {
	w := newWire(t, "-- /f --\n"+plainFeed, "/f")
	w.read(0, "Wire", "/f")
	w.web.Set("/f", "\n<!doctype html><title>Maintenance</title>")
	w.read(time.Hour, "Maintenance", "/f") // the parser says what is wrong with it
}

// linked is a feed with a link to another page of it.
func linked(title, rel, href string) string {
	return "\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>" + title + "</title><link rel='" +
		rel + "' href=\"" + href + "\"/><entry><link rel=\"next\" href=\"/no\"/></entry></feed>\n"
}

func TestFirstContactFollowsPages(t *testing.T) {
	for _, test := range []struct{ name, archive, titles, paths string }{
		{
			"next", "-- /f --\n" + linked("1", "next", "f?p=2&amp;x=1") + "-- /f?p=2&x=1 --\n" +
				linked("2", "next", "/f3") + "-- /f3 --\n" + linked("3", "self", "/f3"),
			"3 2 1", "/f /f?p=2&x=1 /f3",
		},
		{
			"archives", "-- /f --\n" + linked("1", "prev-archive", "/a") + "-- /a --\n" +
				linked("2", "next-archive", "/f"), "2 1", "/f /a",
		},
		{
			"a loop", "-- /f --\n" + linked("1", "next", "/g") + "-- /g --\n" +
				linked("2", "next", "/f"), "2 1", "/f /g",
		},
		{
			"another host", "-- /f --\n" + linked("1", "next", "http://192.0.2.1/f"), "1", "/f",
		},
		{"a page that is missing", "-- /f --\n" + linked("1", "next", "/g"), "1", "/f /g"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWire(t, test.archive, "/f")
			reading := w.read(0, test.titles, test.paths)
			if missing := strings.Contains(test.name, "missing"); missing != (len(reading.Faults) == 1) {
				t.Errorf("faults %v", reading.Faults)
			}
			w.read(time.Hour, "1", "/f") // only at the first look
		})
	}
}

func TestPagesAreBounded(t *testing.T) {
	w := newWire(t, "", "/1")
	for i := range 20 {
		at := strings.Repeat("1", i+1)
		w.web.Set("/"+at, linked("t", "next", "/"+at+"1"))
	}
	reading, err := w.reader.Read(t.Context(), w.src, w.last)
	if err != nil || len(reading.Documents) != maxPages {
		t.Errorf("%d documents, want %d; %v", len(reading.Documents), maxPages, err)
	}
}

func TestPagesTogetherAreBounded(t *testing.T) {
	w := newWire(t, "", "/1")
	for i := range 9 {
		at := strings.Repeat("1", i+1)
		long := "<!-- " + strings.Repeat("x", maxPageBytes/3) + " -->"
		w.web.Set("/"+at, linked("t", "next", "/"+at+"1")+long)
	}
	reading, err := w.reader.Read(t.Context(), w.src, w.last)
	if err != nil || len(reading.Documents) != 3 {
		t.Errorf("%d documents, want 3 of a third of the limit each; %v", len(reading.Documents), err)
	}
}

func TestNextURLOfJSONFeed(t *testing.T) {
	doc := news.Document{
		URL:  "https://wire.example/feed.json",
		Body: []byte(`{"version":"x","next_url":"/2.json","items":[{"id":"1"},{"id":"2"}]}`),
	}
	if next, n := nextPage(doc); next != "https://wire.example/2.json" || n != 2 {
		t.Errorf("%q, %d items", next, n)
	}
}

func TestADeltaIsAskedForAndTaken(t *testing.T) {
	f := &fakeFetcher{resp: news.Response{
		Status: 226, Validators: news.Validators{ETag: `"2"`},
		Document: news.Document{URL: feedSource.URL, Body: []byte("<rss/>")},
	}}
	reading, err := feedReader(t, f).Read(t.Context(), feedSource, news.Validators{ETag: `"1"`})
	if err != nil || !f.asked.Delta || len(reading.Documents) != 1 || reading.Validators.ETag != `"2"` {
		t.Errorf("asked for %+v: %+v, %v", f.asked, reading, err)
	}
}

// TestAnotherAddressIsAskedWithoutConditions: what one address gave says nothing of another.
func TestAnotherAddressIsAskedWithoutConditions(t *testing.T) {
	const page = "ETag: \"one\"\n" + plainFeed
	w := newWire(t, "-- /old --\n"+page+"-- /new --\n"+page, "/old")
	w.read(0, "Wire", "/old")
	if again := w.read(time.Hour, "", "/old"); !again.NotModified {
		t.Errorf("the same address: %+v", again)
	}
	w.src.URL = w.web.URL + "/new"
	w.read(time.Hour, "Wire", "/new")
	if again := w.read(time.Hour, "", "/new"); !again.NotModified {
		t.Errorf("the new address once it is known: %+v", again)
	}
}
