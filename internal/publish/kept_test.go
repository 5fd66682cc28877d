package publish

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// keptDesk is a publisher that is started and stopped again and again on one store and cache.
type keptDesk struct {
	t        *testing.T
	store    *fakeStore
	settings Settings
	log      bytes.Buffer
	renders  counting
	entries  atomic.Int64 // that were written
}

func newKeptDesk(t *testing.T) *keptDesk {
	d := &keptDesk{t: t, store: newFakeStore(time.Now), settings: testSettings(time.Now)}
	d.settings.Cache = filepath.Join(t.TempDir(), "cache")
	for n := range 5 {
		d.store.change(entry(n, time.Now().Add(-time.Hour)), keyAll, keyBorder)
	}
	time.Sleep(10 * time.Second)
	return d
}

// start makes and starts a publisher, which it does not run yet.
func (d *keptDesk) start() *Publisher {
	d.t.Helper()
	d.log.Reset()
	p := New(slog.New(slog.NewTextHandler(&d.log, nil)), d.store, d.settings)
	d.renders.watch(p)
	draft := p.draft
	d.entries.Store(0)
	p.draft = func(f news.Feed, format news.Format) (writer, error) {
		w, err := draft(f, format)
		return spy{writer: w, entry: func(*news.Entry) error { d.entries.Add(1); return nil }}, err
	}
	if err := p.Start(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	return p
}

// life starts a publisher, has do happen while it runs, and stops it. It returns the validators.
func (d *keptDesk) life(do func(p *Publisher)) map[string]string {
	d.t.Helper()
	p := d.start()
	stop := running(d.t, p)
	synctest.Wait()
	do(p)
	time.Sleep(5 * time.Second)
	synctest.Wait()
	before := validators(d.t, p)
	stop()
	return before
}

func (d *keptDesk) path(key news.FeedKey) string {
	return filepath.Join(d.settings.Cache, key.String())
}

// TestKept: what was published is there again after a restart without being made, as it was, with
// what deltas and the next change need.
func TestKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newKeptDesk(t)
		before := d.life(func(*Publisher) {})
		time.Sleep(time.Hour)
		p := d.start()
		if diff := cmp.Diff(before, validators(t, p)); diff != "" {
			t.Errorf("a restart changed validators:\n%s", diff)
		}
		if got := d.renders.take(); len(got) != 0 {
			t.Errorf("rendered: %v", got)
		}
		body(t, edition(t, p, keyBorder, news.Atom))
		if s := p.series(keyBorder, news.JSON).current.Load(); len(s.known) != 5 || s.edition.Base > 5 {
			t.Errorf("%d pieces are known, deltas from %d", len(s.known), s.edition.Base)
		}
		stop := running(t, p)
		d.store.change(entry(7, time.Now()), keyBorder)
		time.Sleep(5 * time.Second)
		stop()
		if got := d.entries.Load(); got != int64(len(news.Formats)) {
			t.Errorf("%d entries were written for one that is new", got)
		}
		fresh := newFakeStore(time.Now)
		fresh.windows, fresh.seq = d.store.windows, d.store.seq
		anew := started(t, fresh, testSettings(time.Now))
		for _, format := range news.Formats {
			if body(t, edition(t, p, keyBorder, format)) != body(t, edition(t, anew, keyBorder, format)) {
				t.Errorf("%s is another document than one that is made anew", format)
			}
		}
	})
}

// TestKeptIsNoTruth: files that are not whole, not the last, or not there change nothing.
func TestKeptIsNoTruth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newKeptDesk(t)
		d.life(func(*Publisher) {})
		old, err := os.ReadFile(d.path(keyBorder))
		if err != nil {
			t.Fatal(err)
		}
		before := d.life(func(p *Publisher) {
			d.store.change(entry(7, time.Now()), keyBorder)
		})
		whole, err := os.ReadFile(d.path(keyBorder))
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(whole)
		flipped[len(flipped)-9] ^= 1
		for name, data := range map[string][]byte{
			"of an older state": old, "empty": {}, "cut off": whole[:len(whole)/2], "damaged": flipped,
			"of another program": []byte(strings.Repeat("x", 999)), "of its head alone": whole[:len(keptMagic)+36],
			"longer": append(bytes.Clone(whole), 0),
		} {
			if err := os.WriteFile(d.path(keyBorder), data, 0o600); err != nil {
				t.Fatal(err)
			}
			d.settings.Early = !d.settings.Early
			p := d.start()
			if diff := cmp.Diff(before, validators(t, p)); diff != "" {
				t.Errorf("%s: validators changed:\n%s", name, diff)
			}
			if got := d.renders.take()["border.atom"]; got != 1 {
				t.Errorf("%s: rendered %d times, want once", name, got)
			}
		}
		if err := os.RemoveAll(d.settings.Cache); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, d.life(func(*Publisher) {})); diff != "" {
			t.Errorf("without a cache: validators changed:\n%s", diff)
		}
		if _, err := os.Stat(d.path(keyBorder)); err != nil {
			t.Error(err)
		}
	})
}

// TestEarly: what was published last is served while what has changed since is made: with its own
// validators, and then with those that it would have got.
func TestEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newKeptDesk(t)
		before := d.life(func(*Publisher) {})
		time.Sleep(time.Minute)
		d.store.change(entry(7, time.Now()), keyBorder) // and nobody is told
		time.Sleep(time.Minute)
		d.settings.Early = true
		p := d.start()
		if diff := cmp.Diff(before, validators(t, p)); diff != "" {
			t.Errorf("validators of what was published last changed:\n%s", diff)
		}
		old := edition(t, p, keyBorder, news.Atom)
		stop := running(t, p)
		synctest.Wait()
		e := edition(t, p, keyBorder, news.Atom)
		if !strings.Contains(body(t, e), entry(7, time.Now()).ID.URN()) ||
			!e.Modified.Equal(d.store.windows[keyBorder].Stamp) || !e.Modified.After(old.Modified) {
			t.Errorf("modified %v, was %v", e.Modified, old.Modified)
		}
		if got := d.renders.take(); got["border.atom"] != 1 || got["all.atom"] != 0 {
			t.Errorf("rendered: %v", got)
		}
		stop()

		d.settings.Site.Title = "another title"
		p = d.start()
		if strings.Contains(body(t, edition(t, p, keyAll, news.Atom)), "another title") {
			t.Error("nothing is served until all is made anew")
		}
		if e := edition(t, p, keyAll, news.Atom); e.Base <= e.Seq {
			t.Error("deltas from what was written otherwise")
		}
		stop = running(t, p)
		synctest.Wait()
		time.Sleep(3 * time.Second)
		if !strings.Contains(body(t, edition(t, p, keyAll, news.Atom)), "another title") {
			t.Error("it is not made anew")
		}
		stop()
		d.settings.Early, d.settings.Site.Title = false, "a third"
		p = d.start()
		if !strings.Contains(body(t, edition(t, p, keyAll, news.Atom)), "a third") {
			t.Error("what was written otherwise is served")
		}
	})
}

// TestFormerTopics: files of feeds that there are no more go, and nothing that is not ours.
func TestFormerTopics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newKeptDesk(t)
		d.life(func(*Publisher) {})
		notes := filepath.Join(d.settings.Cache, "notes.txt")
		if err := os.WriteFile(notes, []byte("teletipo edition"), 0o600); err != nil {
			t.Fatal(err)
		}
		d.settings.Topics = d.settings.Topics[:1]
		d.life(func(*Publisher) {})
		files, err := os.ReadDir(d.settings.Cache)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, f.Name())
		}
		want := "all all.en all.es border border.en border.es notes.txt"
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s are there, want %s", got, want)
		}
	})
}
