package render

import (
	"time"

	"github.com/gorilla/feeds"

	"github.com/teletipo/teletipo/internal/news"
)

// The envelopes put what Atom as of gorilla/feeds lacks around its structs. A field here hides
// the one of the same XML name there; were the names to differ, both would be written. Tombstones
// and entries stand behind all of atomFeed, entries last as RFC 4287's schema wants it.
type (
	atomFeed struct {
		NSPast string `xml:"xmlns:fh,attr,omitempty"`
		NSGone string `xml:"xmlns:at,attr,omitempty"`
		Lang   string `xml:"xml:lang,attr"`
		feeds.AtomFeed
		Links     []atomLink    `xml:"link"`
		Generator atomGenerator `xml:"generator"`
		Archive   *empty        `xml:"fh:archive"`
	}

	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}

	atomGone struct {
		Ref  string `xml:"ref,attr"`
		When string `xml:"when,attr"`
	}

	atomLink struct {
		Href   string `xml:"href,attr"`
		Rel    string `xml:"rel,attr"`
		Type   string `xml:"type,attr,omitempty"`
		Length int64  `xml:"length,attr,omitempty"`
		Title  string `xml:"title,attr,omitempty"`
	}

	atomGenerator struct {
		URI  string `xml:"uri,attr"`
		Name string `xml:",chardata"`
	}

	atomEntry struct {
		Lang string `xml:"xml:lang,attr"`
		feeds.AtomEntry
		Summary    *atomText          `xml:"summary"`
		Links      []atomLink         `xml:"link"`
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
		ID      string     `xml:"id"`
		Title   string     `xml:"title"`
		Updated string     `xml:"updated"`
		Links   []atomLink `xml:"link"`
		Author  *feeds.AtomAuthor
	}
)

// FeedXml is the document that gorilla/feeds writes for the feed. Without it, that of the
// embedded struct would be written, which knows nothing of the envelope.
func (f *atomFeed) FeedXml() any { return f }

// atom writes the frame of the feed as Atom 1.0.
func (d *draft) atom() (head, end []byte, err error) {
	f := &atomFeed{
		Lang: language(d.lang),
		AtomFeed: feeds.AtomFeed{
			Xmlns:    nsAtom,
			Id:       d.feed.ID.URN(),
			Title:    d.title,
			Subtitle: d.description,
			Updated:  d.updated().Format(time.RFC3339),
			// Every entry must have an author or inherit one (RFC 4287, section 4.1.1).
			Author: person(news.Author{Name: d.site.Title, URL: d.site.PublicURL + "/"}),
		},
		Links:     d.atomLinks(),
		Generator: atomGenerator{URI: generatorURL, Name: generatorName},
	}
	if d.archived() {
		f.NSPast, f.Archive = nsHistory, &empty{}
	}
	if len(d.tombstones()) > 0 {
		f.NSGone = nsTombstones
	}
	return frameXML(f, "\n</feed>\n")
}

// atomLinks are the document's links: to itself and the feed's past, to its page, and to the same
// in the other formats.
func (d *draft) atomLinks() []atomLink {
	var list []atomLink
	for _, r := range d.relations(news.Atom) {
		list = append(list, atomLink{Rel: r.rel, Type: news.Atom.MediaType(), Href: r.href})
	}
	list = append(list, atomLink{Rel: "alternate", Type: "text/html", Href: d.home})
	for _, format := range news.Formats {
		if format != news.Atom {
			list = append(list, atomLink{
				Rel: "alternate", Type: format.MediaType(), Href: d.document(d.feed.Number, format),
			})
		}
	}
	return list
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
		},
		Links:  []atomLink{{Rel: "alternate", Href: it.url}},
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
		text := plain(summary)
		x.Summary = &text
	}
	for _, a := range it.authors {
		x.Authors = append(x.Authors, *person(a))
	}
	for _, t := range it.topics {
		x.Categories = append(x.Categories, atomCategory{
			Term: t.id, Scheme: d.taxonomy(), Label: t.title,
		})
	}
	for _, t := range it.medtops {
		x.Categories = append(x.Categories, atomCategory{Term: t.medtop, Scheme: mediaTopics})
	}
	for _, tag := range it.tags {
		x.Categories = append(x.Categories, atomCategory{Term: tag})
	}
	for _, m := range it.media {
		x.Links = append(x.Links, atomLink{
			Rel: "enclosure", Type: m.Type, Href: m.URL, Length: m.Length, Title: m.Title,
		})
	}
	return x
}

// plain is plain text of any length. If it has what looks like a tag, it is written as HTML that
// shows it, for some readers guess.
func plain(s string) atomText {
	if looksLikeHTML(s) {
		return atomText{Type: "html", Text: htmlText.Replace(s)}
	}
	return atomText{Type: "text", Text: s}
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
		s.Links = append(s.Links, atomLink{Rel: "self", Href: it.origin.URL})
	}
	if it.origin.Link != "" {
		s.Links = append(s.Links, atomLink{Rel: "alternate", Href: it.origin.Link})
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
