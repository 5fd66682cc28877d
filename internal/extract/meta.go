package extract

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// meta is what a page says of itself for machines: its meta elements by name, its links by
// relation, and what JSON-LD says of its article.
type meta struct {
	named map[string][]string // by property, name or itemprop, in lower case
	links map[string]string   // the first of each rel
	base  string
	lang  string
	title string // of the title element
	story story
}

// readMeta reads the head of a page, and meta elements wherever they are.
func (p *page) readMeta() *meta {
	m := &meta{named: map[string][]string{}, links: map[string]string{}}
	m.lang = cmp.Or(attr(p.root, "lang"), attr(p.root, "xml:lang"))
	for n := range p.root.Descendants() {
		switch n.DataAtom {
		case atom.Title:
			if m.title == "" && n.FirstChild != nil {
				m.title = textIn(n)
			}
		case atom.Base:
			m.base = cmp.Or(m.base, attr(n, "href"))
		case atom.Link:
			for rel := range strings.FieldsSeq(strings.ToLower(attr(n, "rel"))) {
				m.links[rel] = cmp.Or(m.links[rel], attr(n, "href"))
			}
		case atom.Meta:
			value := attr(n, "content")
			for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
				if name := strings.ToLower(attr(n, key)); name != "" && value != "" {
					m.named[name] = append(m.named[name], value)
				}
			}
		}
	}
	m.story = storyOf(p.data, m)
	return m
}

// first returns the first value of the first name that has one.
func (m *meta) first(names ...string) string {
	for _, name := range names {
		if values := m.named[name]; len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// language is what the page says its language is.
func (m *meta) language() string {
	return cmp.Or(m.lang, m.story.lang, m.first("content-language", "og:locale"))
}

// tagOf is a language tag without the underscore that some pages write in it.
func tagOf(lang string) string { return strings.ReplaceAll(lang, "_", "-") }

// claimsArticle reports whether the page says that it is one article.
func (m *meta) claimsArticle() bool {
	kind := strings.ToLower(m.first("og:type"))
	return m.story.found || kind == "article" || strings.HasSuffix(kind, ":article") ||
		m.first("article:published_time") != ""
}

// titleOf is the title of the page's article: its heading if that is what the page calls itself,
// else a line of its text that is, else what it calls itself for machines.
func (p *page) titleOf(m *meta) string {
	site := m.first("og:site_name", "application-name")
	names := []string{
		m.story.title, withoutSite(m.first("og:title", "twitter:title"), site),
		withoutSite(m.title, site),
	}
	named := make([]string, len(names))
	for i, name := range names {
		named[i] = folded(name)
	}
	headings := p.headingsOf()
	for _, heading := range headings {
		h := folded(heading)
		if len(h) >= 8 && slices.ContainsFunc(named, func(name string) bool {
			return strings.Contains(name, h) || len(name) >= 8 && strings.HasPrefix(h, name)
		}) {
			return heading
		}
	}
	for i := range p.runs() {
		if r := &p.runs()[i]; len(r.text) >= 15 && len(r.text) <= 300 && r.mass() <= 300 {
			text := folded(r.text)
			if slices.ContainsFunc(named, func(name string) bool {
				return len(text)*2 > len(name) && strings.Contains(name, text)
			}) {
				return strings.Join(strings.Fields(r.text), " ")
			}
		}
	}
	name := cmp.Or(names...)
	if name == "" && len(headings) == 1 {
		return headings[0]
	}
	return name
}

// withoutSite is a page's title without the name of its site at its end.
func withoutSite(title, site string) string {
	title = strings.Join(strings.Fields(title), " ")
	for _, sign := range []string{" | ", " - ", " – ", " — ", " « ", " :: ", " · "} {
		i := strings.LastIndex(title, sign)
		if i <= 0 {
			continue
		}
		last := folded(title[i+len(sign):])
		short := len(title)-i < i // the last part is shorter than the rest
		if last == folded(site) || short && (sign == " | " || sign == " :: ") ||
			site == "" && len(title[i+len(sign):])*3 < i {
			return strings.TrimSpace(title[:i])
		}
	}
	return title
}

// maxHeadings is how many h1 elements of a page are looked at.
const maxHeadings = 20

// headingsOf lists the texts of a page's h1 elements outside of what frames it, each once.
func (p *page) headingsOf() []string {
	var list []string
	for n := range p.body.Descendants() {
		if n.DataAtom != atom.H1 || isAround(n) {
			continue
		}
		if text := textIn(n); text != "" && !slices.Contains(list, text) {
			if list = append(list, text); len(list) == maxHeadings {
				break
			}
		}
	}
	return list
}

// isAround reports whether an element stands in what frames a page.
func isAround(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		switch n.DataAtom {
		case atom.Nav, atom.Footer, atom.Aside:
			return true
		}
	}
	return false
}

// authorsOf lists the names of those who wrote the article, each once.
func (p *page) authorsOf(m *meta) []string {
	names := slices.Clone(m.story.authors)
	if len(names) == 0 {
		names = slices.Concat(m.named["author"], m.named["article:author"], m.named["dc.creator"],
			m.named["parsely-author"], m.named["sailthru.author"], m.named["byl"])
	}
	if len(names) == 0 {
		names = p.bylines()
	}
	var list []string
	for _, name := range names {
		for part := range splitNames(name) {
			if !slices.Contains(list, part) {
				list = append(list, part)
			}
		}
	}
	return list[:min(len(list), 20)]
}

// bylines are what elements that are marked as an author say.
func (p *page) bylines() (names []string) {
	for n := range p.body.Descendants() {
		if n.Type != html.ElementNode || isAround(n) {
			continue
		}
		marked := attr(n, "rel") == "author" || attr(n, "itemprop") == "author" ||
			n.DataAtom != atom.Div && namesOf(n, func(word string) bool {
				return word == "author" || word == "autor"
			})
		if text := textIn(n); marked && text != "" && len(text) < 80 {
			return append(names, text)
		}
	}
	return names
}

// byWords match what stands before a name.
var byWords = regexp.MustCompile(`(?i)^(?:\p{L}+ )?(?:by|por):? `)

// splitNames parts a line of names: "By Ana Ruiz and Luis Gil".
func splitNames(line string) iter.Seq[string] {
	line = byWords.ReplaceAllString(strings.Join(strings.Fields(line), " "), "")
	if strings.Contains(line, "://") || strings.Contains(line, "@") || len(line) > 200 {
		line = ""
	}
	line = strings.NewReplacer(" and ", ";", " y ", ";", ", ", ";", " & ", ";").Replace(line)
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(line, ";") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}
