package clean

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// TestWhatNoReaderSeesIsNoUpdate changes an item as publishers' systems do from poll to poll.
func TestWhatNoReaderSeesIsNoUpdate(t *testing.T) {
	item := news.Item{
		Title: "The river rises", URL: "https://news.example/flood", Summary: "In short.",
		Content: `<p class="lead" id="a1">One <a href="https://news.example/b" rel="x">two</a></p>` +
			`<figure><img src="https://cdn.example/i.jpg?w=640&amp;sig=1" alt="a"></figure><p>three</p>`,
		Authors: []news.Author{{Name: "Ana Ruiz"}},
		Media:   []news.Media{{URL: "https://cdn.example/v.mp4?token=1"}},
	}
	first := cleaned(t, item, wire).Fingerprint
	content := func(old, now string) func(*news.Item) {
		return func(i *news.Item) { i.Content = strings.Replace(i.Content, old, now, 1) }
	}
	before := func(advert string) func(*news.Item) { return content("<figure>", advert+"<figure>") }
	for name, change := range map[string]func(*news.Item){
		"whitespace":         content("<p>three</p>", "\n\t<p>\n three </p>\n"),
		"attribute order":    content(`class="lead" id="a1"`, `id="a1" class="lead"`),
		"generated ids":      content(`id="a1"`, `id="z99" data-rev="7"`),
		"comments":           before("<!-- rendered by web-14 in 31 ms -->"),
		"signed image":       content("sig=1", "sig=2"),
		"signed media":       func(i *news.Item) { i.Media[0].URL = "https://cdn.example/v.mp4?token=2" },
		"tracked link":       content("/b\"", "/b?utm_source=rss&amp;utm_campaign=9\""),
		"script":             before(`<script>ad(8391)</script>`),
		"frame":              before(`<iframe src="https://ads.example/f?slot=71"></iframe>`),
		"ad slot":            before(`<ins class="adsbygoogle" data-ad-slot="12">Buy a boat</ins>`),
		"ad in a box":        before(`<div class="row Ad"><a href="https://shop.example/7">Boats!</a></div>`),
		"sold link":          before(`<a href="https://ad.doubleclick.net/clk/1;ord=7"></a>`),
		"counting pixel":     before(`<img src="https://count.example/p?r=8" width="1" height="1">`),
		"http for https":     func(i *news.Item) { i.URL = "http://news.example/flood" },
		"with www":           func(i *news.Item) { i.URL = "https://www.news.example/flood" },
		"the AMP form":       func(i *news.Item) { i.URL = "https://news.example/flood/amp" },
		"the mobile form":    func(i *news.Item) { i.URL = "https://m.news.example/flood" },
		"a tracked address":  func(i *news.Item) { i.URL += "?fbclid=9#top" },
		"tags and dates":     func(i *news.Item) { i.Tags, i.Modified = []string{"new"}, now },
		"a regenerated guid": func(i *news.Item) { i.GUID = "tag:2026-03-02:8391" },
	} {
		changed := item
		changed.Media = []news.Media{item.Media[0]}
		change(&changed)
		if cmp.Equal(changed, item) {
			t.Errorf("%s: the test changes nothing", name)
		}
		if got := cleaned(t, changed, wire).Fingerprint; got != first {
			t.Errorf("%s: taken for a new version", name)
		}
	}
}

func TestAdvertsGoAndTheRestStays(t *testing.T) {
	item := news.Item{Title: "t", Content: `<p>One</p><div class="ad-slot">Buy</div>` +
		`<p class="adverse loads header-ad-free">Two</p><article class="ads"><p>Three</p></article>`}
	got := lines(Passages(cleaned(t, item, wire)))
	if got != "One\nTwo\nThree" {
		t.Errorf("text %q", got)
	}
}
