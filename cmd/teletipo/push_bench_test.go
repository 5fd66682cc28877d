package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// BenchmarkPush takes the time from a PUT to the moment when every feed of the article shows it, on a
// daemon that is idle otherwise, with the built-in topics and 60 articles. A second passes between two
// of them, so that no feed waits for its stamp.
//
//	go test ./cmd/teletipo -run - -bench BenchmarkPush -benchtime 50x
func BenchmarkPush(b *testing.B) {
	dir := b.TempDir()
	config := write(b, filepath.Join(dir, "teletipo.yaml"), "sources: sources.yaml\n")
	write(b, filepath.Join(dir, "sources.yaml"), "sources: []\n")
	flags := []string{
		"--config", config, "--data", filepath.Join(dir, "data"),
		"--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
	}
	d := startDaemon(b, flags...)
	token := addToken(b, flags, "cms")
	put := func(n int) pushed {
		body := fmt.Sprintf(`{"title": "Agents find tunnel %d under the border at Nogales, Sonora",
			"language": "en", "content_html": %q}`,
			n, "<p>The Border Patrol and Mexico's army searched both sides.</p>"+prose(n))
		a, p := d.push("PUT", fmt.Sprint("articles/", n), token, body)
		if a.status != 201 || len(p.Placements) == 0 {
			b.Fatalf("PUT: %d %s", a.status, a.body)
		}
		return p
	}
	var paths []string // of what the articles are shown in
	for n := range 60 {
		paths = paths[:0]
		for _, p := range append([]news.Placement{{Topic: news.All}}, put(n).Placements...) {
			for _, format := range news.Formats {
				paths = append(paths, news.FeedPath(news.FeedKey{Topic: p.Topic}, format))
			}
		}
	}
	var took, used []time.Duration
	for n := 60; b.Loop(); n++ {
		b.StopTimer()
		time.Sleep(1100 * time.Millisecond)
		var tags []string
		for _, path := range paths {
			tags = append(tags, d.get(path).header.Get("ETag"))
		}
		b.StartTimer()
		began, cpu := time.Now(), processor()
		p := put(n)
		for i, path := range paths {
			a := d.get(path, "If-None-Match", tags[i])
			for ; a.status == 304; a = d.get(path, "If-None-Match", tags[i]) {
				time.Sleep(time.Millisecond)
			}
			if !strings.Contains(a.body, p.ID) {
				b.Fatal(path, " shows something else: ", a.status)
			}
		}
		took, used = append(took, time.Since(began)), append(used, processor()-cpu)
	}
	report(b, took, used)
	d.terminate()
}

// report reports the median and the slowest of what changes took, by the clock and of a processor.
func report(b *testing.B, took, used []time.Duration) {
	for unit, list := range map[string][]time.Duration{"ms": took, "cpu-ms": used} {
		slices.Sort(list)
		b.ReportMetric(float64(list[len(list)/2].Microseconds())/1000, unit+"-median")
		b.ReportMetric(float64(list[len(list)-1].Microseconds())/1000, unit+"-slowest")
	}
}
