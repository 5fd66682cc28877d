package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/publish"
	"github.com/teletipo/teletipo/internal/serve"
	"github.com/teletipo/teletipo/internal/store"
)

// The store of BenchmarkChange: articles of 3 KB, published in full, 400 a day.
const (
	benchTopics = 100
	benchPause  = 216 * time.Second
)

var benchArticles = flag.Int("articles", 100_000, "how many articles BenchmarkChange begins with")

// benchCandidate is one of its articles, in one topic.
func benchCandidate(bodies []string, n int, at time.Time) news.Candidate {
	guid := fmt.Sprint("bench-", n)
	c := news.Candidate{Article: news.Article{
		ID: news.MintID("wire", guid), Source: "wire", GUID: guid,
		URL: "https://news.example/" + guid, Title: "Council meets, part " + guid,
		Summary: "The council met & talked about the bridge.", Content: bodies[n%len(bodies)],
		Lang: []string{"en", "es"}[n/benchTopics%2], Rights: news.Full,
		Published: at.Add(-time.Minute).Truncate(time.Second), Fingerprint: guid,
	}}
	return in(c, fmt.Sprint("topic-", n%benchTopics))
}

// processor is how much time the process has had of one. Where other programs run too, it says
// more than the clock.
func processor() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// heap is how much memory is in use, in MB.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// BenchmarkChange accepts articles one by one on a store of 100,000 (-articles) in 100 topics, and takes the
// time from the call to the moment when all of the article's editions show it. Before it takes the
// time from opening the store to the first byte, and in the end the memory of 909 editions. Stamps
// are whole seconds: a clock that is moved on stands in for the waiting.
//
//	go test ./cmd/teletipo -run - -bench BenchmarkChange -benchtime 200x
func BenchmarkChange(b *testing.B) {
	log := slog.New(slog.DiscardHandler)
	var bodies []string
	for n := range 97 {
		bodies = append(bodies, prose(n))
	}
	dir, clock := b.TempDir(), atomic.Pointer[time.Time]{}
	at := time.Now().Add(-time.Duration(*benchArticles)*benchPause - time.Hour)
	clock.Store(&at)
	filled, err := store.Open(log, dir, store.Options{
		NoSync: true, Now: func() time.Time { return *clock.Load() },
	})
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; n < *benchArticles; {
		var chunk []news.Candidate
		now := *clock.Load()
		for range 500 {
			now = now.Add(benchPause)
			chunk = append(chunk, benchCandidate(bodies, n, now))
			n++
		}
		clock.Store(&now)
		if _, err := filled.Accept(b.Context(), chunk); err != nil {
			b.Fatal(err)
		}
	}
	if err := filled.Close(); err != nil {
		b.Fatal(err)
	}
	before := heap()

	settings := publish.Settings{
		Site:   news.Site{Title: "Bench", PublicURL: "https://b.example", Languages: []string{"en", "es"}},
		Window: news.Extent{Least: 50, Span: 48 * time.Hour, Size: 1_000_000},
		Now:    func() time.Time { return *clock.Load() }, Cache: filepath.Join(dir, "cache"),
	}
	for n := range benchTopics {
		settings.Topics = append(settings.Topics, news.Topic{ID: fmt.Sprint("topic-", n)})
	}
	began, cpu := time.Now(), processor()
	s, err := store.Open(log, dir, store.Options{Now: settings.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	settings.Installation = s.Installation()
	p := publish.New(log, s, settings)
	if err := p.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	handler := serve.Public(log, p, s, serve.Settings{Site: settings.Site, Topics: settings.Topics})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/feeds/topic-7.rss", nil))
	if w.Code != 200 {
		b.Fatal(w.Code)
	}
	first, cpu, asleep := time.Since(began).Seconds(), processor()-cpu, heap()-before

	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	var took, used []time.Duration
	touched := 0
	for n := *benchArticles; b.Loop(); n++ {
		b.StopTimer()
		time.Sleep(50 * time.Millisecond)                // what the change before left to be done is done
		now := clock.Load().Add(1100 * time.Millisecond) // so that no stamp lies ahead
		clock.Store(&now)
		stamps, err := s.EditionStamps()
		if err != nil {
			b.Fatal(err)
		}
		c := benchCandidate(bodies, n, now)
		key := news.FeedKey{Topic: c.Placements[0].Topic}
		e, _ := p.Edition(key, news.JSON)
		b.StartTimer()
		began, cpu := time.Now(), processor()
		if _, err := s.Accept(b.Context(), []news.Candidate{c}); err != nil {
			b.Fatal(err)
		}
		for now := e; now.Seq == e.Seq; now, _ = p.Edition(key, news.JSON) {
			time.Sleep(200 * time.Microsecond)
		}
		took, used = append(took, time.Since(began)), append(used, processor()-cpu)
		b.StopTimer()
		after, err := s.EditionStamps()
		if err != nil {
			b.Fatal(err)
		}
		p.Compressed(key, news.JSON) // what is made later is not counted
		touched = 0
		for name, stamp := range after {
			if stamps[name] != stamp {
				touched++
			}
		}
		b.StartTimer()
	}
	b.ReportMetric(first, "s-to-first-byte")
	b.ReportMetric(cpu.Seconds(), "cpu-s-to-first-byte")
	b.ReportMetric(asleep, "MB-asleep")
	report(b, took, used)
	b.ReportMetric(float64(touched), "editions-touched")
	awake(b, p)
	b.ReportMetric(heap()-before, "MB-awake")
	again := restarted(b, p, s, settings, func() { cancel(); <-done })
	b.ReportMetric(float64(again.Microseconds())/1000, "ms-to-first-byte-again")
	b.ReportMetric(float64(len(p.Feeds())*len(news.Formats)), "editions")
}

// restarted stops a publisher, and takes the time that another one needs on the same store, from
// what was kept, to the first byte.
func restarted(
	b *testing.B, p *publish.Publisher, s *store.Store, settings publish.Settings, stop func(),
) time.Duration {
	stop()
	began := time.Now()
	settings.Early = true
	next := publish.New(slog.New(slog.DiscardHandler), s, settings)
	if err := next.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	key := p.Feeds()[1]
	if e, ok := next.Edition(key, news.RSS); !ok || len(plain(e).Body) == 0 {
		b.Fatal("nothing is there")
	}
	return time.Since(began)
}

// awake asks for every edition, waits until all are in every coding, and reads them all.
func awake(b *testing.B, p *publish.Publisher) {
	for _, key := range p.Feeds() {
		for _, format := range news.Formats {
			e, _ := p.Edition(key, format)
			for ; len(e.Representations) < 4; e, _ = p.Edition(key, format) {
				time.Sleep(time.Millisecond)
			}
			for i := range e.Representations {
				if body, err := e.Representations[i].Bytes(); len(body) == 0 || err != nil {
					b.Fatal(key, format, err)
				}
			}
		}
	}
}
