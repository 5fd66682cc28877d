package serve

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/opml"
)

// TestConformance55: the list of feeds is OPML 2.0 with every feed in every format once, each
// served, and reading and writing it again changes nothing.
func TestConformance55(t *testing.T) {
	s := newShelf()
	h := newPublic(t, s)
	body := get(t, h, opmlPath).Body.Bytes()
	newstest.Golden(t, "feeds.opml", body)
	doc, _, err := opml.Read(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := doc.Write(&again); err != nil {
		t.Fatal(err)
	}
	if again.String() != string(body) {
		t.Error("reading and writing it again changes it")
	}
	listed := make(map[string]bool)
	for f := range doc.Feeds() {
		if listed[f.URL] || f.Outline.Get("type") != "rss" || f.Outline.Get("text") == "" {
			t.Errorf("%s: listed before %t, outline %v", f.URL, listed[f.URL], f.Outline)
		}
		listed[f.URL] = true
		if u, err := url.Parse(f.URL); err != nil || !u.IsAbs() {
			t.Errorf("%s is no absolute address", f.URL)
		}
		if len(f.Folders) == 0 {
			t.Errorf("%s is in no folder", f.URL)
		}
		path := strings.TrimPrefix(f.URL, sampleSettings().Site.PublicURL)
		if w := get(t, h, path); w.Code != http.StatusServiceUnavailable { // not made yet
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	if want := len(feedTable(sampleSettings())); len(listed) != want {
		t.Errorf("%d feeds listed, want %d", len(listed), want)
	}
}

// TestSitemap: our own articles of the two days before the newest change, at most a thousand, and
// the same bytes whenever it is made.
func TestSitemap(t *testing.T) {
	s := newShelf()
	add := func(n int, published time.Time, own bool, lang, title string) news.ID {
		e := newstest.Entry(2)
		if title == "To be found elsewhere" {
			e.URL = "https://desk.example/elsewhere"
		}
		e.ID, e.Seq, e.Own, e.Lang, e.Title = news.MintID("x", fmt.Sprint(n)), uint64(n), own, lang, title
		e.Published, e.Updated = published, published
		s.add(e)
		return e.ID
	}
	now := newstest.Start
	add(1, now.Add(-49*time.Hour), true, "en", "Too old")
	add(2, now.Add(-47*time.Hour), true, "es-MX", "Peaje & <aduana>")
	add(3, now, false, "en", "Not ours")
	add(4, now.Add(-time.Hour), true, "", "In no language")
	add(5, now, true, "en", "To be found elsewhere")
	h := newPublic(t, s)
	w := get(t, h, sitemapPath)
	newstest.Golden(t, "sitemap.xml", w.Body.Bytes())
	if again := get(t, newPublic(t, s), sitemapPath); again.Body.String() != w.Body.String() {
		t.Error("another start gives other bytes")
	}
	withdrawn := newstest.Entry(2)
	withdrawn.ID, withdrawn.Own, withdrawn.Status = news.MintID("x", "4"), true, news.Withdrawn
	s.add(withdrawn)
	if body := get(t, h, sitemapPath).Body.String(); strings.Contains(body, "In no language") {
		t.Errorf("still has the withdrawn article:\n%s", body)
	}
	for n := range sitemapSize + 10 {
		add(100+n, now, true, "en", "One of many")
	}
	var set struct {
		Locations []string `xml:"url>loc"`
	}
	if err := xml.Unmarshal(get(t, h, sitemapPath).Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Locations) != sitemapSize {
		t.Errorf("%d addresses, want %d", len(set.Locations), sitemapSize)
	}
}

// TestSitemapFollowsEdition: it is made once for an edition, and anew for the next one.
func TestSitemapFollowsEdition(t *testing.T) {
	s := filledShelf()
	h := newPublic(t, s)
	for range 3 {
		get(t, h, sitemapPath)
	}
	if s.reads != 1 {
		t.Errorf("three requests read the store %d times, want 1", s.reads)
	}
	s.put(sampleEdition(news.FeedKey{Topic: news.All}, news.RSS, "a2", newstest.Start))
	get(t, h, sitemapPath)
	if s.reads != 2 {
		t.Errorf("the next edition read the store %d times, want 2", s.reads)
	}
}
