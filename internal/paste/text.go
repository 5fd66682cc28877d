package paste

import (
	"html"
	"strings"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
)

// maxTitleLine is how many characters the first line may have to be the title, and not a
// paragraph of a text without one.
const maxTitleLine = 200

// parseText reads plain text as a person copies it from a web page: the first line is the title,
// unless front matter states one, and the rest is given the headings, paragraphs, lists and
// quotations that its blank lines, bullets and quotation marks show. Forms and links that a page
// has below its article are cut off.
func parseText(doc news.Document, source string, words *boilerplate.Words) (
	item news.Item, passed []error, err error,
) {
	item = fileItem(doc)
	front, rest, err := cutFrontMatter(doc.Label(), source)
	if err != nil {
		return item, nil, err
	}
	if passed, err = readFront(doc, front, &item); err != nil {
		return item, nil, err
	}
	lines := strings.Split(rest, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\u00a0\f\v")
	}
	lines = words.CutTail(lines)
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		first := html.EscapeString(l)
		if item.Title == "" && utf8.RuneCountInString(l) <= maxTitleLine {
			item.Title = first
		}
		if item.Title == first { // not said twice
			lines = lines[i+1:]
		}
		break
	}
	item.Content = textContent(lines)
	return item, passed, nil
}

// textContent makes HTML of the lines of a plain text.
func textContent(lines []string) string {
	blocks := blocksOf(lines)
	markLists(blocks)
	markHeadings(blocks)
	w := textWriter{source: strings.Join(lines, "\n")}
	for i := 0; i < len(blocks); {
		i += w.write(blocks[i:])
	}
	return w.out.String()
}

// textWriter writes blocks as HTML.
type textWriter struct {
	out    strings.Builder
	source string // the whole text
	seams  int    // places that were looked at for a space that is missing
}

// write writes the first of the blocks, with those that go into one list or quotation with it,
// and tells how many they were.
func (w *textWriter) write(blocks []block) int {
	b := blocks[0]
	n := 1
	for n < len(blocks) && b.joins(blocks[n-1], blocks[n]) {
		n++
	}
	switch b.kind {
	case headingBlock:
		w.element("h2", b)
	case bulletBlock:
		w.list("<ul>", "</ul>", blocks[:n])
	case numberBlock:
		start := "<ol>"
		if b.number != 1 {
			start = `<ol start="` + b.numeral + `">`
		}
		w.list(start, "</ol>", blocks[:n])
	case quoteBlock:
		w.out.WriteString("<blockquote>")
		for _, q := range blocks[:n] {
			w.element("p", q)
		}
		w.out.WriteString("</blockquote>\n")
	default:
		w.element("p", b)
	}
	return n
}

// element writes a block's lines within an element.
func (w *textWriter) element(name string, b block) {
	w.out.WriteString("<" + name + ">")
	for i, line := range b.lines {
		if i > 0 {
			w.out.WriteString("<br/>")
		}
		w.out.WriteString(html.EscapeString(line))
	}
	w.out.WriteString("</" + name + ">\n")
}

func (w *textWriter) list(start, end string, items []block) {
	w.out.WriteString(start)
	for _, item := range items {
		text := w.unglue(strings.Join(item.lines, " "), items)
		w.out.WriteString("<li>" + html.EscapeString(text) + "</li>")
	}
	w.out.WriteString(end + "\n")
}
