package publish

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/render"
)

// vocabulary is what benchmark articles are written with.
var vocabulary = strings.Fields(`the a of to in and that for on with officials border river bridge
	crossing patrol judge court ministry agreement inspection truck tariff growers harvest port
	mayor governor senator extradition hearing shelter families children asylum request rule
	report according figures million percent year month week Tuesday Laredo Tijuana Nogales
	Culiacán Matamoros frontera acuerdo ministerio según años migrantes puente aduana juez
	cártel detenido audiencia extradición "quoted words" said told reporters announced denied`)

// article is a made-up article of about 3 KB of HTML, published in full.
func article(n int) news.Entry {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	words := func(count int) string {
		list := make([]string, count)
		for i := range list {
			list[i] = vocabulary[r.IntN(len(vocabulary))]
		}
		return strings.Join(list, " ")
	}
	var html strings.Builder
	for i := range 6 {
		if i%3 == 2 {
			fmt.Fprintf(&html, "<h2>%s</h2>", words(5))
		}
		fmt.Fprintf(&html, `<p>%s <a href="https://news.example/%d/%d?a=1&amp;b=2">%s</a>.</p>`,
			words(60), n, i, words(3))
	}
	e := entry(n%50, newstest.Start.Add(time.Duration(n)*20*time.Minute))
	e.ID = news.MintID("bench", fmt.Sprint(n))
	e.Title, e.Summary, e.Content = words(9), words(35), html.String()
	e.Rights, e.Lang, e.URL = news.Full, "en", fmt.Sprintf("https://news.example/%d", n)
	e.Authors = []news.Author{{Name: "Ann O'Hara"}}
	e.Tags = []string{"trade", "migration"}
	e.Placements = []news.Placement{{Topic: "border", Score: 9}, {Topic: "cartels", Score: 7}}
	return e
}

// BenchmarkEdition makes one edition of 50 articles: all of it, and each of its parts.
func BenchmarkEdition(b *testing.B) {
	settings := testSettings(time.Now)
	p := New(slog.New(slog.DiscardHandler), newFakeStore(time.Now), settings)
	window := news.Window{Key: keyBorder, Seq: 1000, Stamp: newstest.Start.AddDate(0, 1, 0)}
	for n := range 50 {
		window.Entries = append(window.Entries, article(n))
	}
	renderer := render.New(settings.Site, settings.Topics)
	f := p.feeds[keyBorder]
	feed := p.describe(f, window)
	for _, s := range p.feeds[keyBorder].series {
		doc, err := renderer.Render(feed, s.format)
		if err != nil {
			b.Fatal(err)
		}
		zipped, err := p.coder.gzip(doc)
		if err != nil {
			b.Fatal(err)
		}
		parts := []struct {
			name string
			run  func() error
		}{
			{"all", func() error {
				_, err := p.proof(f, s, feed, window, p.document(s, feed), time.Now())
				return err
			}},
			{"render", func() error { _, err := renderer.Render(feed, s.format); return err }},
			{"check", func() error { return render.Check(s.format, doc) }},
			{"gzip", func() error { _, err := p.coder.gzip(doc); return err }},
			{"br", func() error { _, err := p.coder.brotli(doc, false); return err }},
			{"zstd", func() error { p.coder.zstd(doc, false); return nil }},
		}
		for _, part := range parts {
			b.Run(string(s.format)+"/"+part.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := part.run(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(doc)), "doc-bytes")
				b.ReportMetric(float64(len(zipped)), "gzip-bytes")
			})
		}
	}
}
