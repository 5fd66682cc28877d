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
		doc, err := testRenderer().Render(feed, format)
		if err != nil {
			b.Fatal(err)
		}
		parts, err := CheckParts(format, doc)
		if err != nil {
			b.Fatal(err)
		}
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"render", func() error { _, err := testRenderer().Render(feed, format); return err }},
			{"check", func() error { _, err := CheckParts(format, doc); return err }},
			{"cut", func() error { Cut(format, doc, parts, func(i int) bool { return i%9 == 0 }); return nil }},
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
