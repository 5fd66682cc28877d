package extract

import (
	"cmp"
	"html"
	"net/url"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
	"github.com/teletipo/teletipo/internal/site"
	nethtml "golang.org/x/net/html"
)

// Article reads a page that is one article, as an item whose title, summary and names are HTML and
// whose content is the article's HTML alone. The error is of kind TooLarge if the page exceeds its
// budget, and Invalid if it is no article: it then says what it is instead.
func Article(doc news.Document) (news.Item, error) {
	p, err := read(doc)
	if err != nil {
		return news.Item{}, err
	}
	item, err := p.article(doc)
	if err != nil {
		return news.Item{}, news.Errorf(news.KindOf(err), "parse %s: %w", placeOf(doc), err)
	}
	return item, nil
}

func read(doc news.Document) (*page, error) {
	p, err := readPage(doc)
	if err != nil {
		return nil, news.Errorf(news.KindOf(err), "parse %s: %w", placeOf(doc), err)
	}
	return p, nil
}

func readPage(doc news.Document) (*page, error) {
	if len(doc.Body) > maxBytes { // before it is decoded
		return nil, tooMuch("%d bytes, more than the %d that a page may have", len(doc.Body), maxBytes)
	}
	return parsePage(rawdoc.DecodeText(doc.Body, doc.MediaType))
}

func placeOf(doc news.Document) string { return cmp.Or(doc.Name, news.Shown(doc.URL), "page") }

// found is an article's text in its page.
type found struct {
	container *nethtml.Node
	all       []run // of the container
	runs      []run // that are of the text
	ruled     bool  // a rule has said where it is
}

// article makes an item of a page.
func (p *page) article(doc news.Document) (news.Item, error) {
	address := doc.URL
	m := p.readMeta()
	title := p.titleOf(m)
	f, err := p.text(title, m.story.body, doc.Rule)
	if err != nil {
		if kind := p.excused(m); kind != "" {
			err = refusal(kind)
		}
		return news.Item{}, err
	}
	if err := p.refuse(m, title, f); err != nil {
		return news.Item{}, err
	}
	item := news.Item{
		URL:   p.canonical(m, address),
		Base:  cmp.Or(m.base, news.Base(address)),
		Title: html.EscapeString(title),
		Summary: html.EscapeString(cmp.Or(m.story.summary,
			m.first("og:description", "description", "twitter:description"))),
		Lang:    m.language(),
		Tags:    m.story.tags,
		Content: p.content(f),
		Media:   p.media(m, f),
	}
	if len(item.Tags) == 0 {
		item.Tags = m.named["article:tag"]
	}
	item.Published, item.Modified = p.datesOf(m, cmp.Or(item.URL, address), doc.Lang, title, f)
	for _, name := range p.authorsOf(m) {
		item.Authors = append(item.Authors, news.Author{Name: name})
	}
	return item, nil
}

// canonical is the address that a page says it has, if it is one that it can have: an article of
// the same site, and not its home page, as pages name that are made from a faulty template.
func (p *page) canonical(m *meta, address string) string {
	stated := cmp.Or(m.links["canonical"], m.first("og:url"))
	u, err := url.Parse(address)
	if err != nil || stated == "" {
		return address
	}
	c, err := u.Parse(stated)
	if err != nil || c.Scheme != "http" && c.Scheme != "https" ||
		address != "" && (!site.Same(c.String(), address) && c.Host != u.Host ||
			strings.Trim(c.Path, "/") == "" && strings.Trim(u.Path, "/") != "") {
		return address
	}
	return c.String()
}

// text finds the article's text: where a rule says it is, else where the page's form does.
func (p *page) text(title, body string, rule news.PageRule) (found, error) {
	var f found
	if rule.Content == "" {
		f.container = p.container()
	} else {
		if err := p.selectable(); err != nil {
			return f, err
		}
		if f.container = first(p.root, rule.Content); f.container == nil {
			return f, p.missing("content", rule.Content)
		}
		f.ruled = true
	}
	f.all = runsOf(f.container, p.leave)
	f.runs = prune(f.all, f.container, title)
	f.runs = alike(f.runs, body)
	return f, nil
}
