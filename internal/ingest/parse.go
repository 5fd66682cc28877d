package ingest

import (
	"encoding/json"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/parse"
	"github.com/teletipo/teletipo/internal/paste"
)

// parser reads documents.
type parser struct {
	words *boilerplate.Words // that are taken out of texts
}

// parse reads a document of a source, whatever it is: a feed, a list of WordPress's posts, a page,
// or a file that is one article. The error says that the document as a whole cannot be read;
// faults are single items that are lost, and fields of a file that were passed over. Items that
// are known are passed over: see parse.ParseNew.
func (p parser) parse(src news.Source, doc news.Document, known func(mark uint64) bool) (
	items []news.Item, passed []uint64, faults []error, err error,
) {
	doc.Lang = src.Lang
	switch doc.MediaType {
	case news.ListingPage:
		list, err := extract.Listing(doc)
		return list.Items, nil, nil, err
	case news.ReadItems:
		err := json.Unmarshal(doc.Body, &items)
		return items, nil, nil, err
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
		return parse.ParseNew(doc, p.words, known)
	}
	item, faults, err := paste.Parse(doc, format, p.words)
	if err != nil {
		return nil, nil, nil, err
	}
	return []news.Item{item}, nil, faults, nil
}
