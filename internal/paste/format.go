package paste

import (
	"path"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// Format is how a document is to be read.
type Format int

// The formats: a feed is RSS, Atom, JSON Feed or a list of WordPress's posts, the others are files
// that are one article.
const (
	unknown Format = iota
	Feed
	Text
	Markdown
	HTML
)

// FormatOf decides how a document is to be read: by what it looks like, and where that leaves a
// choice by what it says it is.
//
// What was fetched over the network is a feed or is refused: a page or a line of text in place
// of a feed is a server's excuse and no news. A file is a feed, plain text, Markdown or HTML.
func FormatOf(doc news.Document) (Format, error) {
	stated := statedFormat(doc)
	if doc.Name == "" || stated == Feed || doc.MediaType == news.WordPressPosts {
		return Feed, nil // which says what it is if it is none
	}
	switch kind := rawdoc.Sniff(doc.Body, doc.MediaType); {
	case kind == rawdoc.Feed:
		return Feed, nil
	case kind == rawdoc.Page, kind == rawdoc.Fragment && stated != Markdown:
		return HTML, nil
	case kind == rawdoc.Binary,
		kind == rawdoc.Data && stated != Text && stated != Markdown:
		text := rawdoc.DecodeText(doc.Body, doc.MediaType)
		return 0, news.Errorf(news.Invalid, "parse %s: not an article but %s: save it as text "+
			"(.txt), Markdown (.md) or HTML (.html)", doc.Label(),
			rawdoc.LooksLike(doc.Body, []byte(text), rawdoc.Root(text)))
	case stated == HTML && !strings.Contains(string(doc.Body), "<"):
		return Text, nil
	case stated != unknown:
		return stated, nil
	case path.Ext(doc.Name) == "":
		return Text, nil
	}
	return 0, news.Errorf(news.Invalid, "parse %s: unknown kind of file %q: an article is text "+
		"(.txt), Markdown (.md) or HTML (.html)", doc.Label(), path.Ext(doc.Name))
}

// statedFormat is what a document says it is: a file by the ending of its name, anything else by
// its media type.
func statedFormat(doc news.Document) Format {
	switch strings.ToLower(path.Ext(doc.Name)) {
	case ".txt", ".text":
		return Text
	case ".md", ".markdown", ".mdown":
		return Markdown
	case ".html", ".htm", ".xhtml", ".xht":
		return HTML
	case ".xml", ".rss", ".atom", ".rdf", ".json":
		return Feed
	}
	kind, _, _ := strings.Cut(strings.ToLower(doc.MediaType), ";")
	switch kind = strings.TrimSpace(kind); {
	case kind == "text/plain":
		return Text
	case kind == "text/markdown":
		return Markdown
	case kind == "text/html", kind == "application/xhtml+xml":
		return HTML
	case strings.HasSuffix(kind, "xml"), strings.HasSuffix(kind, "json"):
		return Feed
	}
	return unknown
}
