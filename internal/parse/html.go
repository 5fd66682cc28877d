package parse

import (
	"cmp"
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// mainShare is how much of a page's text an article element must have to be the article, and not
// one teaser of many: one part in so many.
const mainShare = 3

// parseHTML reads an HTML file that is one article: what its head says of it, and as content its
// article or main element, or else its body without what frames a page. Front matter goes before
// what the head says. The title is the only <h1> of the content, else what the head says.
func parseHTML(doc news.Document, source string) (news.Item, error) {
	item := fileItem(doc)
	front, line, rest := cutFrontMatter(source)
	root, err := html.ParseWithOptions(strings.NewReader(rest), html.ParseOptionEnableScripting(false))
	if err != nil {
		return item, news.Errorf(news.Invalid, "parse %s: %w", placeOf(doc), err)
	}
	head := readHead(root)
	item.Base = cmp.Or(head.base, doc.URL)
	item.URL = cmp.Or(canonical(head.canonical, doc.URL), doc.URL)
	item.Lang = head.lang
	item.Summary = html.EscapeString(head.description)
	item.Published, item.Modified = head.published, head.modified
	item.Tags = head.tags
	for _, name := range head.authors {
		item.Authors = append(item.Authors, news.Author{Name: name})
	}
	if head.image != "" {
		item.Media = []news.Media{{URL: head.image, Type: head.imageType}}
	}
	if err := readFront(placeOf(doc), front, line, &item); err != nil {
		return item, err
	}
	content := contentOf(root)
	if h := onlyHeading(content); h != nil {
		title := html.EscapeString(textIn(h))
		item.Title = cmp.Or(item.Title, title)
		if item.Title == title { // not said twice
			h.Parent.RemoveChild(h)
		}
	}
	item.Title = cmp.Or(item.Title, html.EscapeString(head.title))
	var b strings.Builder
	for n := range content.ChildNodes() {
		if err := html.Render(&b, n); err != nil {
			return item, news.Errorf(news.Invalid, "parse %s: %w", placeOf(doc), err)
		}
	}
	item.Content = strings.TrimSpace(b.String())
	return item, nil
}

// contentOf finds the element whose content is the article. Of a body it removes what frames it.
func contentOf(root *html.Node) *html.Node {
	body := find(root, "body")
	if body == nil { // a frameset: nothing to read
		return &html.Node{Type: html.ElementNode, Data: "body"}
	}
	var best *html.Node
	all, most := len(textIn(body)), 0
	for n := range body.Descendants() {
		if n.Type != html.ElementNode || n.Data != "article" {
			continue
		}
		if size := len(textIn(n)); size > most {
			best, most = n, size
		}
	}
	if best != nil && most*mainShare >= all {
		return best
	}
	if n := find(body, "main"); n != nil {
		return n
	}
	var frame []*html.Node
	for n := range body.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "nav", n.Data == "aside", n.Data == "footer":
			frame = append(frame, n)
		case n.Data == "header" && find(n, "h1") == nil:
			frame = append(frame, n)
		}
	}
	for _, n := range frame {
		n.Parent.RemoveChild(n)
	}
	return body
}

// onlyHeading is the one h1 in n, nil if there is none or more.
func onlyHeading(n *html.Node) *html.Node {
	var found *html.Node
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.Data != "h1" || textIn(d) == "" {
			continue
		}
		if found != nil {
			return nil
		}
		found = d
	}
	return found
}

// find is the first element of a name in n.
func find(n *html.Node, name string) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			return d
		}
	}
	return nil
}

// textIn is the text in n, its words parted by single spaces.
func textIn(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type != html.TextNode || d.Parent.Data == "script" || d.Parent.Data == "style" {
			continue
		}
		b.WriteString(d.Data)
		if len(d.Data) > 0 && d.NextSibling == nil {
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attrOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
