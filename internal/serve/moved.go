package serve

import (
	"net/http"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// moves knows the topics that are not where they were: those with another name now, and those
// that there are no more.
type moves struct {
	renamed map[string]string // topics by a name that they had
	gone    map[string]bool
	langs   map[string]bool // that feeds exist for
}

// newMoves reads the settings. What is configured wins over what was.
func newMoves(settings Settings) moves {
	m := moves{
		renamed: make(map[string]string), gone: make(map[string]bool),
		langs: map[string]bool{"": true},
	}
	for _, lang := range settings.Site.Languages {
		m.langs[lang] = true
	}
	for _, t := range settings.Topics {
		for _, alias := range t.Aliases {
			m.renamed[alias] = t.ID
		}
	}
	for _, topic := range settings.Gone {
		m.gone[topic] = m.renamed[topic] == ""
	}
	for _, topic := range topicIDs(settings) {
		delete(m.renamed, topic)
		delete(m.gone, topic)
	}
	return m
}

// What caches may do with an answer that leads elsewhere, or says that something is gone: a topic
// may come back.
const (
	movedCaching = "max-age=86400"
	goneCaching  = "max-age=3600"
)

// elsewhere answers for a feed document that there is not: it may have another name now. Rest is
// what follows the feed's name in the address, "/archive/3.rss"; without one the name ends in the
// format, "border.es.rss".
func (p *public) elsewhere(w http.ResponseWriter, r *http.Request, rest, name string) {
	ending := ""
	feed := name
	if rest == "" {
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			p.notFound(w, r)
			return
		}
		feed, ending = name[:dot], name[dot:]
	}
	key := news.ParseFeedKey(feed)
	if !p.moves.langs[key.Lang] || !properEnding(ending, rest) {
		p.notFound(w, r)
		return
	}
	up := strings.Repeat("../", strings.Count(rest, "/"))
	p.topicElsewhere(w, r, key.Topic, func(topic string) string {
		return up + news.FeedKey{Topic: topic, Lang: key.Lang}.String() + ending + rest
	})
}

// properEnding reports whether an address that once was a feed's or an archive's may have been one.
func properEnding(ending, rest string) bool {
	if rest != "" {
		_, format, ok := parseArchive(rest[strings.LastIndexByte(rest, '/')+1:])
		return ok && isFormat(format)
	}
	return isFormat(news.Format(strings.TrimPrefix(ending, ".")))
}

func isFormat(format news.Format) bool {
	for _, f := range news.Formats {
		if f == format {
			return true
		}
	}
	return false
}

// topicElsewhere answers for a topic that there is not under this name: 301 to where it is, by a
// reference that is right below any public address, or 410 if there is none any more, or 404.
func (p *public) topicElsewhere(
	w http.ResponseWriter, r *http.Request, topic string, reference func(topic string) string,
) {
	now, renamed := p.moves.renamed[topic]
	switch {
	case renamed:
		location := reference(now)
		w.Header().Set("Location", location)
		say(w, http.StatusMovedPermanently, movedCaching, "This topic is called "+now+" now.\n")
	case p.moves.gone[topic]:
		say(w, http.StatusGone, goneCaching, "This topic is no longer published.\n")
	default:
		p.notFound(w, r)
	}
}
