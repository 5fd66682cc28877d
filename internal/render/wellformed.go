package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// fault is what is wrong with a document.
func fault(format string, args ...any) error { return news.Errorf(news.Invalid, format, args...) }

// check holds a piece, or a frame, to being well-formed. Pieces that are make a document that is:
// they stand where the frame may hold any number of them.
func (d *Draft) check(text []byte, frame bool) error {
	if i := forbidden(text); i >= 0 {
		if r, size := utf8.DecodeRune(text[i:]); size > 1 || r < utf8.RuneSelf {
			return fault("byte %d: character U+%04X is forbidden", i, r)
		}
		return fault("byte %d: %#02x is not UTF-8", i, text[i])
	}
	if d.format == news.JSON {
		return checkJSON(text)
	}
	x := xmlCheck{decoder: xml.NewDecoder(bytes.NewReader(text))}
	if !frame {
		x.prefixes = slices.Clip(piecePrefixes[d.format])
	}
	return x.all()
}

// piecePrefixes are those that a piece may use, since the frame declares them.
var piecePrefixes = map[news.Format][]string{
	news.RSS:  {"content", "dc", "dcterms", "media"},
	news.Atom: {"at"},
}

// xmlCheck reads a document or an element of one, token by token.
type xmlCheck struct {
	decoder  *xml.Decoder
	prefixes []string // that are declared, those of open elements last
	open     []openElement
	roots    int
}

// openElement is one whose end is yet to come.
type openElement struct {
	name     xml.Name
	prefixes int // declared outside of it
}

// all reads to the end. Beside what encoding/xml finds in raw tokens it refuses what that leaves to
// others: elements closed by others or never, prefixes not declared, attributes given twice, and
// anything but one element.
func (x *xmlCheck) all() error {
	for {
		token, err := x.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = x.take(token)
		}
		if err != nil {
			line, column := x.decoder.InputPos()
			return fault("line %d, column %d: %w", line, column, err)
		}
	}
	if len(x.open) > 0 || x.roots != 1 {
		return fault("%d elements are not closed, %d stand side by side", len(x.open), x.roots)
	}
	return nil
}

// take looks at a token.
func (x *xmlCheck) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		return fault("a document type is not wanted")
	case xml.CharData:
		if len(x.open) == 0 && len(bytes.TrimSpace(t)) > 0 {
			return fault("text outside of the element")
		}
	case xml.StartElement:
		return x.begin(t)
	case xml.EndElement:
		n := len(x.open) - 1
		if n < 0 || x.open[n].name != t.Name {
			return fault("</%s> closes another element, or none", t.Name.Local)
		}
		x.prefixes = x.prefixes[:x.open[n].prefixes]
		x.open = x.open[:n]
	}
	return nil
}

// begin opens an element.
func (x *xmlCheck) begin(t xml.StartElement) error {
	if len(x.open) == 0 {
		x.roots++
	}
	x.open = append(x.open, openElement{t.Name, len(x.prefixes)})
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" {
			x.prefixes = append(x.prefixes, a.Name.Local)
		}
	}
	if err := x.declared(t.Name); err != nil {
		return err
	}
	for i, a := range t.Attr {
		if err := x.declared(a.Name); err != nil {
			return err
		}
		if slices.ContainsFunc(t.Attr[:i], func(b xml.Attr) bool { return a.Name == b.Name }) {
			return fault("<%s> has attribute %s twice", t.Name.Local, a.Name.Local)
		}
	}
	return nil
}

// declared holds the prefix of a name to being one that is.
func (x *xmlCheck) declared(name xml.Name) error {
	switch space := name.Space; {
	case strings.Contains(name.Local, ":"):
		return fault("%q is not a name", name.Local)
	case space == "" || space == "xml" || space == "xmlns", slices.Contains(x.prefixes, space):
		return nil
	}
	return fault("prefix %s is not declared", name.Space)
}

// checkJSON holds a text to being one value, in whose objects no name stands twice.
func checkJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err := jsonValue(d)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		err = fault("there is something after the value")
	}
	return fault("byte %d: %w", d.InputOffset(), err)
}

// jsonValue reads a value.
func jsonValue(d *json.Decoder) error {
	token, err := d.Token()
	delim, is := token.(json.Delim)
	if err != nil || !is {
		return err
	}
	names := map[json.Token]bool{}
	for d.More() {
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if names[name] {
				return fault("%s stands there twice", name)
			}
			names[name] = true
		}
		if err := jsonValue(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
