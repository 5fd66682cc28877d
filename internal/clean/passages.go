package clean

import (
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

func lines(text []news.Passage) string {
	var b strings.Builder
	for _, p := range text {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// Passages lists the headings, paragraphs, list items and table cells of an article's content in
// their order, as plain text. Title and summary are not among them. The content must be as Clean
// makes it.
func Passages(a news.Article) []news.Passage {
	var list []news.Passage
	var line strings.Builder
	heading := false
	for rest := a.Content; rest != ""; {
		text, tag := "", ""
		if text, tag, rest = nextTag(rest); text != "" {
			line.WriteString(html.UnescapeString(text))
		}
		name, isEnd := strings.CutPrefix(tag, "/")
		if n := strings.IndexAny(name, " /"); n >= 0 {
			name = name[:n]
		}
		e := elementOf(name)
		switch {
		case tag == "": // the end
		case e.kind == kindInline || e.kind == kindImage:
			continue
		case e.kind == kindBreak:
			line.WriteByte(' ')
			continue
		}
		if text := fold(line.String()); text != "" {
			list = append(list, news.Passage{Heading: heading, Text: text})
		}
		line.Reset()
		heading = !isEnd && (e.kind == kindHeading || e.name == "dt")
	}
	if text := fold(line.String()); text != "" {
		list = append(list, news.Passage{Heading: heading, Text: text})
	}
	return list
}

// nextTag cuts clean HTML behind its first tag, and returns the text before that, with its escapes,
// and what is between its angle brackets; empty if there is no further tag.
func nextTag(s string) (text, tag, rest string) {
	i := strings.IndexByte(s, '<')
	if i < 0 {
		return s, "", ""
	}
	end := strings.IndexByte(s[i:], '>')
	if end < 0 {
		return s, "", "" // not as Clean makes it
	}
	return s[:i], s[i+1 : i+end], s[i+end+1:]
}
