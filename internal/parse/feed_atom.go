package parse

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"html"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// atomReader reads the entries of Atom 1.0 (RFC 4287) and 0.3.
type atomReader struct {
	*reader
	origin  news.Origin
	lang    string
	authors []news.Author // of entries that name none (RFC 4287, section 4.2.1)
}

// atomEntry is an entry, a source or a feed as it stands. Of an element that may be there once the
// last one counts.
type atomEntry struct {
	id, title, summary, updated, published string
	links                                  []part
	people                                 []part
	tags                                   []string
	content, source                        *part
	others                                 parts
}

func parseAtom(doc news.Document, feed *xmlFeed) ([]news.Item, []error) {
	r := &atomReader{reader: newReader(doc, feed)}
	head := readAtom(feed.parts(feed.head, nil))
	r.lang = feed.lang
	self := rawdoc.Link(r.base, head.link("self"))
	r.base = cmp.Or(r.base, news.Base(self), head.link("alternate"))
	r.authors = head.authors(r.base)
	r.origin = news.Origin{
		Title:   head.title,
		URL:     self,
		Link:    rawdoc.Link(r.base, head.link("alternate")),
		Updated: r.dates.First(head.updated),
	}
	r.origin.ID = cmp.Or(head.id, r.origin.URL, r.origin.Link, unstated(doc))
	feed.around(r.base, r.lang, r.origin, r.authors)
	return r.each(r.item)
}

func readAtom(children iter.Seq[part]) (in atomEntry) {
	for p := range children {
		if p.kind != "" {
			in.others = append(in.others, p)
			continue
		}
		switch p.local {
		case "title":
			in.title = atomTitle(&p)
		case "id":
			in.id = strings.TrimSpace(atomText(&p))
		case "summary":
			in.summary = atomText(&p)
		case "updated", "modified":
			in.updated = atomText(&p)
		case "published", "issued":
			in.published = atomText(&p)
		case "author":
			in.people = append(in.people, p)
		case "category":
			in.tags = append(in.tags, cmp.Or(p.attr("label"), p.attr("term")))
		case "link":
			in.links = append(in.links, p)
		case "content":
			in.content = &p
		case "source":
			in.source = &p
		}
	}
	return in
}

func (r *atomReader) item(raw xmlItem, xml part) *news.Item {
	in := readAtom(xml.children())
	x := in.others
	base, inner := r.bases(raw)
	item := &news.Item{
		GUID:      cmp.Or(in.id, x.text("dc:identifier")),
		Base:      inner,
		Title:     cmp.Or(in.title, x.text("dc:title", "media:title")),
		Summary:   cmp.Or(in.summary, x.text("dc:description")),
		Lang:      cmp.Or(raw.lang, x.text("dc:language"), r.lang),
		Authors:   in.authors(base),
		Tags:      tidyTags(append(in.tags, x.tags()...)),
		Media:     in.media(base),
		Published: r.dates.First(in.published, x.text("dc:date")),
		Modified:  r.dates.First(in.updated),
		Origin:    r.origin,
	}
	address := in.link("alternate")
	if orig := x.text("feedburner:origlink"); rawdoc.IsWeb(orig) {
		address = orig
	}
	if in.content != nil {
		item.Content = atomContent(in.content)
		address = cmp.Or(address, in.content.attr("src"))
	}
	item.URL = rawdoc.Link(base, address)
	if item.URL == "" && rawdoc.IsWeb(in.id) {
		item.URL = in.id
	}
	item.Summary = cmp.Or(item.Summary, mediaText(x, "description"))
	if item.Summary == item.Content {
		item.Summary = ""
	}
	if len(item.Authors) == 0 {
		item.Authors = namesOnly(x.texts("dc:creator"))
	}
	if in.source != nil {
		r.fromSource(item, base, readAtom(in.source.children()))
	}
	if len(item.Authors) == 0 {
		item.Authors = r.authors
	}
	return item
}

// fromSource takes what an entry says of the feed that it was first in (RFC 4287, 4.2.11).
func (r *atomReader) fromSource(item *news.Item, base string, in atomEntry) {
	if len(item.Authors) == 0 {
		item.Authors = in.authors(base)
	}
	self := rawdoc.Link(base, in.link("self"))
	if id := cmp.Or(in.id, self, in.link("alternate")); id != "" {
		item.Origin = news.Origin{
			ID:      id,
			Title:   in.title,
			URL:     self,
			Link:    rawdoc.Link(base, in.link("alternate")),
			Updated: r.dates.Date(in.updated),
		}
	}
}

// link finds the address of a relation, an HTML page rather than anything else.
func (in *atomEntry) link(rel string) string {
	var found string
	for _, l := range in.links {
		href, kind := cmp.Or(l.attr("href"), l.text()), l.attr("type")
		if cmp.Or(l.attr("rel"), "alternate") != rel || href == "" {
			continue
		}
		if kind == "" || strings.Contains(kind, "html") || rel != "alternate" {
			return href
		}
		found = cmp.Or(found, href)
	}
	return found
}

func (in *atomEntry) authors(base string) []news.Author {
	var authors []news.Author
	for _, person := range in.people {
		var a news.Author
		for p := range person.children() {
			switch p.local {
			case "name":
				a.Name = atomText(&p)
			case "email":
				a.Email = atomText(&p)
			case "uri", "url", "homepage":
				a.URL = rawdoc.Link(base, atomText(&p))
			}
		}
		authors = append(authors, a)
	}
	return tidyAuthors(authors)
}

// atomText reads a text construct (RFC 4287, section 3.1, and Atom 0.3's modes).
func atomText(p *part) string {
	kind, mode := strings.ToLower(p.attr("type")), strings.ToLower(p.attr("mode"))
	if mode == "base64" {
		if decoded, ok := fromBase64(p.inner); ok {
			return decoded
		}
	}
	switch {
	case strings.Contains(kind, "xhtml") && !bytes.Contains(p.inner, cdataStart):
		return string(bytes.TrimSpace(inDiv(p)))
	case kind == "html", kind == "text", strings.HasPrefix(kind, "text/"), kind == "" && mode == "",
		bytes.Contains(p.inner, cdataStart):
		return p.text()
	}
	if isBinary(kind) {
		if decoded, ok := fromBase64(p.inner); ok {
			return decoded
		}
	}
	return string(bytes.TrimSpace(p.inner))
}

// fromBase64 decodes what an element holds; blanks and line ends in it do not count.
func fromBase64(inner []byte) (text string, ok bool) {
	decoded, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(inner), nil)))
	return strings.ToValidUTF8(string(decoded), "\uFFFD"), err == nil
}

// atomTitle returns a title as HTML. One that says that it is text is taken at its word; many a
// feed sends HTML and says nothing.
func atomTitle(p *part) string {
	text := atomText(p)
	if strings.EqualFold(p.attr("type"), "text") {
		return html.EscapeString(text)
	}
	return text
}

// inDiv returns what XHTML is within the one div that wraps it, which is no part of it.
func inDiv(p *part) []byte {
	inner := p.inner
	n := 0
	for c := range p.children() {
		if n++; n > 1 || c.local != "div" {
			return p.inner
		}
		inner = c.inner
	}
	return inner
}

// isBinary reports whether content of a media type is written in base64 (RFC 4287, 4.1.3.3).
func isBinary(kind string) bool {
	main, sub, _ := strings.Cut(kind, "/")
	switch main {
	case "image":
		return !strings.HasSuffix(sub, "xml")
	case "audio", "video":
		return true
	case "application":
		return slices.Contains([]string{"octet-stream", "pdf", "zip", "gzip", "ogg"}, sub)
	}
	return false
}

// hasMarkup matches what can only be meant as HTML.
var hasMarkup = regexp.MustCompile(`</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>|&(#[0-9]+|[a-zA-Z]+);`)

// atomContent returns an entry's content as HTML, or nothing if it is of another kind. Many a feed
// sends HTML and forgets to say so.
func atomContent(in *part) string {
	kind := strings.ToLower(in.attr("type"))
	switch {
	case strings.Contains(kind, "html"):
		return atomText(in)
	case kind == "" || kind == "text" || strings.HasPrefix(kind, "text/"):
		if text := atomText(in); hasMarkup.MatchString(text) {
			return text
		}
		return textToHTML(atomText(in))
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
