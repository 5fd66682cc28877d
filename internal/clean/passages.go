package clean

import (
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// Text is an article's content as plain text, one passage a line.
func Text(a news.Article) string { return lines(Passages(a)) }

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
	if a.Content == "" {
		return nil
	}
	var list []news.Passage
	var line []byte
	heading := false
	z := html.NewTokenizer(strings.NewReader(a.Content))
	for {
		token := z.Next()
		if token == html.TextToken {
			line = append(line, z.Text()...)
			continue
		}
		name, _ := z.TagName()
		e := elements[string(name)]
		switch {
		case token == html.ErrorToken:
		case e.kind == kindInline || e.kind == kindImage:
			continue
		case e.kind == kindBreak:
			line = append(line, ' ')
			continue
		}
		if text := fold(string(line)); text != "" {
			list = append(list, news.Passage{Heading: heading, Text: text})
		}
		if token == html.ErrorToken {
			return list
		}
		line = line[:0]
		heading = token == html.StartTagToken && (e.kind == kindHeading || e.name == "dt")
	}
}
