package store

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// benchArticle is as long as the news are: about 3 KB of text.
func benchArticle(i int, edits ...edit) news.Candidate {
	paragraph := "<p>The crossing stayed shut until noon, the port's office said on its page.</p>"
	c := piece(fmt.Sprint(i), append([]edit{
		text(strings.Repeat(paragraph, 40)), in([]string{"border", "cartels", "us-mexico"}[i%3:]...),
		lang([]string{"en", "es"}[i%2]),
	}, edits...)...)
	c.Article.Fingerprint = c.Article.Title // the hash of a real one is as short
	return c
}

func benchArticles(from, n int) []news.Candidate {
	all := make([]news.Candidate, 0, n)
	for i := range n {
		all = append(all, benchArticle(from+i))
	}
	return all
}

func benchStore(b *testing.B, sync bool) *Store {
	b.Helper()
	s, err := Open(slog.New(slog.DiscardHandler), b.TempDir(),
		Options{NoSync: !sync, Now: func() time.Time { return start }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func benchAccept(b *testing.B, s *Store, all []news.Candidate, want news.Outcome) {
	b.Helper()
	results, err := s.Accept(b.Context(), all)
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range results {
		if r.Outcome != want {
			b.Fatalf("%s: %s", r.Outcome, r.Reason)
		}
	}
}

// BenchmarkWindow reads the newest 50 articles of a feed. It must not take longer in a large
// store than in a small one.
func BenchmarkWindow(b *testing.B) {
	for _, size := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint("articles=", size), func(b *testing.B) {
			s := benchStore(b, false)
			for from := 0; from < size; from += 1_000 {
				benchAccept(b, s, benchArticles(from, 1_000), news.Accepted)
			}
			b.ReportAllocs()
			for b.Loop() {
				w, err := s.Window(news.FeedKey{Topic: "border"}, 50)
				if err != nil || len(w.Entries) != 50 {
					b.Fatal(len(w.Entries), err)
				}
			}
		})
	}
}

// BenchmarkAccept stores 1,000 articles in one call: new ones, with and without waiting for the
// disk, and ones that are there already.
func BenchmarkAccept(b *testing.B) {
	for _, sync := range []bool{true, false} {
		b.Run(fmt.Sprint("new/sync=", sync), func(b *testing.B) {
			s := benchStore(b, sync)
			b.ReportAllocs()
			for n := 0; b.Loop(); n += 1_000 {
				b.StopTimer()
				all := benchArticles(n, 1_000)
				b.StartTimer()
				benchAccept(b, s, all, news.Accepted)
			}
		})
	}
	b.Run("unchanged", func(b *testing.B) {
		s := benchStore(b, true)
		all := benchArticles(0, 1_000)
		benchAccept(b, s, all, news.Accepted)
		b.ReportAllocs()
		for b.Loop() {
			benchAccept(b, s, all, news.Unchanged)
		}
	})
	b.Run("one", func(b *testing.B) {
		s := benchStore(b, true)
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			benchAccept(b, s, []news.Candidate{benchArticle(n)}, news.Accepted)
		}
	})
}
