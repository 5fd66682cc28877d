package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
)

// story is an item of a feed.
type story struct{ guid, link, title, text string }

// feedOf writes an RSS feed of stories that was built in a given hour.
func feedOf(hour int, stories ...story) news.Document {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>Valley News</title>`+
		`<link>https://valley.example/</link>`+
		`<lastBuildDate>Sun, 22 Nov 2026 %02d:00:00 GMT</lastBuildDate>`, hour)
	for _, s := range stories {
		fmt.Fprintf(&b, `<item><guid>%s</guid><link>https://valley.example/%s</link>`+
			`<title>%s</title><description>%s</description></item>`, s.guid, s.link, s.title, s.text)
	}
	b.WriteString(`</channel></rss>`)
	return news.Document{
		Source: "valley", URL: "https://valley.example/feed", Body: []byte(b.String()),
	}
}

var (
	rain   = story{"1", "rain", "Rain at last", "It rained in the valley for the first time since May."}
	bridge = story{"2", "bridge", "Bridge reopens", "The old bridge opens to trucks on Monday."}
	market = story{"3", "market", "Market day moves", "The market is now held on Fridays."}
)

// offered is the titles of what the last run offered to the archive.
func offered(w *world) string {
	var titles []string
	for _, c := range w.candidates {
		titles = append(titles, c.Article.Title)
	}
	return strings.Join(titles, ", ")
}

func TestItemsThatAreKnownCostNothing(t *testing.T) {
	valley := news.Source{ID: "valley", Kind: news.KindFeed, Rights: news.Excerpt}
	other := valley
	other.Rights = news.Headline
	edited := bridge
	edited.text = "The old bridge opens to trucks on Tuesday."
	sameLink := story{"4", "rain", "Rain again", "More of it is on its way from the coast."}
	sameTitle := story{"5", "rain-2", "Rain at last", "And again, to everybody's surprise."}
	for _, test := range []struct {
		name          string
		before, after news.Document
		src           news.Source
		want          string // what is offered the second time
		unchanged     int
	}{
		{"nothing new but the feed's date", feedOf(1, rain, bridge), feedOf(2, rain, bridge), valley, "", 2},
		{"one new", feedOf(1, rain, bridge), feedOf(2, market, rain, bridge), valley, "Market day moves", 2},
		{"one edited", feedOf(1, rain, bridge), feedOf(2, rain, edited), valley, "Bridge reopens", 1},
		{
			"another item with the link of one that is known", feedOf(1, rain, bridge),
			feedOf(2, sameLink, rain, bridge), valley, "Bridge reopens, Rain at last, Rain again", 0,
		},
		{
			"another item with the title of one that is known", feedOf(1, rain, bridge),
			feedOf(2, sameTitle, rain, bridge), valley, "Bridge reopens, Rain at last, Rain at last", 0,
		},
		{
			"other settings of the source", feedOf(1, rain, bridge), feedOf(2, rain, bridge), other,
			"Bridge reopens, Rain at last", 0,
		},
		{"gone for a while", feedOf(1, market), feedOf(2, rain), valley, "Rain at last", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &world{}
			f := flowOn(t, w)
			if _, err := f.Take(t.Context(), valley, test.before); err != nil {
				t.Fatal(err)
			}
			w.candidates = nil
			report, err := f.Take(t.Context(), test.src, test.after)
			if err != nil {
				t.Fatal(err)
			}
			if got := offered(w); got != test.want {
				t.Errorf("offered %q, want %q", got, test.want)
			}
			said := 0
			for _, r := range report.Results {
				if r.Outcome == news.Unchanged && strings.Contains(r.Reason, "byte") {
					said++
				}
			}
			if said != test.unchanged {
				t.Errorf("%d items passed over, want %d", said, test.unchanged)
			}
		})
	}
}

// jsonFeedOf and postsOf write the same stories as a JSON Feed and as WordPress's API does.
func jsonFeedOf(stories ...story) news.Document {
	var items []string
	for _, s := range stories {
		items = append(items, fmt.Sprintf(`{"id": %q, "url": "https://valley.example/%s", `+
			`"title": %q, "content_text": %q}`, s.guid, s.link, s.title, s.text))
	}
	return news.Document{
		Source: "valley", URL: "https://valley.example/feed.json",
		Body: []byte(`{"version": "https://jsonfeed.org/version/1.1", "title": "Valley News", ` +
			`"items": [` + strings.Join(items, ",") + `]}`),
	}
}

func postsOf(after string, stories ...story) news.Document {
	var posts []string
	for _, s := range stories {
		posts = append(posts, fmt.Sprintf(`{"id": %s, "status": "publish", `+
			`"link": "https://valley.example/%s", "guid": {"rendered": "https://valley.example/?p=%s"}, `+
			`"title": {"rendered": %q}, "content": {"rendered": %q}}`,
			s.guid, s.link, s.guid, s.title, s.text))
	}
	return news.Document{
		Source: "valley", MediaType: news.WordPressPosts,
		URL:  "https://valley.example/wp-json/wp/v2/posts?modified_after=" + after,
		Body: []byte("[" + strings.Join(posts, ",") + "]"),
	}
}

// TestItemsOfEveryFormatAreKnown looks twice at documents that say the same, and at one with an
// item more.
func TestItemsOfEveryFormatAreKnown(t *testing.T) {
	for _, test := range []struct {
		name                string
		kind                news.SourceKind
		before, same, after news.Document
	}{
		{
			"RSS", news.KindFeed, feedOf(1, rain, bridge), feedOf(2, rain, bridge),
			feedOf(3, market, rain, bridge),
		},
		{
			"JSON Feed", news.KindFeed, jsonFeedOf(rain, bridge), jsonFeedOf(rain, bridge),
			jsonFeedOf(market, rain, bridge),
		},
		{
			"WordPress", news.KindWordPress, postsOf("1", rain, bridge), postsOf("2", rain, bridge),
			postsOf("3", market, rain, bridge),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &world{}
			f := flowOn(t, w)
			src := news.Source{ID: "valley", Kind: test.kind, Rights: news.Excerpt}
			for i, look := range []struct {
				doc     news.Document
				offered string
			}{
				{test.before, "Bridge reopens, Rain at last"},
				{test.same, ""},
				{test.after, "Market day moves"},
			} {
				w.candidates = nil
				report, err := f.Take(t.Context(), src, look.doc)
				if err != nil || len(report.Faults) > 0 {
					t.Fatal(err, report.Faults)
				}
				if got := offered(w); got != look.offered {
					t.Errorf("look %d: offered %q, want %q", i, got, look.offered)
				}
				if want := min(2+i/2, 3); len(report.Results) != want {
					t.Errorf("look %d: %d results, want %d", i, len(report.Results), want)
				}
			}
		})
	}
}

// failing is an archive that stores nothing.
type failing struct{ err error }

func (f failing) WithdrawKnown(context.Context, string, string) (news.Result, error) {
	return news.Result{}, f.err
}

func (f failing) WithdrawGone(context.Context, string, []string) ([]news.Result, error) {
	return nil, f.err
}

func (f failing) Accept(_ context.Context, all []news.Candidate) ([]news.Result, error) {
	if f.err != nil {
		return nil, f.err
	}
	results := make([]news.Result, len(all))
	for i := range results {
		results[i].Outcome = news.Rejected
	}
	return results, nil
}

func TestOnlyWhatIsStoredIsKnown(t *testing.T) {
	src := news.Source{ID: "valley", Kind: news.KindFeed, Rights: news.Excerpt}
	for name, archive := range map[string]failing{
		"the store fails":   {news.Errorf(news.Internal, "disk full")},
		"the store rejects": {},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{}
			f := flowOn(t, w)
			f.archive = archive
			_, err := f.Take(t.Context(), src, feedOf(1, rain))
			if !errors.Is(err, archive.err) {
				t.Fatalf("error %v, want %v", err, archive.err)
			}
			f.archive = w
			if _, err := f.Take(t.Context(), src, feedOf(1, rain)); err != nil {
				t.Fatal(err)
			}
			if got := offered(w); got != "Rain at last" {
				t.Errorf("offered %q the second time, want the item once more", got)
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory(parser{words: boilerplate.BuiltIn()})
	src := news.Source{Kind: news.KindFeed}
	passed := make([]knownItem, 10_000)
	for n := range 100 {
		src.ID = fmt.Sprint("s", n)
		m.keep(src, news.Document{}, passed, nil, nil)
		size := 0
		for _, feed := range m.feeds {
			size += len(feed.items)
		}
		if m.size > mostKnown || m.size != size {
			t.Fatalf("after %d feeds: %d items counted, %d remembered, want at most %d",
				n+1, m.size, size, mostKnown)
		}
	}
	if len(m.feeds) < 40 {
		t.Errorf("%d feeds are remembered, want as many as fit", len(m.feeds))
	}
}

func (f failing) Knows(string) (bool, error) { return false, f.err }

func (f failing) Weigh(candidates []news.Candidate) ([]news.Result, error) {
	return make([]news.Result, len(candidates)), f.err
}
