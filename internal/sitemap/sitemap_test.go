package sitemap

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func document(body string) news.Document {
	return news.Document{URL: "https://paper.example/maps/a.xml", Body: []byte(body)}
}

const newsMap = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://paper.example/2026/río?a=1&amp;b=2#top</loc>
 <news:news><news:publication><news:name>The Paper</news:name><news:language>es</news:language></news:publication>
  <news:publication_date>2026-11-21T08:30:00-06:00</news:publication_date>
  <news:title><![CDATA[El río & la frontera]]></news:title><news:keywords>agua, frontera , </news:keywords></news:news>
 <image:image><image:loc>/img/1.jpg</image:loc><image:title>Not the article's</image:title><image:caption>The river</image:caption></image:image>
 <video:video><video:title>Nor this</video:title><video:content_loc>https://paper.example/v.mp4</video:content_loc></video:video>
 <lastmod>2026-11-21T10:00:00Z</lastmod></url>
<url><loc>/second</loc><lastmod>2026-11-20</lastmod><changefreq>daily</changefreq></url>
<url><loc>/second</loc></url>
<url><lastmod>2026-11-20</lastmod></url>
<url><loc>javascript:alert(1)</loc></url>
<url><loc>https://paper.example/never-closed</loc>
</urlset>`

func TestRead(t *testing.T) {
	m, err := Read(document(newsMap))
	if err != nil {
		t.Fatal(err)
	}
	base := "https://paper.example/maps/a.xml"
	want := Map{News: true, Items: []news.Item{
		{
			GUID: "https://paper.example/2026/r%C3%ADo?a=1&b=2", URL: "https://paper.example/2026/r%C3%ADo?a=1&b=2",
			Base: base, Title: "El río &amp; la frontera", Lang: "es", Tags: []string{"agua", "frontera"},
			Media: []news.Media{{
				URL: "https://paper.example/img/1.jpg", Type: "image/jpeg", Title: "The river",
			}},
			Published: time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC),
			Modified:  time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		},
		{
			GUID: "https://paper.example/second", URL: "https://paper.example/second", Base: base,
			Modified: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC),
		},
	}}
	utc := cmp.Transformer("utc", func(t time.Time) string { return t.UTC().String() })
	if diff := cmp.Diff(want, m, utc); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadOtherForms(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	fmt.Fprint(w, newsMap)
	w.Close()
	for name, c := range map[string]struct {
		body            string
		items, children int
		kind            news.Kind
	}{
		"gzip":          {zipped.String(), 2, 0, 0},
		"broken gzip":   {zipped.String()[:zipped.Len()-9], 2, 0, 0},
		"no gzip":       {"\x1f\x8bxxxxxxxxxxx", 0, 0, news.Invalid},
		"text":          {"\ufeffhttps://paper.example/a\r\nhttps://paper.example/b\n\n#\nhttps://paper.example/a", 2, 0, 0},
		"nothing":       {" \n", 0, 0, 0},
		"words":         {"Not found", 0, 0, news.Invalid},
		"page":          {"<!doctype html><html><body>Not found</body></html>", 0, 0, news.Invalid},
		"feed":          {"<rss><channel/></rss>", 0, 0, news.Invalid},
		"empty":         {"<urlset/>", 0, 0, 0},
		"index":         {"<sitemapindex><sitemap><loc>b.xml</loc><lastmod>2026-11-20</lastmod></sitemap><sitemap><loc>/c.xml.gz</loc></sitemap></sitemapindex>", 0, 2, 0},
		"prefixed":      {"<s:urlset xmlns:s='x'><s:url><s:loc>/a</s:loc></s:url></s:urlset>", 1, 0, 0},
		"breaks off":    {newsMap[:strings.Index(newsMap, "<lastmod>2026-11-20")], 1, 0, 0},
		"latin 1":       {"<?xml version='1.0' encoding='iso-8859-1'?><urlset><url><loc>/a\xf1o</loc></url></urlset>", 1, 0, 0},
		"too many":      {"<urlset>" + numbered(MaxURLs+5) + "</urlset>", MaxURLs, 0, 0},
		"image of none": {"<urlset><image><loc>/x.jpg</loc></image></urlset>", 0, 0, 0},
	} {
		m, err := Read(document(c.body))
		if len(m.Items) != c.items || len(m.Children) != c.children ||
			(err != nil) != (c.kind != 0) || err != nil && news.KindOf(err) != c.kind {
			t.Errorf("%s: %d items, %d children, %v", name, len(m.Items), len(m.Children), err)
		}
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<url><loc>/%d</loc></url>", i)
	}
	return b.String()
}

// Memory is in proportion to the input, whatever that is.
func TestHostileSitemaps(t *testing.T) {
	for name, part := range map[string]string{
		"nested":     "<news:news><image:image>",
		"nested url": "<url><loc>",
		"attributes": `<url a="" b="">`,
		"entities":   "&lt;&#x41;&foo;",
		"one line":   "xxxxxxxxxx",
		"urls":       "<url><loc>/a</loc></url>",
		"open tags":  "<url <url <",
	} {
		t.Run(name, func(t *testing.T) {
			newstest.Proportional(t,
				func(n int) string { return "<urlset><url><loc>" + strings.Repeat(part, n) },
				func(in string) { _, _ = Read(document(in)) })
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(newsMap))
	f.Add([]byte("https://paper.example/a\nhttps://paper.example/b"))
	f.Add([]byte("<sitemapindex><sitemap><loc>b.xml</loc></sitemap></sitemapindex>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Read(news.Document{URL: "https://paper.example/s.xml", Body: body})
		if err != nil && len(m.Items)+len(m.Children) > 0 {
			t.Error("items beside an error")
		}
		seen := map[string]bool{}
		for _, item := range m.Items {
			if !strings.HasPrefix(item.URL, "http") || seen[item.URL] || item.GUID != item.URL {
				t.Errorf("item %+v", item)
			}
			seen[item.URL] = true
		}
	})
}
