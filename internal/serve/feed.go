package serve

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"weak"

	"github.com/teletipo/teletipo/internal/news"
)

// feed is one feed in one format, with what was made of its newest edition seen so far.
type feed struct {
	key    news.FeedKey
	format news.Format
	links  []string // Link header
	// latest is weak: what a reader asked for long ago must not keep an edition that has a successor.
	latest atomic.Pointer[weak.Pointer[document]]
}

// feedTable has every feed that is published, by the name of its document. Only these names
// are answered: nothing a reader types makes a new entry anywhere.
func feedTable(settings Settings) map[string]*feed {
	table := make(map[string]*feed)
	for _, topic := range topicIDs(settings) {
		for _, key := range languageKeys(settings.Site, topic) {
			for _, format := range news.Formats {
				table[documentName(key, format)] = &feed{
					key: key, format: format, links: feedLinks(settings.Site, key, format),
				}
			}
		}
	}
	return table
}

// documentName is the last part of a feed's path, "border.es.rss".
func documentName(key news.FeedKey, format news.Format) string {
	return strings.TrimPrefix(news.FeedPath(key, format), "/feeds/")
}

// topicIDs lists the topics, "all" first.
func topicIDs(settings Settings) []string {
	ids := []string{news.All}
	for _, t := range settings.Topics {
		ids = append(ids, t.ID)
	}
	return ids
}

// languageKeys lists a topic's feeds: in all languages together, and in each.
func languageKeys(site news.Site, topic string) []news.FeedKey {
	keys := []news.FeedKey{{Topic: topic}}
	for _, lang := range site.Languages {
		keys = append(keys, news.FeedKey{Topic: topic, Lang: lang})
	}
	return keys
}

// feed answers for a feed from the edition in memory. It never renders a whole one and never
// reads the store for it.
func (p *public) feed(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("document")
	f, ok := p.feeds[name]
	if !ok {
		p.elsewhere(w, r, "", name)
		return
	}
	d := f.document(p.editions, r.Header["Accept-Encoding"])
	if d == nil {
		p.unmade(w)
		return
	}
	p.serveFeed(d, w, r)
}

// unmade answers for a feed that is there but has no edition yet.
func (p *public) unmade(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "10")
	say(w, http.StatusServiceUnavailable, noStore,
		"This feed has not been made yet. Please ask again in a few seconds.\n")
}

// document returns the current edition as a document, nil if there is none. Readers that come at
// the same time may each make the same one; the last is kept. A reader who takes a coding that the
// edition is not in yet has it made.
func (f *feed) document(editions Editions, accept []string) *document {
	e, ok := editions.Edition(f.key, f.format)
	if ok && lacks(e, accept) {
		e, ok = editions.Compressed(f.key, f.format)
	}
	if !ok || len(e.Representations) == 0 {
		return nil
	}
	if latest := f.latest.Load(); latest != nil {
		if d := latest.Value(); d != nil && d.edition == e {
			return d
		}
	}
	d := editionDocument(e)
	d.link = f.links
	latest := weak.Make(d)
	f.latest.Store(&latest)
	return d
}

// slowCodings are those that an edition may come without at first.
var slowCodings = [...]string{"br", "zstd"}

// lacks reports whether an edition is not in a coding yet that a request accepts.
func lacks(e *news.Edition, accept []string) bool {
	if len(e.Representations) > len(slowCodings) {
		return false // it is in all
	}
	for _, coding := range slowCodings {
		if weight(accept, coding) > 0 {
			return true
		}
	}
	return false
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
