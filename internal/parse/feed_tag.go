package parse

import (
	"bytes"
	"strings"
)

// tag is a start tag as it stands in a document. Its parts are slices of the document; values
// still have their entities.
type tag struct {
	name   []byte // with its prefix
	attrs  []attr
	closed bool // it ends in "/>"
	clean  bool // an XML parser takes it as it stands
	end    int  // where in the document the tag ends
	seen   int  // how far the document was looked at for it
}

type attr struct{ name, value []byte }

// scanTag reads the start tag at src[at:], whose first byte is "<", as forgivingly as it can. The
// slice of attributes is used again. It reports false if what follows is no tag: then the "<" is
// meant as text, or the document ends within, and only how far it was looked at is told.
func scanTag(src []byte, at int, attrs []attr) (tag, bool) {
	i := at + 1
	for i < len(src) && isNameByte(src[i]) {
		i++
	}
	t := tag{name: src[at+1 : i], attrs: attrs[:0], clean: true}
	if len(t.name) == 0 || !isNameStart(t.name[0]) || bytes.Count(t.name, []byte(":")) > 1 ||
		i == len(src) || !isSpace(src[i]) && src[i] != '/' && src[i] != '>' {
		return tag{seen: i}, false
	}
	for i < len(src) {
		switch c := src[i]; {
		case isSpace(c):
			i++
		case c == '>':
			t.endAt(i + 1)
			return t, true
		case c == '/' && i+1 < len(src) && src[i+1] == '>':
			t.closed = true
			t.endAt(i + 2)
			return t, true
		case c == '<': // the tag's own end is missing
			t.clean = false
			t.endAt(i)
			return t, true
		case isNameStart(c):
			i = t.scanAttr(src, i)
		default: // a stray quote, slash or the like
			t.clean = false
			i++
		}
	}
	return tag{seen: len(src)}, false
}

func (t *tag) endAt(i int) { t.end, t.seen = i, max(t.seen, i) }

// scanAttr reads an attribute that begins at i and gives the place after it.
func (t *tag) scanAttr(src []byte, i int) int {
	start := i
	for i < len(src) && isNameByte(src[i]) {
		i++
	}
	a := attr{name: src[start:i]}
	valid := bytes.Count(a.name, []byte(":")) <= 1 && len(t.attrs) < maxFeedAttrs
	j := skipSpace(src, i)
	switch {
	case j == len(src) || src[j] != '=':
		t.clean = false
	default:
		a.value, i = t.scanValue(src, skipSpace(src, j+1))
	}
	if valid {
		t.attrs = append(t.attrs, a)
	} else {
		t.clean = false
	}
	return i
}

// scanValue reads an attribute's value at i and gives the place after it.
func (t *tag) scanValue(src []byte, i int) (value []byte, next int) {
	if i == len(src) {
		return nil, i
	}
	if quote := src[i]; quote == '"' || quote == '\'' {
		if n := bytes.IndexByte(src[i+1:], quote); n >= 0 {
			value = src[i+1 : i+1+n]
			if bytes.IndexByte(value, '<') >= 0 {
				t.clean = false
			}
			return value, i + n + 2
		}
		i++ // the closing quote is missing
		t.seen = len(src)
	}
	t.clean = false
	start := i
	for i < len(src) && !isSpace(src[i]) && src[i] != '>' && !bytes.HasPrefix(src[i:], []byte("/>")) {
		i++
	}
	return src[start:i], i
}

// get returns the value of an attribute, its entities decoded, or "" if there is none. The name
// counts with its prefix.
func (t *tag) get(name string) string {
	for _, a := range t.attrs {
		if string(a.name) == name {
			return strings.TrimSpace(unescape(a.value))
		}
	}
	return ""
}

// appendTo writes the tag as a parser takes it, without the attributes that skip says.
func (t *tag) appendTo(out []byte, skip func(attr) bool) []byte {
	out = append(append(out, '<'), t.name...)
	for _, a := range t.attrs {
		if !skip(a) {
			out = appendAttr(out, a)
		}
	}
	if t.closed {
		out = append(out, '/')
	}
	return append(out, '>')
}

func appendAttr(out []byte, a attr) []byte {
	out = append(append(append(out, ' '), a.name...), '=', '"')
	for _, c := range a.value {
		switch c {
		case '<':
			out = append(out, "&lt;"...)
		case '"':
			out = append(out, "&quot;"...)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// localName is a name without its prefix, in lower case.
func localName(name []byte) string {
	if _, local, ok := bytes.Cut(name, []byte(":")); ok {
		name = local
	}
	if known := localNames[string(name)]; known != "" {
		return known
	}
	return strings.ToLower(string(name))
}

// localNames has the names that most of a feed is made of, so that they are not made anew.
var localNames = func() map[string]string {
	names := make(map[string]string)
	for name := range strings.FieldsSeq(`a author b br category channel comments content creator
		credit date description div em email enclosure encoded entry feed group guid h2 h3 i id
		image img issued item lang lastBuildDate language li link modified name origLink p player
		pubDate published rdf rights rss source span strong summary thumbnail title ul updated
		uri url`) {
		names[name] = strings.ToLower(name)
	}
	return names
}()

func isNameStart(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

func isNameByte(c byte) bool {
	return isNameStart(c) || c >= '0' && c <= '9' || c == ':' || c == '-' || c == '.'
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func skipSpace(src []byte, i int) int {
	for i < len(src) && isSpace(src[i]) {
		i++
	}
	return i
}
