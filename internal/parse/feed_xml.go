package parse

import (
	"bytes"
	"cmp"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/dates"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

var errCut = errors.New("the document ends within it")

// reader maps the parts of a feed document to items.
type reader struct {
	feed  *xmlFeed
	base  string // address that the document's references resolve against
	dates *dates.Reader
}

// newReader also settles what relative references of the document resolve against: xml:base, else
// its own address, as far as that may be published.
func newReader(doc news.Document, feed *xmlFeed) *reader {
	base := rawdoc.Resolve(news.Base(doc.URL), feed.base)
	in := &dates.Reader{Text: doc.Body, Lang: cmp.Or(doc.Lang, feed.lang)}
	return &reader{feed: feed, base: base, dates: in}
}

// each maps every item that is not known. What parse returns is nil for an element that only has
// the name of an item, in a vocabulary of its own.
func (r *reader) each(parse func(raw xmlItem, in part) *news.Item) (
	items []news.Item, faults []error,
) {
	for i := range r.feed.items {
		raw := &r.feed.items[i]
		mark := r.feed.mark(raw)
		if mark != 0 && r.feed.known != nil && r.feed.known(mark) {
			r.feed.passed = append(r.feed.passed, mark)
			continue
		}
		if raw.cut {
			faults = append(faults, &itemFault{number: i + 1, at: raw.at, cause: errCut})
			continue
		}
		for in := range r.feed.parts(raw.xml, nil) {
			if in.kind == "" {
				if items == nil {
					items = make([]news.Item, 0, len(r.feed.items)-i)
				}
				items = append(items, *parse(*raw, in))
				items[len(items)-1].Mark = mark
				strip(&items[len(items)-1], r.feed.words)
			}
			break
		}
	}
	return items, faults
}

// bases returns what the references of an item resolve against, and those within its content.
func (r *reader) bases(raw xmlItem) (item, content string) {
	item = rawdoc.Resolve(r.base, raw.base)
	return item, rawdoc.Resolve(item, raw.inner)
}

// part is an element of a mended document.
type part struct {
	kind  string // its vocabulary: "" for the feed's own; see vocabularies
	local string // its name without prefix, in lower case
	attrs []attr
	inner []byte // what stands between its tags
	names []attr // declarations of namespaces around and in it, the innermost last
	feed  *xmlFeed
}

// parts yields the elements that are children of none other in a piece of a mended document. It
// takes time in proportion to the piece.
func (f *xmlFeed) parts(xml []byte, names []attr) iter.Seq[part] {
	return func(yield func(part) bool) {
		for at := nextTag(xml, 0); at < len(xml); at = nextTag(xml, at) {
			t, ok := scanTag(xml, at, nil)
			if !ok {
				return // which no mended document lets happen
			}
			p := part{attrs: t.attrs, names: declared(names, t.attrs), feed: f}
			p.kind, p.local = f.kindOf(t.name, p.names)
			at = t.end
			if !t.closed {
				at = endOf(xml, t.end)
				p.inner = xml[t.end:at]
				at += bytes.IndexByte(xml[at:], '>') + 1
			}
			if !yield(p) {
				return
			}
		}
	}
}

// children yields the elements in an element.
func (p *part) children() iter.Seq[part] { return p.feed.parts(p.inner, p.names) }

// nextTag returns where the next tag begins, the end if there is none.
func nextTag(xml []byte, at int) int {
	for {
		lt := bytes.IndexByte(xml[at:], '<')
		if lt < 0 {
			return len(xml)
		}
		at += lt
		if !bytes.HasPrefix(xml[at:], cdataStart) {
			return at
		}
		end := bytes.Index(xml[at:], cdataEnd)
		if end < 0 {
			return len(xml)
		}
		at += end + len(cdataEnd)
	}
}

// endOf returns where the end tag begins that belongs to the start tag that ends at from.
func endOf(xml []byte, from int) int {
	depth := 0
	for at := nextTag(xml, from); at < len(xml); at = nextTag(xml, at) {
		if bytes.HasPrefix(xml[at:], []byte("</")) {
			if depth == 0 {
				return at
			}
			depth--
			at += 2
			continue
		}
		end := tagEnd(xml, at)
		if xml[end-2] != '/' {
			depth++
		}
		at = end
	}
	return len(xml)
}

// tagEnd returns where a start tag that is well-formed ends.
func tagEnd(xml []byte, at int) int {
	for at < len(xml) {
		i := bytes.IndexAny(xml[at:], `>"'`)
		if i < 0 {
			break
		}
		at += i + 1
		if quote := xml[at-1]; quote != '>' {
			at += bytes.IndexByte(xml[at:], quote) + 1
			continue
		}
		return at
	}
	return len(xml)
}

// attr returns the value of an attribute, its entities decoded, or "" if there is none. Names
// without a prefix come first.
func (p *part) attr(name string) string {
	var found string
	for _, a := range p.attrs {
		prefix, local, ok := bytes.Cut(a.name, []byte(":"))
		if !ok && string(a.name) == name {
			return strings.TrimSpace(unescape(a.value))
		}
		if ok && found == "" && string(local) == name && string(prefix) != "xmlns" {
			found = strings.TrimSpace(unescape(a.value))
		}
	}
	return found
}

// text returns what an element holds: its text with entities decoded and CDATA taken as it stands,
// and the tags in it.
func (p *part) text() string {
	raw := bytes.TrimSpace(p.inner)
	if bytes.IndexByte(raw, '&') < 0 && !bytes.Contains(raw, cdataStart) {
		return string(raw)
	}
	var out []byte
	for {
		before, rest, found := bytes.Cut(raw, cdataStart)
		if !found && out == nil {
			return string(appendDecoded(nil, before))
		}
		inside, after, _ := bytes.Cut(rest, cdataEnd)
		if len(before) == 0 && len(after) == 0 && out == nil {
			return string(inside)
		}
		if out == nil {
			out = make([]byte, 0, len(raw))
		}
		out = append(appendDecoded(out, before), inside...)
		if !found {
			return string(out)
		}
		raw = after
	}
}

// first returns the text of the first child of such a name, whatever its vocabulary.
func (p *part) first(local string) string {
	for c := range p.children() {
		if c.local == local {
			return c.text()
		}
	}
	return ""
}

// parts are elements of other vocabularies than the feed's.
type parts []part

// all returns the elements of a name such as "dc:date".
func (list parts) all(name string) (found []*part) {
	kind, local, _ := strings.Cut(name, ":")
	for i := range list {
		if list[i].local == local && list[i].kind == kind {
			found = append(found, &list[i])
		}
	}
	return found
}

// text returns the first text that is not empty of the elements so named.
func (list parts) text(names ...string) string {
	for _, name := range names {
		for _, p := range list.all(name) {
			if s := p.text(); s != "" {
				return s
			}
		}
	}
	return ""
}

// texts returns every text of an element.
func (list parts) texts(name string) (texts []string) {
	for _, p := range list.all(name) {
		texts = append(texts, p.text())
	}
	return texts
}

// atomLink returns the address of the first Atom link of such a relation in another vocabulary.
func (list parts) atomLink(rel string) string {
	for _, p := range list {
		if p.local != "link" || !slices.Contains(atomKinds, p.kind) {
			continue
		}
		if is := p.attr("rel"); is == rel || rel == "alternate" && is == "" {
			return p.attr("href")
		}
	}
	return ""
}
