package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// entry is an element that seems to be an item of a list, with the link that it was found by.
type entry struct {
	node, link *html.Node
}

// maxLinks is how many links of a page are looked at.
const maxLinks = 3_000

// besideLists are words of classes of what is on every page of a site.
var besideLists = wordSet(`
	menu nav navbar navigation footer sidebar breadcrumb breadcrumbs social cookie cookies popular
	trending mostread mostpopular masleidas leidas ticker
`)

// repeated finds the list of a page: elements of one form, each of which leads to one article. Of
// several lists the one with the longest titles and most dates and summaries counts; a list that
// goes on in another block of the same form is one.
func (l *lister) repeated() []entry {
	leads := map[*html.Node]string{} // where all links in an element lead; "" if to several
	var links []*html.Node
	for n := range l.page.body.Descendants() {
		if n.DataAtom != atom.A || len(links) == maxLinks || !l.leadsToArticle(n) {
			continue
		}
		links = append(links, n)
		address := l.address(attr(n, "href"))
		for up := n; up != nil; up = up.Parent {
			if have, ok := leads[up]; !ok {
				leads[up] = address
			} else if have != address {
				leads[up] = ""
			}
		}
	}
	groups := map[string][]entry{}
	var order []string
	taken := map[*html.Node]bool{}
	for _, link := range links {
		root := link
		for up := root.Parent; up != nil && up != l.page.body && leads[up] != ""; up = up.Parent {
			root = up
		}
		if taken[root] {
			continue
		}
		taken[root] = true
		kind := nameOf(root.Parent) + " > " + nameOf(root)
		if groups[kind] == nil {
			order = append(order, kind)
		}
		groups[kind] = append(groups[kind], entry{root, link})
	}
	var best []entry
	most := 0
	for _, kind := range order {
		if score := l.worth(groups[kind]); score > most {
			best, most = groups[kind], score
		}
	}
	return best
}

// leadsToArticle reports whether a link may lead to an article: it has a title, or words that lead
// on, and stands in nothing that is on every page.
func (l *lister) leadsToArticle(a *html.Node) bool {
	if isAround(a) || !l.isArticle(l.address(attr(a, "href"))) {
		return false
	}
	text := textIn(a)
	if len(text) < minTitle && !words.LeadsElsewhere(text) && find(a, atom.Img) == nil {
		return false
	}
	for n := a; n != nil; n = n.Parent {
		if n.DataAtom != atom.Body && n.DataAtom != atom.Html &&
			namesOf(n, func(word string) bool { return besideLists[word] }) {
			return false
		}
	}
	return true
}

// worth is how much a group of elements looks like a list of articles; 0 if it does not.
func (l *lister) worth(group []entry) (score int) {
	const fewest, fewestDated = 3, 2
	titled, dated := 0, 0
	for _, e := range group[:min(len(group), 50)] {
		title := titleIn(e.node, e.link)
		if len(title) < minTitle {
			continue
		}
		titled++
		score += min(len(title), 100)
		if !l.dateIn(e.node, l.address(attr(e.link, "href"))).IsZero() {
			score += 60
			dated++
		}
		if findHeading(e.node) != nil {
			score += 30
		}
		if summaryIn(e.node, title) != "" {
			score += 30
		}
	}
	if titled < fewest && dated < fewestDated {
		return 0
	}
	return score
}
