package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"

	"github.com/teletipo/teletipo/internal/news"
)

var errCut = errors.New("the document ends within it")

// reader hands parts of a feed document to a parser, each as a document of its own.
type reader struct {
	feed *xmlFeed
	base string // address that the document's references resolve against
	buf  []byte
}

// newReader also settles what relative references of the document resolve against: xml:base, else
// its own address.
func newReader(doc news.Document, feed *xmlFeed) *reader {
	base := resolve(doc.URL, feed.base)
	return &reader{feed: feed, base: base}
}

// wrap makes a document of a part, with the namespaces that the part uses. (Parsers copy the list
// of namespaces at each element, so others would cost.) It is valid until the next call.
func (r *reader) wrap(part []byte) io.Reader {
	r.buf = append(r.buf[:0], r.feed.start...)
	for _, a := range r.feed.names {
		_, prefix, _ := bytes.Cut(a.name, []byte(":"))
		if bytes.Contains(part, append(prefix[:len(prefix):len(prefix)], ':')) {
			r.buf = appendAttr(r.buf, a)
		}
	}
	r.buf = append(r.buf, '>')
	r.buf = append(r.buf, part...)
	r.buf = append(r.buf, r.feed.end...)
	return bytes.NewReader(r.buf)
}

// each parses every item by itself. What parse gives is nil for an element that only has the name
// of an item, in a vocabulary of its own.
func (r *reader) each(parse func(xmlItem, io.Reader) (*news.Item, error)) (
	items []news.Item, faults []error,
) {
	for i, raw := range r.feed.items {
		mark := r.feed.mark(&raw)
		if mark != 0 && r.feed.known != nil && r.feed.known(mark) {
			r.feed.passed = append(r.feed.passed, mark)
			continue
		}
		item, err := r.one(raw, parse)
		switch {
		case err != nil:
			faults = append(faults, &itemFault{number: i + 1, at: raw.at, cause: err})
		case item != nil:
			item.Mark = mark
			items = append(items, *item)
		}
	}
	return items, faults
}

func (r *reader) one(raw xmlItem, parse func(xmlItem, io.Reader) (*news.Item, error)) (
	item *news.Item, err error,
) {
	defer func() {
		if cause := recover(); cause != nil {
			item, err = nil, fmt.Errorf("it made the parser fail: %v", cause)
		}
	}()
	if raw.cut {
		return nil, errCut
	}
	return parse(raw, r.wrap(raw.xml))
}

// bases gives what the references of an item resolve against, and those within its content.
func (r *reader) bases(raw xmlItem) (item, content string) {
	item = resolve(r.base, raw.base)
	return item, resolve(item, raw.inner)
}

// extensions are elements of other vocabularies, by prefix and local name.
type extensions ext.Extensions

// text gives the first text that is not empty of the elements so named, as "dc:date".
func (x extensions) text(names ...string) string {
	for _, name := range names {
		prefix, local, _ := strings.Cut(name, ":")
		for _, e := range x[prefix][local] {
			if e.Value != "" {
				return e.Value
			}
		}
	}
	return ""
}

// texts gives every text of an element.
func (x extensions) texts(name string) (texts []string) {
	prefix, local, _ := strings.Cut(name, ":")
	for _, e := range x[prefix][local] {
		texts = append(texts, e.Value)
	}
	return texts
}

// atomLink gives the address of the first Atom link of such a relation in another vocabulary.
func (x extensions) atomLink(rel string) string {
	for _, prefix := range []string{"atom", "atom10", "atom03"} {
		for _, e := range x[prefix]["link"] {
			if e.Attrs["rel"] == rel || rel == "alternate" && e.Attrs["rel"] == "" {
				return e.Attrs["href"]
			}
		}
	}
	return ""
}
