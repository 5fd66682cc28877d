package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/render"
	"github.com/teletipo/teletipo/internal/store"
)

// TestSizesAreEstimatedWell renders what the store takes for a document of some size: the longest
// format is not longer than that, and not much shorter.
func TestSizesAreEstimatedWell(t *testing.T) {
	site := news.Site{Title: "Desk", PublicURL: "https://desk.example", Languages: []string{"en", "es"}}
	topics := []news.Topic{{ID: "border", Titles: map[string]string{"en": "Border"}}}
	for _, rights := range []news.Rights{news.Full, news.Excerpt, news.Headline} {
		s, err := store.Open(newstest.Logger(t), t.TempDir(), store.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var all []news.Candidate
		for n := range 40 {
			a := newstest.Article(n)
			a.Rights, a.GUID, a.Fingerprint = rights, fmt.Sprint(n), fmt.Sprint(n)
			a.ID = news.MintID(a.Source, a.GUID)
			a.URL = fmt.Sprint("https://wire.example/2026/11/", n)
			all = append(all, news.Candidate{
				Article: a, Placements: []news.Placement{{Topic: "border", Score: 9, Threshold: 6}},
			})
		}
		if _, err := s.Accept(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		w, err := s.Subscription(news.FeedKey{Topic: "border"}, news.Extent{Least: 99})
		if err != nil || len(w.Entries) != len(all) {
			t.Fatalf("%d entries, %v", len(w.Entries), err)
		}
		longest := 0
		for _, format := range news.Formats {
			doc, err := render.New(site, topics).Render(news.Feed{
				Key: w.Key, Title: "Border", Updated: w.Stamp, MaxAge: time.Hour, Entries: w.Entries,
			}, format)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s %s: %d bytes, estimated %d", rights, format, len(doc), w.Size)
			longest = max(longest, len(doc))
		}
		if longest > w.Size || 2*longest < w.Size {
			t.Errorf("%s: %d bytes, estimated %d", rights, longest, w.Size)
		}
	}
}
