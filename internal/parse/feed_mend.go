package parse

import (
	"bytes"
	"fmt"

	"github.com/teletipo/teletipo/internal/boilerplate"
)

// The bounds that a feed document is read within, whatever it holds.
const (
	maxFeedDepth = 100 // elements within each other; tags further down are left out
	maxFeedAttrs = 200 // of a tag; more are left out
	maxFeedNames = 64  // namespace prefixes of a document; more are left out
)

// xmlFeed is a feed document taken apart: each item is well-formed XML by itself, so that one
// that cannot be read never touches another.
type xmlFeed struct {
	found string // name of the first element, as written, for messages
	root  string // local name of the root element: rss, rdf or feed; empty if it is no feed
	names []attr // xmlns:prefix declarations of the root and the channel
	own   string // namespace of the root element that is no vocabulary's, if it has a prefix
	head  []byte // the document without its items
	items []xmlItem
	over  string // the budget that the document exceeds, if it does
	base  string // xml:base of root and channel, as written
	lang  string // xml:lang of root or channel
	about string // rdf:about of the channel

	words   *boilerplate.Words     // taken out of items' texts
	known   func(mark uint64) bool // reports whether an item is to be passed over; may be nil
	passed  []uint64               // marks of items that were passed over
	context []byte                 // what items take from around them; see mark
}

// xmlItem is one item or entry.
type xmlItem struct {
	xml   []byte
	at    int    // byte in the document at which it begins
	base  string // xml:base of the item, as written; outer ones apart
	inner string // xml:base of its content or summary
	lang  string // xml:lang of the item or else of its content or title
	about string // rdf:about
	cut   bool   // the document ends within it
}

// mender reads a document that claims to be XML and writes one that is: tags are balanced, stray
// ones dropped, and what no parser takes is left out. Document types and processing instructions
// are dropped unread, so nothing is ever expanded or loaded.
type mender struct {
	src    []byte
	pos    int
	out    []byte
	feed   xmlFeed
	open   []element
	attrs  []attr // space for scanTag
	item   int    // how deep the open item is, counted from 1; 0 if none is open
	start  int    // where in out the open item begins
	kept   int    // where in out the part begins that head lacks yet
	deep   int    // open elements that were left out for being too deep
	tags   int    // start tags so far
	work   int    // bytes that were looked at for tags and other marks
	headed bool   // the head is complete
	done   bool   // nothing further on is of use
	// What the rest of the document is known to lack is not looked for again: hostile input
	// would make that quadratic.
	lacks map[string]bool
}

type element struct {
	name  []byte // with its prefix, as in the document
	local string
	as    []byte // the name that it is written with
}

// mendFeed takes a document in UTF-8 apart. If it is no feed, root stays empty.
func mendFeed(src []byte) *xmlFeed {
	m := newMender(src)
	m.read()
	return &m.feed
}

func newMender(src []byte) *mender {
	return &mender{src: src, out: make([]byte, 0, len(src)+256), lacks: make(map[string]bool)}
}

// read takes the document apart.
func (m *mender) read() {
	for m.pos < len(m.src) && !m.done {
		lt := bytes.IndexByte(m.src[m.pos:], '<')
		if lt < 0 {
			m.text(m.src[m.pos:])
			break
		}
		m.text(m.src[m.pos : m.pos+lt])
		m.pos += lt
		if !m.markup() {
			m.pos = len(m.src)
			m.cutItem()
		}
	}
	if m.item > 0 && len(m.open) > m.item {
		m.cutItem()
	}
	m.closeTo(0)
}

// text writes character data. It may not hold the end of a CDATA section.
func (m *mender) text(text []byte) {
	if len(m.open) == 0 {
		return
	}
	for {
		i := bytes.Index(text, []byte("]]>"))
		if i < 0 {
			m.out = append(m.out, text...)
			return
		}
		m.out = append(append(m.out, text[:i]...), "]]&gt;"...)
		text = text[i+3:]
	}
}

// markup reads what begins with the "<" at pos. It reports false if the document ends within.
func (m *mender) markup() bool {
	rest := m.src[m.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return m.skip("-->", 4) || m.skip(">", 4)
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return m.cdata()
	case bytes.HasPrefix(rest, []byte("<!")):
		return m.skipDoctype() || m.skip(">", 2)
	case bytes.HasPrefix(rest, []byte("<?")):
		return m.skip("?>", 2) || m.skip(">", 2)
	case bytes.HasPrefix(rest, []byte("</")):
		return m.endTag()
	}
	t, ok := scanTag(m.src, m.pos, m.attrs)
	if !m.spend(t.seen - m.pos) {
		return true
	}
	if !ok {
		if len(rest) > 1 && isNameStart(rest[1]) && m.find(">", 1) < 0 {
			return false
		}
		m.pos++
		m.text([]byte("&lt;"))
		return true
	}
	if m.tags++; m.tags > maxElements {
		m.feed.over, m.done = fmt.Sprintf("%d elements", maxElements), true
		return true
	}
	m.attrs = t.attrs
	m.startTag(&t)
	m.pos = t.end
	return true
}

// spend counts bytes that are looked at more than once, and reports whether that is within the
// budget: hostile tags can have each other's ends looked for.
func (m *mender) spend(bytes int) bool {
	m.work += bytes
	if most := maxWork*len(m.src) + fixedWork; m.work > most && !m.done {
		m.feed.over, m.done = fmt.Sprintf("%d times as much to read as there is: its tags don't end",
			maxWork), true
	}
	return !m.done
}

// find returns the distance from pos to the next occurrence of a text, from so many bytes on; it is
// negative if there is none.
func (m *mender) find(text string, from int) int {
	if m.lacks[text] {
		return -1
	}
	i := bytes.Index(m.src[min(len(m.src), m.pos+from):], []byte(text))
	m.work += from + max(i, 0)
	if i < 0 {
		m.work += len(m.src) - m.pos
		m.lacks[text] = true
		return -1
	}
	return from + i
}

// skip moves behind the next occurrence of a text.
func (m *mender) skip(text string, from int) bool {
	i := m.find(text, from)
	if i < 0 {
		return false
	}
	m.pos += i + len(text)
	return true
}

// skipDoctype moves behind a document type with its internal subset. It reports false if this is
// none, or its end cannot be made out.
func (m *mender) skipDoctype() bool {
	const word = "<!DOCTYPE"
	rest := m.src[m.pos:]
	if len(m.open) > 0 || m.lacks[word] ||
		len(rest) < len(word) || !bytes.EqualFold(rest[:len(word)], []byte(word)) {
		return false
	}
	m.lacks[word] = true // a second one is junk
	depth, quote := 0, byte(0)
	for i, c := range rest {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			depth++
		case c == '>':
			if depth--; depth == 0 {
				m.pos += i + 1
				return true
			}
		}
	}
	return false
}

// cdata copies a CDATA section. One without an end reaches to the end tag of its element.
func (m *mender) cdata() bool {
	const start, end = "<![CDATA[", "]]>"
	to, skip := m.find(end, len(start)), len(end)
	if to < 0 && len(m.open) > 0 {
		tag := append([]byte("</"), m.open[len(m.open)-1].name...)
		to, skip = bytes.Index(m.src[m.pos:], tag), 0
	}
	if to < 0 {
		return false
	}
	if len(m.open) > 0 {
		m.out = append(append(m.out, m.src[m.pos:m.pos+to]...), end...)
	}
	m.pos += to + skip
	return true
}

// cutItem marks the open item as one that the document does not hold in full.
func (m *mender) cutItem() {
	if m.item > 0 {
		m.feed.items[len(m.feed.items)-1].cut = true
	}
}
