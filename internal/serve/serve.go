// Package serve answers readers over HTTP: feed documents straight from the editions in memory,
// with exact negotiation, conditional requests and deltas, their archives, a few readable pages and
// lists, and the operator's health checks. It leaves rendering feeds to publish, and opening,
// draining and closing the listeners to cmd.
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
	// Compressed gives the current edition in every coding that there is, and may take some
	// milliseconds for it, once.
	Compressed(key news.FeedKey, format news.Format) (*news.Edition, bool)
	// Delta gives what an edition has that the state base of its feed had not, in each coding, the
	// identity last, or false if there is no such document. Its ETags are not set.
	Delta(e *news.Edition, base uint64) ([]news.Representation, bool)
	// Archive gives a closed archive document of a feed, counted from 1. The error's kind is
	// news.NotFound if there is none of that number.
	Archive(key news.FeedKey, format news.Format, number int) (*news.Edition, error)
	// Archives tells how many closed archives a feed has, without I/O.
	Archives(key news.FeedKey) int
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
	Gone   []string     // topics that once were: their addresses are answered with 410
}

// Public is the handler of the public listener: see the table of routes. Addresses that it
// writes come from the settings, never from the request's Host.
func Public(log *slog.Logger, editions Editions, articles Articles,
	settings Settings,
) http.Handler {
	p := makePublic(log, editions, articles, settings)
	return logged(log, open(handler(p.routes())))
}

func makePublic(
	log *slog.Logger, editions Editions, articles Articles, settings Settings,
) *public {
	p := &public{
		log:      log,
		settings: settings,
		editions: editions,
		articles: articles,
		feeds:    feedTable(settings),
		moves:    newMoves(settings),
		pages:    newPages(settings),
		missing:  missingText(settings),
	}
	p.fixed = p.pages.fixedDocuments()
	return p
}

// public answers readers. All its fields are fixed once it is made; what changes lies behind them.
type public struct {
	log      *slog.Logger
	settings Settings
	editions Editions
	articles Articles
	feeds    map[string]*feed // by document name, as "border.es.rss"
	moves    moves
	pages    *pages
	fixed    map[string]*document // by path; they follow from the settings alone
	missing  string               // what a 404 says
}
