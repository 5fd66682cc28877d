package ingest

import (
	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/parse"
	"github.com/teletipo/teletipo/internal/paste"
)

// Parse reads a document, whatever it is: a feed, a list of WordPress's posts, or a file that is
// one article. The error says that the document as a whole cannot be read; faults are single
// items that are lost, and fields of a file that were passed over.
func Parse(doc news.Document) (items []news.Item, faults []error, err error) {
	items, _, faults, err = parseNew(doc, nil)
	return items, faults, err
}

// parseNew reads a document as Parse does, without the items that are known: see parse.ParseNew.
func parseNew(doc news.Document, known func(mark uint64) bool) (
	items []news.Item, passed []uint64, faults []error, err error,
) {
	switch doc.MediaType {
	case news.ListingPage:
		list, err := extract.Listing(doc)
		return list.Items, nil, nil, err
	case news.ArticlePage:
		item, err := extract.Article(doc)
		if err != nil {
			return nil, nil, nil, err
		}
		item.GUID = doc.URL
		return []news.Item{item}, nil, nil, nil
	}
	format, err := paste.FormatOf(doc)
	if err != nil {
		return nil, nil, nil, err
	}
	if format == paste.Feed {
		return parse.ParseNew(doc, known)
	}
	item, faults, err := paste.Parse(doc, format)
	if err != nil {
		return nil, nil, nil, err
	}
	return []news.Item{item}, nil, faults, nil
}
