package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

// validators are what a reader keeps of an answer.
type validators struct{ tag, modified string }

// ask asks for a feed as a reader does that has something of it.
func ask(handler http.Handler, address string, header http.Header) *http.Response {
	r := httptest.NewRequest("GET", "https://wire.example"+address, nil)
	maps.Copy(r.Header, header)
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	return answer.Result()
}

// addresses are those of every feed of a newsroom.
func (w *newsroom) addresses() (all []string) {
	for _, key := range w.publisher.Feeds() {
		for _, format := range news.Formats {
			all = append(all, "/feeds/"+key.String()+"."+string(format))
		}
	}
	return all
}

// accept stores so many new articles in one call, and publishes them.
func (w *newsroom) accept(t *testing.T, n int) {
	t.Helper()
	var all []news.Candidate
	for range n {
		all = append(all, w.write(300, 0, "border"))
	}
	if _, err := w.store.Accept(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	if err := w.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// see keeps the validators of all that is published, for each address.
func (w *newsroom) see(kept map[string][]validators) {
	public := w.public()
	for _, address := range w.addresses() {
		for _, coding := range []string{"identity", "gzip"} {
			h := ask(public, address, http.Header{"Accept-Encoding": {coding}}).Header
			v := validators{h.Get("ETag"), h.Get("Last-Modified")}
			kept[address] = append(kept[address], v)
		}
	}
}

// TestRestored goes back to a copy, twice, and has other news come under numbers that readers know
// from before. Whatever they have of what was published since the copy was made, they get all.
func TestRestored(t *testing.T) {
	w, err := newNewsroom(t.TempDir(), news.Extent{Least: 10})
	if err != nil {
		t.Fatal(err)
	}
	w.accept(t, 20)
	w.accept(t, 3)
	copied, wrote := t.TempDir(), w.wrote
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(w.store.Close())
	ok(os.CopyFS(copied, os.DirFS(w.dir)))
	ok(w.open())
	kept, epochs := map[string][]validators{}, map[uint64]bool{0: true}
	for range 2 {
		for range 4 {
			w.accept(t, 25)
			w.see(kept)
		}
		ok(w.store.Close())
		w.dir, w.wrote = t.TempDir(), wrote+1000*len(epochs)
		ok(os.CopyFS(w.dir, os.DirFS(copied)))
		restored, err := store.Open(slog.New(slog.DiscardHandler), w.dir, store.Options{Now: w.clock})
		ok(err)
		epoch, err := restored.Restored(t.Context(), "a copy was restored")
		ok(err)
		if epochs[epoch] || restored.Epoch() != epoch {
			t.Errorf("epoch %d, then %d: not a new one", epoch, restored.Epoch())
		}
		epochs[epoch] = true
		ok(restored.Close())
		ok(w.open())
		w.wantWhole(t, kept)
		for range 4 {
			w.accept(t, 25)
		}
		w.wantWhole(t, kept)
	}
	ok(w.store.Close())
}

// wantWhole wants no reader to be told that it has all, or what is new alone, that has any of what
// was kept.
func (w *newsroom) wantWhole(t *testing.T, kept map[string][]validators) {
	t.Helper()
	public := w.public()
	for _, address := range w.addresses() {
		for _, v := range kept[address] {
			for name, header := range map[string]http.Header{
				"tag":   {"If-None-Match": {v.tag}},
				"time":  {"If-Modified-Since": {v.modified}},
				"delta": {"If-None-Match": {v.tag}, "A-Im": {"feed"}},
				"all":   {"If-None-Match": {v.tag}, "If-Modified-Since": {v.modified}, "A-Im": {"feed"}},
			} {
				if r := ask(public, address, header); r.StatusCode != http.StatusOK {
					t.Fatalf("%s with %s %v: %d, now %v", address, name, v, r.StatusCode, r.Header)
				}
			}
		}
	}
}

// TestReplayedEditions: a store made of another's events publishes the same, under the same tags
// and dates.
func TestReplayedEditions(t *testing.T) {
	parent := t.TempDir()
	fewer(t, 15)
	rapid.Check(t, func(rt *rapid.T) {
		var log [][]byte
		w, err := newNewsroom(mkdirIn(rt, parent), news.Extent{Least: 5, Span: time.Hour},
			func(_ uint64, group [][]byte) error {
				log = append(log, group...)
				return nil
			})
		if err != nil {
			rt.Fatal(err)
		}
		m := &deltas{newsroom: w, withdrawn: map[string]uint64{}}
		defer func() { w.store.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"publish":     func(rt *rapid.T) { m.publish(rt, 4, 0) },
			"publish old": func(rt *rapid.T) { m.publish(rt, 2, 100*time.Hour) },
			"edit":        m.edit,
			"place":       func(rt *rapid.T) { m.place(rt, "border", "cartels") },
			"unplace":     func(rt *rapid.T) { m.place(rt, "cartels") },
			"withdraw":    m.withdraw,
			"wait":        m.wait,
			"look":        func(rt *rapid.T) { m.ok(rt, m.settle(context.Background())) },
			"restart":     func(rt *rapid.T) { m.ok(rt, m.reopen()) },
		})
		m.ok(rt, m.settle(context.Background()))
		again := *w
		again.dir, again.tee = mkdirIn(rt, parent), nil
		m.ok(rt, replayInto(again.dir, log))
		m.ok(rt, again.open())
		defer func() { again.store.Close() }()
		for _, key := range w.publisher.Feeds() {
			for _, format := range news.Formats {
				a, b := w.edition(t, key, format), again.edition(t, key, format)
				if plain(a).ETag != plain(b).ETag || !a.Modified.Equal(b.Modified) ||
					string(plain(a).Body) != string(plain(b).Body) {
					rt.Errorf("%s.%s: %s of %s, replayed %s of %s", key, format,
						plain(a).ETag, a.Modified, plain(b).ETag, b.Modified)
				}
			}
		}
	})
}

// replayInto makes a store of events, in some groups.
func replayInto(dir string, events [][]byte) error {
	replica, err := store.Open(slog.New(slog.DiscardHandler), dir, store.Options{Replica: true, NoSync: true})
	if err != nil {
		return err
	}
	for done := 0; err == nil && done < len(events); {
		n := min(7, len(events)-done)
		err = replica.Log().Append(context.Background(), uint64(done), events[done:done+n])
		done += n
	}
	if closed := replica.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return nil
}
