package parse

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
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
	items, faults, err := parseFeed(news.Document{Name: "f.xml", Body: []byte(text)})
	if err != nil || len(faults) > 0 || len(items) != 1 || items[0].Title != "&b;&file;" {
		t.Errorf("%+v %v %v", items, faults, err)
	}
}

func TestFeedWithTooManyItems(t *testing.T) {
	xml := "<rss><channel>" + strings.Repeat("<item><title>t</title></item>", maxFeedItems+5)
	json := `{"items": [` + strings.Repeat(`{"id": "1"},`, maxFeedItems+5) + `{}]}`
	for _, text := range []string{xml, json} {
		items, faults, err := parseFeed(news.Document{Name: "f", Body: []byte(text)})
		if err != nil || len(items) != maxFeedItems || len(faults) != 1 ||
			news.KindOf(faults[0]) != news.TooLarge {
			t.Errorf("%d items, %v, %v", len(items), faults, err)
		}
	}
}

// Each of these would be quadratic, or very deep, to a parser that is not careful.
func TestFeedHostileDocuments(t *testing.T) {
	const size = 1 << 20
	fill := func(part string) string { return strings.Repeat(part, size/len(part)) }
	var names strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&names, ` xmlns:p%d="urn:%d"`, i, i)
	}
	for name, text := range map[string]string{
		"nested elements":    "<rss><channel><item>" + fill("<a>"),
		"nested in the head": "<rss><channel>" + fill("<a>"),
		"nested extensions":  "<rss><channel><item>" + fill("<x:a>") + "</item></channel></rss>",
		"nested html": "<feed><entry><content type='html'><![CDATA[" + fill("<div>") +
			"]]></content></entry></feed>",
		"xhtml":                "<feed><entry><content type='xhtml'>" + fill("<div>"),
		"comments":             "<rss><channel><item>" + fill("<!--"),
		"instructions":         "<rss><channel><item>" + fill("<?"),
		"directives":           "<rss><channel><item>" + fill("<!'"),
		"document types":       fill("<!DOCTYPE '"),
		"character data":       "<rss><channel><item>" + fill("<![CDATA["),
		"less-than signs":      "<rss><channel><item><title>" + fill("<"),
		"ampersands":           "<rss><channel><item><title>" + fill("&") + "</title></item>",
		"references":           "<rss><channel><item><title>" + fill("&#1") + "</title></item>",
		"end tags":             "<rss><channel><item>" + fill("</a>"),
		"quotes":               "<rss><channel><item>" + fill(`<a b="`),
		"one tag":              "<rss><channel><item><a " + fill(`b="c" `) + "/></item>",
		"one tag without end":  "<rss><channel><item><a " + fill("b "),
		"brackets in text":     "<rss><channel><item><title>" + fill("]]>") + "</title></item>",
		"namespaces":           "<rss" + names.String() + "><channel>" + fill("<item><p1:x/></item>"),
		"empty items":          "<rss><channel>" + fill("<item/>"),
		"roots":                fill("<rss>"),
		"roots that end":       fill("<rss/>"),
		"channels":             "<rss>" + fill("<channel></channel>"),
		"json arrays":          `{"items": ` + fill("["),
		"json objects":         `{"items": [` + fill(`{"a":`),
		"json head":            `{"a": ` + fill(`{"a":`),
		"zeros":                fill("\x00"),
		"words before nothing": fill("word "),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			items, faults, err := parseFeed(news.Document{Name: "f", Body: []byte(text)})
			runtime.ReadMemStats(&after)
			if err == nil && len(items)+len(faults) == 0 && !strings.Contains(text, "<rss") {
				t.Error("neither an error nor anything read")
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 200<<20 {
				t.Errorf("%d MB allocated for %d", used>>20, len(text)>>20)
			}
		})
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
		items, faults, err := parseFeed(news.Document{URL: "https://x.example/", Body: body})
		if !bytes.Equal(before, body) {
			t.Error("the document was changed")
		}
		if err != nil && len(items)+len(faults) > 0 {
			t.Errorf("%d items and %d faults beside the error %v", len(items), len(faults), err)
		}
		if err != nil && strings.Contains(err.Error(), "made the parser fail") {
			t.Error(err)
		}
		text := decodeFeed(body, "")
		feed := mendFeed(text)
		r := &reader{feed: feed}
		for _, item := range feed.items {
			wellFormed(t, r.wrap(item.xml))
		}
		if feed.root != "" {
			wellFormed(t, r.wrap(feed.head))
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
		items, faults, err := parseFeed(doc)
		if err != nil || len(faults) > 0 || len(items) != 50 {
			b.Fatal(len(items), faults, err)
		}
	}
}
