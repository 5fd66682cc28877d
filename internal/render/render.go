// Package render writes a feed as an RSS 2.0, Atom 1.0 or JSON Feed 1.1 document, the same bytes
// for the same feed. It leaves to others which articles a feed has, in which order, when its bytes
// are published, and what feeds must be beyond well-formed (lint).
//
// A document is written in pieces: the frame around its entries, and each entry by itself. Whoever
// keeps the pieces writes an entry once, whatever number of feeds it is in, and a part of a feed
// from the bytes of the whole:
//
//	draft, err := render.New(site, topics).Draft(feed, news.Atom)
//	doc := &render.Document{Format: news.Atom, Pieces: draft.Tombstones()}
//	doc.Head, doc.End, err = draft.Frame()
//	body, err := draft.Entry(&feed.Entries[0]) // and append it to doc.Pieces
//	…
//	whole := doc.Bytes(nil)
//	delta := doc.Bytes(func(i int) bool { return doc.Pieces[i].Seq > base })
package render

import (
	"cmp"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// The program as feeds name it. Its version is not among the bytes: a release that writes the
// same feeds leaves every validator as it was.
const (
	generatorName = "teletipo"
	generatorURL  = "https://github.com/teletipo/teletipo"
)

// Version is the number of how documents are written. It is raised when the same articles give
// other bytes than before: then what was kept of earlier documents is no longer of use.
const Version = 3

// Renderer writes feeds of one site. It holds no state and is safe for concurrent use.
type Renderer struct {
	site   news.Site
	topics []news.Topic
}

// New makes the renderer of a site. The topics' titles name the categories of its articles; a
// placement in any other topic is not shown.
func New(site news.Site, topics []news.Topic) *Renderer {
	site.Title = cmp.Or(line(site.Title), generatorName)
	return &Renderer{site: site, topics: topics}
}

// Draft is a feed that is about to be written in one format: its frame and its pieces one by one.
// Every byte of them is checked, so that no document of them is ill-formed.
type Draft struct {
	*draft
	format news.Format
}

// Draft begins to write a feed. Its entries may come later, one by one.
func (r *Renderer) Draft(feed news.Feed, format news.Format) (*Draft, error) {
	if !slices.Contains(news.Formats, format) {
		return nil, news.Errorf(news.Internal, "feed format %q is unknown", format)
	}
	return &Draft{r.draft(&feed), format}, nil
}

// Variant names what an entry's piece depends on beside the entry: where it is the same, so are
// the bytes, in whichever feed of the site.
func (d *Draft) Variant(e *news.Entry) string {
	variant := string(d.format) + " " + d.lang
	if d.format == news.RSS && languageTag(e.Lang) != d.feed.Key.Lang {
		variant += " says language"
	}
	return variant
}

// Frame writes the document around its pieces. That depends on the feed's tombstones too, and not
// on its entries.
func (d *Draft) Frame() (head, end []byte, err error) {
	switch d.format {
	case news.RSS:
		head, end, err = d.rss()
	case news.Atom:
		head, end, err = d.atom()
	default:
		head, end, err = d.json()
	}
	if err == nil {
		err = d.check(slices.Concat(head, end), true)
	}
	return head, end, err
}

// Entry writes one entry.
func (d *Draft) Entry(e *news.Entry) (body []byte, err error) {
	it := d.item(e)
	switch d.format {
	case news.RSS:
		body, err = xmlPiece("    ", "item", d.rssItem(it))
	case news.Atom:
		body, err = xmlPiece("  ", "entry", d.atomEntry(it))
	default:
		body, err = jsonPiece(newJSONItem(it))
	}
	if err == nil {
		err = d.check(body, false)
	}
	return body, err
}

// Tombstones writes those of the feed, which Atom alone has a word for.
func (d *Draft) Tombstones() []Piece {
	if d.format != news.Atom {
		return nil
	}
	var list []Piece
	for _, t := range d.tombstones() {
		gone := atomGone{Ref: t.ID.URN(), When: t.When.Format(time.RFC3339)}
		if body, err := xmlPiece("  ", "at:deleted-entry", gone); err == nil {
			list = append(list, Piece{ID: t.ID, Seq: t.Seq, Gone: true, Body: body})
		}
	}
	return list
}

// draft is a feed with all that its three formats share, made ready for markup.
type draft struct {
	feed        *news.Feed
	site        news.Site
	title       string
	description string
	lang        string           // that the feed's own words are in
	home        string           // address of the feed's page
	topics      map[string]topic // titles in that language
}

// draft prepares a feed. A feed of all languages speaks the site's main one.
func (r *Renderer) draft(feed *news.Feed) *draft {
	d := &draft{
		feed:   feed,
		site:   r.site,
		title:  cmp.Or(line(feed.Title), line(feed.Key.String()), r.site.Title),
		lang:   feed.Key.Lang,
		home:   r.site.PublicURL + news.TopicPath(feed.Key.Topic),
		topics: make(map[string]topic, len(r.topics)),
	}
	d.description = cmp.Or(line(feed.Description), d.title)
	if d.lang == "" && len(r.site.Languages) > 0 {
		d.lang = r.site.Languages[0]
	}
	for _, t := range r.topics {
		title, _ := news.Translate(t.Titles, append([]string{d.lang}, r.site.Languages...)...)
		d.topics[t.ID] = topic{
			id: t.ID, title: cmp.Or(line(title), line(t.ID)), medtop: mediaTopic(t.Medtop),
		}
	}
	return d
}

// taxonomy is the scheme that topics are categories of: it and a topic's id give its page.
func (d *draft) taxonomy() string { return d.site.PublicURL + news.TopicPath("") }
