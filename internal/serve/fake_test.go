package serve

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// shelf has editions and articles in memory, and counts how often articles are read.
type shelf struct {
	mu       sync.Mutex
	editions map[address]*news.Edition
	articles map[news.ID]news.Entry
	err      error // that reading articles ends with
	reads    int
}

// address names an edition.
type address struct {
	key    news.FeedKey
	format news.Format
}

func newShelf() *shelf {
	return &shelf{
		editions: make(map[address]*news.Edition),
		articles: make(map[news.ID]news.Entry),
	}
}

func (s *shelf) put(e *news.Edition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.editions[address{e.Key, e.Format}] = e
}

func (s *shelf) add(e news.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.articles[e.ID] = e
}

func (s *shelf) Edition(key news.FeedKey, format news.Format) (*news.Edition, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.editions[address{key, format}]
	return e, ok
}

func (s *shelf) Article(id news.ID) (news.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	e, ok := s.articles[id]
	switch {
	case s.err != nil:
		return news.Entry{}, s.err
	case !ok:
		return news.Entry{}, news.Errorf(news.NotFound, "article %s: not stored", id)
	}
	return e, nil
}

func (s *shelf) Window(key news.FeedKey, n int) (news.Window, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.err != nil {
		return news.Window{}, s.err
	}
	entries := slices.SortedFunc(maps.Values(s.articles), func(a, b news.Entry) int {
		return int(b.Seq) - int(a.Seq)
	})
	entries = slices.DeleteFunc(entries, func(e news.Entry) bool {
		inTopic := slices.ContainsFunc(e.Placements, func(p news.Placement) bool {
			return p.Topic == key.Topic || key.Topic == news.All
		})
		return !inTopic || e.Status != news.Live || (key.Lang != "" && e.Lang != key.Lang)
	})
	return news.Window{Key: key, Entries: entries[:min(n, len(entries))]}, nil
}

// sampleSettings are of a site with two topics in two languages.
func sampleSettings() Settings {
	return Settings{
		Site: news.Site{
			Title:     "Border Desk",
			PublicURL: "https://news.example/wire",
			Languages: []string{"en", "es"},
			Contact:   "desk@news.example",
		},
		Topics: []news.Topic{
			{
				ID:           "border",
				Titles:       map[string]string{"en": "The border", "es": "La frontera"},
				Descriptions: map[string]string{"en": "Crossings, ports & patrols."},
			},
			{ID: "cartels", Titles: map[string]string{"es": "Cárteles"}},
		},
	}
}

// sampleEdition makes an edition whose bodies say what they are, and whose tags are the given
// one, with "-CODING" if there is one.
func sampleEdition(key news.FeedKey, format news.Format, tag string, modified time.Time,
	codings ...string,
) *news.Edition {
	e := &news.Edition{Key: key, Format: format, Modified: modified, MaxAge: 15 * time.Minute}
	for _, coding := range append(codings, "") {
		rep := news.Representation{Coding: coding}
		rep.ETag, rep.Body = `"`+tag+`"`, []byte(key.String()+" "+string(format)+" "+tag)
		if coding != "" {
			rep.ETag = `"` + tag + "-" + coding + `"`
			rep.Body = append(rep.Body, " in "+coding...)
		}
		e.Representations = append(e.Representations, rep)
	}
	return e
}

// newPublic makes a public handler over a shelf.
func newPublic(t testing.TB, s *shelf) http.Handler {
	return Public(newstest.Logger(t), s, s, sampleSettings())
}

// quiet is a logger for benchmarks: nobody listens.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
