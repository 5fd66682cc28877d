// Package render writes a feed as an RSS 2.0, Atom 1.0 or JSON Feed 1.1 document, the same bytes
// for the same feed, and checks such a document strictly. It leaves to others which articles a
// feed has, in which order, and when its bytes are published.
package render

import (
	"cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// The program as feeds name it. Its version is not among the bytes: a release that writes the
// same feeds leaves every validator as it was.
const (
	generatorName = "teletipo"
	generatorURL  = "https://github.com/teletipo/teletipo"
)

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

// Render writes a feed in a format. Entries appear in the order given. What it writes passes
// Check whatever bytes the articles hold, as long as the feed keeps what news.Feed promises.
func (r *Renderer) Render(feed news.Feed, format news.Format) ([]byte, error) {
	d := r.draft(&feed)
	switch format {
	case news.RSS:
		return d.rss()
	case news.Atom:
		return d.atom()
	case news.JSON:
		return d.json()
	}
	return nil, news.Errorf(news.Internal, "feed format %q is unknown", format)
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

// size estimates how long the document will be, so that its buffer need not grow.
func (d *draft) size() int {
	n := 2 << 10
	for i := range d.feed.Entries {
		e := &d.feed.Entries[i]
		n += 2<<10 + 2*len(e.Summary)
		if e.Rights == news.Full {
			n += len(e.Content) * 5 / 4
		}
	}
	return n
}
