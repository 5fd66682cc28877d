package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// container finds the element that an article's text stands in: from the body down, as long as one
// child has most of the text.
func (p *page) container() *html.Node {
	mass := map[*html.Node]int{}
	for _, r := range runsOf(p.body, p.leave) {
		m := r.mass()
		if m == 0 {
			continue
		}
		for n := r.parent; n != nil; n = n.Parent {
			mass[n] += m
			if n == p.body {
				break
			}
		}
	}
	if n := p.marked(mass); n != nil {
		return n
	}
	n := p.body
	for {
		child := heaviest(n, mass)
		if child == nil {
			return n
		}
		n = child
	}
}

// heaviest returns the child that has so much of a node's text that the article is in it.
func heaviest(n *html.Node, mass map[*html.Node]int) *html.Node {
	var best *html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && holder[c.DataAtom] && (best == nil || mass[c] > mass[best]) {
			best = c
		}
	}
	if best == nil || mass[best]*2 < mass[n] || mass[best] == 0 {
		return nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c != best && c.DataAtom == best.DataAtom && mass[c]*6 > mass[best] &&
			attr(c, "class") == attr(best, "class") {
			if c.DataAtom == atom.Article { // one story after another: the first is the page's
				for c = n.FirstChild; c.DataAtom != atom.Article; c = c.NextSibling {
				}
				return c
			}
			return nil // parts of one text
		}
	}
	return best
}

// holder are elements that a whole article may be in.
var holder = atoms(atom.Div, atom.Section, atom.Article, atom.Main, atom.Table, atom.Tbody, atom.Tr,
	atom.Td, atom.Form, atom.Center, atom.Span, atom.Font, atom.Ul, atom.Li, 0)

// marked returns the element that the page itself marks as the article's text, if it has a fair
// share of all text.
func (p *page) marked(mass map[*html.Node]int) *html.Node {
	for n := range p.body.Descendants() {
		if n.Type != html.ElementNode || mass[n] == 0 {
			continue
		}
		if isMarked(n) && mass[n]*3 >= mass[p.body] {
			return n
		}
	}
	return nil
}
