package extract

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// run is a piece of text that stands in a block by itself: a paragraph, a heading, a list item, or
// the text between two blocks.
type run struct {
	parent *html.Node   // the block that it stands in
	nodes  []*html.Node // its text and inline elements, siblings
	text   string       // words parted by single spaces, lines by newlines
	link   int          // bytes of text within links
}

// goodRun is how many bytes of text that is no link a run of an article has at least; a shorter one
// counts for little when the article is looked for.
const goodRun = 60

// mass is how much a run counts as text of an article.
func (r *run) mass() int {
	own := len(r.text) - r.link
	if own < goodRun || r.link > own {
		return 0
	}
	return own
}

// unseen are elements whose text nobody reads as part of an article.
var unseen = atoms(atom.Noscript, atom.Button, atom.Head, atom.Script, atom.Style, atom.Nav,
	atom.Footer, atom.Dialog)

// runsOf lists the runs in a node but for those in elements that leave says to leave out.
func runsOf(root *html.Node, leave func(*html.Node) bool) []run {
	var all []run
	var walk func(n *html.Node, linked bool)
	walk = func(n *html.Node, linked bool) {
		var inline []*html.Node
		flush := func() {
			if len(inline) > 0 {
				if r := newRun(n, inline, linked, leave); r.text != "" {
					all = append(all, r)
				}
				inline = nil
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				inline = append(inline, c)
			case c.Type != html.ElementNode, unseen[c.DataAtom]:
			case leave != nil && leave(c):
				flush()
			case blocks[c.DataAtom] || holdsBlock(c):
				flush()
				walk(c, linked || c.DataAtom == atom.A)
			default:
				inline = append(inline, c)
			}
		}
		flush()
	}
	walk(root, false)
	return all
}

// holdsBlock reports whether there is a block somewhere in an inline element.
func holdsBlock(n *html.Node) bool {
	if n.FirstChild == nil {
		return false
	}
	for c := range n.Descendants() {
		if blocks[c.DataAtom] {
			return true
		}
	}
	return false
}

func newRun(
	parent *html.Node, nodes []*html.Node, linked bool, leave func(*html.Node) bool,
) run {
	r := run{parent: parent, nodes: nodes}
	t := texter{leave: leave}
	for _, n := range nodes {
		t.add(n, linked)
	}
	r.text, r.link = strings.TrimSpace(t.b.String()), t.link
	return r
}

// texter puts together the text of inline nodes.
type texter struct {
	b      strings.Builder
	space  bool // one is due before the next word
	inLine bool // there is a word in the line
	link   int
	leave  func(*html.Node) bool // of elements whose text does not count
	most   int                   // bytes after which no more is read, 0 for any number
}

func (t *texter) add(n *html.Node, linked bool) {
	switch {
	case t.most > 0 && t.b.Len() > t.most:
	case n.Type == html.TextNode:
		if t.b.Len() == 0 {
			t.b.Grow(len(n.Data))
		}
		before := t.b.Len()
		t.words(n.Data)
		if linked {
			t.link += t.b.Len() - before
		}
	case n.DataAtom == atom.Br:
		t.b.WriteByte('\n')
		t.space, t.inLine = false, false
	case unseen[n.DataAtom], n.DataAtom == atom.Span && t.leave != nil && t.leave(n):
	default:
		linked = linked || n.DataAtom == atom.A
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			t.add(c, linked)
		}
	}
}

// words adds text with each stretch of white space as one space.
func (t *texter) words(s string) {
	first, _ := utf8.DecodeRuneInString(s)
	t.space = t.space || isSpace(first)
	for word := range strings.FieldsFuncSeq(s, isSpace) {
		if t.space && t.inLine {
			t.b.WriteByte(' ')
		}
		t.b.WriteString(word)
		t.space, t.inLine = true, true
	}
	last, _ := utf8.DecodeLastRuneInString(s)
	t.space = isSpace(last)
}

func isSpace(r rune) bool {
	switch r {
	case ' ', '\n', '\t', '\r', '\f', '\u00a0', '\u200b', '\ufeff':
		return true
	}
	return false
}

// textIn is the text of a node, the first of it if it is long: elements within each other must not
// have it read again and again.
func textIn(n *html.Node) string {
	const most = 2000 // bytes, but for the end of a text
	t := texter{most: most}
	t.add(n, false)
	text := t.b.String()
	if len(text) > 2*most {
		return ""
	}
	return strings.TrimSpace(text)
}
