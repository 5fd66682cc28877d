package parse

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/rawdoc"
)

// feedRoots are the elements that a feed begins with.
var feedRoots = []string{"rss", "rdf", "feed"}

// textOnly are children of an RSS item that hold no elements, so that the start of one of its
// siblings means that their end tag is missing.
var textOnly = []string{"title", "link", "guid", "pubdate", "author", "category", "comments"}

// neverOpen are HTML elements without content. Between the tags of an item that holds bare HTML
// they would otherwise wait for an end that never comes.
var neverOpen = []string{"br", "hr", "img", "input", "meta", "wbr", "embed"}

// startTag decides what a start tag is to the feed, and writes it.
func (m *mender) startTag(t *tag) {
	local := localName(t.name)
	if len(m.open) == 0 {
		m.openRoot(t, local)
		return
	}
	if m.item > 0 {
		m.closeForgotten(t, local)
	}
	if m.item == 0 && m.isItem(t, local) {
		m.openItem(t)
		return
	}
	if len(m.open) >= maxFeedDepth {
		if !t.closed {
			m.deep++
		}
		return
	}
	if m.item > 0 {
		m.noteScope(t, local)
		if len(m.open) > m.item && len(local) == len(t.name) &&
			slices.Contains(neverOpen, local) {
			t.clean = t.clean && t.closed
			t.closed = true
		}
	} else if local == "channel" && len(m.open) == 1 {
		m.noteOuter(t)
	}
	if t.clean && !hasBase(t) {
		m.out = append(m.out, m.src[m.pos:t.end]...)
	} else {
		m.out = t.appendTo(m.out, isBase)
	}
	if !t.closed {
		m.open = append(m.open, element{t.name, local, t.name})
	}
}

// openRoot takes the first element that a feed can begin with, and any other of its kind after
// its end. What stands before it (a warning of the server's, say) is left out, but an HTML page
// is no feed whatever it holds.
func (m *mender) openRoot(t *tag, local string) {
	if m.feed.found == "" {
		m.feed.found = string(t.name)
	}
	first := m.feed.root == ""
	switch {
	case first && local == "html":
		m.done = true
		return
	case first && m.feed.found == string(t.name) && (local == "channel" || local == "entry"):
		m.openRootless(t, local)
		return
	case !slices.Contains(feedRoots, local), !first && local != m.feed.root:
		return
	}
	m.feed.root = local
	m.noteOuter(t)
	if first {
		m.feed.noteOwn(string(t.name))
	}
	m.open = append(m.open, element{t.name, local, t.name})
	if t.closed {
		m.closeTo(0)
	}
}

// openRootless takes a channel whose root element is missing, or an entry that is a document of
// its own (RFC 4287, section 2).
func (m *mender) openRootless(t *tag, local string) {
	m.noteOuter(t)
	if local == "entry" {
		m.feed.root = "feed"
		prefix, _, _ := strings.Cut(string(t.name), "entry")
		m.feed.noteOwn(prefix + "feed")
		m.open = append(m.open, element{name: []byte(prefix + "feed"), local: "feed"})
		m.openItem(t)
		return
	}
	m.feed.root = "rss"
	m.out = append(append(append(m.out, '<'), t.name...), '>')
	m.open = append(m.open, element{name: []byte("rss"), local: "rss"}, element{t.name, local, t.name})
}

// noteOwn keeps the namespace that the root element has by its prefix: that is the feed's own.
func (f *xmlFeed) noteOwn(root string) {
	prefix, _, found := strings.Cut(root, ":")
	if !found {
		return
	}
	space := f.spaceOf([]byte(prefix), nil)
	if vocabularies[space] == "" || f.root == "feed" {
		f.own = space
	}
}

// noteOuter keeps what root and channel say for everything within them.
func (m *mender) noteOuter(t *tag) {
	f := &m.feed
	for _, a := range t.attrs {
		if bytes.HasPrefix(a.name, []byte("xmlns:")) && len(f.names) < maxFeedNames {
			f.names = append(f.names, a)
		}
	}
	if base := t.get("xml:base"); base != "" {
		f.base = rawdoc.Resolve(f.base, base)
	}
	if lang := t.get("xml:lang"); lang != "" {
		f.lang = lang
	}
	if about := t.get("rdf:about"); about != "" {
		f.about = about
	}
}

// isItem reports whether a tag starts an item. Some feeds mix the words of RSS and Atom.
func (m *mender) isItem(t *tag, local string) bool {
	return local == m.itemName() || len(t.name) == len(local) && (local == "item" || local == "entry")
}

// itemName is the local name of an item in a document of this kind.
func (m *mender) itemName() string {
	if m.feed.root == "feed" {
		return "entry"
	}
	return "item"
}

func (m *mender) openItem(t *tag) {
	if len(m.feed.items) == maxFeedItems {
		m.feed.over, m.done = fmt.Sprintf("%d items", maxFeedItems), true
		return
	}
	m.keepHead()
	m.start = len(m.out)
	it := element{name: t.name, local: localName(t.name), as: t.name}
	if want := m.itemName(); it.local != want {
		it.as = []byte(want)
	}
	as := *t
	as.name = it.as
	m.out = as.appendTo(m.out, func(a attr) bool { return isBase(a) || string(a.name) == "xmlns" })
	m.feed.items = append(m.feed.items, xmlItem{
		at:    m.pos,
		base:  t.get("xml:base"),
		lang:  t.get("xml:lang"),
		about: t.get("rdf:about"),
	})
	m.open = append(m.open, it)
	m.item = len(m.open)
	if t.closed {
		m.open = m.open[:m.item-1]
		m.endItem()
	}
}

// endItem takes the item that has just been closed.
func (m *mender) endItem() {
	m.feed.items[len(m.feed.items)-1].xml = m.out[m.start:len(m.out):len(m.out)]
	m.kept = len(m.out)
	m.item = 0
}

// noteScope keeps the base address and language of the parts of an item that have their own.
func (m *mender) noteScope(t *tag, local string) {
	if len(m.open) != m.item {
		return
	}
	item := &m.feed.items[len(m.feed.items)-1]
	switch local {
	case "content", "encoded", "summary", "description", "title":
		if lang := t.get("xml:lang"); lang != "" && (item.lang == "" || local != "title") {
			item.lang = lang
		}
		if base := t.get("xml:base"); base != "" && local != "title" &&
			(item.inner == "" || local == "content" || local == "encoded") {
			item.inner = base
		}
	}
}

// closeForgotten writes the end tags that must be missing if such a tag starts here.
func (m *mender) closeForgotten(t *tag, local string) {
	item, top := m.open[m.item-1], m.open[len(m.open)-1]
	switch {
	case local == item.local && bytes.Equal(t.name, item.name) && !m.within("content"):
		m.closeTo(m.item - 1)
	case m.feed.root != "feed" && len(m.open) == m.item+1 &&
		slices.Contains(textOnly, top.local) && isItemChild(t.name, local) && !m.hasEnd(top, item):
		m.closeTo(m.item)
	}
}

// farEnd is how many bytes on the end tag of an element that should hold text alone is looked for.
const farEnd = 2 << 10

// hasEnd reports whether the end tag of the innermost element comes before another element of its
// name and before the end of the item: then what starts here is within it.
func (m *mender) hasEnd(top, item element) bool {
	ahead := m.src[m.pos:min(len(m.src), m.pos+farEnd)]
	if end := bytes.Index(ahead, append([]byte("</"), item.name...)); end >= 0 {
		ahead = ahead[:end]
	}
	end := bytes.Index(ahead, append([]byte("</"), top.name...))
	if end < 0 || goesOn(ahead[end+2+len(top.name):]) {
		return false
	}
	again := bytes.Index(ahead[:end], append([]byte("<"), top.name...))
	return again < 0 || goesOn(ahead[again+1+len(top.name):])
}

// goesOn reports whether a name goes on here.
func goesOn(rest []byte) bool { return len(rest) > 0 && isNameByte(rest[0]) }

// isItemChild reports whether an element can only be a child of an RSS item.
func isItemChild(name []byte, local string) bool {
	switch string(name) {
	case "description", "enclosure", "content:encoded", "dc:creator", "dc:date":
		return true
	}
	return slices.Contains(textOnly, local) && len(name) == len(local)
}

// within reports whether such an element of the open item is open.
func (m *mender) within(local string) bool {
	return slices.ContainsFunc(m.open[m.item:], func(e element) bool { return e.local == local })
}

// endTag closes the innermost open element of that name and all within it. One that closes
// nothing is dropped. It reports false if the document ends within the tag.
func (m *mender) endTag() bool {
	start := m.pos + 2
	end := start
	for end < len(m.src) && isNameByte(m.src[end]) {
		end++
	}
	name := m.src[start:end]
	for end < len(m.src) && m.src[end] != '>' && m.src[end] != '<' {
		end++
	}
	if end == len(m.src) {
		return false
	}
	if m.src[end] == '>' {
		end++
	}
	m.pos = end
	if m.deep > 0 {
		m.deep--
		return true
	}
	for i := len(m.open) - 1; i >= 0; i-- {
		if bytes.EqualFold(m.open[i].name, name) {
			m.closeTo(i)
			break
		}
	}
	return true
}

// closeTo writes end tags until only so many elements are open.
func (m *mender) closeTo(depth int) {
	for len(m.open) > depth {
		last := m.open[len(m.open)-1]
		m.open = m.open[:len(m.open)-1]
		if len(m.open) > 0 {
			m.out = append(append(append(m.out, "</"...), last.as...), '>')
		}
		switch {
		case m.item == len(m.open)+1:
			m.endItem()
		case len(m.open) == 0, len(m.open) == 1 && last.local == "channel":
			m.keepHead()
			m.headed = true
		}
	}
}

// keepHead adds to the head what has been written since the last item, but not of a second feed
// or channel.
func (m *mender) keepHead() {
	if !m.headed {
		m.feed.head = append(m.feed.head, m.out[m.kept:]...)
	}
	m.kept = len(m.out)
}

func isBase(a attr) bool { return string(a.name) == "xml:base" }

func hasBase(t *tag) bool { return slices.ContainsFunc(t.attrs, isBase) }
