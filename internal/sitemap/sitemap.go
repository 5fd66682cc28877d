// Package sitemap reads lists of a site's pages as sitemaps.org describes them: lists and indexes
// of lists, in XML, text or gzip, with Google's extensions for news and images. What of them is
// asked for is left to package source.
//
//	m, err := sitemap.Read(doc)
//	for _, item := range m.Items {
//		// item.Modified is lastmod; item.Title is empty unless it is a sitemap of news
//	}
package sitemap

import (
	"bytes"
	"compress/gzip"
	"html"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/dates"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// Bounds of the protocol, for one sitemap.
const (
	MaxBytes = 50 << 20 // decompressed
	MaxURLs  = 50_000
)

// Map is what a sitemap has: pages, or further sitemaps. No address is listed twice.
type Map struct {
	Items    []news.Item // whose Modified is the page's lastmod
	Children []Child
	News     bool // some of its pages are stated to be news
}

// Child is a sitemap that an index names.
type Child struct {
	URL      string
	Modified time.Time // zero if unstated
}

// Read reads a sitemap as far as it goes: what is not whole is left out, and so is what exceeds
// the bounds of the protocol. The error is Invalid if the document is none.
func Read(doc news.Document) (Map, error) {
	body, err := unpacked(doc.Body)
	if err != nil {
		return Map{}, news.Errorf(news.KindOf(err), "parse %s: %w", doc.Label(), err)
	}
	if !utf8.Valid(body) {
		body = rawdoc.DecodeFeed(body, doc.MediaType)
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	base, err := url.Parse(doc.URL)
	if err != nil {
		base = &url.URL{}
	}
	r := reader{base: base, seen: map[string]bool{}}
	switch start := bytes.ToLower(body[:min(len(body), 4096)]); {
	case bytes.Contains(start, []byte("urlset")), bytes.Contains(start, []byte("sitemapindex")):
		r.markup(body)
	case bytes.HasPrefix(start, []byte("<")):
		return Map{}, news.Errorf(news.Invalid, "parse %s: no sitemap: want XML with urlset or "+
			"sitemapindex, or text with an address on each line", doc.Label())
	default:
		r.lines(body)
		if len(body) > 0 && len(r.m.Items) == 0 {
			return Map{}, news.Errorf(news.Invalid,
				"parse %s: no sitemap: none of its lines is an address", doc.Label())
		}
	}
	return r.m, nil
}

// unpacked is a body out of its gzip, if it is in one.
func unpacked(body []byte) ([]byte, error) {
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		zipped, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, news.Errorf(news.Invalid, "its gzip can't be read: %w", err)
		}
		// What a broken end leaves is read; the bound is checked below.
		body, err = io.ReadAll(io.LimitReader(zipped, MaxBytes+1))
		if err != nil && len(body) == 0 {
			return nil, news.Errorf(news.Invalid, "its gzip can't be read: %w", err)
		}
	}
	if len(body) > MaxBytes {
		return nil, news.Errorf(news.TooLarge, "more than the %d bytes that a sitemap may have", MaxBytes)
	}
	return body, nil
}

// reader is a sitemap on its way.
type reader struct {
	m    Map
	base *url.URL
	seen map[string]bool

	item  news.Item
	image news.Media
}

// lines reads a sitemap that is text.
func (r *reader) lines(body []byte) {
	for line := range bytes.Lines(body) {
		line = bytes.TrimSpace(line)
		if bytes.HasPrefix(line, []byte("http")) {
			r.item = news.Item{}
			r.set("url", "loc", string(line))
			r.page()
		}
	}
}

// page adds the page that has been read.
func (r *reader) page() {
	if r.isNew(r.item.URL) && len(r.m.Items) < MaxURLs {
		r.item.GUID = r.item.URL
		r.item.Base = r.base.String()
		r.m.Items = append(r.m.Items, r.item)
	}
}

// child adds the sitemap that has been read.
func (r *reader) child() {
	if r.isNew(r.item.URL) && len(r.m.Children) < MaxURLs {
		r.m.Children = append(r.m.Children, Child{r.item.URL, r.item.Modified})
	}
}

func (r *reader) isNew(address string) bool {
	if address == "" || r.seen[address] {
		return false
	}
	r.seen[address] = true
	return true
}

// set takes the text of an element within another.
func (r *reader) set(within, name, text string) {
	text = strings.TrimSpace(text)
	switch within + " " + name {
	case "url loc", "sitemap loc":
		r.item.URL = r.address(text)
	case "url lastmod", "sitemap lastmod":
		r.item.Modified = dates.Parse(text)
	case "news title":
		r.item.Title = html.EscapeString(text)
	case "news publication_date":
		r.item.Published = dates.Parse(text)
	case "news language":
		r.item.Lang = text
	case "news keywords":
		for tag := range strings.SplitSeq(text, ",") {
			if tag = strings.TrimSpace(tag); tag != "" {
				r.item.Tags = append(r.item.Tags, html.EscapeString(tag))
			}
		}
	case "image loc":
		r.image.URL = r.address(text)
		r.image.Type = news.ImageType(r.image.URL)
	case "image caption":
		r.image.Title = text
	}
}

// address is an absolute one on the web, or none.
func (r *reader) address(ref string) string {
	u, err := r.base.Parse(ref)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || ref == "" {
		return ""
	}
	u.Fragment = ""
	return u.String()
}
