// Package serve answers readers over HTTP: feed documents straight from the editions in memory,
// with exact negotiation and conditional requests, a few readable pages, and the operator's
// health checks. It leaves rendering feeds to publish, and opening, draining and closing the
// listeners to cmd.
package serve

import (
	"log/slog"
	"net/http"

	"github.com/teletipo/teletipo/internal/news"
)

// Editions has the feed documents.
type Editions interface {
	// Edition gives the current edition of a feed, without waiting and without I/O, or false if
	// there is none yet. A changed edition comes as another pointer; what an old one points to
	// stays as it was.
	Edition(key news.FeedKey, format news.Format) (*news.Edition, bool)
}

// Articles has what the pages show.
type Articles interface {
	// Article gives an article with its content, whatever its status; without one the error's
	// kind is news.NotFound or news.Gone.
	Article(id news.ID) (news.Entry, error)
	// Window gives the newest n live articles of a feed. It is never older than the edition
	// of that feed.
	Window(key news.FeedKey, n int) (news.Window, error)
}

// Settings is what the public side needs to know of the configuration.
type Settings struct {
	Site   news.Site
	Topics []news.Topic // in the order in which they are shown
}

// Public is the handler of the public listener: see the table of routes. Addresses that it
// writes come from the settings, never from the request's Host.
func Public(log *slog.Logger, editions Editions, articles Articles,
	settings Settings,
) http.Handler {
	p := &public{
		log:      log,
		editions: editions,
		articles: articles,
		feeds:    feedTable(settings),
		pages:    newPages(settings),
		missing:  missingText(settings),
	}
	return logged(log, handler(p.routes()))
}

// public answers readers. All its fields are fixed once it is made; what changes lies behind them.
type public struct {
	log      *slog.Logger
	editions Editions
	articles Articles
	feeds    map[string]*feed // by document name, as "border.es.rss"
	pages    *pages
	missing  string // what a 404 says
}
