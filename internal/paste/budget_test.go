package paste

import (
	"fmt"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// fixedCost is what a file may cost whatever its size: the sections that it may have.
const fixedCost = 32 << 20

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
				_, passed, err := read(news.Document{Name: f.file, Body: []byte(in)})
				if len(passed) > 0 {
					t.Errorf("%v, %v", passed, err)
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
	} {
		_, passed, err := read(news.Document{Name: c.name, Body: []byte(c.body)})
		if len(passed) > 0 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %.300v; want an error with %q", c.name, passed, err, c.want)
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
	if _, _, err := read(news.Document{Name: "a.md", Body: []byte(b.String())}); err != nil {
		t.Error(err)
	}
	front := "---\ntitle: \"a [b] {c} [[[[[[[[[[\"\ntags: [a, b, [c]]\nsummary: it's [ fine\n---\nText\n"
	if _, _, err := read(news.Document{Name: "a.md", Body: []byte(front)}); err == nil ||
		strings.Contains(err.Error(), "more than 8") {
		t.Errorf("%v, want only the list in the list to be a fault", err)
	}
}
