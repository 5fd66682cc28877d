package lint

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"
)

// The namespaces that are looked at.
const (
	nsAtom    = "http://www.w3.org/2005/Atom"
	nsContent = "http://purl.org/rss/1.0/modules/content/"
	nsDC      = "http://purl.org/dc/elements/1.1/"
	nsTerms   = "http://purl.org/dc/terms/"
	nsHistory = "http://purl.org/syndication/history/1.0"
	nsTomb    = "http://purl.org/atompub/tombstones/1.0"
	nsXHTML   = "http://www.w3.org/1999/xhtml"
	nsXML     = "http://www.w3.org/XML/1998/namespace"
	nsMedia   = "http://search.yahoo.com/mrss/"
	nsPace    = "http://purl.org/rss/1.0/modules/syndication/"
)

// node is an element with what it holds.
type node struct {
	name         xml.Name
	attrs        []xml.Attr
	text         string // of its own, all together
	children     []*node
	line, column int
}

// deepest bounds how deep elements may lie in each other.
const deepest = 100

// parseXML reads a document strictly. The error names the line and column.
func parseXML(doc []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.CharsetReader = charset.NewReaderLabel
	var stack []*node
	var root *node
	for {
		start := d.InputOffset()
		token, err := d.Token()
		line, column := d.InputPos()
		if err == io.EOF && root != nil && len(stack) == 0 {
			return root, nil
		}
		if err == io.EOF {
			err = errors.New("the document ends too early")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d, column %d: %w", line, column, err)
		}
		if err := spelled(token, doc, start, d.InputOffset(), len(stack) > 0); err != nil {
			return nil, fmt.Errorf("line %d, column %d: %w", line, column, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			n := &node{name: t.Name, attrs: slices.Clone(t.Attr), line: line, column: column}
			if err := n.sound(); err != nil {
				return nil, fmt.Errorf("line %d, column %d: %w", line, column, err)
			}
			switch {
			case len(stack) > 0:
				parent := stack[len(stack)-1]
				parent.children = append(parent.children, n)
			case root != nil:
				return nil, fmt.Errorf("line %d, column %d: a second root element", line, column)
			default:
				root = n
			}
			if stack = append(stack, n); len(stack) > deepest {
				return nil, fmt.Errorf("line %d, column %d: more than %d elements deep", line, column, deepest)
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(t)
			}
		}
	}
}

// spelled finds what encoding/xml lets pass in the text of a token: attributes that no space keeps
// apart, references to what is no character, and text outside the root element. A document in
// another encoding stands elsewhere than its offsets say, and is not looked at.
func spelled(token xml.Token, doc []byte, start, end int64, inside bool) error {
	if end > int64(len(doc)) || !utf8Declared(doc) {
		return nil
	}
	raw := doc[start:end]
	switch t := token.(type) {
	case xml.StartElement:
		if crowded.Match(quoted.ReplaceAll(raw, []byte(`""`))) {
			return errors.New("no space between attributes")
		}
	case xml.CharData:
		if !inside && len(bytes.TrimSpace(t)) > 0 {
			return errors.New("text outside the root element")
		}
		if bytes.HasPrefix(raw, []byte("<![CDATA[")) {
			return nil
		}
	default:
		return nil
	}
	for _, m := range reference.FindAllSubmatch(raw, -1) {
		digits, base := string(m[1]), 10
		if hex, is := strings.CutPrefix(digits, "x"); is {
			digits, base = hex, 16
		}
		n, err := strconv.ParseUint(digits, base, 31)
		if err != nil || n >= 0xD800 && n < 0xE000 || n > 0x10FFFF {
			return fmt.Errorf("%s refers to no character", m[0])
		}
	}
	return nil
}

var (
	quoted    = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	crowded   = regexp.MustCompile(`""[^\s/>?]`)
	reference = regexp.MustCompile(`&#(x?[0-9a-fA-F]+);`)
)

// sound finds what encoding/xml lets pass: prefixes that nobody declared, attributes named twice.
func (n *node) sound() error {
	if undeclared(n.name.Space) {
		return fmt.Errorf("prefix %q is not declared", n.name.Space)
	}
	seen := map[xml.Name]bool{}
	for _, a := range n.attrs {
		if seen[a.Name] {
			return fmt.Errorf("attribute %q stands twice in <%s>", a.Name.Local, n.name.Local)
		}
		seen[a.Name] = true
		if a.Name.Space != "xmlns" && undeclared(a.Name.Space) {
			return fmt.Errorf("prefix %q is not declared", a.Name.Space)
		}
	}
	return nil
}

// undeclared reports whether the decoder left a prefix in place of a namespace: it has no colon, as
// every namespace that feeds use has.
func undeclared(space string) bool {
	return space != "" && space != "xml" && !strings.ContainsAny(space, ":/")
}

// where is the place of a node, for a person.
func (n *node) where() string { return fmt.Sprintf("line %d, column %d", n.line, n.column) }

// is reports whether a node has a name; RSS elements have no namespace.
func (n *node) is(space, local string) bool {
	return n.name.Local == local && n.name.Space == space
}

// all lists the children of a name.
func (n *node) all(space, local string) []*node {
	var list []*node
	for _, c := range n.children {
		if c.is(space, local) {
			list = append(list, c)
		}
	}
	return list
}

// first is the first child of a name, nil if there is none.
func (n *node) first(space, local string) *node {
	for _, c := range n.children {
		if c.is(space, local) {
			return c
		}
	}
	return nil
}

// value is the text of a node without white space around it; a nil node has none.
func (n *node) value() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.text)
}

// attr returns an attribute without a namespace.
func (n *node) attr(local string) string {
	for _, a := range n.attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// xmlAttr returns an attribute of XML's own, as lang or base.
func (n *node) xmlAttr(local string) string {
	for _, a := range n.attrs {
		if (a.Name.Space == nsXML || a.Name.Space == "xml") && a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// link finds an atom:link by its relation.
func (n *node) link(rel string) *node {
	for _, c := range n.all(nsAtom, "link") {
		if linkRel(c) == rel {
			return c
		}
	}
	return nil
}

// linkRel is the relation of a link, alternate if it says none (RFC 4287, section 4.2.7.2).
func linkRel(n *node) string {
	if rel := n.attr("rel"); rel != "" {
		return rel
	}
	return "alternate"
}
