package clean

import (
	"net/url"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// content is what HTML by others is made into.
type content struct {
	html  string         // as contentOf says
	text  []news.Passage // what it says: Passages of it
	title string         // what it was called or, if it had no title, what that is made of it
}

// contentOf makes safe HTML of HTML by others: a sequence of blocks with nothing in it but what
// isAllowed lets pass, references absolute, well-formed also as XML, at most maxContent bytes.
// Cleaning its result again changes nothing. A heading at the beginning that only repeats the
// title goes; without a title it is made of what is said first.
// A reference such as #note leads to the page that the HTML is part of, whatever others are
// relative to.
func contentOf(raw string, base *url.URL, page, title string) content {
	if strings.TrimSpace(raw) == "" {
		return content{title: title}
	}
	raw = withoutCDATA(raw[:min(len(raw), maxRaw)])
	k := walker{lex: lexer{s: raw}, w: newWriter(len(raw), title), base: base, page: page}
	k.walk()
	var c content
	c.html, c.text = k.w.finish()
	c.title = k.w.repeats.title
	if !isAllowed(c.html) {
		return plainContent(c)
	}
	return c
}

// plainContent keeps of content only what it says. Nothing is known that needs it: it is there
// so that a mistake in the writer costs an article its markup and not its readers their safety.
func plainContent(c content) content {
	var b strings.Builder
	for i, p := range c.text {
		b.WriteString("<p>" + escaper.Replace(p.Text) + "</p>")
		c.text[i].Heading = false
	}
	c.html = b.String()
	return c
}
