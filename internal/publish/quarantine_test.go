package publish

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// spoiled makes writing any of some articles in a format fail.
func spoiled(p *Publisher, format news.Format, spoil func(), ids ...news.ID) {
	draft := p.draft
	p.draft = func(f news.Feed, got news.Format) (writer, error) {
		w, err := draft(f, got)
		return spy{writer: w, entry: func(e *news.Entry) error {
			if got != format || !slices.Contains(ids, e.ID) {
				return nil
			}
			spoil()
			return errBroken
		}}, err
	}
}

// TestQuarantine: articles that spoil a document are left out of it, and only of it, and named.
func TestQuarantine(t *testing.T) {
	spoils := map[string]func(){"error": func() {}, "panic": func() { panic("a fault of ours") }}
	for name, spoil := range spoils {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := newFakeStore(time.Now)
				var entries []news.Entry
				for n := range 11 {
					e := entry(n, time.Now().Add(-time.Duration(n)*time.Minute))
					entries = append(entries, e)
					store.change(e, keyBorder)
				}
				bad := []news.ID{entries[0].ID, entries[5].ID, entries[10].ID}
				var log bytes.Buffer
				p := New(slog.New(slog.NewTextHandler(&log, nil)), store, testSettings(time.Now))
				spoiled(p, news.Atom, spoil, bad...)
				if err := p.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				atom := body(t, edition(t, p, keyBorder, news.Atom))
				rss := body(t, edition(t, p, keyBorder, news.RSS))
				for i, e := range entries {
					out := i%5 == 0
					if in := strings.Contains(atom, e.ID.URN()); in == out {
						t.Errorf("entry %d: in Atom %v, want %v", i, in, !out)
					}
					if !strings.Contains(rss, e.ID.URN()) {
						t.Errorf("entry %d is not in RSS", i)
					}
					if got := strings.Count(log.String(), "article="+e.ID.String()); got != 0 != out || got > 1 {
						t.Errorf("entry %d is named %d times in the log", i, got)
					}
				}

				stop := running(t, p)
				time.Sleep(time.Minute)
				store.change(entry(20, time.Now()), keyBorder)
				time.Sleep(time.Minute)
				stop()
				if got := strings.Count(log.String(), "quarantined"); got != 3 {
					t.Errorf("%d articles reported, want 3: each once", got)
				}
				atom = body(t, edition(t, p, keyBorder, news.Atom))
				if !strings.Contains(atom, entry(20, time.Now()).ID.URN()) {
					t.Error("the feed does not go on")
				}
			})
		})
	}
}

// TestDuplicate: of two entries that can't stand together one stays.
func TestDuplicate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		for n := range 3 {
			store.change(entry(n, time.Now().Add(-time.Duration(n)*time.Minute)), keyBorder)
		}
		w := store.windows[keyBorder]
		w.Entries = append(w.Entries, w.Entries[1])
		store.windows[keyBorder] = w
		p := started(t, store, testSettings(time.Now))
		for _, format := range news.Formats {
			text := body(t, edition(t, p, keyBorder, format))
			for n := range 3 {
				if got := strings.Count(text, `"`+entry(n, time.Now()).ID.URN()+`"`) +
					strings.Count(text, `>`+entry(n, time.Now()).ID.URN()+`<`); got != 1 {
					t.Errorf("%s: entry %d stands there %d times", format, n, got)
				}
			}
		}
	})
}

// TestFeedFails: a feed that fails whatever its articles keeps its last good edition; at start
// there is none, so that Start fails.
func TestFeedFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		p := started(t, store, testSettings(time.Now))
		stop := running(t, p)
		time.Sleep(time.Minute)
		old, oldRSS := edition(t, p, keyBorder, news.JSON), edition(t, p, keyBorder, news.RSS)
		draft := p.draft
		p.draft = func(f news.Feed, format news.Format) (writer, error) {
			w, err := draft(f, format)
			return spy{writer: w, frame: func() error {
				if format == news.JSON {
					return errBroken
				}
				return nil
			}}, err
		}
		store.change(entry(0, time.Now()), keyBorder)
		time.Sleep(time.Minute)
		stop()
		if tag(edition(t, p, keyBorder, news.JSON)) != tag(old) {
			t.Error("a broken edition was published")
		}
		if tag(edition(t, p, keyBorder, news.RSS)) == tag(oldRSS) {
			t.Error("the other formats were held up")
		}

		p = New(slog.New(slog.DiscardHandler), store, testSettings(time.Now))
		p.draft = func(news.Feed, news.Format) (writer, error) { return nil, errBroken }
		if err := p.Start(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("Start: %v, want an error", err)
		}
	})
}
