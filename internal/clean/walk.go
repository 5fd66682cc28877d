package clean

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// walker walks a parsed document and tells the writer what it meets.
type walker struct {
	w    *writer
	base *url.URL // that references resolve against; may be nil
}

func (k walker) children(n *html.Node) {
	for c := range n.ChildNodes() {
		k.node(c)
	}
}

func (k walker) node(n *html.Node) {
	if n.Type == html.TextNode {
		k.w.text(n.Data)
		return
	}
	if n.Type != html.ElementNode || n.Namespace != "" || isHidden(n) || isAdvert(n) {
		return
	}
	switch e := elements[n.Data]; e.kind {
	case kindUnwrapped:
		k.children(n)
	case kindDropped:
	case kindInline:
		k.inline(n, e.name)
	case kindParagraph:
		k.w.paragraph()
		k.children(n)
		k.w.part()
	case kindHeading, kindPre:
		k.block(n, e.name, "", lineOnly)
	case kindQuote:
		k.block(n, e.name, "", blocksOnly)
	case kindFigure:
		if e.name == "figcaption" && k.w.top().name != "figure" {
			k.section(n)
			return
		}
		k.block(n, e.name, "", mixed)
	case kindList:
		k.list(n, e.name)
	case kindDefinitions:
		k.list(n, e.name)
	case kindRule:
		k.w.rule()
	case kindBreak:
		k.w.lineBreak()
	case kindImage:
		k.image(n)
	case kindTable:
		k.table(n)
	default: // section, and parts of lists that stand outside of one
		k.section(n)
	}
}

// section keeps what an element holds, parted from what is around it.
func (k walker) section(n *html.Node) {
	k.w.part()
	k.children(n)
	k.w.part()
}

func (k walker) block(n *html.Node, name, attrs string, m model) {
	if !k.w.push(name, attrs, m) {
		k.section(n)
		return
	}
	k.children(n)
	k.w.pop()
}

// inline keeps an element within a line, unless it says nothing new there.
func (k walker) inline(n *html.Node, name string) {
	attrs := ""
	if name == "a" {
		href := resolve(k.base, attr(n, "href"))
		if href == "" {
			k.children(n)
			return
		}
		attrs = attribute("href", href)
	}
	for _, s := range k.w.spans {
		if s.name == name {
			k.children(n)
			return
		}
	}
	if name == "a" || name == "abbr" {
		attrs += label("title", attr(n, "title"))
	}
	k.w.spans = append(k.w.spans, span{name, "<" + name + attrs + ">"})
	k.children(n)
	k.w.endSpan()
}

// list keeps a list. Whatever is in it outside of an item becomes an item.
func (k walker) list(n *html.Node, name string) {
	attrs, m := "", itemsOnly
	switch name {
	case "ol":
		attrs = number(n, "start", 99999)
	case "dl":
		m = defsOnly
	}
	if len(k.w.blocks) > maxDepth-2 || !k.w.push(name, attrs, m) {
		k.section(n)
		return
	}
	depth := len(k.w.blocks)
	k.items(n, depth)
	k.w.closeTo(depth - 1)
}

func (k walker) items(n *html.Node, depth int) {
	k.w.closeTo(depth)
	isDefs := k.w.top().model == defsOnly
	for c := range n.ChildNodes() {
		e := elements[c.Data]
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type == html.ElementNode && isHidden(c):
		case c.Type == html.ElementNode && !isDefs && e.kind == kindItem:
			k.w.closeTo(depth)
			k.block(c, "li", "", mixed)
		case c.Type == html.ElementNode && isDefs && e.kind == kindDefinition:
			k.w.closeTo(depth)
			m := mixed
			if e.name == "dt" {
				m = lineOnly
			}
			k.block(c, e.name, "", m)
		case c.Type == html.ElementNode && e.kind == kindSection:
			k.items(c, depth)
			k.w.closeTo(depth)
		default:
			if len(k.w.blocks) == depth {
				k.w.push(map[bool]string{false: "li", true: "dd"}[isDefs], "", mixed)
			}
			k.node(c)
		}
	}
}

// isHidden tells whether an element is not meant to be seen.
func isHidden(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" {
			return true
		}
		if a.Key == "style" && len(a.Val) < 1000 {
			style := strings.ToLower(strings.ReplaceAll(a.Val, " ", ""))
			if strings.Contains(style, "display:none") {
				return true
			}
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// attribute writes an attribute, nothing if its value is empty.
func attribute(key, value string) string {
	if value == "" {
		return ""
	}
	return " " + key + `="` + attrEscaper.Replace(value) + `"`
}

// label writes an attribute that people read.
func label(key, value string) string {
	return attribute(key, clip(fold(tidy(value)), maxTitle))
}

// number writes an attribute that is a number from 2 to most; 1 is what it is without.
func number(n *html.Node, key string, most int) string {
	v, err := strconv.Atoi(strings.TrimSpace(attr(n, key)))
	if err != nil || v < 2 || v > most {
		return ""
	}
	return attribute(key, strconv.Itoa(v))
}
