package render

import (
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// BenchmarkFeed tells what a feed of 50 articles costs, with about 3 KB of text in two of three.
func BenchmarkFeed(b *testing.B) {
	feed := sampleFeed(news.FeedKey{Topic: "border"})
	for n := range 50 {
		e := newstest.Entry(n)
		e.Content += strings.Repeat("<p>Another paragraph, with “quotes” and a name: Ibáñez.</p>\n", 50)
		feed.Entries = append(feed.Entries, e)
	}
	feed.Gone = tombstones(5)
	for _, format := range news.Formats {
		doc := written(b, testRenderer(), feed, format)
		draft, err := testRenderer().Draft(feed, format)
		if err != nil {
			b.Fatal(err)
		}
		pieces, err := testRenderer().Render(feed, format)
		if err != nil {
			b.Fatal(err)
		}
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"whole", func() error { _, err := testRenderer().Render(feed, format); return err }},
			{"frame", func() error { _, _, err := draft.Frame(); return err }},
			{"entry", func() error { _, err := draft.Entry(&feed.Entries[0]); return err }},
			{"bytes", func() error { pieces.Bytes(nil); return nil }},
		} {
			b.Run(string(format)+"/"+step.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(doc)))
				for b.Loop() {
					if err := step.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
