package serve

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Bounds of the news sitemap. The first two are Google's.
const (
	sitemapSpan = 48 * time.Hour
	sitemapSize = 1000 // addresses
	sitemapRead = 2000 // of the newest articles, others' among them
)

// sitemap answers with our own articles of the two days before the newest change that have no
// other address, as search engines for news take them. It has no clock, so it stays the same until
// something changes.
func (p *public) sitemap(w http.ResponseWriter, r *http.Request) {
	key := news.FeedKey{Topic: news.All}
	edition, _ := p.editions.Edition(key, news.Formats[0])
	d, err := p.pages.sitemap.document(edition, func() (*document, error) {
		window, err := p.articles.Window(key, sitemapRead)
		if err != nil {
			return nil, fmt.Errorf("read the newest articles: %w", err)
		}
		d := textDocument("application/xml; charset=utf-8", briefly, p.pages.newsSitemap(window))
		d.edition = edition
		return d, nil
	})
	if err != nil {
		p.fail(w, r, err)
		return
	}
	d.serve(w, r)
}

// sitemapURL is one address of a sitemap.
type sitemapURL struct {
	XMLName   xml.Name `xml:"url"`
	Location  string   `xml:"loc"`
	Name      string   `xml:"news:news>news:publication>news:name"`
	Language  string   `xml:"news:news>news:publication>news:language"`
	Published string   `xml:"news:news>news:publication_date"`
	Title     string   `xml:"news:news>news:title"`
}

// newsSitemap writes the sitemap of a window.
func (p *pages) newsSitemap(window news.Window) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"` + "\n" +
		`        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">` + "\n")
	encoder := xml.NewEncoder(&b)
	encoder.Indent("  ", "  ")
	site, oldest, n := p.settings.Site, window.Stamp.Add(-sitemapSpan), 0
	for i := range window.Entries {
		e := &window.Entries[i]
		if !e.Own || !p.isCanonicalHere(e) || e.Published.Before(oldest) || n == sitemapSize {
			continue
		}
		n++
		_ = encoder.Encode(sitemapURL{ // a buffer takes everything
			Location: site.PublicURL + news.ArticlePath(e.ID), Name: site.Title,
			Language: p.languageOf(e), Published: e.Published.UTC().Format(time.RFC3339),
			Title: e.Title,
		})
	}
	if n > 0 {
		b.WriteByte('\n')
	}
	b.WriteString("</urlset>\n")
	return b.Bytes()
}

// isCanonicalHere reports whether the page that an article has here is the one to be found: where
// it has another address, its page here names that.
func (p *pages) isCanonicalHere(e *news.Entry) bool {
	elsewhere := webAddress(e.URL)
	return elsewhere == "" || elsewhere == p.settings.Site.PublicURL+news.ArticlePath(e.ID)
}

// languageOf is an article's language as ISO 639 has it, the site's if it is unknown.
func (p *pages) languageOf(e *news.Entry) string {
	lang := e.Lang
	if lang == "" && len(p.settings.Site.Languages) > 0 {
		lang = p.settings.Site.Languages[0]
	}
	for i, c := range lang {
		if c == '-' {
			return lang[:i]
		}
	}
	return lang
}
