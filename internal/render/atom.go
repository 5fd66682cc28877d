package render

import (
	"strconv"
	"time"

	"github.com/gorilla/feeds"

	"github.com/teletipo/teletipo/internal/news"
)

// The envelopes put what Atom as of gorilla/feeds lacks around its structs. A field here hides
// the one of the same XML name there; were the names to differ, both would be written.
type (
	atomFeed struct {
		Lang string `xml:"xml:lang,attr"`
		feeds.AtomFeed
		Links     []feeds.AtomLink `xml:"link"`
		Generator atomGenerator    `xml:"generator"`
		Entries   []*atomEntry     `xml:"entry"`
	}

	atomGenerator struct {
		URI  string `xml:"uri,attr"`
		Name string `xml:",chardata"`
	}

	atomEntry struct {
		Lang string `xml:"xml:lang,attr"`
		feeds.AtomEntry
		Authors    []feeds.AtomAuthor `xml:"author"`
		Categories []atomCategory     `xml:"category"`
		Source     *atomSource        `xml:"source"`
	}

	atomCategory struct {
		Term   string `xml:"term,attr"`
		Scheme string `xml:"scheme,attr,omitempty"`
		Label  string `xml:"label,attr,omitempty"`
	}

	atomSource struct {
		ID      string           `xml:"id"`
		Title   string           `xml:"title"`
		Updated string           `xml:"updated"`
		Links   []feeds.AtomLink `xml:"link"`
		Author  *feeds.AtomAuthor
	}
)

// FeedXml is the document that gorilla/feeds writes for the feed. Without it, that of the
// embedded struct would be written, which knows nothing of the envelope.
func (f *atomFeed) FeedXml() any { return f }

// atom writes the feed as Atom 1.0.
func (d *draft) atom() ([]byte, error) {
	f := &atomFeed{
		Lang: language(d.lang),
		AtomFeed: feeds.AtomFeed{
			Xmlns:    nsAtom,
			Id:       d.feed.ID.URN(),
			Title:    d.title,
			Subtitle: d.description,
			Updated:  second(d.feed.Updated).Format(time.RFC3339),
			// Every entry must have an author or inherit one (RFC 4287, section 4.1.1).
			Author: person(news.Author{Name: d.site.Title, URL: d.site.PublicURL + "/"}),
		},
		Links: []feeds.AtomLink{
			{Rel: "self", Type: news.Atom.MediaType(), Href: d.self(news.Atom)},
			{Rel: "alternate", Type: "text/html", Href: d.home},
		},
		Generator: atomGenerator{URI: generatorURL, Name: generatorName},
	}
	for i := range d.feed.Entries {
		f.Entries = append(f.Entries, d.atomEntry(d.item(&d.feed.Entries[i])))
	}
	return writeXML(f, d.size())
}

// atomEntry writes one entry.
func (d *draft) atomEntry(it *item) *atomEntry {
	x := &atomEntry{
		Lang: language(it.lang),
		AtomEntry: feeds.AtomEntry{
			Id:      it.id,
			Title:   it.title,
			Updated: it.updated.Format(time.RFC3339),
			Rights:  rights(it),
			Links:   []feeds.AtomLink{{Rel: "alternate", Href: it.url}},
		},
		Source: source(it),
	}
	if !it.published.IsZero() {
		x.Published = it.published.Format(time.RFC3339)
	}
	summary := it.summary
	if it.content != "" {
		x.Content = &feeds.AtomContent{Type: "html", Content: it.content}
	} else {
		summary = it.lead() // some text there should be (RFC 4287, section 4.1.1.1)
	}
	if summary != "" {
		x.Summary = &feeds.AtomSummary{Type: "text", Content: summary}
	}
	for _, a := range it.authors {
		x.Authors = append(x.Authors, *person(a))
	}
	for _, t := range it.topics {
		x.Categories = append(x.Categories, atomCategory{
			Term: t.id, Scheme: d.taxonomy(), Label: t.title,
		})
	}
	for _, tag := range it.tags {
		x.Categories = append(x.Categories, atomCategory{Term: tag})
	}
	for _, m := range it.media {
		l := feeds.AtomLink{Rel: "enclosure", Type: m.Type, Href: m.URL}
		if m.Length > 0 {
			l.Length = strconv.FormatInt(m.Length, 10)
		}
		x.Links = append(x.Links, l)
	}
	return x
}

// source describes the feed that an item was taken from, nil if it lacks what it must have. An
// RSS feed has no id; its address serves as one. Who has no author of his own is by his source.
func source(it *item) *atomSource {
	id := it.origin.ID
	if id == "" {
		id = it.origin.URL
	}
	if id == "" || it.origin.Title == "" || it.origin.Updated.IsZero() {
		return nil
	}
	s := &atomSource{
		ID:      id,
		Title:   it.origin.Title,
		Updated: it.origin.Updated.Format(time.RFC3339),
	}
	if it.origin.URL != "" {
		s.Links = append(s.Links, feeds.AtomLink{Rel: "self", Href: it.origin.URL})
	}
	if it.origin.Link != "" {
		s.Links = append(s.Links, feeds.AtomLink{Rel: "alternate", Href: it.origin.Link})
	}
	if len(it.authors) == 0 {
		s.Author = person(news.Author{Name: it.origin.Title, URL: it.origin.Link})
	}
	return s
}

func person(a news.Author) *feeds.AtomAuthor {
	return &feeds.AtomAuthor{
		AtomPerson: feeds.AtomPerson{Name: a.Name, Uri: a.URL, Email: a.Email},
	}
}

// rightsTexts tell people that what is not ours stays its publisher's, in the entry's language.
var rightsTexts = map[string]string{
	"en": "Rights remain with the original publisher.",
	"es": "Los derechos siguen siendo de quien lo publicó.",
}

// rights is what is said of the rights in an item: nothing of the desk's own.
func rights(it *item) string {
	if it.own {
		return ""
	}
	text, _ := news.Translate(rightsTexts, it.lang)
	return text
}
