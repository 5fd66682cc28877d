package paste

import (
	"cmp"
	"html"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// mainShare is how much of a page's text an article element must have to be the article, and not
// one teaser of many: one part in so many.
const mainShare = 3

// parseHTML reads an HTML file that is one article: what its head says of it, and as content its
// article or main element, or else its body without what frames a page. Front matter goes before
// what the head says. The title is the only <h1> of the content, else what the head says.
func parseHTML(doc news.Document, source string) (item news.Item, passed []error, err error) {
	item = fileItem(doc)
	front, rest, err := cutFrontMatter(doc.Label(), source)
	if err != nil {
		return item, nil, err
	}
	page := readPage(rest, doc.Lang)
	if page.over {
		return item, nil, doc.TooLarge("more than %d sections and headings", maxSections)
	}
	head := page.head
	item.Base = cmp.Or(head.base, news.Base(doc.URL))
	item.URL = cmp.Or(canonical(head.canonical, doc.URL), doc.URL)
	item.Lang = head.lang
	item.Summary = html.EscapeString(head.description)
	item.Published, item.Modified = head.published, head.modified
	item.Tags = head.tags
	for _, name := range head.authors {
		item.Authors = append(item.Authors, news.Author{Name: name})
	}
	if head.image != "" {
		item.Media = []news.Media{{
			URL: head.image, Type: cmp.Or(head.imageType, news.ImageType(head.image)),
		}}
	}
	if passed, err = readFront(doc, front, &item); err != nil {
		return item, nil, err
	}
	content, frame := page.content()
	if h, ok := page.onlyHeading(content, frame); ok {
		title := html.EscapeString(textOf(rest[h.from:h.to]))
		item.Title = cmp.Or(item.Title, title)
		if item.Title == title { // not said twice
			frame = append(frame, h)
		}
	}
	item.Title = cmp.Or(item.Title, html.EscapeString(head.title))
	item.Content = strings.TrimSpace(page.without(content, frame))
	return item, passed, nil
}

// content finds the section whose content is the article, and what is no part of it: of a body,
// what frames it.
func (p *page) content() (best section, frame []section) {
	most, main := 0, -1
	for i, s := range p.sections {
		switch {
		case s.name == "article" && s.text > most:
			best, most = s, s.text
		case s.name == "main" && main < 0:
			main = i
		}
	}
	switch {
	case most > 0 && most*mainShare >= p.text:
		return best, nil
	case main >= 0:
		return p.sections[main], nil
	}
	for _, s := range p.sections {
		switch s.name {
		case "nav", "aside", "footer":
			frame = append(frame, s)
		case "header":
			if !p.hasHeading(s) {
				frame = append(frame, s)
			}
		}
	}
	return section{from: p.body, to: len(p.src)}, frame
}

// hasHeading reports whether there is an h1 in a section.
func (p *page) hasHeading(s section) bool {
	i, _ := slices.BinarySearch(p.headings, s.from)
	return i < len(p.headings) && p.headings[i] < s.to
}

// onlyHeading returns the one h1 with a text in a section but for its frame, if there is one only.
func (p *page) onlyHeading(in section, frame []section) (only section, found bool) {
	past := in.from // of all frames so far
	for _, s := range p.sections {
		for len(frame) > 0 && frame[0].at <= s.at {
			past = max(past, frame[0].end)
			frame = frame[1:]
		}
		if s.name != "h1" || s.text == 0 || s.at < past || s.at >= in.to {
			continue
		}
		if found {
			return section{}, false
		}
		only, found = s, true
	}
	return only, found
}

// without returns what is in a section but for some others in it, and for the tags that only a
// whole document has.
func (p *page) without(in section, others []section) string {
	cuts := append(others, p.outer...)
	slices.SortFunc(cuts, func(a, b section) int { return cmp.Compare(a.at, b.at) })
	var b strings.Builder
	at := in.from
	for _, c := range cuts {
		if c.at < at || c.at >= in.to { // within another, or outside
			if c.at < at && c.at >= in.from {
				at = max(at, min(c.end, in.to))
			}
			continue
		}
		b.WriteString(p.src[at:c.at])
		at = min(c.end, in.to)
	}
	b.WriteString(p.src[at:in.to])
	return b.String()
}
