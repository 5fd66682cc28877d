package serve

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/teletipo/teletipo/internal/news"
)

// feed is one feed in one format, with what was made of its newest edition seen so far.
type feed struct {
	key    news.FeedKey
	format news.Format
	latest atomic.Pointer[document]
}

// feedTable has every feed that is published, by the name of its document. Only these names
// are answered: nothing a reader types makes a new entry anywhere.
func feedTable(settings Settings) map[string]*feed {
	table := make(map[string]*feed)
	for _, topic := range topicIDs(settings) {
		for _, lang := range append([]string{""}, settings.Site.Languages...) {
			for _, format := range news.Formats {
				key := news.FeedKey{Topic: topic, Lang: lang}
				name := strings.TrimPrefix(news.FeedPath(key, format), "/feeds/")
				table[name] = &feed{key: key, format: format}
			}
		}
	}
	return table
}

// topicIDs lists the topics, "all" first.
func topicIDs(settings Settings) []string {
	ids := []string{news.All}
	for _, t := range settings.Topics {
		ids = append(ids, t.ID)
	}
	return ids
}

// feed answers for a feed from the edition in memory. It never renders and never reads the store.
func (p *public) feed(w http.ResponseWriter, r *http.Request) {
	f, ok := p.feeds[r.PathValue("document")]
	if !ok {
		p.notFound(w, r)
		return
	}
	d := f.document(p.editions)
	if d == nil {
		w.Header().Set("Retry-After", "10")
		say(w, http.StatusServiceUnavailable, noStore,
			"This feed has not been made yet. Please ask again in a few seconds.\n")
		return
	}
	d.serve(w, r)
}

// document gives the current edition as a document, nil if there is none. Readers that come at
// the same time may each make the same one; the last is kept.
func (f *feed) document(editions Editions) *document {
	e, ok := editions.Edition(f.key, f.format)
	if !ok || len(e.Representations) == 0 {
		return nil
	}
	if d := f.latest.Load(); d != nil && d.edition == e {
		return d
	}
	d := editionDocument(e)
	f.latest.Store(d)
	return d
}

// missingText is what a 404 says: which feeds exist, by their full addresses.
func missingText(settings Settings) string {
	var b strings.Builder
	b.WriteString("There is nothing at this address. The feeds are:\n\n")
	for _, topic := range topicIDs(settings) {
		key := news.FeedKey{Topic: topic}
		fmt.Fprintf(&b, "  %s%s\n", settings.Site.PublicURL, news.FeedPath(key, news.RSS))
	}
	b.WriteString("\nEach also ends in .atom or .json instead of .rss")
	if langs := settings.Site.Languages; len(langs) > 0 {
		key := news.FeedKey{Topic: news.All, Lang: langs[0]}
		fmt.Fprintf(&b, ", and comes in one language (%s)\nas in %s%s",
			strings.Join(langs, ", "), settings.Site.PublicURL, news.FeedPath(key, news.RSS))
	}
	b.WriteString(".\n")
	return b.String()
}
