package opml

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/teletipo/teletipo/internal/news"
)

// Bounds of what is read. They are far above what a newsroom has, and low enough for a document
// made to do harm.
const (
	MaxBytes      = 8 << 20
	MaxDepth      = 24 // of outlines
	MaxOutlines   = 20_000
	maxAttributes = 64
	maxFields     = 64
	maxValue      = 10_000 // bytes of an element of the head
)

// Read reads a document. A document type declaration is skipped and no entity of its own is ever
// expanded. Faults name, with their line, the places that are not as OPML has them and what they
// cost; the rest is read. The error is TooLarge beyond the bounds, and Invalid if it is no OPML.
func Read(r io.Reader) (doc Document, faults []error, err error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return Document{}, nil, err
	case len(data) > MaxBytes:
		return Document{}, nil, news.Errorf(news.TooLarge, "more than %d bytes", MaxBytes)
	}
	p := &reading{lexer: lexer{text: decode(data)}}
	if err := p.read(); err != nil {
		return Document{}, nil, err
	}
	return p.doc, p.faults, nil
}

var stated = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}\sencoding\s*=\s*["']([^"']{1,40})`)

// decode makes UTF-8 of a document: of its byte order mark, of what it is if it is UTF-8, else of
// the charset that it states, else of Windows-1252.
func decode(data []byte) string {
	label := "windows-1252"
	if m := stated.FindSubmatch(data); m != nil {
		label = string(m[1])
	}
	for mark, name := range map[string]string{"\xff\xfe": "utf-16le", "\xfe\xff": "utf-16be"} {
		if bytes.HasPrefix(data, []byte(mark)) {
			label = name
		}
	}
	if encoding, _ := charset.Lookup(label); encoding != nil && !utf8.Valid(data) {
		if text, err := encoding.NewDecoder().Bytes(data); err == nil {
			data = text
		}
	}
	return strings.ToValidUTF8(strings.TrimPrefix(string(data), "\ufeff"), "\ufffd")
}

// reading is a document under way.
type reading struct {
	lexer
	doc      Document
	path     []string   // names of the open elements
	open     []*Outline // outlines among them
	field    *Field     // of the head, open
	value    []byte     // what it holds so far
	counted  int        // outlines
	finished bool       // the root is closed
}

func (p *reading) read() error {
	for {
		at := p.pos
		t := p.next()
		switch t.kind {
		case ended:
			if len(p.path) == 0 && !p.finished {
				return news.Errorf(news.Invalid, "it has no <opml>")
			}
			if len(p.path) > 0 {
				p.fault(p.pos, "it ends inside <%s>", p.path[len(p.path)-1])
				p.closeDownTo(0)
			}
			return nil
		case startTag:
			if p.finished {
				p.fault(at, "<%s> after the end of the document, left out with what follows", t.name)
				return nil
			}
			if err := p.start(t); err != nil {
				return err
			}
			if t.closed {
				p.closeDownTo(len(p.path) - 1)
			}
		case endTag:
			p.end(at, t.name)
		case characters:
			if p.field != nil {
				p.value = append(p.value, t.text...)
				if len(p.value) > maxValue {
					return news.Errorf(news.TooLarge, "<%s> has more than %d bytes", p.field.Name, maxValue)
				}
			}
		}
	}
}

// start opens an element. Outlines anywhere else than they belong are passed over, and so are
// unknown elements.
func (p *reading) start(t token) error {
	if len(t.attributes) > maxAttributes {
		return news.Errorf(news.TooLarge, "<%s> has more than %d attributes", t.name, maxAttributes)
	}
	if len(p.path) == 0 {
		if !strings.EqualFold(t.name, "opml") {
			return news.Errorf(news.Invalid, "<%s> is no OPML", t.name)
		}
		p.doc.Attributes = t.attributes
	}
	p.path = append(p.path, t.name)
	if len(p.path) > MaxDepth+2 {
		return news.Errorf(news.TooLarge, "elements are nested deeper than %d", MaxDepth)
	}
	switch {
	case len(p.path) == 3 && strings.EqualFold(p.path[1], "head"):
		if len(p.doc.Head) == maxFields {
			return news.Errorf(news.TooLarge, "the head has more than %d elements", maxFields)
		}
		p.field, p.value = &Field{Name: t.name}, p.value[:0]
	case p.inBody():
		if p.counted++; p.counted > MaxOutlines {
			return news.Errorf(news.TooLarge, "more than %d outlines", MaxOutlines)
		}
		p.open = append(p.open, &Outline{Attributes: t.attributes})
	}
	return nil
}

// inBody reports whether the innermost element is an outline of the body or of another outline.
func (p *reading) inBody() bool {
	if len(p.path) < 3 || !strings.EqualFold(p.path[1], "body") ||
		len(p.open) != len(p.path)-3 { // below something unknown
		return false
	}
	return strings.EqualFold(p.path[len(p.path)-1], "outline")
}

// end closes an element, and those in it that were not closed.
func (p *reading) end(at int, name string) {
	same := func(open string) bool { return strings.EqualFold(open, name) }
	last := len(p.path) - 1
	for last >= 0 && !same(p.path[last]) {
		last--
	}
	switch {
	case last < 0:
		p.fault(at, "</%.40s> closes nothing", name)
		return
	case last < len(p.path)-1:
		p.fault(at, "</%s> comes before the end of <%s>", name, p.path[len(p.path)-1])
	}
	p.closeDownTo(last)
}

// closeDownTo closes elements until so many are open.
func (p *reading) closeDownTo(depth int) {
	for len(p.path) > depth {
		last := len(p.path) - 1
		isOutline := len(p.open) > 0 && len(p.path) == len(p.open)+2
		p.path = p.path[:last]
		switch {
		case last == 0:
			p.finished = true
		case p.field != nil && last == 2:
			p.field.Value = strings.TrimSpace(string(p.value))
			p.doc.Head = append(p.doc.Head, *p.field)
			p.field = nil
		case isOutline:
			closed := p.open[len(p.open)-1]
			p.open = p.open[:len(p.open)-1]
			into := &p.doc.Outlines
			if len(p.open) > 0 {
				into = &p.open[len(p.open)-1].Outlines
			}
			*into = append(*into, *closed)
		}
	}
}
