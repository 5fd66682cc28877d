package parse

import (
	"bytes"
	"fmt"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// parseFeed reads RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 and JSON Feed. Each item is read by
// itself: one that cannot be read is a fault and costs no other. A document that is no feed is
// an error of kind Invalid that says what it looks like. Known is as in ParseNew.
func parseFeed(doc news.Document, words *boilerplate.Words, known func(mark uint64) bool) (
	items []news.Item, passed []uint64, faults []error, err error,
) {
	defer func() {
		if cause := recover(); cause != nil {
			items, passed, faults = nil, nil, nil
			err = news.Errorf(news.Invalid, "parse %s: the feed made the parser fail: %v",
				doc.Label(), cause)
		}
	}()
	if len(doc.Body) > maxDocument {
		return nil, nil, nil, doc.TooLarge("%d bytes, more than %d", len(doc.Body), maxDocument)
	}
	text := rawdoc.DecodeFeed(doc.Body, doc.MediaType)
	if start := bytes.TrimSpace(text); len(start) > 0 && start[0] == '{' {
		return parseJSONFeed(doc, text, words, known)
	}
	feed := mendFeed(text)
	feed.known, feed.words = known, words
	switch {
	case feed.over != "":
		return nil, nil, nil, doc.TooLarge("more than %s", feed.over)
	case feed.root == "":
		return nil, nil, nil, news.Errorf(news.Invalid, "parse %s: not a feed but %s",
			doc.Label(), rawdoc.LooksLike(doc.Body, text, feed.found))
	case feed.root == "feed":
		items, faults = parseAtom(doc, feed)
	default:
		items, faults = parseRSS(doc, feed)
	}
	in := rawdoc.Cursor{Text: text}
	for i, f := range faults {
		faults[i] = atLine(f, doc, &in)
	}
	return items, feed.passed, faults, nil
}

// FeedFormat names the format of a feed document; it is empty if the document is none.
func FeedFormat(doc news.Document) string {
	text := rawdoc.DecodeFeed(doc.Body, doc.MediaType)
	if start := bytes.TrimSpace(text); len(start) > 0 && start[0] == '{' {
		return "JSON Feed"
	}
	switch mendFeed(text).root {
	case "":
		return ""
	case "feed":
		return "Atom"
	default:
		return "RSS"
	}
}

// unstated is the id of a feed that states neither an id nor any address: its own address is not
// ours to tell, it may hold a key.
func unstated(doc news.Document) string {
	if doc.URL == "" {
		return ""
	}
	return news.MintID("feed", doc.URL).URN()
}

// itemFault is an item that could not be read.
type itemFault struct {
	number int // counted from 1
	at     int // byte in the document, negative if unknown
	cause  error
}

func (f *itemFault) Error() string { return f.cause.Error() }

// atLine turns an item's fault into an error that names document, item and line.
func atLine(fault error, doc news.Document, in *rawdoc.Cursor) error {
	f, ok := fault.(*itemFault)
	if !ok {
		return fault
	}
	where := fmt.Sprintf("item %d", f.number)
	if f.at >= 0 {
		line, column := in.Position(f.at)
		where += fmt.Sprintf(" at %d:%d", line, column)
	}
	return news.Errorf(news.Invalid, "parse %s: %s: %w", doc.Label(), where, f.cause)
}

// strip takes out of an item's texts what the program that made them left in.
func strip(item *news.Item, words *boilerplate.Words) {
	item.Summary, item.Content = words.Strip(item.Summary), words.Strip(item.Content)
}
