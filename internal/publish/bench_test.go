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

// BenchmarkEdition makes the editions of a feed of 50 articles: all anew, with one article new and
// the others as they were, and each of the parts.
func BenchmarkEdition(b *testing.B) {
	p := New(slog.New(slog.DiscardHandler), newFakeStore(time.Now), testSettings(time.Now))
	var entries []news.Entry
	var places []news.Place
	for n := range 50 {
		entries = append(entries, article(n))
		places = append(places, placeOf(&entries[n], uint64(100-n)))
	}
	f := p.feeds[keyBorder]
	pass := func() error {
		c, err := p.compose(f, f.series, f.items, 1e6, func(take news.Taker) (news.Window, error) {
			newstest.Offer(take, entries, places)
			return news.Window{Key: keyBorder, Seq: 1000, Stamp: newstest.Start.AddDate(0, 1, 0)}, nil
		})
		if err == nil {
			_, err = p.proofs(f, c, time.Now())
		}
		return err
	}
	if err := pass(); err != nil {
		b.Fatal(err)
	}
	doc, err := p.bytes(f.series[1], f.series[1].made)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, part := range []struct {
		name string
		run  func() error
	}{
		{"anew", func() error { f.items = nil; p.written = newCache[[]byte](0); return pass() }},
		{"one", func() error { n++; places[0].Version = uint64(n); return pass() }},
		{"gzip", func() error { _, err := p.coder.gzip(doc); return err }},
		{"br", func() error { _, err := p.coder.brotli(doc, false); return err }},
		{"zstd", func() error { p.coder.zstd(doc, false); return nil }},
	} {
		b.Run(part.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := part.run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(doc)), "doc-bytes")
		})
	}
}
