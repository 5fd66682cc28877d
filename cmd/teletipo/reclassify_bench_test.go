package main

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

// BenchmarkReclassify places 5,000 stored articles of 3 KB anew, on the disk: once by rules that
// leave each where it is, and once by rules that move each.
func BenchmarkReclassify(b *testing.B) {
	const articles = 5000
	cfg := defaults(b)
	log := slog.New(slog.DiscardHandler)
	stored, err := store.Open(log, cfg.Data, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer stored.Close()
	polls, err := store.OpenPolls(log, cfg.Data, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer polls.Close()
	same, err := classify.Compile("bench", cfg.Topics, nil)
	if err != nil {
		b.Fatal(err)
	}
	council := news.Topic{ID: "council", Threshold: 1, TitleWeight: 1, Terms: []news.Term{
		{Text: "council", Weight: 1},
	}}
	topics := append(cfg.Topics[:len(cfg.Topics):len(cfg.Topics)], council)
	moving, err := classify.Compile("bench", topics, nil)
	if err != nil {
		b.Fatal(err)
	}
	flow := ingest.New(ingest.Parts{
		Log: log, Reader: &shelf{items: articles}, Archive: stored, Polls: polls,
		InForce: classify.Enforce(same), Now: time.Now,
	})
	src := news.Source{ID: "bench", Kind: news.KindFeed, Rights: news.Excerpt}
	if _, err := flow.Run(b.Context(), src); err != nil {
		b.Fatal(err)
	}
	round := 0
	bench := func(changed int, rules func() *classify.Rules) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				round++
				anew := *rules() // as of another program
				anew.Hash = fmt.Sprint(round)
				state, err := flow.Reclassify(b.Context(), stored, &anew)
				if err != nil || state.Read != articles || state.Changed != changed {
					b.Fatalf("%+v, %v", state, err)
				}
			}
			b.ReportMetric(float64(b.N)*articles/b.Elapsed().Seconds(), "articles/s")
		}
	}
	b.Run("same", bench(0, func() *classify.Rules { return same }))
	next, other := moving, same
	b.Run("moved", bench(articles, func() *classify.Rules {
		next, other = other, next
		return other
	}))
}
