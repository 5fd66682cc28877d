package render

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/feeds"
	"github.com/mmcdole/gofeed"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// samples are feeds that cover what a feed can be; each has a golden file per format.
func samples() map[string]news.Feed {
	mixed := sampleFeed(news.FeedKey{Topic: "border"})
	mixed.Title, mixed.Description = "The border", "Crossings, towns & people <on both sides>."
	for n := range 6 {
		mixed.Entries = append(mixed.Entries, newstest.Entry(n))
	}
	mixed.Entries[1].Revision = 2
	mixed.Entries[4].Lang = ""

	spanish := sampleFeed(news.FeedKey{Topic: "border", Lang: "es"})
	spanish.Title, spanish.Description = "La frontera — español", "Cruces, pueblos y gente."
	spanish.MaxAge = time.Hour
	for _, n := range []int{1, 3, 5} {
		spanish.Entries = append(spanish.Entries, newstest.Entry(n))
	}

	empty := sampleFeed(news.FeedKey{Topic: news.All})
	empty.Title = "teletipo: all topics"

	hostile := sampleFeed(news.FeedKey{Topic: "border"})
	hostile.Title, hostile.Description = "\x00A & B\u202e\n<b>", "]]>\x1b"
	for _, rights := range []news.Rights{news.Full, news.Excerpt, "?"} {
		hostile.Entries = append(hostile.Entries, hostileEntry(rights))
	}

	past := sampleFeed(news.FeedKey{Topic: "cartels"})
	past.Title, past.Archives = "Cartels & crime", 3
	past.Entries = []news.Entry{newstest.Entry(7), newstest.Entry(0)}
	past.Gone = tombstones(4)

	archive := past
	archive.Number = 2

	oldest := sampleFeed(news.FeedKey{Topic: news.All, Lang: "es"})
	oldest.Title, oldest.Number, oldest.Archives, oldest.Gone = "Todo", 1, 1, tombstones(1)
	oldest.MaxAge = 0

	hostile.Archives, hostile.Gone, hostile.MaxAge = -1, hostileGone(hostile), 7*time.Minute+time.Second
	return map[string]news.Feed{
		"mixed": mixed, "spanish": spanish, "empty": empty, "hostile": hostile,
		"past": past, "archive": archive, "oldest": oldest,
	}
}

// tombstones returns so many, the newest first.
func tombstones(n int) []news.Tombstone {
	var list []news.Tombstone
	for i := range n {
		list = append(list, news.Tombstone{
			ID: news.MintID("gone", string(rune('a'+i))), When: sampleTime.Add(-time.Duration(i) * time.Hour),
		})
	}
	return list
}

// hostileGone are tombstones that a document may not have: of an article that is there, two of
// one article, one without a date, and one newer than the feed.
func hostileGone(feed news.Feed) []news.Tombstone {
	list := tombstones(3)
	list[0].When = sampleTime.Add(time.Minute + 700*time.Millisecond)
	twice := list[1]
	twice.When = twice.When.Add(time.Hour)
	undated := news.Tombstone{ID: news.MintID("gone", "undated")}
	return append(list, twice, undated, news.Tombstone{ID: feed.Entries[0].ID, When: sampleTime})
}

var sampleTime = newstest.Start.AddDate(0, 1, 0)

// sampleID is that of an article of the samples.
const sampleID = "urn:uuid:b236ed71-b178-8d4f-8144-1e9e2221c0cf"

func sampleFeed(key news.FeedKey) news.Feed {
	return news.Feed{
		Key: key, ID: news.FeedID(news.MintID("test", "installation"), key),
		Updated: sampleTime, MaxAge: 15 * time.Minute,
	}
}

func hostileEntry(rights news.Rights) news.Entry {
	return news.Entry{
		Article: news.Article{
			ID: news.MintID("hostile", string(rights)), Rights: rights, Lang: "es; drop",
			Source:  "s\x00",
			Title:   "<script>alert('&amp;')</script> \xff\xfe\u0008\ufffe]]>\t\"quoted\"\r\n",
			Summary: "a < b && c > d ]]> \x01\ud7ff\xed\xa0\x80",
			Content: "<p>raw \x0b control, ]]> end, \r\n and \xc3\x28</p>\x00",
			URL:     "javascript:alert(1)",
			Authors: []news.Author{
				{Name: "\x02"},
				{Name: "A\x02 & <B>", URL: "not a url", Email: "nobody"},
				{Name: "C", Email: "c@news.example"},
			},
			Tags: []string{"", "\x03", "x & y", "x & y"},
			Media: []news.Media{
				{URL: "//relative", Type: "image/png"},
				{URL: "http://news.example/a b\"<>?q=%zz&r=[1]#f", Type: "IMAGE/PNG; q=1", Length: -5, Width: -1},
				{URL: "http://news.example/wide.png", Type: "image/png", Width: 640, Height: 480},
				{URL: "http://news.example/no-type"},
				{URL: "http://news.example/ü.mp3", Type: "audio/mpeg", Length: 9},
			},
			Origin: news.Origin{
				ID: "no iri", Title: "T\x04itle", URL: "http://news.example/feed", Updated: newstest.Start,
			},
			Published: time.Date(12025, 1, 1, 0, 0, 0, 0, time.UTC),
		},
		Revision: 3, Updated: newstest.Start.Add(time.Duration(len(rights))*time.Minute + 500*time.Millisecond),
		Placements: []news.Placement{
			{Topic: "border", Score: math.Inf(1)}, {Topic: "unknown"}, {Topic: "border"},
		},
	}
}

var testSite = news.Site{
	Title: "teletipo", PublicURL: "https://feeds.example", Languages: []string{"en", "es"},
	Version: "1.2.3",
}

func testRenderer() *Renderer {
	return New(testSite, []news.Topic{
		{
			ID: "border", Titles: map[string]string{"en": "The border", "es": "La frontera"},
			Medtop: "medtop:20000639",
		},
		{ID: "cartels", Titles: map[string]string{"en": "Cartels & crime", "es": "Cárteles"}},
		{ID: "us-mexico", Titles: map[string]string{"es": "México y EE. UU."}},
	})
}

func render(t *testing.T, feed news.Feed, format news.Format) []byte {
	t.Helper()
	return written(t, testRenderer(), feed, format)
}

// written is a document with all of its entries.
func written(t testing.TB, r *Renderer, feed news.Feed, format news.Format) []byte {
	t.Helper()
	doc, err := r.Render(feed, format)
	if err != nil {
		t.Fatal(err)
	}
	entries := slices.DeleteFunc(slices.Clone(doc.Pieces), func(p Piece) bool { return p.Gone })
	if len(entries) != len(feed.Entries) {
		t.Fatalf("%s: %d entries of %d are there", format, len(entries), len(feed.Entries))
	}
	return doc.Bytes(nil)
}

func TestGolden(t *testing.T) {
	for name, feed := range samples() {
		for _, format := range news.Formats {
			t.Run(name+"."+string(format), func(t *testing.T) {
				doc := render(t, feed, format)
				if again := render(t, feed, format); !bytes.Equal(doc, again) {
					t.Error("the same feed gave other bytes")
				}
				newstest.Golden(t, name+"."+string(format), doc)
				parseBack(t, feed, format, doc)
			})
		}
	}
}

// TestVersion: who changes a byte of a document raises Version, and then says so with -update.
func TestVersion(t *testing.T) {
	all := samples()
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, format := range news.Formats {
			sum.Write(render(t, all[name], format))
		}
	}
	line := fmt.Sprintf("%d %x\n", Version, sum.Sum(nil))
	file := filepath.Join("testdata", "version.txt")
	if kept, err := os.ReadFile(file); err == nil && string(kept) != line &&
		strings.HasPrefix(string(kept), fmt.Sprint(Version, " ")) {
		t.Fatalf("documents have other bytes than those of version %d: raise it", Version)
	}
	newstest.Golden(t, "version.txt", []byte(line))
}

// parseBack reads a document as a reader would.
func parseBack(t *testing.T, feed news.Feed, format news.Format, doc []byte) {
	t.Helper()
	got, err := gofeed.NewParser().Parse(bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("gofeed: %v", err)
	}
	self := testSite.PublicURL + news.FeedPath(feed.Key, format)
	if feed.Number > 0 {
		self = testSite.PublicURL + news.ArchivePath(feed.Key, feed.Number, format)
	}
	if got.FeedLink != self {
		t.Errorf("feed link is %q, want %q", got.FeedLink, self)
	}
	if want := testSite.PublicURL + news.TopicPath(feed.Key.Topic); got.Link != want {
		t.Errorf("link is %q, want %q", got.Link, want)
	}
	if format != news.JSON && (got.UpdatedParsed == nil || got.UpdatedParsed.Before(feed.Updated)) {
		t.Errorf("updated is %v, want %v", got.UpdatedParsed, feed.Updated)
	}
	if len(got.Items) != len(feed.Entries) {
		t.Fatalf("%d items, want %d", len(got.Items), len(feed.Entries))
	}
	for i, item := range got.Items {
		e := feed.Entries[i]
		if item.GUID != e.ID.URN() {
			t.Errorf("item %d: id %q, want %q", i, item.GUID, e.ID.URN())
		}
		link := e.URL
		if address(link) == "" {
			link = testSite.PublicURL + news.ArticlePath(e.ID)
		}
		if item.Link != link {
			t.Errorf("item %d: link %q, want %q", i, item.Link, link)
		}
		if !strings.Contains(e.Title, "script") { // those of hostile articles are cleaned
			if item.Title != e.Title {
				t.Errorf("item %d: title %q, want %q", i, item.Title, e.Title)
			}
			if item.PublishedParsed == nil || !item.PublishedParsed.Equal(e.Published) {
				t.Errorf("item %d: published %v, want %v", i, item.PublishedParsed, e.Published)
			}
		}
	}
}

// TestRights holds every format to what an article's rights allow.
func TestRights(t *testing.T) {
	const title, summary, content, image = "the title", "the summary", "the content",
		"https://news.example/image.png"
	tests := []struct {
		rights    news.Rights
		want, not []string
	}{
		{news.Full, []string{title, summary, content, image, "an author", "a tag"}, nil},
		{news.Excerpt, []string{title, summary, "an author", "a tag"}, []string{content, image}},
		{news.Headline, []string{title}, []string{summary, content, image, "an author", "a tag"}},
		{"", []string{title}, []string{summary, content, image}},
	}
	for _, test := range tests {
		feed := sampleFeed(news.FeedKey{Topic: "border"})
		feed.Title = "feed"
		feed.Entries = []news.Entry{{
			Article: news.Article{
				ID: news.MintID("s", "g"), URL: "https://news.example/1", Rights: test.rights,
				Title: title, Summary: summary, Content: "<p>" + content + "</p>",
				Authors: []news.Author{{Name: "an author"}}, Tags: []string{"a tag"},
				Media: []news.Media{{URL: image, Type: "image/png"}}, Published: newstest.Start,
			},
			Updated: newstest.Start, Revision: 1,
		}}
		for _, format := range news.Formats {
			doc := string(render(t, feed, format))
			for _, want := range append(test.want, "https://news.example/1") {
				if !strings.Contains(doc, want) {
					t.Errorf("%s %q: lacks %q", format, test.rights, want)
				}
			}
			for _, not := range test.not {
				if strings.Contains(doc, not) {
					t.Errorf("%s %q: has %q", format, test.rights, not)
				}
			}
		}
	}
}

// TestVersionIsNotPublished: a new release alone must not change any validator.
func TestVersionIsNotPublished(t *testing.T) {
	feed := samples()["mixed"]
	newer := testSite
	newer.Version = "9.9.9"
	for _, format := range news.Formats {
		a, b := written(t, New(testSite, nil), feed, format), written(t, New(newer, nil), feed, format)
		if diff := cmp.Diff(string(a), string(b)); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

// TestEnvelopes: whoever hands an envelope to gorilla/feeds gets all of it, and nothing twice.
func TestEnvelopes(t *testing.T) {
	channel := &rssChannel{Title: newRSSText("t"), Links: []rssLink{{Rel: "self"}}}
	rss, err := feeds.ToXML(channel)
	if err != nil {
		t.Fatal(err)
	}
	feed := samples()["mixed"]
	d := testRenderer().draft(&feed)
	item, err := xmlPiece("", "item", d.rssItem(d.item(&feed.Entries[0])))
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[string]int{
		"<atom:link ": 1, "<title>": 2, "<item>": 1, "<description>": 2, "<dc:creator>": 2,
	} {
		if got := strings.Count(rss+string(item), part); got != want {
			t.Errorf("RSS has %s %d times, want %d", part, got, want)
		}
	}
	f := &jsonFeed{Items: []*jsonItem{newJSONItem(d.item(&feed.Entries[4]))}}
	json, err := f.ToJSON()
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[string]int{
		`"items"`: 1, `"_teletipo"`: 2, `"attachments"`: 1, `"size_in_bytes"`: 1,
	} {
		if got := strings.Count(json, part); got != want {
			t.Errorf("JSON has %s %d times, want %d", part, got, want)
		}
	}
}

func TestRenderUnknownFormat(t *testing.T) {
	if doc, err := testRenderer().Render(sampleFeed(news.FeedKey{}), "html"); err == nil {
		t.Errorf("got %v, want an error", doc)
	}
}
