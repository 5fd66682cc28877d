package paste

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxSections is how many sections and headings a page may have.
const maxSections = 20_000

// page is an HTML document as its tokens show it: no tree is built of it, since the algorithm that
// builds one makes much of little.
type page struct {
	src      string
	head     head
	sections []section // by where they begin
	headings []int     // where the h1 elements begin
	outer    []section // tags that only a whole document has
	body     int       // where the body's content begins
	text     int       // bytes of text in all
	over     bool      // it has too many sections

	meta  map[string][]string
	title string
	open  []int // sections that have not ended
	svg   int   // svg and math elements that have not ended
}

// section is an element that parts a page, by bytes of the document.
type section struct {
	name     string
	at, end  int // its tags included
	from, to int // its content
	text     int // bytes of text in it
}

// sectionNames are the elements that part a page, as far as it matters to find its article.
var sectionNames = []string{"article", "main", "nav", "aside", "footer", "header", "h1"}

// headNames are the elements before the body.
var headNames = []string{
	"html", "head", "title", "meta", "link", "base", "script", "style", "noscript", "template",
}

// readPage reads an HTML document in one pass. Lang is that of its source.
func readPage(src, lang string) *page {
	p := &page{src: src, meta: make(map[string][]string), body: -1}
	z := html.NewTokenizer(strings.NewReader(src))
	at, within := 0, "" // the name of the start tag right before
	for kind := z.Next(); kind != html.ErrorToken && !p.over; kind = z.Next() {
		end := min(at+len(z.Raw()), len(src))
		switch kind {
		case html.TextToken:
			switch text := string(z.Text()); {
			case within == "script", within == "style":
			case within == "title" && p.svg == 0:
				p.title = cmp.Or(p.title, strings.Join(strings.Fields(text), " "))
			default:
				p.addText(at, text)
			}
			within = ""
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			within = string(name)
			p.start(z, within, at, end)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.finish(string(name), at, end)
			within = ""
		}
		at = end
	}
	p.closeTo(0, len(src), len(src))
	if p.body < 0 {
		p.body = len(src)
	}
	p.head.fill(p.meta, p.title, lang)
	return p
}

// addText counts text, its words parted by single spaces.
func (p *page) addText(at int, text string) {
	before := p.text
	for word := range strings.FieldsSeq(text) {
		p.text += len(word) + 1
	}
	if p.text > before && p.body < 0 {
		p.body = at
	}
}

func (p *page) start(z *html.Tokenizer, name string, at, end int) {
	switch name {
	case "html", "head", "body", "frameset":
		p.outer = append(p.outer, section{at: at, end: end})
	case "svg", "math":
		p.svg++
	}
	switch {
	case p.body >= 0:
	case name == "body":
		p.body = end
	case !slices.Contains(headNames, name):
		p.body = at
	}
	if slices.Contains(sectionNames, name) {
		if len(p.sections) == maxSections {
			p.over = true
			return
		}
		if name == "h1" {
			p.headings = append(p.headings, at)
		}
		p.open = append(p.open, len(p.sections))
		p.sections = append(p.sections, section{name: name, at: at, from: end, text: -p.text})
	}
	p.readHead(z, name)
}

// readHead reads language, links and meta elements, wherever in the document they are.
func (p *page) readHead(z *html.Tokenizer, name string) {
	h := &p.head
	switch name {
	case "html":
		attrs := attrsOf(z)
		h.lang = cmp.Or(h.lang, attrs["lang"], attrs["xml:lang"])
	case "base":
		h.base = cmp.Or(h.base, attrsOf(z)["href"])
	case "link":
		if attrs := attrsOf(z); strings.EqualFold(attrs["rel"], "canonical") {
			h.canonical = cmp.Or(h.canonical, attrs["href"])
		}
	case "meta":
		attrs := attrsOf(z)
		name := strings.ToLower(cmp.Or(attrs["property"], attrs["name"], attrs["itemprop"],
			attrs["http-equiv"]))
		if value := attrs["content"]; name != "" && value != "" {
			p.meta[name] = append(p.meta[name], value)
		}
	}
}

// attrsOf returns the attributes of the tag that a tokenizer is at; of two of a name the first.
func attrsOf(z *html.Tokenizer) map[string]string {
	attrs := make(map[string]string)
	for more := true; more; {
		var key, value []byte
		if key, value, more = z.TagAttr(); attrs[string(key)] == "" {
			attrs[string(key)] = strings.TrimSpace(string(value))
		}
	}
	return attrs
}

// finish takes an end tag, which ends the innermost section of its name and those within.
func (p *page) finish(name string, at, end int) {
	switch name {
	case "html", "head", "body", "frameset":
		p.outer = append(p.outer, section{at: at, end: end})
		return
	case "svg", "math":
		p.svg = max(0, p.svg-1)
		return
	}
	if !slices.Contains(sectionNames, name) {
		return
	}
	const reach = 100 // open sections: nobody nests more of them
	for i := len(p.open) - 1; i >= max(0, len(p.open)-reach); i-- {
		if p.sections[p.open[i]].name == name {
			p.closeTo(i, at, end)
			return
		}
	}
}

// closeTo ends sections until only so many are open.
func (p *page) closeTo(depth, at, end int) {
	for len(p.open) > depth {
		s := &p.sections[p.open[len(p.open)-1]]
		p.open = p.open[:len(p.open)-1]
		s.to, s.end = at, end
		if len(p.open) > depth {
			s.end = at
		}
		s.text += p.text
	}
}

// textOf returns the text of a piece of HTML, its words parted by single spaces.
func textOf(piece string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(piece))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if kind == html.TextToken {
			b.Write(z.Text())
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
