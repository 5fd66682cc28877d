package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// fixedCost is what a document may cost whatever its size: the items or sections that it may have.
const fixedCost = 32 << 20

// inProportion holds that parsing a document whose middle is repeated costs in proportion to it:
// for four times the input at most six times as much, which leaves room for what only begins
// with the second part, and far from the sixteen times of what is quadratic.
func inProportion(t *testing.T, doc news.Document) {
	t.Helper()
	body := string(doc.Body)
	if body == "" || len(body) > 1<<10 {
		return // long ones only make it slow
	}
	from, to := len(body)/3, max(2*len(body)/3, len(body)/3+1)
	var cost [2]uint64
	for i, size := range []int{16 << 10, 64 << 10} {
		doc.Body = []byte(body[:from] + strings.Repeat(body[from:to], size/(to-from)) + body[to:])
		cost[i] = newstest.Allocated(func() { _, _, _ = Parse(doc) })
	}
	if cost[1] > 6*cost[0]+4<<20 {
		t.Errorf("%d bytes allocated for 64 KB, %d for 16 KB of %.60q…", cost[1], cost[0], doc.Body)
	}
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
			items, faults, err := parseFeed(news.Document{Name: "f", Body: []byte(large)})
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
				_, _, _ = parseFeed(news.Document{Name: "f", Body: []byte(in)})
			})
		})
	}
}

// hostileFiles are what one small file can do to a parser of Markdown, YAML, HTML or text.
var hostileFiles = []struct{ file, before, part, after string }{
	{"a.md", "| a | b | c | d |\n|---|---|---|---|\n", "|\n", ""},
	{"a.md", "> - 1. a\n", "\n", ""},
	{"a.md", "", ">", ""},
	{"a.md", "", "- ", "a"},
	{"a.md", "", "1. ", "a"},
	{"a.md", "", "[a](", ""},
	{"a.md", "", "[", ""},
	{"a.md", "", "![a][", ""},
	{"a.md", "[a]: b\n\n", "[[a]", ""},
	{"a.md", "", "[a]:\n", ""},
	{"a.md", "", "*a _b ", ""},
	{"a.md", "", "a**b", ""},
	{"a.md", "", "` `` ```", ""},
	{"a.md", "", "<a ", ""},
	{"a.md", "", "<!--", ""},
	{"a.md", "", "~~a ", ""},
	{"a.md", "", "www.a@", ""},
	{"a.md", "---\ntitle: ", "[", "\n---\nText"},
	{"a.md", "---\n", "- ", "\n---\nText"},
	{"a.md", "---\n", "a: ", "\n---\nText"},
	{"a.md", "---\n", "&a ", "\n---\nText"},
	{"a.html", "<p>", "<b>", ""},
	{"a.html", "<p>", "<b id=1>", ""},
	{"a.html", "<table><tr>", "<td>", ""},
	{"a.html", "<body>", "<article>", ""},
	{"a.html", "<body>", "<header>", "<h1>a</h1>"},
	{"a.html", "<body>", "<h1>a", ""},
	{"a.html", "<body>", "</body>", ""},
	{"a.html", "<body>", "<nav></nav>", ""},
	{"a.html", "<html ", "a=b ", ">"},
	{"a.html", "<head>", "<meta name=a content=b>", ""},
	{"a.html", "<head>", "<meta name=author content=b>", ""},
	{"a.html", "<body>", "<!--", ""},
	{"a.html", "<body>", "<script>", ""},
	{"a.txt", "Title\n\n", "- a Bc", "\n- b"},
	{"a.txt", "Title\n\n", "- a bC\n", ""},
	{"a.txt", "Title\n\n- a\n", "  b\n", ""},
	{"a.txt", "Title\n\n", "Facebook\n", ""},
	{"a.txt", "Title\n\n", "Related posts\n", ""},
	{"a.txt", "Title\n\n", "“", ""},
	{"a.txt", "", "\n", "a"},
}

func TestHostileFiles(t *testing.T) {
	for _, f := range hostileFiles {
		t.Run(fmt.Sprintf("%s %.20s", f.file, f.part), func(t *testing.T) {
			newstest.ProportionalBut(t, fixedCost, func(n int) string {
				return f.before + strings.Repeat(f.part, n) + f.after
			}, func(in string) {
				items, faults, err := Parse(news.Document{Name: f.file, Body: []byte(in)})
				if len(items) != 1 && err == nil || len(faults) > 0 {
					t.Errorf("%d items, %v, %v", len(items), faults, err)
				}
			})
		})
	}
}

// What exceeds its budget is refused with its place and what to do, and nothing of it is taken.
func TestOverBudget(t *testing.T) {
	cells := strings.Repeat("| a ", 300)
	for _, c := range []struct{ name, body, want string }{
		{"a.md", "Title\n\n" + cells + "|\n" + strings.Repeat("|-", 300) + "|\n" +
			strings.Repeat("|\n", 300), "a.md:3: more than 50000 paragraphs, list items, links and cells"},
		{"a.md", "Title\n\n" + strings.Repeat(">", 100), "a.md:3: more than 32 quotations and lists"},
		{"a.md", "Title\n\n" + strings.Repeat("- ", 100) + "a", "a.md:3: more than 32 quotations and"},
		{
			"a.md", "---\ntitle: A\n---\nTitle\n\n" + strings.Repeat("[a](", 10_000),
			"a.md:6: too many brackets, stars or other marks in one paragraph",
		},
		{"a.md", strings.Repeat("word ", maxMarkdown/5+1), "more than the 1048576 that an article may have"},
		{"a.md", "---\ntags: " + strings.Repeat("[", 9) + "\n---\n", "a.md:2:1: front matter with more than 8"},
		{
			"a.md", "---\na:\n b:\n  c:\n   d:\n    e:\n     f:\n      g:\n       h:\n        i: 1\n---\n",
			"a.md:10:1: front matter with more than 8",
		},
		{"a.md", "---\ntitle: " + strings.Repeat("a", maxFront) + "\n---\n", "front matter of 8200 bytes"},
		{"a.html", "<body>" + strings.Repeat("<h1>a", maxSections+1), "more than 20000 sections"},
		{"a.xml", "<rss><channel><item>" + strings.Repeat("<a/>", maxElements), "more than 1000000 elements"},
		{"a.json", `{"version": "https://jsonfeed.org/version/1", "items": [` +
			strings.Repeat("0,", maxElements) + "0]}", "more than 1000000 values"},
	} {
		items, faults, err := Parse(news.Document{Name: c.name, Body: []byte(c.body)})
		if len(items)+len(faults) > 0 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d items, %v, %.300v; want an error with %q",
				c.name, len(items), faults, err, c.want)
		}
	}
}

// A long article that people write is far within the budget.
func TestWithinBudget(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "## Part %d\n\n", i)
		b.WriteString(strings.Repeat("Some **bold** words, a [link](https://x.example/a_b), `code`. ", 20))
		b.WriteString("\n\n- one\n  - two\n    > three\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n\n")
	}
	if _, _, err := Parse(news.Document{Name: "a.md", Body: []byte(b.String())}); err != nil {
		t.Error(err)
	}
	front := "---\ntitle: \"a [b] {c} [[[[[[[[[[\"\ntags: [a, b, [c]]\nsummary: it's [ fine\n---\nText\n"
	if _, _, err := Parse(news.Document{Name: "a.md", Body: []byte(front)}); err == nil ||
		strings.Contains(err.Error(), "more than 8") {
		t.Errorf("%v, want only the list in the list to be a fault", err)
	}
}
