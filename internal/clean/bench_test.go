package clean

import (
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// article is one of usual length, as a site's feed has it: 3 KB of HTML.
var article = news.Item{
	GUID:  "https://example.org/?p=1",
	URL:   "https://example.org/2025/08/bridge?utm_source=rss",
	Title: "Bridge at Laredo closes for &#8220;weeks&#8221;",
	Lang:  "en-US",
	Content: strings.Repeat(`<p class="lede">The bridge that carries a third of the trade `+
		`between the two `+
		`countries closed on Monday, <a href="/about?x=1&amp;y=2">officials said</a>, and &#8220;nobody `+
		`knows when&#8221; it will open.</p><div style="margin:0"><img src="/i.jpg" width="600" `+
		`height="400" srcset="/i.jpg 600w, /j.jpg 1200w" alt="The bridge"></div><h2>What is next?</h2>`+
		`<ul><li>Trucks wait for <b>nine hours</b>.</li><li>Fruit rots.</li></ul>`, 7),
	Authors: []news.Author{{Name: "By Ana Ruiz"}},
	Tags:    []string{"Border", "Trade"},
}

func BenchmarkClean(b *testing.B) {
	c := New()
	b.SetBytes(int64(len(article.Content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.Clean(article, wire, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPassages(b *testing.B) {
	a, _, err := New().Clean(article, wire, now)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(a.Content)))
	b.ReportAllocs()
	for b.Loop() {
		if len(Passages(a)) == 0 {
			b.Fatal("no passages")
		}
	}
}
