package extract

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// outline is the shape of a page in a line: the kinds of element that most links to articles stand
// in, by how many there are.
func (p *page) outline() string {
	counts := map[string]int{}
	for i := range p.runs() {
		r := &p.runs()[i]
		if r.link > 0 && len(r.text) >= minTitle && !isAround(r.parent) {
			counts[pathOf(r.parent)]++
		}
	}
	type kind struct {
		path string
		n    int
	}
	var kinds []kind
	for path, n := range counts {
		kinds = append(kinds, kind{path, n})
	}
	slices.SortFunc(kinds, func(a, b kind) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.path, b.path))
	})
	if len(kinds) == 0 {
		return "no link with a title"
	}
	var parts []string
	for _, k := range kinds[:min(len(kinds), 3)] {
		parts = append(parts, fmt.Sprintf("%d × %s", k.n, k.path))
	}
	return strings.Join(parts, ", ")
}

// pathOf names an element and the three around it: "div.list > article > h2 > a".
func pathOf(n *html.Node) string {
	var names []string
	for ; n != nil && n.DataAtom != atom.Body && len(names) < 4; n = n.Parent {
		names = append(names, nameOf(n))
	}
	slices.Reverse(names)
	return strings.Join(names, " > ")
}

// nameOf is an element with its first class, without the numbers that differ from one to the next.
func nameOf(n *html.Node) string {
	class, _, _ := strings.Cut(attr(n, "class"), " ")
	if class == "" || strings.ContainsAny(class, "0123456789") || len(class) > 40 {
		return n.Data
	}
	return n.Data + "." + class
}
