package extract

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// maxBeside is how many elements may stand side by side on a page that selectors are used on: some
// selectors look at all of them for each.
const maxBeside = 5_000

// selected returns the elements that a selector finds in a node, the node itself included. There
// are none if the selector is empty; one that makes no sense was refused with the configuration.
func selected(n *html.Node, selector string) []*html.Node {
	if selector == "" {
		return nil
	}
	group, err := cascadia.ParseGroup(selector)
	if err != nil {
		return nil
	}
	found := cascadia.QueryAll(n, group)
	if n.Type == html.ElementNode && group.Match(n) {
		found = append([]*html.Node{n}, found...)
	}
	return found
}

// first returns the first element that a selector finds.
func first(n *html.Node, selector string) *html.Node {
	if found := selected(n, selector); len(found) > 0 {
		return found[0]
	}
	return nil
}

// selectable refuses a page on which selectors could cost far more than its size.
func (p *page) selectable() error {
	for n := range p.root.Descendants() {
		count := 0
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if count++; count > maxBeside {
				return tooMuch("more than %d elements side by side", maxBeside)
			}
		}
	}
	return nil
}

// missing is the error for a selector that finds nothing.
func (p *page) missing(key, selector string) error {
	return news.Errorf(news.Invalid, "%s: nothing on the page matches %q: has the page changed? "+
		"It has %s", key, selector, p.outline())
}

// containerOf is the selector of what the elements of a selector stand in, empty if it says
// nothing of that: "ul.news" for "ul.news > li".
func containerOf(selector string) string {
	i := strings.LastIndexAny(strings.TrimSpace(selector), " >")
	if i < 0 || strings.ContainsAny(selector, ",()[]\"'") {
		return ""
	}
	return strings.TrimRight(selector[:i], " >")
}
