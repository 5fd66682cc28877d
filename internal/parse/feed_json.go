package parse

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/dates"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// jsonFeed is a JSON Feed document taken apart: its items are still raw, so that one that cannot
// be read never touches another.
type jsonFeed struct {
	fields map[string]json.RawMessage
	items  []jsonItem
	listed bool // it has a list of items
	more   bool // there were more items than the bound
}

type jsonItem struct {
	raw json.RawMessage
	at  int // byte in the document at which it ends
}

// parseJSONFeed reads JSON Feed 1.0 and 1.1 but for the items that are known. A document that
// breaks off gives the items before.
func parseJSONFeed(
	doc news.Document, text []byte, words *boilerplate.Words, known func(mark uint64) bool,
) (
	items []news.Item, passed []uint64, faults []error, err error,
) {
	if err := checkJSON(doc, text); err != nil {
		return nil, nil, nil, err
	}
	feed, broken := splitJSON(text)
	if feed.more {
		return nil, nil, nil, doc.TooLarge("more than %d items", maxFeedItems)
	}
	if !feed.listed {
		if broken != nil {
			return nil, nil, nil, news.Errorf(news.Invalid, "parse %s: not a feed but broken JSON: %w",
				doc.Label(), broken)
		}
		return nil, nil, nil, news.Errorf(news.Invalid,
			"parse %s: not a feed but a JSON document without a list of items", doc.Label())
	}
	head := lenient[jsonHead](feed.fields)
	r := newJSONReader(doc, &head)
	r.words = words
	in := rawdoc.Cursor{Text: text}
	for i, raw := range feed.items {
		mark := r.mark(raw.raw)
		if known != nil && known(mark) {
			passed = append(passed, mark)
			continue
		}
		item, err := r.item(raw.raw)
		if err != nil {
			faults = append(faults, atLine(&itemFault{i + 1, raw.at, err}, doc, &in))
			continue
		}
		if items == nil {
			items = make([]news.Item, 0, len(feed.items)-i)
		}
		item.Mark = mark
		items = append(items, *item)
	}
	if broken != nil {
		faults = append(faults, news.Errorf(news.Invalid, "parse %s: after item %d: %w",
			doc.Label(), len(feed.items), broken))
	}
	return items, passed, faults, nil
}

// splitJSON takes a document apart as far as it is sound, and says where it is not.
func splitJSON(text []byte) (*jsonFeed, error) {
	feed := &jsonFeed{fields: make(map[string]json.RawMessage)}
	dec := json.NewDecoder(bytes.NewReader(text))
	err := feed.read(dec)
	if err != nil {
		line, column := rawdoc.Position(text, brokenAt(dec, err))
		err = fmt.Errorf("line %d, column %d: %w", line, column, err)
	}
	return feed, err
}

// brokenAt is the byte at which JSON cannot be read any further.
func brokenAt(dec *json.Decoder, err error) int {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return int(e.Offset)
	}
	return int(dec.InputOffset())
}

func (f *jsonFeed) read(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil { // the brace that the caller has seen
		return err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string) // decoder gives nothing else in this place
		var raw json.RawMessage
		if name != "items" {
			if err := dec.Decode(&raw); err != nil {
				return err
			}
			f.fields[name] = raw
			continue
		}
		if err := f.readItems(dec); err != nil || f.more {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (f *jsonFeed) readItems(dec *json.Decoder) error {
	start, err := dec.Token()
	if err != nil {
		return err
	}
	if start == nil { // null stands for none
		f.listed = true
		return nil
	}
	if start != json.Delim('[') {
		return errors.New("items is not a list")
	}
	f.listed = true
	for dec.More() {
		if len(f.items) == maxFeedItems {
			f.more = true
			return nil
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		f.items = append(f.items, jsonItem{raw, int(dec.InputOffset()) - len(raw)})
	}
	_, err = dec.Token()
	return err
}

// lenient makes a struct of those fields that fit, so that one of a wrong type costs only itself.
func lenient[T any](fields map[string]json.RawMessage) (into T) {
	good := make(map[string]json.RawMessage)
	for name, raw := range fields {
		one, err := json.Marshal(map[string]json.RawMessage{name: raw})
		if err == nil && json.Unmarshal(one, new(T)) == nil {
			good[name] = raw
		}
	}
	if all, err := json.Marshal(good); err == nil {
		_ = json.Unmarshal(all, &into) // each field has been tried
	}
	return into
}

// jsonReader reads the items of a JSON Feed.
type jsonReader struct {
	origin  news.Origin
	base    string
	lang    string
	authors []news.Author // of items that name none
	context []byte        // all of the above, for marks; nil for none
	dates   *dates.Reader
	words   *boilerplate.Words
}

// mark hashes an item with what it takes from its feed, 0 if that can't be done.
func (r *jsonReader) mark(raw json.RawMessage) uint64 {
	if r.context == nil {
		return 0
	}
	return markOf(r.context, raw)
}

func newJSONReader(doc news.Document, head *jsonHead) *jsonReader {
	r := &jsonReader{
		base: cmp.Or(news.Base(doc.URL), news.Base(head.FeedURL), head.HomePageURL),
		lang: head.Language, dates: &dates.Reader{Lang: cmp.Or(doc.Lang, head.Language)},
	}
	r.authors = jsonAuthors(r.base, head.Authors, head.Author)
	r.origin = news.Origin{
		Title: head.Title,
		URL:   rawdoc.Link(r.base, head.FeedURL),
		Link:  rawdoc.Link(r.base, head.HomePageURL),
	}
	r.origin.ID = cmp.Or(r.origin.URL, r.origin.Link, unstated(doc))
	if context, err := json.Marshal([]any{r.base, r.lang, r.origin, r.authors}); err == nil {
		r.context = context
	}
	return r
}

func (r *jsonReader) item(raw json.RawMessage) (*news.Item, error) {
	var in jsonEntry
	if err := json.Unmarshal(raw, &in); err != nil {
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil || fields == nil {
			return nil, fmt.Errorf("it is no object but %s", rawdoc.Clip(string(raw)))
		}
		in = lenient[jsonEntry](fields)
	} else if len(raw) > 0 && raw[0] != '{' {
		return nil, fmt.Errorf("it is no object but %s", rawdoc.Clip(string(raw)))
	}
	item := &news.Item{
		GUID:      strings.TrimSpace(string(in.ID)),
		URL:       rawdoc.Link(r.base, cmp.Or(in.URL, in.ExternalURL)),
		Base:      r.base,
		Title:     in.Title,
		Summary:   in.Summary,
		Content:   cmp.Or(in.ContentHTML, textToHTML(in.ContentText)),
		Lang:      cmp.Or(in.Language, r.lang),
		Authors:   jsonAuthors(r.base, in.Authors, in.Author),
		Tags:      tidyTags(in.Tags),
		Media:     r.media(&in),
		Published: r.dates.Date(in.DatePublished),
		Modified:  r.dates.Date(in.DateModified),
		Origin:    r.origin,
	}
	if item.Summary == item.Content || item.Summary == in.ContentText {
		item.Summary = ""
	}
	if len(item.Authors) == 0 {
		item.Authors = r.authors
	}
	strip(item, r.words)
	return item, nil
}

func (r *jsonReader) media(in *jsonEntry) []news.Media {
	g := gallery{base: r.base}
	g.addImage(news.Media{URL: in.Image})
	g.addImage(news.Media{URL: in.BannerImage})
	for _, a := range in.Attachments {
		g.add(news.Media{
			URL: a.URL, Type: a.MimeType, Length: int64(a.SizeInBytes), Title: a.Title,
		})
	}
	return g.media
}

// jsonAuthors reads the list of 1.1, or else the one author of 1.0.
func jsonAuthors(base string, list []*jsonPerson, single *jsonPerson) []news.Author {
	var authors []news.Author
	for _, in := range append(list[:len(list):len(list)], single) {
		if in == nil || len(authors) > 0 && in == single {
			continue
		}
		author := person(in.Name)
		author.URL = rawdoc.Link(base, in.URL)
		authors = append(authors, author)
	}
	return tidyAuthors(authors)
}
