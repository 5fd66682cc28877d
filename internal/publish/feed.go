package publish

import (
	"cmp"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// feed is what a Publisher knows of a feed. All but the editions and what is
// atomic belongs to whoever runs a pass.
type feed struct {
	key         news.FeedKey
	id          news.ID
	title       string
	description string
	series      []*series        // one a format
	stale       bool             // it changed since it was rendered
	held        []*proof         // made, but stamped ahead of the clock
	due         time.Time        // nothing is done to it before; zero for no wait
	waited      bool             // for the window's stamp, once
	cut         uint64           // level of the newest article that the last documents had no room for
	cutUntil    uint64           // no delta starts below: there the documents had less room than later
	cutNews     bool             // these two have yet to be remembered
	items       map[uint64]*item // what the last documents show, by key; nil if they were not all made

	seen seen // what the last documents show

	archives atomic.Int64 // closed ones that there are
}

// newFeeds makes every feed of the settings.
func newFeeds(settings Settings) []*feed {
	var list []*feed
	for _, topic := range append([]news.Topic{allTopics(settings.Site)}, settings.Topics...) {
		for _, lang := range append([]string{""}, settings.Site.Languages...) {
			key := news.FeedKey{Topic: topic.ID, Lang: lang}
			first := news.FeedKey{Topic: topic.FirstName(), Lang: lang}
			f := &feed{key: key, id: news.FeedID(settings.Installation, first)}
			f.title, f.description = wording(topic, lang, settings.Site.Languages)
			for _, format := range news.Formats {
				f.series = append(f.series, &series{
					name: key.String() + "." + string(format), format: format,
				})
			}
			list = append(list, f)
		}
	}
	return list
}

// languages are the names of languages, each in itself.
var languages = map[string]string{
	"en": "English", "es": "español", "fr": "français", "pt": "português",
}

// wording returns the title and description of a topic's feed, "The border" or in one language
// "The border — English". A feed of all languages speaks the site's main one.
func wording(topic news.Topic, lang string, others []string) (title, description string) {
	langs := append([]string{lang}, others...)
	title, _ = news.Translate(topic.Titles, langs...)
	title = cmp.Or(title, topic.ID)
	description, _ = news.Translate(topic.Descriptions, langs...)
	if lang != "" {
		title += " — " + cmp.Or(languages[lang], lang)
	}
	return title, description
}

// allTopics words the feed of every topic together as if that were a topic.
func allTopics(site news.Site) news.Topic {
	return news.Topic{
		ID: news.All,
		Titles: map[string]string{
			"en": site.Title + ": all topics",
			"es": site.Title + ": todos los temas",
		},
		Descriptions: map[string]string{
			"en": "Every topic of " + site.Title + " together.",
			"es": "Todos los temas de " + site.Title + " juntos.",
		},
	}
}

// describe makes a feed of a window that shows some articles, without them.
func (p *Publisher) describe(f *feed, window news.Window, items []*item) news.Feed {
	feed := news.Feed{
		Key: f.key, ID: f.id, Title: f.title, Description: f.description,
		Number: window.Number, Archives: window.Archives - window.Covered, First: window.First,
		Gone:    window.Gone,
		Updated: window.Stamp.UTC().Truncate(time.Second),
		MaxAge:  rhythm(items, p.settings.Fastest, p.settings.Slowest),
	}
	if window.Number > 0 {
		feed.MaxAge = archiveMaxAge
	}
	for _, it := range items {
		if updated := it.updated.UTC().Truncate(time.Second); updated.After(feed.Updated) {
			feed.Updated = updated
		}
	}
	return feed
}
