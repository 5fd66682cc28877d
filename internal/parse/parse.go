// Package parse turns a document, the bytes that a source yielded, into items: feeds of every
// kind, WordPress's posts, plain text as it is copied from a web page, Markdown and HTML files. It
// believes what it sees over what a document says it is, and leaves it to clean to make anything
// of it safe.
package parse

import (
	"path"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// format is how a document is to be read.
type format int

const (
	unknownFormat format = iota
	feedFormat
	textFormat
	markdownFormat
	htmlFormat
)

// Parse reads a document. The error says that the document as a whole cannot be read, and what it
// looks like instead; faults are single items of a feed that are lost, the others are not.
//
// What was fetched over the network is a feed or is refused: a page or a line of text in place
// of a feed is a server's excuse and no news. A file is a feed, plain text, Markdown or HTML.
func Parse(doc news.Document) (items []news.Item, faults []error, err error) {
	if doc.MediaType == news.WordPressPosts {
		return parseWordPress(doc)
	}
	format, err := recognise(doc)
	if err != nil {
		return nil, nil, err
	}
	if format == feedFormat {
		return parseFeed(doc)
	}
	most := maxArticle
	if format == markdownFormat {
		most = maxMarkdown
	}
	if len(doc.Body) > most {
		return nil, nil, tooMuch(doc, "%d bytes, more than the %d that an article may have",
			len(doc.Body), most)
	}
	text := decodeText(doc)
	var item news.Item
	var passed []error
	switch format {
	case htmlFormat:
		item, passed, err = parseHTML(doc, text)
	case markdownFormat:
		item, passed, err = parseMarkdown(doc, text)
	default:
		item, passed, err = parseText(doc, text)
	}
	if err != nil {
		return nil, nil, err
	}
	return []news.Item{item}, passed, nil
}

// recognise decides how a document is to be read: by what it looks like, and where that leaves a
// choice by what it says it is.
func recognise(doc news.Document) (format, error) {
	stated := statedFormat(doc)
	if doc.Name == "" || stated == feedFormat {
		return feedFormat, nil // which says what it is if it is none
	}
	switch guise := guiseOf(doc); {
	case guise == guiseFeed:
		return feedFormat, nil
	case guise == guisePage, guise == guiseFragment && stated != markdownFormat:
		return htmlFormat, nil
	case guise == guiseBinary,
		guise == guiseData && stated != textFormat && stated != markdownFormat:
		return 0, news.Errorf(news.Invalid, "parse %s: not an article but %s: save it as text "+
			"(.txt), Markdown (.md) or HTML (.html)", placeOf(doc),
			looksLike(doc.Body, []byte(decodeText(doc)), rootOf(decodeText(doc))))
	case stated == htmlFormat && !strings.Contains(string(doc.Body), "<"):
		return textFormat, nil
	case stated != unknownFormat:
		return stated, nil
	case path.Ext(doc.Name) == "":
		return textFormat, nil
	}
	return 0, news.Errorf(news.Invalid, "parse %s: unknown kind of file %q: an article is text "+
		"(.txt), Markdown (.md) or HTML (.html)", placeOf(doc), path.Ext(doc.Name))
}

// statedFormat is what a document says it is: a file by the ending of its name, anything else by
// its media type.
func statedFormat(doc news.Document) format {
	switch strings.ToLower(path.Ext(doc.Name)) {
	case ".txt", ".text":
		return textFormat
	case ".md", ".markdown", ".mdown":
		return markdownFormat
	case ".html", ".htm", ".xhtml", ".xht":
		return htmlFormat
	case ".xml", ".rss", ".atom", ".rdf", ".json":
		return feedFormat
	}
	kind, _, _ := strings.Cut(strings.ToLower(doc.MediaType), ";")
	switch kind = strings.TrimSpace(kind); {
	case kind == "text/plain":
		return textFormat
	case kind == "text/markdown":
		return markdownFormat
	case kind == "text/html", kind == "application/xhtml+xml":
		return htmlFormat
	case strings.HasSuffix(kind, "xml"), strings.HasSuffix(kind, "json"):
		return feedFormat
	}
	return unknownFormat
}
