package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// element is an XML element as read from a document, its name with the prefix that prefixes
// gives its namespace.
type element struct {
	name     string
	attrs    []attr
	text     string // all character data directly inside
	children []*element

	start, end int // bytes of the document, tags included
}

// part is where the element stands, known by an id.
func (e *element) part(id string) news.Part {
	return news.Part{ID: id, Start: e.start, End: e.end}
}

type attr struct{ name, value string }

// prefixes are our names of the namespaces that our documents may use.
var prefixes = map[string]string{
	"":                                     "",
	"http://www.w3.org/XML/1998/namespace": "xml:",
	nsAtom:                                 "atom:",
	nsContent:                              "content:",
	nsDC:                                   "dc:",
	nsTerms:                                "dcterms:",
	nsMedia:                                "media:",
	nsPace:                                 "sy:",
	nsHistory:                              "fh:",
	nsTombstones:                           "at:",
}

// parseXML reads a document. Beside what encoding/xml finds, it refuses what that lets pass:
// undeclared prefixes, an attribute given twice, a second root, text outside it, a document
// type, and references to forbidden characters.
func parseXML(doc []byte) (*element, error) {
	p := parser{decoder: xml.NewDecoder(bytes.NewReader(doc))}
	for {
		p.start = int(p.decoder.InputOffset())
		token, err := p.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault("not well-formed: %w", err)
		}
		p.end = int(p.decoder.InputOffset())
		if err := p.take(token, doc[p.start:p.end]); err != nil {
			line, column := p.decoder.InputPos()
			return nil, fault("line %d, column %d: %w", line, column, err)
		}
	}
	switch {
	case len(p.open) > 0:
		return nil, fault("element %s is not closed", p.open[len(p.open)-1].raw)
	case p.root == nil:
		return nil, fault("the document has no element")
	}
	return p.root, nil
}

// parser builds the tree of a document.
type parser struct {
	decoder  *xml.Decoder
	root     *element
	open     []frame
	bindings []binding // of the open elements, outermost first
	begun    bool      // something other than the XML declaration was seen

	start, end int // of the token, in bytes of the document
}

type frame struct {
	raw      string // name as the document writes it
	element  *element
	bindings int // how many were there before
}

type binding struct{ prefix, uri string }

// take adds a token; raw is how the document writes it.
func (p *parser) take(token xml.Token, raw []byte) error {
	first := !p.begun
	p.begun = true
	switch t := token.(type) {
	case xml.ProcInst:
		if strings.EqualFold(t.Target, "xml") && !first {
			return fault("the XML declaration is not at the beginning")
		}
	case xml.Directive:
		return fault("a document type is not wanted")
	case xml.CharData:
		return p.characters(t, raw)
	case xml.StartElement:
		return p.begin(t, raw)
	case xml.EndElement:
		return p.close(t)
	}
	return nil
}

// characters adds text to the innermost open element.
func (p *parser) characters(t xml.CharData, raw []byte) error {
	if !bytes.HasPrefix(raw, []byte("<![CDATA[")) {
		if err := checkReferences(raw); err != nil {
			return err
		}
	}
	if len(p.open) > 0 {
		p.open[len(p.open)-1].element.text += string(t)
		return nil
	}
	if len(bytes.TrimSpace(t)) > 0 {
		return fault("text outside the root element")
	}
	return nil
}

// begin opens an element.
func (p *parser) begin(t xml.StartElement, raw []byte) error {
	if len(p.open) == 0 && p.root != nil {
		return fault("<%s> is a second root element", rawName(t.Name))
	}
	if err := errors.Join(checkReferences(raw), checkSpacing(raw)); err != nil {
		return err
	}
	p.open = append(p.open, frame{raw: rawName(t.Name), bindings: len(p.bindings)})
	if err := p.declare(t.Attr); err != nil {
		return err
	}
	name, err := p.resolve(t.Name, true)
	if err != nil {
		return err
	}
	e := &element{name: name, start: p.start}
	if e.attrs, err = p.attributes(t); err != nil {
		return err
	}
	p.open[len(p.open)-1].element = e
	if len(p.open) == 1 {
		p.root = e
	} else {
		parent := p.open[len(p.open)-2].element
		parent.children = append(parent.children, e)
	}
	return nil
}

// declare takes an element's namespace declarations.
func (p *parser) declare(attrs []xml.Attr) error {
	for _, a := range attrs {
		switch {
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			p.bindings = append(p.bindings, binding{"", a.Value})
		case a.Name.Space == "xmlns":
			if a.Value == "" || strings.HasPrefix(strings.ToLower(a.Name.Local), "xml") {
				return fault("prefix %s can't be declared so", a.Name.Local)
			}
			p.bindings = append(p.bindings, binding{a.Name.Local, a.Value})
		}
	}
	return nil
}

// attributes resolves an element's attributes, namespace declarations aside.
func (p *parser) attributes(t xml.StartElement) ([]attr, error) {
	var list []attr
	for i, a := range t.Attr {
		for _, other := range t.Attr[:i] {
			if a.Name == other.Name {
				return nil, fault("<%s> has attribute %s twice", rawName(t.Name), rawName(a.Name))
			}
		}
		if a.Name.Space == "xmlns" || a.Name == (xml.Name{Local: "xmlns"}) {
			continue
		}
		name, err := p.resolve(a.Name, false)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(other attr) bool { return other.name == name }) {
			return nil, fault("<%s> has attribute %s twice", rawName(t.Name), name)
		}
		list = append(list, attr{name, a.Value})
	}
	return list, nil
}

// close closes an element.
func (p *parser) close(t xml.EndElement) error {
	if len(p.open) == 0 {
		return fault("</%s> closes nothing", rawName(t.Name))
	}
	f := &p.open[len(p.open)-1]
	if f.raw != rawName(t.Name) {
		return fault("</%s> closes <%s>", rawName(t.Name), f.raw)
	}
	f.element.end = p.end
	p.bindings = p.bindings[:f.bindings]
	p.open = p.open[:len(p.open)-1]
	return nil
}

// resolve gives a name our prefix for its namespace. An attribute without a prefix is in none.
func (p *parser) resolve(name xml.Name, isElement bool) (string, error) {
	if strings.Contains(name.Local, ":") {
		return "", fault("%q is not a name", rawName(name))
	}
	uri := ""
	switch {
	case name.Space == "xml":
		uri = "http://www.w3.org/XML/1998/namespace"
	case name.Space != "" || isElement:
		i := len(p.bindings) - 1
		for i >= 0 && p.bindings[i].prefix != name.Space {
			i--
		}
		if i < 0 && name.Space != "" {
			return "", fault("prefix %s is not declared", name.Space)
		}
		if i >= 0 {
			uri = p.bindings[i].uri
		}
	}
	prefix, known := prefixes[uri]
	if !known {
		return "", fault("%s: nothing of namespace %q is wanted", rawName(name), uri)
	}
	return prefix + name.Local, nil
}

// rawName is a name as the document writes it.
func rawName(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

// checkReferences refuses references to forbidden characters. encoding/xml reads one to a
// surrogate as U+FFFD.
func checkReferences(raw []byte) error {
	for {
		_, rest, found := bytes.Cut(raw, []byte("&#"))
		if !found {
			return nil
		}
		digits, after, _ := bytes.Cut(rest, []byte(";"))
		number, base := string(digits), 10
		if hex, ok := strings.CutPrefix(number, "x"); ok {
			number, base = hex, 16
		}
		n, err := strconv.ParseUint(number, base, 31)
		if err != nil || !xmlChar(rune(n)) {
			return fault("&#%.10s; refers to no character that is allowed", digits)
		}
		raw = after
	}
}

// checkSpacing refuses a tag whose attributes are not kept apart by space.
func checkSpacing(raw []byte) error {
	for quote := byte(0); len(raw) > 0; {
		c := raw[0]
		raw = raw[1:]
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
			if len(raw) > 0 && bytes.IndexByte([]byte(" \t\r\n/>"), raw[0]) < 0 {
				return fault("no space between attributes")
			}
		}
	}
	return nil
}
