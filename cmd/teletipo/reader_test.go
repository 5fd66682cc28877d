package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/publish"
	"github.com/teletipo/teletipo/internal/serve"
	"github.com/teletipo/teletipo/internal/store"
)

// newsroom is a store and a publisher on it, under a clock that only moves when told.
type newsroom struct {
	now       time.Time
	dir       string
	store     *store.Store
	settings  publish.Settings
	publisher *publish.Publisher
	wrote     int // articles
	tee       tee
}

// tee gets the events of each transaction of a store.
type tee = func(after uint64, group [][]byte) error

// newNewsroom opens a store with two topics in one language.
func newNewsroom(dir string, extent news.Extent, to ...tee) (*newsroom, error) {
	w := &newsroom{now: time.Date(2025, time.May, 5, 6, 0, 0, 0, time.UTC), dir: dir}
	for _, tee := range to {
		w.tee = tee
	}
	w.settings = publish.Settings{
		Site: news.Site{
			Title: "Test wire", PublicURL: "https://wire.example", Version: "test",
		},
		Topics: []news.Topic{
			{ID: "border", Titles: map[string]string{"en": "Border"}},
			{ID: "cartels", Titles: map[string]string{"en": "Cartels"}},
		},
		Window: extent, Now: w.clock,
	}
	return w, w.open()
}

func (w *newsroom) clock() time.Time { return w.now }

// open starts everything on what the directory has.
func (w *newsroom) open() error {
	log := slog.New(slog.DiscardHandler)
	var err error
	opts := store.Options{Now: w.clock, NoSync: true, Tee: w.tee}
	if w.store, err = store.Open(log, w.dir, opts); err != nil {
		return err
	}
	w.settings.Installation, w.settings.Epoch = w.store.Installation(), w.store.Epoch()
	w.publisher = publish.New(log, w.store, w.settings)
	if err := w.store.EnsureFeeds(w.publisher.Feeds()); err != nil {
		return err
	}
	return w.settle(context.Background())
}

func (w *newsroom) reopen() error {
	if err := w.store.Close(); err != nil {
		return err
	}
	return w.open()
}

// public is what readers ask.
func (w *newsroom) public() http.Handler {
	return serve.Public(slog.New(slog.DiscardHandler), w.publisher, w.store,
		serve.Settings{Site: w.settings.Site, Topics: w.settings.Topics})
}

// settle publishes all that has changed, once its stamps are over: Start waits for nothing then.
func (w *newsroom) settle(ctx context.Context) error {
	w.now = w.now.Add(3 * time.Second)
	return w.publisher.Start(ctx)
}

// write is a new article, so many bytes long, as its source would offer it.
func (w *newsroom) write(size int, age time.Duration, topics ...string) news.Candidate {
	w.wrote++
	guid := fmt.Sprint("article-", w.wrote)
	c := news.Candidate{Article: news.Article{
		ID: news.MintID("wire", guid), Source: "wire", GUID: guid,
		URL: "https://news.example/" + guid, Title: "Council meets, part " + guid,
		Summary: "The council met & talked.", Content: content(guid, size), Lang: "en",
		Rights: news.Full, Published: w.now.Add(-age).Truncate(time.Second),
	}}
	c.Article.Fingerprint = fmt.Sprint(guid, size)
	return in(c, topics...)
}

// content is HTML of about a size.
func content(seed string, size int) string {
	sentence := "<p>In " + seed + " the <b>council</b> of the old town spoke of the bridge.</p>\n"
	return strings.Repeat(sentence, max(size/len(sentence), 1))
}

// in places a candidate in topics.
func in(c news.Candidate, topics ...string) news.Candidate {
	c.Placements = nil
	for _, topic := range topics {
		c.Placements = append(c.Placements, news.Placement{Topic: topic, Score: 9, Threshold: 6})
	}
	c.Item = news.Item{GUID: c.Article.GUID, URL: c.Article.URL, Title: c.Article.Title}
	return c
}

// merge tells what is wrong with a delta from a document of a feed to a newer one, nil if nothing
// is: whoever merges it by id, and keeps what the newer one has, must have that.
func merge(base, delta, full newstest.Parts) error {
	if len(delta.Entries)+len(delta.Tombstones) == 0 {
		return fmt.Errorf("the delta is empty")
	}
	for id, text := range full.Entries {
		got, ok := delta.Entries[id]
		if !ok {
			got, ok = base.Entries[id]
		}
		if !ok {
			return fmt.Errorf("entry %s is missing", id)
		}
		if got != text {
			return fmt.Errorf("entry %s is\n%s, want\n%s", id, got, text)
		}
	}
	for id := range delta.Entries {
		if _, ok := full.Entries[id]; !ok {
			return fmt.Errorf("entry %s is not in the feed", id)
		}
	}
	for id, text := range delta.Tombstones {
		if full.Tombstones[id] != text {
			return fmt.Errorf("tombstone %s is not in the feed", id)
		}
	}
	return nil
}

// plain is an edition's identity, with its bytes.
func plain(e *news.Edition) news.Representation {
	rep := e.Representations[len(e.Representations)-1]
	rep.Body, _ = rep.Bytes()
	return rep
}

// edition returns what is published of a feed, which must be there.
func (w *newsroom) edition(t testing.TB, key news.FeedKey, format news.Format) *news.Edition {
	t.Helper()
	e, ok := w.publisher.Edition(key, format)
	if !ok {
		t.Fatalf("%s.%s is not published", key, format)
	}
	return e
}

// prose is HTML of about 3 KB that compresses as articles do, another for each number.
func prose(n int) string {
	words := strings.Fields(`the of to in and that for on with officials border river bridge crossing
		patrol judge court ministry agreement inspection truck tariff growers harvest port mayor
		governor senator hearing shelter families children request rule report according figures
		million percent year month week Tuesday said told reporters announced denied frontera
		acuerdo según años puente aduana juez audiencia council market price bread water drought`)
	r := rand.New(rand.NewPCG(uint64(n), 5))
	var b strings.Builder
	for b.Len() < 3000 {
		b.WriteString("<p>")
		for range 60 {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, `<a href="https://news.example/%d/%d">more</a>.</p>`, n, b.Len())
	}
	return b.String()
}
