package opml

import (
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"

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
// expanded. The error is TooLarge beyond the bounds, and Invalid, with the line, if it is no OPML.
func Read(r io.Reader) (Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return Document{}, err
	case len(data) > MaxBytes:
		return Document{}, news.Errorf(news.TooLarge, "more than %d bytes", MaxBytes)
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	d.Strict = false // many writers leave & bare in addresses
	d.CharsetReader = charset.NewReaderLabel
	p := &reading{decoder: d}
	if err := p.read(); err != nil {
		return Document{}, err
	}
	return p.doc, nil
}

// reading is a document under way. It works on raw tokens, since prefixes have to survive.
type reading struct {
	decoder  *xml.Decoder
	doc      Document
	path     []string   // names of the open elements
	open     []*Outline // outlines among them
	field    *Field     // of the head, open
	counted  int        // outlines
	finished bool       // the root is closed
}

func (p *reading) read() error {
	for {
		token, err := p.decoder.RawToken()
		switch {
		case err == io.EOF && p.finished:
			return nil
		case err == io.EOF && len(p.path) > 0:
			return p.fault("it ends inside <%s>", p.path[len(p.path)-1])
		case err == io.EOF:
			return p.fault("it has no <opml>")
		case err != nil:
			return news.Errorf(news.Invalid, "not XML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = p.start(t)
		case xml.EndElement:
			err = p.end(full(t.Name))
		case xml.CharData:
			if p.field != nil {
				p.field.Value += string(t)
				if len(p.field.Value) > maxValue {
					return news.Errorf(news.TooLarge, "<%s> has more than %d bytes", p.field.Name, maxValue)
				}
			}
		}
		if err != nil {
			return err
		}
	}
}

func (p *reading) fault(format string, args ...any) error {
	line, _ := p.decoder.InputPos()
	return news.Errorf(news.Invalid, "line %d: "+format, append([]any{line}, args...)...)
}

// start opens an element. Outlines anywhere else than they belong are passed over, and so are
// unknown elements.
func (p *reading) start(t xml.StartElement) error {
	name := full(t.Name)
	if len(p.path) == 0 {
		if p.finished || !strings.EqualFold(name, "opml") {
			return p.fault("<%s> is no OPML", name)
		}
		if len(t.Attr) > maxAttributes {
			return news.Errorf(news.TooLarge, "<%s> has more than %d attributes", name, maxAttributes)
		}
		p.doc.Attributes = attributes(t.Attr)
	}
	p.path = append(p.path, name)
	if len(p.path) > MaxDepth+2 {
		return news.Errorf(news.TooLarge, "elements are nested deeper than %d", MaxDepth)
	}
	switch {
	case len(p.path) == 3 && strings.EqualFold(p.path[1], "head"):
		if len(p.doc.Head) == maxFields {
			return news.Errorf(news.TooLarge, "the head has more than %d elements", maxFields)
		}
		p.field = &Field{Name: name}
	case p.inBody():
		return p.outline(t)
	}
	return nil
}

// inBody tells whether the innermost element is an outline of the body or of another outline.
func (p *reading) inBody() bool {
	if len(p.path) < 3 || !strings.EqualFold(p.path[1], "body") ||
		len(p.open) != len(p.path)-3 { // below something unknown
		return false
	}
	return strings.EqualFold(p.path[len(p.path)-1], "outline")
}

func (p *reading) outline(t xml.StartElement) error {
	if p.counted++; p.counted > MaxOutlines {
		return news.Errorf(news.TooLarge, "more than %d outlines", MaxOutlines)
	}
	if len(t.Attr) > maxAttributes {
		return news.Errorf(news.TooLarge, "an outline has more than %d attributes", maxAttributes)
	}
	p.open = append(p.open, &Outline{Attributes: attributes(t.Attr)})
	return nil
}

// end closes an element.
func (p *reading) end(name string) error {
	last := len(p.path) - 1
	if last < 0 || p.path[last] != name {
		return p.fault("</%s> closes nothing", name)
	}
	isOutline := len(p.open) > 0 && len(p.path) == len(p.open)+2
	p.path = p.path[:last]
	switch {
	case last == 0:
		p.finished = true
	case p.field != nil && last == 2:
		p.field.Value = strings.TrimSpace(p.field.Value)
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
	return nil
}

// full writes a name as the document does.
func full(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// attributes takes over attributes, of equal ones the first.
func attributes(list []xml.Attr) []Attribute {
	var all []Attribute
	for _, a := range list {
		name := full(a.Name)
		if !slices.ContainsFunc(all, func(b Attribute) bool { return b.Name == name }) {
			all = append(all, Attribute{name, a.Value})
		}
	}
	return all
}
