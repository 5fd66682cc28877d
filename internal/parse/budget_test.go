package parse

import (
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// fixedCost is what a document may cost whatever its size: the items or sections that it may have.
const fixedCost = 32 << 20

// inProportion holds that parsing a document whose middle is repeated costs in proportion to it.
func inProportion(t *testing.T, doc news.Document) {
	t.Helper()
	newstest.InProportion(t, string(doc.Body), func(body string) {
		doc.Body = []byte(body)
		_, _, _ = Parse(doc)
	})
}

// hostileFeeds would be quadratic, or very deep, to a parser that is not careful. Each has a part
// that is repeated, between what comes before and after it.
var hostileFeeds = map[string][3]string{
	"nested elements":       {"<rss><channel><item>", "<a>", ""},
	"nested in the head":    {"<rss><channel>", "<a>", ""},
	"nested extensions":     {"<rss><channel><item>", "<x:a>", "</item></channel></rss>"},
	"nested html":           {"<feed><entry><content type='html'><![CDATA[", "<div>", "]]></content></entry>"},
	"xhtml":                 {"<feed><entry><content type='xhtml'>", "<div>", ""},
	"comments":              {"<rss><channel><item>", "<!--", ""},
	"instructions":          {"<rss><channel><item>", "<?", ""},
	"directives":            {"<rss><channel><item>", "<!'", ""},
	"document types":        {"", "<!DOCTYPE '", ""},
	"entities":              {"<!DOCTYPE a [", "<!ENTITY b '&a;&a;'>", "]><rss><channel><item><title>&b;"},
	"character data":        {"<rss><channel><item>", "<![CDATA[", ""},
	"less-than signs":       {"<rss><channel><item><title>", "<", ""},
	"ampersands":            {"<rss><channel><item><title>", "&", "</title></item>"},
	"references":            {"<rss><channel><item><title>", "&#1", "</title></item>"},
	"escaped":               {"<rss><channel><item><title>", "&lt;", "</title></item>"},
	"named entities":        {"<rss><channel><item><title>", "&eacute;&nosuch;", "</title></item>"},
	"end tags":              {"<rss><channel><item>", "</a>", ""},
	"quotes":                {"<rss><channel><item>", `<a b="`, ""},
	"one tag":               {"<rss><channel><item><a ", `b="c" `, "/></item>"},
	"one tag without end":   {"<rss><channel><item><a ", "b ", ""},
	"tags in quotes":        {"<rss><channel><item><a ", `x="<b " `, ` z=">"`},
	"brackets in text":      {"<rss><channel><item><title>", "]]>", "</title></item>"},
	"namespaces":            {"<rss", " xmlns:p='urn:x'", "><channel><item><p:x/></item>"},
	"namespaces within":     {"<rss><channel><item>", "<a xmlns:p='urn:x'>", ""},
	"namespaces everywhere": {"<rss><channel><item>", "<a:b xmlns:a='urn:x'/>", "</item>"},
	"empty items":           {"<rss><channel>", "<item/>", ""},
	"broken items":          {"<rss><channel>", "<item><title>\n<item>", ""},
	"roots":                 {"", "<rss>", ""},
	"roots that end":        {"", "<rss/>", ""},
	"channels":              {"<rss>", "<channel></channel>", ""},
	"tags of an item":       {"<rss><channel><item>", "<category>a</category>", "</item>"},
	"authors":               {"<feed><entry>", "<author><name>a</name></author>", "</entry>"},
	"media":                 {"<rss xmlns:media='http://search.yahoo.com/mrss/'><channel><item><media:group>", "<media:content url='a'/>", "</media:group></item>"},
	"nested media":          {"<rss xmlns:media='http://search.yahoo.com/mrss/'><channel><item>", "<media:group><media:content>", "</item>"},
	"links":                 {"<feed><entry>", "<link href='a'/>", "</entry></feed>"},
	"html in a description": {"<rss><channel><item><description>", "<b><br>", "</description></item>"},
	"json arrays":           {`{"items": `, "[", ""},
	"json objects":          {`{"items": [`, `{"a":`, ""},
	"json head":             {`{"a": `, `{"a":`, ""},
	"json items":            {`{"items": [{}`, `,{}`, "]}"},
	"json bad items":        {`{"items": [1`, ",\n1", "]}"},
	"json tags":             {`{"items": [{"tags": ["a"`, `,"b"`, "]}]}"},
	"json authors":          {`{"items": [{"authors": [{}`, `,{"name":"a"}`, "]}]}"},
	"json fields":           {`{"items": [{"id": 1, "tags": 1`, `,"a":1`, "}]}"},
	"json string":           {`{"items": [{"id": "`, `\"`, `"}]}`},
	"zeros":                 {"", "\x00", ""},
	"words before nothing":  {"", "word ", ""},
}

func TestFeedHostileDocuments(t *testing.T) {
	for name, parts := range hostileFeeds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			build := func(n int) string { return parts[0] + strings.Repeat(parts[1], n) + parts[2] }
			large := build(1 << 20 / len(parts[1]))
			items, faults, err := Parse(news.Document{Name: "f", Body: []byte(large)})
			if err == nil && len(items)+len(faults) == 0 && !strings.Contains(large, "<rss") {
				t.Error("neither an error nor anything read")
			}
			var work [2]int
			for i := range work {
				text := []byte(build((i + 1) << 14))
				work[i] = 1
				if parts[0] != "" && parts[0][0] == '<' {
					work[i] = mendingWork(text)
				}
			}
			if work[1] > 2*work[0]+1<<10 {
				t.Errorf("%d bytes looked at, but %d for half of it", work[1], work[0])
			}
		})
	}
}

// mendingWork returns how many bytes are looked at, some of them more than once.
func mendingWork(text []byte) int {
	m := newMender(text)
	m.read()
	return m.work
}

func TestHostileInProportion(t *testing.T) {
	for name, parts := range hostileFeeds {
		t.Run(name, func(t *testing.T) {
			newstest.ProportionalBut(t, fixedCost, func(n int) string {
				return parts[0] + strings.Repeat(parts[1], n) + parts[2]
			}, func(in string) {
				_, _, _ = Parse(news.Document{Name: "f", Body: []byte(in)})
			})
		})
	}
}

// What exceeds its budget is refused, and nothing of it is taken.
func TestOverBudget(t *testing.T) {
	for body, want := range map[string]string{
		"<rss><channel><item>" + strings.Repeat("<a/>", maxElements): "more than 1000000 elements",
		`{"version": "https://jsonfeed.org/version/1", "items": [` +
			strings.Repeat("0,", maxElements) + "0]}": "more than 1000000 values",
	} {
		items, faults, err := Parse(news.Document{Body: []byte(body)})
		if len(items)+len(faults) > 0 || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d items, %v, %.300v; want an error with %q", len(items), faults, err, want)
		}
	}
}
