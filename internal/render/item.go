package render

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// item is an entry with what its rights allow, and nothing else, every string fit for markup.
// Only here is decided what of an article is published.
type item struct {
	id        string // an absolute IRI
	url       string // of the article: at its source, or else here
	page      string // of the article here, with the evidence for its topics
	title     string // plain text, never empty
	summary   string // plain text
	content   string // HTML
	lang      string // empty if unknown
	rights    news.Rights
	own       bool
	authors   []news.Author
	tags      []string
	topics    []topic
	medtops   []topic      // those of them that are Media Topics, each code once
	media     []news.Media // with an address and a media type each
	published time.Time    // zero if the article has no date that a feed can show
	updated   time.Time
	corrected bool // since it was first published
	origin    news.Origin
	source    string // our name of where it came from
}

// topic is a topic that an item belongs to.
type topic struct {
	id, title string
	medtop    string // code of the IPTC's Media Topic that it is; empty for none
	score     float64
}

// item makes an entry ready.
func (d *draft) item(e *news.Entry) *item {
	it := &item{
		id:     e.ID.URN(),
		page:   d.site.PublicURL + news.ArticlePath(e.ID),
		lang:   languageTag(e.Lang),
		own:    e.Own,
		rights: news.Headline,
		topics: d.placed(e.Placements),
		origin: news.Origin{
			ID: feedID(e.Origin.ID), Title: line(e.Origin.Title), URL: address(e.Origin.URL),
			Link: address(e.Origin.Link), Updated: second(e.Origin.Updated),
		},
		source:    line(e.Source),
		published: second(e.Published),
		updated:   second(e.Updated),
		corrected: e.Revision > 1,
	}
	it.url = cmp.Or(address(e.URL), it.page)
	it.title = cmp.Or(line(e.Title), it.url)
	it.medtops = medtops(it.topics)
	if it.updated.IsZero() { // an entry must have one
		it.updated = cmp.Or(second(e.FirstSeen), time.Unix(0, 0).UTC())
	}
	if e.Rights == news.Full || e.Rights == news.Excerpt {
		it.rights = e.Rights
		it.summary = block(e.Summary)
		it.authors = authors(e.Authors)
		it.tags = tags(e.Tags)
	}
	if e.Rights == news.Full {
		it.content = block(e.Content)
		it.media = media(e.Media)
	}
	return it
}

// placed lists an entry's topics in the order of its placements.
func (d *draft) placed(placements []news.Placement) []topic {
	var list []topic
	for _, p := range placements {
		t, known := d.topics[p.Topic]
		if !known || slices.ContainsFunc(list, func(t topic) bool { return t.id == p.Topic }) {
			continue
		}
		t.score = math.Round(p.Score*100) / 100
		if math.IsNaN(t.score) || math.IsInf(t.score, 0) {
			t.score = 0 // JSON has no number for it
		}
		list = append(list, t)
	}
	return list
}

// medtops picks the topics that are Media Topics, one for each code.
func medtops(topics []topic) []topic {
	var list []topic
	for _, t := range topics {
		same := func(other topic) bool { return other.medtop == t.medtop }
		if t.medtop != "" && !slices.ContainsFunc(list, same) {
			list = append(list, t)
		}
	}
	return list
}

// lead is what a reader is shown who asks for text and gets no content.
func (it *item) lead() string { return cmp.Or(it.summary, it.title) }

// first finds the first medium that fits.
func (it *item) first(fits func(news.Media) bool) (news.Media, bool) {
	i := slices.IndexFunc(it.media, fits)
	if i < 0 {
		return news.Media{}, false
	}
	return it.media[i], true
}

func isImage(m news.Media) bool  { return strings.HasPrefix(m.Type, "image/") }
func notImage(m news.Media) bool { return !isImage(m) }

// second is a moment in whole seconds, UTC; zero if RFC 3339 and RFC 822 have no four digits for
// its year.
func second(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Second)
	if y := t.Year(); y < 1000 || y > 9999 {
		return time.Time{}
	}
	return t
}

// authors keeps those that have a name, with addresses that are addresses.
func authors(all []news.Author) []news.Author {
	var list []news.Author
	for _, a := range all {
		a = news.Author{Name: line(a.Name), URL: address(a.URL), Email: mailbox(a.Email)}
		if a.Name != "" && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// tags keeps each tag once.
func tags(all []string) []string {
	var list []string
	for _, tag := range all {
		if tag = line(tag); tag != "" && !slices.Contains(list, tag) {
			list = append(list, tag)
		}
	}
	return list
}

// media keeps what has an address and a media type: enclosures and attachments need both.
func media(all []news.Media) []news.Media {
	var list []news.Media
	for _, m := range all {
		m = news.Media{
			URL: address(m.URL), Type: mediaType(m.Type), Length: max(m.Length, 0), Title: line(m.Title),
			Width: max(m.Width, 0), Height: max(m.Height, 0),
		}
		same := func(other news.Media) bool { return other.URL == m.URL }
		if m.URL != "" && m.Type != "" && !slices.ContainsFunc(list, same) {
			list = append(list, m)
		}
	}
	return list
}

// mediaType is a media type in lower case without its parameters, empty if raw is none.
func mediaType(raw string) string {
	raw, _, _ = strings.Cut(raw, ";")
	raw = strings.ToLower(strings.TrimSpace(raw))
	kind, sub, ok := strings.Cut(raw, "/")
	if !ok || !token(kind) || !token(sub) {
		return ""
	}
	return raw
}

// token reports whether s is a name of RFC 6838, section 4.2.
func token(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&-^_.+", c) >= 0) {
			return false
		}
	}
	return s != ""
}
