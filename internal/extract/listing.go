package extract

import (
	"cmp"
	"html"
	"net/url"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/dates"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/site"
)

// Bounds on a listing.
const (
	maxItems = 500
	minTitle = 15 // bytes of a title that is not named by a rule
)

// List is what a page lists.
type List struct {
	Items   []news.Item
	How     string // selectors, JSON-LD or the page's form
	Outline string // of the page, in a line
	Steps   []news.Found
}

// Listing reads a page that lists articles. A rule says what its items are; else they are what
// JSON-LD lists, or the elements of one form that each lead to an article of the site. A page that
// has its list and nothing in it is no error. The error is Invalid if there is no list on the page,
// and says what is there instead.
func Listing(doc news.Document) (List, error) {
	p, err := read(doc)
	if err != nil {
		return List{}, err
	}
	list, err := p.listing(doc)
	if err != nil {
		return list, news.Errorf(news.KindOf(err), "parse %s: %w", placeOf(doc), err)
	}
	return list, nil
}

func (p *page) listing(doc news.Document) (List, error) {
	m := p.readMeta()
	l := lister{
		page: p, rule: doc.Rule, own: cmp.Or(doc.URL, m.base),
		base:  resolver(m.base, doc.URL),
		dates: dates.Reader{Lang: tagOf(cmp.Or(m.language(), doc.Lang))},
	}
	list := List{Outline: p.outline()}
	if doc.Rule.Items != "" {
		list.How = "selectors"
		if err := p.selectable(); err != nil {
			return list, err
		}
		roots := outermost(selected(p.root, doc.Rule.Items))
		l.step("items", doc.Rule.Items, len(roots), "")
		for _, root := range roots[:min(len(roots), maxItems)] {
			l.add(root, nil)
		}
		list.Items, list.Steps = l.items, l.steps
		container := containerOf(doc.Rule.Items)
		switch {
		case len(roots) > 0 && len(l.items) == 0:
			return list, news.Errorf(news.Invalid, "items: %d match %q, and none has a link and a "+
				"title: name them by link and title", len(roots), doc.Rule.Items)
		case len(roots) == 0 && (container == "" || first(p.root, container) == nil):
			return list, p.instead(m, p.missing("items", doc.Rule.Items))
		}
		return list, nil
	}
	list.How = "JSON-LD"
	if list.Items = l.stated(p.data); len(list.Items) > 0 {
		return list, nil
	}
	list.How = "the page's form"
	for _, root := range l.repeated() {
		l.add(root.node, root.link)
	}
	if list.Items = l.items; len(list.Items) > 0 {
		return list, nil
	}
	return list, p.instead(m, news.Errorf(news.Invalid, "no list of articles on the page: if there "+
		"is one, name its elements by items. It has %s", list.Outline))
}

// instead is what is wrong with a page on which no list was found: nothing if it says that its list
// is empty, else what it says that it is, or err if it says nothing.
func (p *page) instead(m *meta, err error) error {
	switch kind := p.excused(m); kind {
	case boilerplate.NoResults:
		return nil
	case "":
		return err
	default:
		return refusal(kind)
	}
}

// outermost leaves out elements that stand in others of a list: looking into each of them would
// look at the same again and again.
func outermost(list []*nethtml.Node) []*nethtml.Node {
	in := make(map[*nethtml.Node]bool, len(list))
	for _, n := range list {
		in[n] = true
	}
	return slices.DeleteFunc(list, func(n *nethtml.Node) bool {
		for up := n.Parent; up != nil; up = up.Parent {
			if in[up] {
				return true
			}
		}
		return false
	})
}

// excused is the kind of excuse that the page's titles or most of its text is.
func (p *page) excused(m *meta) string {
	for _, name := range append(p.headingsOf(), m.title) {
		if kind, size := words.Excuse(name); kind != "" && size*2 >= len(name) {
			return kind
		}
	}
	return p.covered()
}

// resolver makes absolute addresses of references.
func resolver(base, address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		return &url.URL{}
	}
	if b, err := u.Parse(base); err == nil && base != "" {
		return b
	}
	return u
}

// lister makes items of elements.
type lister struct {
	page  *page
	rule  news.PageRule
	own   string // address of the page
	base  *url.URL
	dates dates.Reader
	items []news.Item
	seen  map[string]bool
	steps []news.Found
}

// step counts what a selector found, and keeps the first three.
func (l *lister) step(key, selector string, found int, text string) {
	if selector == "" {
		return
	}
	i := slices.IndexFunc(l.steps, func(s news.Found) bool { return s.Key == key })
	if i < 0 {
		i = len(l.steps)
		l.steps = append(l.steps, news.Found{Key: key, Selector: selector})
	}
	s := &l.steps[i]
	if s.Elements += found; text != "" && len(s.First) < 3 {
		s.First = append(s.First, text)
	}
}

// pick returns the text, or an attribute, of what a selector finds in an item.
func (l *lister) pick(
	root *nethtml.Node, key, selector string, value func(*nethtml.Node) string,
) string {
	n := first(root, selector)
	if n == nil {
		l.step(key, selector, 0, "")
		return ""
	}
	text := value(n)
	l.step(key, selector, 1, text)
	return text
}

// add makes an item of an element, unless it has no link or no title. Link is the one that the
// element was found by, nil if it was not.
func (l *lister) add(root, link *nethtml.Node) {
	r := &l.rule
	address := l.address(l.pick(root, "link", r.Link, hrefIn))
	if link == nil && r.Link == "" {
		link = titleLink(root)
	}
	if address == "" && link != nil {
		address = l.address(attr(link, "href"))
	}
	title := l.pick(root, "title", r.Title, oneLine)
	if title == "" && r.Title == "" {
		title = titleIn(root, link)
	}
	item := news.Item{
		GUID: address, URL: address, Base: l.base.String(), Title: html.EscapeString(title),
		Summary: html.EscapeString(l.pick(root, "summary", r.Summary, oneLine)),
		Lang:    l.dates.Lang,
	}
	date := l.pick(root, "date", r.Date, dateText)
	if item.Published = l.dates.Date(date); item.Published.IsZero() {
		item.Published = inWords(&l.dates, date)
	}
	image := l.address(l.pick(root, "image", r.Image, sourceOf))
	for name := range splitNames(l.pick(root, "author", r.Author, oneLine)) {
		item.Authors = append(item.Authors, news.Author{Name: name})
	}
	if r.Date == "" {
		item.Published = l.dateIn(root, address)
	}
	if r.Summary == "" {
		item.Summary = html.EscapeString(summaryIn(root, title))
	}
	if r.Image == "" {
		image = l.imageIn(root)
	}
	item.Media = picture{url: image}.media()
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	if title != "" && address != "" && !l.seen[address] && len(l.items) < maxItems {
		l.seen[address] = true
		l.items = append(l.items, item)
	}
}

// address resolves a reference; it is empty for one that leads to no other page.
func (l *lister) address(ref string) string {
	if ref == "" || strings.HasPrefix(ref, "#") {
		return ""
	}
	u, err := l.base.Parse(ref)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.Fragment = ""
	return u.String()
}

// listItems are the types of schema.org that are items of an ItemList.
var listItems = wordSet("ListItem")

// stated lists what JSON-LD says that the page lists: the items of an ItemList, or several
// articles.
func (l *lister) stated(scripts []string) (items []news.Item) {
	objects := objectsOf(scripts)
	for _, types := range []map[string]bool{listItems, stories} {
		for _, o := range objects {
			if !isOf(o, types) {
				continue
			}
			if inner, ok := o["item"].(map[string]any); ok && isOf(o, listItems) {
				o = inner
			}
			if item := l.statedItem(o); item.URL != "" && len(items) < maxItems {
				items = append(items, item)
			}
		}
		const fewest = 3 // fewer may be the crumbs of a path, or the page itself
		if len(items) >= fewest {
			return items
		}
		items = nil
	}
	return nil
}

// statedItem makes an item of an object of JSON-LD; without URL if it is none of the site's
// articles.
func (l *lister) statedItem(o map[string]any) news.Item {
	s := readStory(o)
	address := l.address(cmp.Or(s.url, text(o["@id"]), text(o["item"])))
	if s.title == "" || len(s.title) < minTitle || !l.isArticle(address) {
		return news.Item{}
	}
	item := news.Item{
		GUID: address, URL: address, Base: l.base.String(), Title: html.EscapeString(s.title),
		Summary: html.EscapeString(s.summary), Lang: cmp.Or(s.lang, l.dates.Lang),
		Published: l.dates.Date(s.published), Modified: l.dates.Date(s.modified), Tags: s.tags,
		Media: s.image.media(),
	}
	for _, name := range s.authors {
		item.Authors = append(item.Authors, news.Author{Name: name})
	}
	return item
}

// notArticles are parts of the paths of pages that list articles, or of nobody's news.
var notArticles = []string{
	"/author/", "/autor/", "/autores/", "/category/", "/categoria/", "/tag/", "/tags/", "/etiqueta/",
	"/seccion/", "/section/", "/topic/", "/temas/", "/page/", "/pagina/", "/login", "/wp-login",
	"/search", "/buscar", "/privacy", "/privacidad", "/aviso", "/contacto", "/contact", "/subscribe",
	"/suscri", "/newsletter",
}

// isArticle reports whether an address may be that of an article of the site.
func (l *lister) isArticle(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" || strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
		return false
	}
	own, err := url.Parse(l.own)
	if err != nil || u.Host != own.Host && !site.Same(address, l.own) ||
		u.Path == own.Path && (u.RawQuery == "" || isPaging(u)) {
		return false
	}
	path := strings.ToLower(u.Path) + "/"
	return !slices.ContainsFunc(notArticles, func(part string) bool {
		return strings.Contains(path, part)
	})
}

// isPaging reports whether an address is that of another page of a list.
func isPaging(u *url.URL) bool {
	for key := range u.Query() {
		switch strings.ToLower(key) {
		case "page", "pagina", "p", "paged", "start", "offset", "order":
			return true
		}
	}
	return false
}

// Next is the address of the page that goes on with a listing, empty if it names none on its site.
func Next(doc news.Document) string {
	p, err := read(doc)
	if err != nil {
		return ""
	}
	m := p.readMeta()
	l := lister{base: resolver(m.base, doc.URL), own: doc.URL}
	ref := m.links["next"]
	for n := range p.body.Descendants() {
		if ref == "" && n.DataAtom == atom.A && attr(n, "href") != "" && isNext(n) {
			ref = attr(n, "href")
		}
	}
	if next := l.address(ref); next != doc.URL && site.Same(next, doc.URL) {
		return next
	}
	return ""
}

// isNext reports whether a link leads to the next page of a list.
func isNext(a *nethtml.Node) bool {
	if strings.EqualFold(attr(a, "rel"), "next") {
		return true
	}
	switch strings.Trim(strings.ToLower(textIn(a)), " »›→>") {
	case "next", "next page", "older posts", "older entries", "siguiente", "siguientes",
		"página siguiente", "siguiente página", "entradas antiguas", "entradas anteriores":
		return true
	}
	return false
}
