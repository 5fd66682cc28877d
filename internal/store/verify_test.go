package store

import (
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

var salvages = flag.Int("salvages", 20, "how many damaged stores TestSalvage saves what it can of")

// wantSound wants Verify to find nothing.
func (s *tested) wantSound(rt rapid.TB, what string) (found news.Verified) {
	rt.Helper()
	found, err := s.Verify(s.t.Context())
	if err != nil || len(found.Faults) > 0 {
		rt.Fatalf("%s: %v, %s", what, err, strings.Join(found.Faults, "\n"))
	}
	return found
}

// TestVerify: what comes of random histories fits together, and all of it is saved when it is
// salvaged: only the epoch is another.
func TestVerify(t *testing.T) {
	parent := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := &tested{clock: newClock(), t: t, dir: mkdir(t, parent)}
		s.open()
		defer func() { s.ok(s.Close()) }()
		rt.Repeat(history(t, s))
		s.wantSound(rt, "the store")
		saved := &tested{clock: s.clock, t: t, dir: mkdir(t, parent)}
		told, err := s.Salvage(t.Context(), saved.dir)
		if err != nil || told.Lost > 0 || told.Heads > 0 {
			rt.Fatalf("of a sound store %+v is saved: %v", told, err)
		}
		saved.open()
		defer func() { saved.ok(saved.Close()) }()
		saved.wantSound(rt, "what was saved")
		want, got := s.everything(), saved.everything()
		for key, value := range want {
			if got[key] != value && key != "change sequence" && !strings.Contains(key, `"epoch"`) {
				rt.Errorf("%s is %q, want %q", key, got[key], value)
			}
		}
	})
}

// TestSalvage damages a store in many ways. Whatever is saved of it is sound, says what it said, and
// what is not saved is told.
func TestSalvage(t *testing.T) {
	s := newStore(t)
	for n := range 40 {
		s.accept(piece(string(rune('a'+n%26))+strings.Repeat("x", n), in("a"), own,
			text(strings.Repeat("word ", 50+n))))
	}
	s.accept(piece("a", in("a"), own, text("another text")))
	said := map[news.ID]string{}
	entries, err := s.Articles(news.Query{Limit: 100})
	s.ok(err)
	for _, e := range entries {
		whole, err := s.Article(e.ID)
		s.ok(err)
		said[e.ID] = whole.Content
	}
	size := 0
	s.ok(s.db.view(func(t tx) error {
		size = int(t.Size())
		return nil
	}))
	s.ok(s.Close())
	file, err := os.ReadFile(filepath.Join(s.dir, "teletipo.db"))
	s.ok(err)
	file = file[:size] // what follows is not used yet
	random := rand.New(rand.NewPCG(3, 4))
	all, lost, refused := 0, 0, 0
	for n := range *salvages {
		damaged := append([]byte{}, file...)
		at := 4 * os.Getpagesize()
		at += random.IntN(len(file) - at)
		if n%2 == 0 {
			clear(damaged[at/4096*4096 : at/4096*4096+4096])
		} else {
			damaged[at] ^= 1 << random.IntN(8)
		}
		dir := t.TempDir()
		s.ok(os.WriteFile(filepath.Join(dir, "teletipo.db"), damaged, 0o600))
		broken, err := Open(slog.New(slog.DiscardHandler), dir, Options{Now: s.clock.now})
		if err != nil {
			if refused++; news.KindOf(err) != news.Invalid {
				t.Errorf("byte %d: %v", at, err)
			}
			continue
		}
		if _, err := broken.Verify(t.Context()); err != nil && isDamage(err) == nil {
			t.Errorf("byte %d: verify: %v", at, err)
		}
		saved := &tested{clock: s.clock, t: t, dir: t.TempDir()}
		told, err := broken.Salvage(t.Context(), saved.dir)
		_ = broken.Close()
		if err != nil {
			t.Errorf("byte %d: salvage: %v", at, err)
			continue
		}
		saved.open()
		saved.wantSound(t, "what was saved")
		has, err := saved.Articles(news.Query{Limit: 100})
		s.ok(err)
		for _, e := range has {
			whole, err := saved.Article(e.ID)
			if err != nil || whole.Content != said[e.ID] {
				t.Errorf("byte %d: article %s says %q, %v", at, e.ID, whole.Content, err)
			}
		}
		if len(has) < len(said) && told.Lost+told.Heads == 0 {
			t.Errorf("byte %d: %d articles of %d, and nothing is told", at, len(has), len(said))
		}
		all, lost = all+len(said), lost+len(said)-len(has)
		s.ok(saved.Close())
	}
	t.Logf("%d stores: of %d articles %d are lost; %d stores could not be opened", *salvages, all, lost,
		refused)
}

// TestCompact: a store is the same afterwards, without the pages that nothing uses.
func TestCompact(t *testing.T) {
	s := newStore(t)
	happen(s)
	for n := range 30 {
		s.accept(piece("long", in("a"), own, text(strings.Repeat(fmt.Sprint("text ", n), 50000))))
	}
	want := s.everything()
	s.ok(s.Close())
	before, after, err := Compact(s.dir)
	if s.ok(err); after > before {
		t.Errorf("%d bytes before, %d after", before, after)
	}
	s.open()
	s.wantSound(t, "a compact store")
	got := s.everything()
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, want %q", key, got[key], value)
		}
	}
	if _, _, err := Compact(s.dir); news.KindOf(err) != news.Busy {
		t.Errorf("a store that is open: %v", err)
	}
}
