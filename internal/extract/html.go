package extract

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// content writes the HTML of an article's text: its runs in the blocks that they stand in, and the
// pictures between the first and the last of them. It is not safe yet: package clean sees to that.
func (p *page) content(f found) string {
	if len(f.runs) == 0 {
		return ""
	}
	w := writer{page: p, kept: map[*html.Node]bool{}}
	for _, r := range f.runs {
		for _, n := range r.nodes {
			w.kept[n] = true
		}
	}
	last := f.runs[len(f.runs)-1].nodes
	w.last = last[len(last)-1]
	w.block(f.container)
	return strings.TrimSpace(w.b.String())
}

type writer struct {
	page    *page
	b       bytes.Buffer
	kept    map[*html.Node]bool
	last    *html.Node // the last of them
	started bool
	ended   bool
}

// shaped are the blocks that stay as they are; others, div for one, become paragraphs around the
// text that stands in them.
var shaped = atoms(atom.P, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Li,
	atom.Blockquote, atom.Pre, atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td,
	atom.Th, atom.Dl, atom.Dt, atom.Dd)

// holdsText are those of them that text may stand in without a paragraph of its own.
var holdsText = atoms(atom.P, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Li, atom.Pre,
	atom.Td, atom.Th, atom.Dt, atom.Dd)

// block writes what is in a block.
func (w *writer) block(n *html.Node) {
	inParagraph := false
	close := func() {
		if inParagraph {
			w.b.WriteString("</p>\n")
			inParagraph = false
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case w.kept[c]:
			w.started = true
			if !holdsText[n.DataAtom] && !inParagraph {
				w.b.WriteString("<p>")
				inParagraph = true
			}
			w.inline(c)
			w.ended = w.ended || c == w.last
		case c.Type != html.ElementNode:
		case isPicture(c) && w.started && !w.ended:
			close()
			w.picture(c)
		case unseen[c.DataAtom] || w.page.leave(c):
		case c.FirstChild != nil && (blocks[c.DataAtom] || holdsBlock(c)):
			close()
			w.inside(c)
		}
	}
	close()
}

// inside writes a block with its tags, unless there is nothing in it.
func (w *writer) inside(n *html.Node) {
	if !shaped[n.DataAtom] {
		w.block(n)
		return
	}
	before := w.b.Len()
	w.b.WriteString("<" + n.Data + ">")
	empty := w.b.Len()
	w.block(n)
	if w.b.Len() == empty {
		w.b.Truncate(before)
		return
	}
	w.b.WriteString("</" + n.Data + ">\n")
}

// spans are the inline elements that stay.
var spans = atoms(atom.A, atom.B, atom.Strong, atom.I, atom.Em, atom.Sub, atom.Sup, atom.Code,
	atom.Q, atom.Cite, atom.S, atom.Del, atom.Ins, atom.Mark, atom.U, atom.Small, atom.Abbr, atom.Time)

// inline writes text and inline elements.
func (w *writer) inline(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		w.b.WriteString(html.EscapeString(n.Data))
	case n.DataAtom == atom.Br:
		w.b.WriteString("<br>")
	case isPicture(n):
		w.picture(n)
	case unseen[n.DataAtom], n.DataAtom == atom.Span && w.page.leave(n):
	default:
		if spans[n.DataAtom] {
			w.b.WriteString("<" + n.Data)
			if href := attr(n, "href"); n.DataAtom == atom.A && href != "" {
				w.attribute("href", href)
			}
			w.b.WriteByte('>')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			w.inline(c)
		}
		if spans[n.DataAtom] {
			w.b.WriteString("</" + n.Data + ">")
		}
	}
}

func (w *writer) attribute(name, value string) {
	w.b.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
}

// isPicture reports whether an element is an image, with or without a caption.
func isPicture(n *html.Node) bool {
	return n.DataAtom == atom.Img || n.DataAtom == atom.Picture ||
		n.DataAtom == atom.Figure && find(n, atom.Img) != nil
}

// picture writes an image with its caption.
func (w *writer) picture(n *html.Node) {
	img := n
	if n.DataAtom != atom.Img {
		img = find(n, atom.Img)
	}
	if img == nil || isSmall(img) {
		return
	}
	caption := ""
	if n.DataAtom == atom.Figure {
		caption = captionIn(n)
		w.b.WriteString("<figure>")
	}
	w.b.WriteString("<img")
	for _, a := range img.Attr {
		switch {
		case a.Key == "src", a.Key == "srcset", a.Key == "alt", a.Key == "width", a.Key == "height",
			strings.HasPrefix(a.Key, "data-"):
			w.attribute(a.Key, a.Val)
		}
	}
	w.b.WriteByte('>')
	if n.DataAtom == atom.Figure {
		if caption != "" {
			w.b.WriteString("<figcaption>" + html.EscapeString(caption) + "</figcaption>")
		}
		w.b.WriteString("</figure>\n")
	}
}

// isSmall reports whether an image is an icon or a portrait.
func isSmall(img *html.Node) bool {
	const least = 100 // pixels
	for _, side := range []string{"width", "height"} {
		if n := number(attr(img, side)); n > 0 && n < least {
			return true
		}
	}
	return namesOf(img, func(word string) bool {
		return word == "avatar" || word == "icon" || word == "emoji"
	})
}

// captionIn is the caption of a figure.
func captionIn(n *html.Node) string {
	if c := find(n, atom.Figcaption); c != nil {
		return oneLine(c)
	}
	return ""
}
