package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

// defaults is the configuration that comes with the program, on a directory of its own.
func defaults(b *testing.B) config.Config {
	b.Helper()
	in := &invocation{flags: &command{Data: b.TempDir()}}
	cfg, err := in.load()
	if err != nil {
		b.Fatal(err)
	}
	return cfg
}

// threeKB is an article's HTML of about 3 KB that no topic takes.
var threeKB = strings.Repeat("<p>The <b>council</b> of the old town met on <a href=\"/m\">Monday"+
	"</a> to talk about the bridge, the market and the price of bread, and rose late.</p>\n", 20)

// shelf serves one document of many items, each time with other texts.
type shelf struct{ items, round int }

func (s *shelf) Read(
	context.Context, news.Source, news.Validators,
) (news.Reading, error) {
	s.round++
	var doc strings.Builder
	doc.WriteString(`<rss version="2.0"><channel><title>T</title><link>https://a.example/</link>`)
	for i := range s.items {
		fmt.Fprintf(&doc, "<item><title>Council meets, round %d, day %d</title><guid>%d-%d</guid>"+
			"<link>https://a.example/%d/%d</link><description><![CDATA[%s]]></description></item>",
			s.round, i, s.round, i, s.round, i, threeKB)
	}
	doc.WriteString("</channel></rss>")
	return news.Reading{Documents: []news.Document{{
		Source: "bench", URL: "https://a.example/feed", Body: []byte(doc.String()), Time: time.Now(),
	}}}, nil
}

func (s *shelf) Keep(news.Source, news.Reading) {}

// BenchmarkIngest1000 runs a source with 1,000 new articles of 3 KB through the whole flow, onto
// the disk.
func BenchmarkIngest1000(b *testing.B) {
	cfg := defaults(b)
	rules, err := classify.Compile("bench", cfg.Topics, nil)
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	articles, err := store.Open(log, cfg.Data, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer articles.Close()
	polls, err := store.OpenPolls(log, cfg.Data, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer polls.Close()
	flow := ingest.New(ingest.Parts{
		Log: log, Reader: &shelf{items: 1000}, Archive: articles, Polls: polls,
		InForce: classify.Enforce(rules), Now: time.Now,
	})
	src := news.Source{ID: "bench", Kind: news.KindFeed, Rights: news.Excerpt}
	b.ReportAllocs()
	for b.Loop() {
		report, err := flow.Run(b.Context(), src)
		if err != nil || report.Count(news.Accepted) != 1000 {
			b.Fatalf("%d accepted, %v", report.Count(news.Accepted), err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "articles/s")
}

// BenchmarkCleanAndClassify makes one article of 3 KB of an item, and places it.
func BenchmarkCleanAndClassify(b *testing.B) {
	cfg := defaults(b)
	classifier, err := classify.New(cfg.Topics)
	if err != nil {
		b.Fatal(err)
	}
	cleaner := clean.New()
	src := news.Source{ID: "bench", Kind: news.KindFeed, Rights: news.Excerpt}
	item := news.Item{
		GUID: "1", URL: "https://a.example/1", Title: "Council meets", Content: threeKB, Lang: "en",
	}
	at := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		article, text, err := cleaner.Clean(item, src, at)
		if err != nil {
			b.Fatal(err)
		}
		classifier.Place(article, nil, text)
	}
}
