package parse

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

func TestFeedExpandsNothing(t *testing.T) {
	const text = `<?xml version="1.0"?>
<!DOCTYPE rss [
  <!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>">
  <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
  <!ENTITY file SYSTEM "file:///etc/passwd">
  <!-- a comment > -->
]>
<rss><channel><item><title>&b;&file;</title></item></channel></rss>`
	items, faults, err := Parse(news.Document{Name: "f.xml", Body: []byte(text)})
	if err != nil || len(faults) > 0 || len(items) != 1 || items[0].Title != "&b;&file;" {
		t.Errorf("%+v %v %v", items, faults, err)
	}
}

func TestFeedWithTooManyItems(t *testing.T) {
	xml := "<rss><channel>" + strings.Repeat("<item><title>t</title></item>", maxFeedItems+5)
	json := `{"items": [` + strings.Repeat(`{"id": "1"},`, maxFeedItems+5) + `{}]}`
	for _, text := range []string{xml, json} {
		items, faults, err := Parse(news.Document{Name: "f", Body: []byte(text)})
		if len(items)+len(faults) > 0 || news.KindOf(err) != news.TooLarge ||
			!strings.HasPrefix(err.Error(), "parse f: more than 10000 items") {
			t.Errorf("%d items, %v, %v", len(items), faults, err)
		}
	}
}

func FuzzFeed(f *testing.F) {
	f.Add([]byte("<rss><channel><item><title>a</title><link>b</link></item></channel></rss>"))
	f.Add([]byte("<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='html'>&lt;p>" +
		"</content></entry></feed>"))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"tags":"a"}]}`))
	f.Add([]byte("<rss><item><title>a<link>b<![CDATA[c</item><item>]]>&#1;</br></p><br>"))
	f.Add([]byte("<!DOCTYPE a [<!ENTITY b 'c'>]><rdf:RDF><item rdf:about=x xml:base='y'>&b;"))
	f.Add([]byte("\xff\xfe<\x00r\x00s\x00s\x00>\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		items, faults, err := Parse(news.Document{URL: "https://x.example/", Body: body})
		if !bytes.Equal(before, body) {
			t.Error("the document was changed")
		}
		if err != nil && len(items)+len(faults) > 0 {
			t.Errorf("%d items and %d faults beside the error %v", len(items), len(faults), err)
		}
		if err != nil && strings.Contains(err.Error(), "made the parser fail") {
			t.Error(err)
		}
		inProportion(t, news.Document{URL: "https://x.example/", Body: body})
		text := rawdoc.DecodeFeed(body, "")
		feed := mendFeed(text)
		for _, item := range feed.items {
			wellFormed(t, feed, item.xml)
		}
		if feed.root != "" {
			wellFormed(t, feed, feed.head)
		}
	})
}

func BenchmarkFeed(b *testing.B) {
	var text strings.Builder
	text.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
		xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="urn:wfw"
		xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
		xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Bench</title>`)
	paragraph := "<p>The river rose by two metres overnight &amp; the ferry stayed in port.</p>\n"
	for i := range 50 {
		fmt.Fprintf(&text, `<item><title>Item %d &amp; more</title><link>https://x.example/%d</link>
			<guid isPermaLink="false">%d</guid><pubDate>Tue, 04 Mar 2025 05:06:07 +0000</pubDate>
			<dc:creator><![CDATA[Ana Ruiz]]></dc:creator><category>River</category>
			<category>Weather</category><description>Ferry in port.</description>
			<content:encoded><![CDATA[%s]]></content:encoded>
			<media:thumbnail url="https://x.example/%d.jpg"/></item>`,
			i, i, i, strings.Repeat(paragraph, 40), i)
	}
	text.WriteString("</channel></rss>")
	doc := news.Document{URL: "https://x.example/rss", Body: []byte(text.String())}
	b.SetBytes(int64(len(doc.Body)))
	b.ReportAllocs()
	for b.Loop() {
		items, faults, err := Parse(doc)
		if err != nil || len(faults) > 0 || len(items) != 50 {
			b.Fatal(len(items), faults, err)
		}
	}
}
