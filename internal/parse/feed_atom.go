package parse

import (
	"cmp"
	"html"
	"io"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed/atom"

	"github.com/teletipo/teletipo/internal/news"
)

// atomReader reads the entries of Atom 1.0 (RFC 4287) and 0.3.
type atomReader struct {
	*reader
	origin  news.Origin
	lang    string
	authors []news.Author // of entries that name none (RFC 4287, section 4.2.1)
}

func parseAtom(doc news.Document, feed *xmlFeed) ([]news.Item, []error) {
	r := &atomReader{reader: newReader(doc, feed)}
	head, err := (&atom.Parser{}).Parse(r.wrap(feed.head))
	if err != nil {
		head = &atom.Feed{} // entries speak for themselves
	}
	r.lang = feed.lang
	self := link(r.base, atomLink(head.Links, "self"))
	r.base = cmp.Or(r.base, self, atomLink(head.Links, "alternate"))
	r.authors = atomAuthors(r.base, head.Authors)
	r.origin = news.Origin{
		Title:   head.Title,
		URL:     cmp.Or(self, doc.URL),
		Link:    link(r.base, atomLink(head.Links, "alternate")),
		Updated: firstDate(head.UpdatedParsed, nil, head.Updated),
	}
	r.origin.ID = cmp.Or(strings.TrimSpace(head.ID), r.origin.URL, r.origin.Link)
	feed.around(r.base, r.lang, r.origin, r.authors)
	return r.each(r.item)
}

func (r *atomReader) item(raw xmlItem, xml io.Reader) (*news.Item, error) {
	feed, err := (&atom.Parser{}).Parse(xml)
	if err != nil {
		return nil, err
	}
	if len(feed.Entries) == 0 {
		return nil, nil
	}
	in := feed.Entries[0]
	x := extensions(in.Extensions)
	base, inner := r.bases(raw)
	item := &news.Item{
		GUID:      cmp.Or(strings.TrimSpace(in.ID), x.text("dc:identifier")),
		Base:      inner,
		Title:     cmp.Or(in.Title, x.text("dc:title", "media:title")),
		Summary:   cmp.Or(in.Summary, x.text("dc:description")),
		Lang:      cmp.Or(raw.lang, x.text("dc:language"), r.lang),
		Authors:   atomAuthors(base, in.Authors),
		Tags:      atomTags(in, x),
		Media:     atomMedia(base, in, x),
		Published: firstDate(in.PublishedParsed, nil, in.Published, x.text("dc:date")),
		Modified:  firstDate(in.UpdatedParsed, nil, in.Updated),
		Origin:    r.origin,
	}
	address := atomLink(in.Links, "alternate")
	if orig := x.text("feedburner:origLink"); isWeb(orig) {
		address = orig
	}
	if in.Content != nil {
		item.Content = atomContent(in.Content)
		address = cmp.Or(address, in.Content.Src)
	}
	item.URL = link(base, address)
	item.Summary = cmp.Or(item.Summary, mediaText(x, "description"))
	if item.Summary == item.Content {
		item.Summary = ""
	}
	if len(item.Authors) == 0 {
		item.Authors = namesOnly(x.texts("dc:creator"))
	}
	if in.Source != nil {
		r.fromSource(item, base, in.Source)
	}
	if len(item.Authors) == 0 {
		item.Authors = r.authors
	}
	return item, nil
}

// fromSource takes what an entry says of the feed that it was first in (RFC 4287, 4.2.11).
func (r *atomReader) fromSource(item *news.Item, base string, in *atom.Source) {
	if len(item.Authors) == 0 {
		item.Authors = atomAuthors(base, in.Authors)
	}
	self := link(base, atomLink(in.Links, "self"))
	if id := cmp.Or(strings.TrimSpace(in.ID), self); id != "" {
		item.Origin = news.Origin{
			ID:      id,
			Title:   in.Title,
			URL:     self,
			Link:    link(base, atomLink(in.Links, "alternate")),
			Updated: firstDate(in.UpdatedParsed, nil, in.Updated),
		}
	}
}

// atomLink finds the address of a relation, an HTML page rather than anything else.
func atomLink(links []*atom.Link, rel string) string {
	var found string
	for _, l := range links {
		if l.Rel != rel || l.Href == "" {
			continue
		}
		if l.Type == "" || strings.Contains(l.Type, "html") || rel != "alternate" {
			return l.Href
		}
		found = cmp.Or(found, l.Href)
	}
	return found
}

// hasMarkup matches what can only be meant as HTML.
var hasMarkup = regexp.MustCompile(`</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>|&(#[0-9]+|[a-zA-Z]+);`)

// atomContent gives an entry's content as HTML, or nothing if it is of another kind. Many a feed
// sends HTML and forgets to say so.
func atomContent(in *atom.Content) string {
	kind := strings.ToLower(strings.TrimSpace(in.Type))
	switch {
	case kind == "html" || kind == "xhtml" || strings.Contains(kind, "html"):
		return in.Value
	case kind == "" || kind == "text" || strings.HasPrefix(kind, "text/"):
		if hasMarkup.MatchString(in.Value) {
			return in.Value
		}
		return textToHTML(in.Value)
	}
	return ""
}

// textToHTML makes paragraphs of plain text.
func textToHTML(text string) string {
	var b strings.Builder
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			escaped := html.EscapeString(paragraph)
			b.WriteString("<p>" + strings.ReplaceAll(escaped, "\n", "<br>\n") + "</p>\n")
		}
	}
	return b.String()
}

func atomAuthors(base string, people []*atom.Person) []news.Author {
	var authors []news.Author
	for _, p := range people {
		authors = append(authors, news.Author{
			Name: p.Name, Email: p.Email, URL: link(base, p.URI),
		})
	}
	return tidyAuthors(authors)
}

func atomTags(in *atom.Entry, x extensions) []string {
	var tags []string
	for _, c := range in.Categories {
		tags = append(tags, cmp.Or(c.Label, c.Term))
	}
	return tidyTags(append(tags, x.texts("dc:subject")...))
}
