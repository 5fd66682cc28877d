package clean

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

func TestRightsBySignals(t *testing.T) {
	src := news.Source{Kind: news.KindPage, Rights: news.Full}
	for _, c := range []struct {
		name, value string
		want        news.Rights
	}{
		{"robots", "index, follow", news.Full},
		{"robots", "nofollow", news.Full},
		{"robots", "NoArchive", news.Excerpt},
		{"robots", "teletipo: noindex", news.Excerpt},
		{"robots", "none", news.Excerpt},
		{"robots", "max-image-preview:large, nosnippet", news.Headline},
		{"robots", "max-snippet:0", news.Headline},
		{"robots", "max-snippet: 0", news.Headline},
		{"robots", "max-snippet: -1", news.Full},
		{"content-signal", "search=yes, ai-train=no", news.Full},
		{"content-signal", "ai-train=yes, Search=No", news.Headline},
		{"content-usage", "search=n", news.Headline},
		{"content-usage", "search=y;train-ai=n", news.Full},
		{"tdm-reservation", "1", news.Excerpt},
		{"tdm-reservation", "0", news.Full},
		{"license", "https://paper.example/license.xml", news.Excerpt},
	} {
		item := news.Item{Signals: []news.Signal{{Name: c.name, Value: c.value}}}
		if got := rights(item, src); got != c.want {
			t.Errorf("%s: %s: %s, want %s", c.name, c.value, got, c.want)
		}
	}
}

// A site's "no" never becomes our "yes": whatever it states, and whatever else, no more is passed on
// than without.
func TestSignalsGrantNothing(t *testing.T) {
	rank := map[news.Rights]int{news.Headline: 0, news.Excerpt: 1, news.Full: 2}
	some := func(of ...string) *rapid.Generator[string] { return rapid.SampledFrom(of) }
	signal := rapid.Custom(func(t *rapid.T) news.Signal {
		value := some("", "noindex", "nosnippet", "all", "search=no", "search=yes", "search=", "0", "1", "x").
			Draw(t, "value")
		return news.Signal{
			Name: some("robots", "content-signal", "content-usage", "license", "tdm-reservation", "other").
				Draw(t, "name"),
			Value: value + some("", ", all", " ai-train=yes").Draw(t, "more"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		r := func(label string) news.Rights {
			return news.Rights(some("", "full", "excerpt", "headline").Draw(t, label))
		}
		kind := news.SourceKind(some("feed", "page", "folder", "sitemap").Draw(t, "kind"))
		src, item := news.Source{Kind: kind, Rights: r("source")}, news.Item{Rights: r("item")}
		list := rapid.SliceOf(signal).Draw(t, "signals")
		before := rights(item, src)
		for i := range list {
			item.Signals = list[:i+1]
			after := rights(item, src)
			if rank[after] > rank[before] || rank[after] > rank[most(list[i])] {
				t.Fatalf("%s after %s by %+v", after, before, list[:i+1])
			}
			before = after
		}
	})
}
