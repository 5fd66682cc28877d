package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/teletipo/teletipo/internal/news"
)

// What a page may cost. One that asks for more is refused as a whole; the depth alone is cut, since
// pages that never close an element are common: what is deeper stands side by side.
const (
	maxBytes  = 6 << 20
	maxNodes  = 120_000 // elements and texts
	maxTokens = 400_000
	maxAttrs  = 24      // of an element; more are left out
	maxAttr   = 8 << 10 // bytes of an attribute's value; a longer one is left out
	maxDepth  = 200     // elements within each other
)

// page is an HTML document as a tree, with what its scripts for machines say.
type page struct {
	root  *html.Node // the html element
	body  *html.Node
	data  []string           // contents of application/ld+json scripts
	size  map[*html.Node]int // of text, see measure
	lines []run              // see runs
}

// builder makes the tree. It does what section 13.2.6 of the WHATWG's standard does to common
// pages, in time and memory that follow the input: formatting that is nested wrongly is not
// opened again in each block, since that makes much of little.
type builder struct {
	page
	z     *html.Tokenizer
	head  *html.Node
	open  []open         // innermost last; open[0] is html
	count map[string]int // open elements of a name
	nodes int
	skip  atom.Atom // the element whose content is dropped
	depth int       // of elements of that name
}

// open is an element that has not ended.
type open struct {
	n     *html.Node
	block bool // see blocks
	bound bool // see bounds
}

func (b *builder) push(n *html.Node) {
	b.open = append(b.open, open{n, blocks[n.DataAtom], bounds[n.DataAtom]})
	b.count[n.Data]++
}

// popTo ends elements until only so many are open.
func (b *builder) popTo(depth int) {
	for _, o := range b.open[depth:] {
		b.count[o.n.Data]--
	}
	b.open = b.open[:depth]
}

// parsePage reads the text of a page.
func parsePage(src string) (*page, error) {
	b := &builder{z: html.NewTokenizer(strings.NewReader(src)), count: map[string]int{}}
	b.root = element(atom.Html, "html")
	b.head, b.body = element(atom.Head, "head"), element(atom.Body, "body")
	b.root.AppendChild(b.head)
	b.root.AppendChild(b.body)
	b.push(b.root)
	b.push(b.body)
	for tokens := 0; ; tokens++ {
		kind := b.z.Next()
		if kind == html.ErrorToken {
			return &b.page, nil
		}
		if tokens > maxTokens || b.nodes > maxNodes {
			return nil, tooMuch("more than %d elements and texts", maxNodes)
		}
		switch kind {
		case html.TextToken:
			b.text()
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			b.end()
		}
	}
}

func tooMuch(format string, args ...any) error {
	return news.Errorf(news.TooLarge, format+": the page is not read at all", args...)
}

func element(a atom.Atom, name string) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: name}
}

func (b *builder) top() *html.Node { return b.open[len(b.open)-1].n }

func (b *builder) text() {
	if b.skip != 0 {
		return
	}
	text := string(b.z.Text())
	if top := b.top(); top == b.body && strings.TrimSpace(text) == "" {
		return
	}
	b.add(&html.Node{Type: html.TextNode, Data: text})
}

func (b *builder) add(n *html.Node) {
	b.nodes++
	b.top().AppendChild(n)
}

// dropped are elements nothing of whose content is text of the page.
var dropped = map[atom.Atom]bool{
	atom.Style: true, atom.Template: true, atom.Svg: true, atom.Math: true, atom.Noframes: true,
	atom.Select: true, atom.Textarea: true, atom.Object: true, atom.Canvas: true, atom.Iframe: true,
	atom.Noembed: true, atom.Datalist: true, atom.Xmp: true,
}

// leavable are those of them that any block ends: pages forget to end them.
var leavable = atoms(atom.Svg, atom.Math, atom.Select, atom.Object, atom.Canvas)

// kept are those of them that stand in the tree without their content.
var kept = map[atom.Atom]bool{atom.Iframe: true, atom.Object: true}

var voids = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true,
	atom.Img: true, atom.Input: true, atom.Link: true, atom.Meta: true, atom.Param: true,
	atom.Source: true, atom.Track: true, atom.Wbr: true,
}

func (b *builder) start(selfClosing bool) {
	name, hasAttr := b.z.TagName()
	a := atom.Lookup(name)
	if b.skip != 0 && (!leavable[b.skip] || !blocks[a]) {
		if a == b.skip && !selfClosing {
			b.depth++
		}
		return
	}
	b.skip = 0
	n := element(a, "")
	if n.Data = a.String(); a == 0 {
		n.Data = string(name)
	}
	if hasAttr {
		n.Attr = b.attrs()
	}
	switch {
	case a == atom.Html || a == atom.Body || a == atom.Head:
		at := map[atom.Atom]*html.Node{atom.Html: b.root, atom.Body: b.body, atom.Head: b.head}[a]
		at.Attr = append(at.Attr, n.Attr...)
		if len(at.Attr) > maxAttrs {
			at.Attr = at.Attr[:maxAttrs]
		}
		return
	case a == atom.Script:
		b.script(n)
		return
	case a == atom.Title && b.head.FirstChild != nil && find(b.head, atom.Title) != nil,
		a == atom.Base && find(b.head, atom.Base) != nil:
		return
	case a == atom.Title || a == atom.Base:
		b.head.AppendChild(n)
		if b.nodes++; a == atom.Title {
			b.push(n)
		}
		return
	case dropped[a]:
		if kept[a] {
			b.add(n)
		}
		if !selfClosing || a == atom.Iframe {
			b.skip, b.depth = a, 1
		}
		return
	}
	b.endBefore(a)
	b.add(n)
	if !voids[a] && !(selfClosing && a == 0) && len(b.open) < maxDepth {
		b.push(n)
	}
}

// attrs reads the attributes of a tag; of two of a name the first.
func (b *builder) attrs() []html.Attribute {
	var attrs []html.Attribute
	for more := true; more; {
		var key, value []byte
		key, value, more = b.z.TagAttr()
		known := func(a html.Attribute) bool { return a.Key == string(key) }
		if len(key) == 0 || len(value) > maxAttr || len(attrs) == maxAttrs ||
			slices.ContainsFunc(attrs, known) {
			continue
		}
		name := string(key)
		if known := atom.Lookup(key); known != 0 {
			name = known.String()
		}
		attrs = append(attrs, html.Attribute{Key: name, Val: string(value)})
	}
	return attrs
}

// script keeps what a script says for machines.
func (b *builder) script(n *html.Node) {
	kind := strings.ToLower(attr(n, "type"))
	if b.z.Next() == html.TextToken && strings.Contains(kind, "ld+json") {
		b.data = append(b.data, string(b.z.Raw()))
	}
}

// Groups of elements that the rules for what ends what speak of.
var (
	blocks = atoms(atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Dd,
		atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset,
		atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Hr, atom.Li, atom.Main, atom.Menu, atom.Nav,
		atom.Ol, atom.P, atom.Pre, atom.Section, atom.Summary, atom.Table, atom.Tbody, atom.Td,
		atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.Ul, atom.Caption, atom.Body, atom.Html)
	formatting = atoms(atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr,
		atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U)
	bounds = atoms(atom.Table, atom.Td, atom.Th, atom.Caption, atom.Html, atom.Body)
)

func atoms(list ...atom.Atom) map[atom.Atom]bool {
	set := make(map[atom.Atom]bool, len(list))
	for _, a := range list {
		set[a] = true
	}
	return set
}

// ends says which open element a start tag ends, and what it does not reach beyond.
var ends = map[atom.Atom]struct{ what, within map[atom.Atom]bool }{
	atom.Li:     {atoms(atom.Li), atoms(atom.Ul, atom.Ol, atom.Menu, atom.Dir)},
	atom.Dd:     {atoms(atom.Dd, atom.Dt), atoms(atom.Dl)},
	atom.Dt:     {atoms(atom.Dd, atom.Dt), atoms(atom.Dl)},
	atom.Td:     {atoms(atom.Td, atom.Th), atoms(atom.Tr, atom.Table)},
	atom.Th:     {atoms(atom.Td, atom.Th), atoms(atom.Tr, atom.Table)},
	atom.Tr:     {atoms(atom.Tr), atoms(atom.Table)},
	atom.Tbody:  {atoms(atom.Tbody, atom.Thead, atom.Tfoot), atoms(atom.Table)},
	atom.Thead:  {atoms(atom.Tbody, atom.Thead, atom.Tfoot), atoms(atom.Table)},
	atom.Tfoot:  {atoms(atom.Tbody, atom.Thead, atom.Tfoot), atoms(atom.Table)},
	atom.Option: {atoms(atom.Option), atoms(atom.Select)},
	atom.A:      {atoms(atom.A), blocks},
}

// endBefore ends what a start tag says is over.
func (b *builder) endBefore(a atom.Atom) {
	if rule, ok := ends[a]; ok {
		for i := len(b.open) - 1; i > 1; i-- {
			if at := b.open[i].n.DataAtom; rule.what[at] {
				b.popTo(i)
				break
			} else if rule.within[at] {
				break
			}
		}
	}
	if blocks[a] {
		for i := len(b.open) - 1; i > 1 && b.count["p"] > 0; i-- {
			if b.open[i].n.DataAtom == atom.P {
				b.popTo(i)
				break
			} else if b.open[i].block {
				break
			}
		}
	}
}

// end takes an end tag.
func (b *builder) end() {
	name, _ := b.z.TagName()
	a := atom.Lookup(name)
	if b.skip != 0 {
		if a == b.skip {
			if b.depth--; b.depth == 0 {
				b.skip = 0
			}
		}
		return
	}
	isBlock, isFormat := blocks[a] || a == atom.Noscript, formatting[a]
	isPart := bounds[a] || tableParts[a]
	for i := len(b.open) - 1; i > 1 && b.count[string(name)] > 0; i-- {
		o := &b.open[i]
		switch {
		case o.n.Data == string(name):
			if isFormat && slices.ContainsFunc(b.open[i:], func(o open) bool { return o.block }) {
				b.count[o.n.Data]--
				b.open = slices.Delete(b.open, i, i+1) // what is open in it goes on without it
			} else {
				b.popTo(i)
			}
			return
		case o.bound && !isPart, o.block && !isBlock && !isFormat:
			return
		}
	}
}

var tableParts = atoms(atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot)

// attr returns the value of an attribute, without space at its ends.
func attr(n *html.Node, name string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			return strings.TrimSpace(n.Attr[i].Val)
		}
	}
	return ""
}

// find returns the first element of a name in a node, nil if there is none.
func find(n *html.Node, a atom.Atom) *html.Node {
	for c := range n.Descendants() {
		if c.DataAtom == a {
			return c
		}
	}
	return nil
}
