package extract

import (
	"cmp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func oneLine(n *html.Node) string {
	if n.DataAtom == atom.Meta {
		return attr(n, "content")
	}
	return strings.Join(strings.Fields(textIn(n)), " ")
}

// hrefIn is where an element leads, or the first link in it.
func hrefIn(n *html.Node) string {
	if href := attr(n, "href"); href != "" {
		return href
	}
	if a := find(n, atom.A); a != nil {
		return attr(a, "href")
	}
	return ""
}

// sourceOf is the address of an image, of what it is loaded from later if a script does that.
func sourceOf(n *html.Node) string {
	if n.DataAtom != atom.Img {
		if n = find(n, atom.Img); n == nil {
			return ""
		}
	}
	src := cmp.Or(attr(n, "data-src"), attr(n, "data-lazy-src"), attr(n, "data-original"),
		attr(n, "src"))
	if strings.HasPrefix(src, "data:") {
		return ""
	}
	return src
}

// dateText is what an element says of a time.
func dateText(n *html.Node) string {
	return cmp.Or(attr(n, "datetime"), attr(n, "content"), oneLine(n), attr(n, "title"))
}

// titleLink is the link of an item that is its title's, else the one with most text.
func titleLink(root *html.Node) *html.Node {
	if root.DataAtom == atom.A {
		return root
	}
	var best *html.Node
	most := -1
	for n := range root.Descendants() {
		if n.DataAtom != atom.A || attr(n, "href") == "" {
			continue
		}
		size := len(textIn(n))
		if inHeading(n, root) || findHeading(n) != nil {
			size += 1000
		}
		if size > most {
			best, most = n, size
		}
	}
	return best
}

func inHeading(n, root *html.Node) bool {
	for ; n != nil && n != root; n = n.Parent {
		if isHeadingName(n.DataAtom) {
			return true
		}
	}
	return false
}

func isHeadingName(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

func findHeading(root *html.Node) *html.Node {
	if isHeadingName(root.DataAtom) {
		return root
	}
	for n := range root.Descendants() {
		if isHeadingName(n.DataAtom) && textIn(n) != "" {
			return n
		}
	}
	return nil
}

// titleIn is the title of an item: its heading, else its link's text, else what is named a title.
func titleIn(root, link *html.Node) string {
	if h := findHeading(root); h != nil && len(textIn(h)) >= minTitle {
		return oneLine(h)
	}
	if link != nil {
		if text := oneLine(link); len(text) >= minTitle && !words.LeadsElsewhere(text) {
			return text
		}
		if text := attr(link, "title"); len(text) >= minTitle {
			return text
		}
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && namesOf(n, func(word string) bool {
			return word == "title" || word == "titulo" || word == "headline" || word == "titular"
		}) {
			if text := oneLine(n); len(text) >= minTitle {
				return text
			}
		}
	}
	return ""
}

// summaryIn is the first longer text of an item that is neither its title nor a link.
func summaryIn(root *html.Node, title string) string {
	const least = 40 // bytes
	for _, r := range runsOf(root, nil) {
		text := strings.Join(strings.Fields(r.text), " ")
		if len(text) >= least && r.link*2 < len(r.text) && folded(text) != folded(title) {
			return text
		}
	}
	return ""
}

// dateIn is the date of an item: of a time element, else in its words, else in its address.
func (l *lister) dateIn(root *html.Node, address string) time.Time {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Time || strings.EqualFold(attr(n, "itemprop"), "datePublished") {
			if t := l.dates.First(attr(n, "datetime"), attr(n, "content"), oneLine(n)); !t.IsZero() {
				return t
			}
		}
	}
	for _, r := range runsOf(root, nil) {
		if len(r.text) < 200 {
			if t := inWords(&l.dates, r.text); !t.IsZero() {
				return t
			}
		}
	}
	return dayInAddress(address)
}

func (l *lister) imageIn(root *html.Node) string {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Img && !isSmall(n) {
			if src := sourceOf(n); src != "" {
				return l.address(src)
			}
		}
	}
	return ""
}
