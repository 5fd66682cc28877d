package serve

import (
	"bytes"
	"net/http"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/opml"
)

// Paths of documents that follow from the settings alone, and of the sitemap.
const (
	opmlPath    = "/feeds.opml"
	robotsPath  = "/robots.txt"
	sitemapPath = "/sitemap-news.xml"
)

// fixedCaching is for what changes with the configuration only.
const fixedCaching = "max-age=3600"

// fixedDocuments makes the documents that follow from the settings alone.
func (p *pages) fixedDocuments() map[string]*document {
	return map[string]*document{
		opmlPath: textDocument("text/x-opml; charset=utf-8", fixedCaching, p.feedList()),
		robotsPath: textDocument("text/plain; charset=utf-8", fixedCaching,
			[]byte("User-agent: *\nDisallow:\n\nSitemap: "+
				p.settings.Site.PublicURL+sitemapPath+"\n")),
	}
}

// fixedDocument answers with one of them.
func (p *public) fixedDocument(w http.ResponseWriter, r *http.Request) {
	p.fixed[r.URL.Path].serve(w, r)
}

// feedList writes every feed as OPML 2.0: a folder for each topic with its feeds in Atom, and
// behind them a folder for each other format with the same folders, so that whoever imports the
// list can leave those out with one click.
func (p *pages) feedList() []byte {
	doc := opml.Document{
		Attributes: []opml.Attribute{{Name: "version", Value: "2.0"}},
		Head:       []opml.Field{{Name: "title", Value: p.settings.Site.Title}},
	}
	formats := []news.Format{news.Atom}
	for _, format := range news.Formats {
		if format != news.Atom {
			formats = append(formats, format)
		}
	}
	for i, format := range formats {
		for _, topic := range topicIDs(p.settings) {
			name, _ := p.describe(topic)
			path := []string{name.Text}
			if i > 0 {
				path = []string{format.Name(), name.Text}
			}
			folder := opml.Folder(&doc.Outlines, path...)
			for _, key := range languageKeys(p.settings.Site, topic) {
				*folder = append(*folder, p.outline(key, format, i > 0))
			}
		}
	}
	var b bytes.Buffer
	_ = doc.Write(&b) // a buffer takes everything
	return b.Bytes()
}

// outline is one feed in a list, named with its format if it is not the one to take.
func (p *pages) outline(key news.FeedKey, format news.Format, named bool) opml.Outline {
	name, _ := p.describe(key.Topic)
	text := name.Text
	if key.Lang != "" {
		text += " — " + languageName(key.Lang)
	}
	if named {
		text += " (" + format.Name() + ")"
	}
	base := p.settings.Site.PublicURL
	o := opml.Outline{Attributes: []opml.Attribute{
		{Name: "type", Value: "rss"}, // of whatever format: the only type for feeds
		{Name: "text", Value: text},
		{Name: "title", Value: text},
		{Name: "xmlUrl", Value: base + news.FeedPath(key, format)},
		{Name: "htmlUrl", Value: base + news.TopicPath(key.Topic)},
	}}
	if key.Lang != "" {
		o.Attributes = append(o.Attributes, opml.Attribute{Name: "language", Value: key.Lang})
	}
	return o
}
