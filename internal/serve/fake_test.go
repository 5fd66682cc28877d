package serve

import (
	"fmt"
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
	oldest   map[address]uint64 // state that a delta of the edition can start from
	archives map[news.FeedKey][]time.Time
	articles map[news.ID]news.Entry
	err      error // that reading articles ends with
	reads    int
	deltas   int // asked for
}

// address names an edition.
type address struct {
	key    news.FeedKey
	format news.Format
}

func newShelf() *shelf {
	return &shelf{
		editions: make(map[address]*news.Edition),
		oldest:   make(map[address]uint64),
		archives: make(map[news.FeedKey][]time.Time),
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

func (s *shelf) Compressed(key news.FeedKey, format news.Format) (*news.Edition, bool) {
	return s.Edition(key, format)
}

// Delta returns bodies that say from where to where they lead.
func (s *shelf) Delta(e *news.Edition, base uint64) ([]news.Representation, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deltas++
	oldest, ok := s.oldest[address{e.Key, e.Format}]
	if !ok || base < oldest {
		return nil, false
	}
	body := fmt.Sprintf("%s %s from %d to %d", e.Key, e.Format, base, e.Seq)
	return []news.Representation{
		{Coding: "gzip", Body: []byte(body + " in gzip")}, {Body: []byte(body)},
	}, true
}

// Archive returns an archive whose body says which it is.
func (s *shelf) Archive(
	key news.FeedKey, format news.Format, number int,
) (*news.Edition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	if number < 1 || number > len(s.archives[key]) {
		return nil, news.Errorf(news.NotFound, "no archive %d", number)
	}
	tag := fmt.Sprintf("archive %d", number)
	return sampleEdition(key, format, tag, s.archives[key][number-1], "gzip"), nil
}

func (s *shelf) Archives(key news.FeedKey) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.archives[key])
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
	window := news.Window{Key: key, Entries: entries[:min(n, len(entries))]}
	for _, e := range entries {
		if e.Updated.After(window.Stamp) {
			window.Stamp = e.Updated
		}
	}
	return window, nil
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
				Aliases:      []string{"frontier", "la-linea"},
			},
			{ID: "cartels", Titles: map[string]string{"es": "Cárteles"}},
		},
		Gone: []string{"harvest", "border", "frontier"}, // only the first is really gone
	}
}

// sampleEdition makes an edition whose bodies say what they are, and whose tags are the given
// one, with "-CODING" if there is one.
func sampleEdition(key news.FeedKey, format news.Format, tag string, modified time.Time,
	codings ...string,
) *news.Edition {
	e := &news.Edition{
		Key: key, Format: format, Modified: modified, MaxAge: 15 * time.Minute,
		StaleFor: 5 * time.Minute, StaleOnError: 24 * time.Hour,
	}
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

// instance makes an edition that stands for a state of its feed, its tags as publish writes them:
// the sequence in base 36, and a hash, which is "00…0" for the identity, "0…0a" for gzip, "0…0b"
// for br and "0…0c" for zstd. What it had up to half of that sequence is in archives.
func instance(key news.FeedKey, format news.Format, seq uint64, modified time.Time,
	codings ...string,
) *news.Edition {
	e := sampleEdition(key, format, fmt.Sprint(seq), modified, codings...)
	e.Seq, e.Archived = seq, seq/2
	for i := range e.Representations {
		end := map[string]string{"": "0", "gzip": "a", "br": "b", "zstd": "c"}
		hash := "000000000000000" + end[e.Representations[i].Coding]
		e.Representations[i].ETag = news.ETag(0, seq, hash)
	}
	return e
}

// newPublic makes a public handler over a shelf.
func newPublic(t testing.TB, s *shelf) http.Handler {
	return Public(newstest.Logger(t), s, s, sampleSettings())
}

// quiet is a logger for benchmarks: nobody listens.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
