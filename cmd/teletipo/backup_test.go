package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/backup"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

// withData returns flags with another data directory.
func withData(flags []string, dir string) []string {
	other := slices.Clone(flags)
	other[slices.Index(other, "--data")+1] = dir
	return other
}

// sound runs a command that must succeed.
func sound(t *testing.T, flags []string, args ...string) string {
	t.Helper()
	said, err := teletipo(t, append(slices.Clone(flags), args...)...)
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return said
}

// refused runs a command that must fail, and say some words.
func refused(t *testing.T, flags []string, kind news.Kind, words string, args ...string) {
	t.Helper()
	_, err := teletipo(t, append(slices.Clone(flags), args...)...)
	if err == nil || !strings.Contains(err.Error(), words) || news.KindOf(err) != kind {
		t.Errorf("%q: %v of kind %v, want %v with %q", args, err, news.KindOf(err), kind, words)
	}
}

// serveOnce starts a daemon, waits until it has published some articles, and stops it. It returns what
// then are the validators of its feeds.
func serveOnce(t *testing.T, flags []string, articles int) (validators map[string]string) {
	t.Helper()
	d := startDaemon(t, flags...)
	eventually(t, "the articles are published", func() bool {
		return len(d.titles("/feeds/all.atom")) == articles
	})
	validators = settledValidators(t, d)
	d.terminate()
	return validators
}

// settledValidators are those that stay: further codings follow a moment after a change.
func settledValidators(t *testing.T, d *running) (v map[string]string) {
	t.Helper()
	eventually(t, "editions stay", func() bool {
		before := v
		time.Sleep(100 * time.Millisecond)
		v = d.validators()
		return maps.Equal(before, v)
	})
	return v
}

// epochOf returns the epoch of a store that no daemon has.
func epochOf(t *testing.T, dir string) uint64 {
	t.Helper()
	s, err := store.Open(slog.New(slog.DiscardHandler), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return s.Epoch()
}

// allDiffer wants no feed to have the validators that it had.
func allDiffer(t *testing.T, before, after map[string]string) {
	t.Helper()
	for path, v := range before {
		if after[path] == v {
			t.Errorf("%s keeps %s", path, v)
		}
	}
}

// ingestTreaty ingests an article.
func ingestTreaty(t *testing.T, dir string, flags []string) {
	t.Helper()
	sound(t, flags, "ingest", write(t, filepath.Join(dir, "more.md"), "# A treaty for the Rio Grande\n\n"+
		"Mexico and the United States signed a water treaty for the border.\n"))
}

// oneArticle sets up a store with one article and a backup of it, and returns that file's bytes too.
func oneArticle(t *testing.T) (dir string, flags []string, file string, saved []byte) {
	t.Helper()
	dir, flags = setUp(t, web(t))
	ingestTreaty(t, dir, flags)
	file = filepath.Join(dir, "wire.backup")
	sound(t, flags, "backup", file)
	saved, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return dir, flags, file, saved
}

// TestMove: a backup that is taken while no daemon runs moves the store, once. Restored again, and
// where it was left behind, the store is in a new epoch.
func TestMove(t *testing.T) {
	dir, flags := setUp(t, web(t))
	data := filepath.Join(dir, "data")
	write(t, filepath.Join(data, "feeds", "agents.yaml"), agentsTopic)
	before := serveOnce(t, flags, 2)
	file := filepath.Join(dir, "wire.backup")
	sound(t, flags, "backup", file)

	first := withData(flags, filepath.Join(dir, "first"))
	if said := sound(t, first, "restore", file); !strings.Contains(said, "has moved") ||
		!strings.Contains(said, "teletipo.yaml was outside") {
		t.Errorf("restored, and said %s", said)
	}
	if !maps.Equal(before, serveOnce(t, first, 2)) {
		t.Error("the feeds of the moved store have other validators")
	}
	if _, err := os.Stat(filepath.Join(dir, "first", "feeds", "agents.yaml")); err != nil {
		t.Error(err)
	}
	allDiffer(t, before, serveOnce(t, flags, 2))
	second := withData(flags, filepath.Join(dir, "second"))
	if said := sound(t, second, "restore", file); !strings.Contains(said, "restored before") {
		t.Errorf("restored again, and said %s", said)
	}
	allDiffer(t, before, serveOnce(t, second, 2))
	moved, left := epochOf(t, filepath.Join(dir, "first")), epochOf(t, data)
	again := epochOf(t, filepath.Join(dir, "second"))
	if moved != 0 || left == 0 || again == 0 || left == again {
		t.Errorf("epoch %d of the moved store, %d of what it left, %d of another", moved, left, again)
	}
}

// TestBackupOfADaemon: what a daemon has accepted is in its backup, and whoever restores it has a
// new epoch. Nothing else than a vacant directory is restored into.
func TestBackupOfADaemon(t *testing.T) {
	dir, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	eventually(t, "the articles are published", func() bool { return len(d.titles("/feeds/all.atom")) == 2 })
	before := settledValidators(t, d)
	file, data := filepath.Join(dir, "wire.backup"), filepath.Join(dir, "data")
	sound(t, flags, "backup", file)
	if said := sound(t, flags, "health"); !strings.Contains(said, "last backup 20") {
		t.Errorf("health: %s", said)
	}
	if !maps.Equal(before, d.validators()) {
		t.Error("a backup has changed feeds")
	}
	refused(t, flags, news.Busy, "stop it first", "restore", file)
	refused(t, flags, news.Refused, "is no backup", "backup", filepath.Join(dir, "teletipo.yaml"))
	ingestTreaty(t, dir, flags)
	eventually(t, "another is published", func() bool { return len(d.titles("/feeds/all.atom")) == 3 })
	d.terminate()
	refused(t, flags, news.Refused, "--force", "restore", file)
	said := sound(t, flags, "restore", "--force", file)
	if !strings.Contains(said, "a new epoch begins") {
		t.Errorf("restored, and said %s", said)
	}
	kept, err := filepath.Glob(filepath.Join(data, "replaced-*", "teletipo.db"))
	if err != nil || len(kept) != 1 {
		t.Errorf("what was there is not kept: %v, %v", kept, err)
	}
	allDiffer(t, before, serveOnce(t, flags, 2))
	if epochOf(t, data) == 0 {
		t.Error("no new epoch has begun")
	}

	_, others := setUp(t, web(t))
	serveOnce(t, others, 2)
	refused(t, others, news.Refused, "installation", "restore", "--force", file)
	serveOnce(t, others, 2)
}

// TestDataDirectory: everything that is in a data directory is in the table of what may be, and
// what is backed up of it comes back.
func TestDataDirectory(t *testing.T) {
	dir, flags := setUp(t, web(t))
	data := filepath.Join(dir, "data")
	write(t, filepath.Join(data, "inbox", "treaty.md"), "# A treaty for the Rio Grande\n\nSigned.\n")
	write(t, filepath.Join(data, "feeds", "agents.yaml"), agentsTopic)
	write(t, filepath.Join(data, "sources.yaml"), "sources:\n"+
		"  - {id: off, name: Off, kind: feed, url: \"https://off.example/\", enabled: false}\n")
	write(t, filepath.Join(data, "boilerplate", "en.txt"), "")
	config := write(t, filepath.Join(dir, "teletipo.yaml"), "public_url: https://news.example\n"+
		"sources: sources.yaml\nsweep_every: 1s\nfetch: {allow: [127.0.0.0/8], pause: 0s}\n"+
		"backup: {every: 1h, keep: 1}\n")
	d := startDaemon(t, flags...)
	eventually(t, "it backs up", func() bool {
		made, err := filepath.Glob(filepath.Join(data, "backups", "teletipo-*Z.backup"))
		return err == nil && len(made) == 1
	})
	sound(t, flags, "token", "add", "cms")
	check := func() {
		t.Helper()
		err := filepath.WalkDir(data, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return nil // it may just have gone
			}
			rel, _ := filepath.Rel(data, name)
			if _, known := backup.Find(filepath.ToSlash(rel)); !known {
				t.Errorf("%s is not in the table of what is in a data directory", rel)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	check()
	file := filepath.Join(dir, "wire.backup")
	sound(t, flags, "backup", file)
	d.terminate()
	write(t, filepath.Join(data, "feeds", "broken.yaml"), "titel: x\n")
	sound(t, flags, "backup", file)
	if said := sound(t, flags, "restore", "--force", file); !strings.Contains(said, "elsewhere") {
		t.Errorf("restored, and said %s", said)
	}
	check()
	other := withData(flags, filepath.Join(dir, "other"))
	sound(t, other, "restore", file)
	for _, name := range []string{
		"teletipo.db", "poll.db", "feeds/agents.yaml", "feeds/broken.yaml", "sources.yaml", "boilerplate/en.txt",
	} {
		if _, err := os.Stat(filepath.Join(dir, "other", name)); err != nil {
			t.Error(err)
		}
	}
	same, err := os.ReadFile(config)
	saved, again := os.ReadFile(filepath.Join(dir, "other", "elsewhere", "2-teletipo.yaml"))
	if err != nil || again != nil || !bytes.Equal(same, saved) {
		t.Errorf("the settings are not in the backup: %v, %v, %s", err, again, saved)
	}
	if err := os.Remove(filepath.Join(dir, "other", "feeds", "broken.yaml")); err != nil {
		t.Fatal(err)
	}
	if said := sound(t, other, "token", "list"); !strings.Contains(said, "cms") {
		t.Errorf("the tokens are not in the backup: %s", said)
	}
}

// TestBadBackups: what is cut short, altered, of another program or no backup at all is refused
// with words on what to do, and leaves nothing behind.
func TestBadBackups(t *testing.T) {
	dir, flags, file, whole := oneArticle(t)
	bad, listed := filepath.Join(dir, "bad.backup"), sound(t, flags, "articles")
	into := withData(flags, filepath.Join(dir, "into"))
	try := func(what string, b []byte, kinds ...news.Kind) {
		t.Helper()
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := teletipo(t, append(slices.Clone(into), "restore", bad)...)
		if err == nil && strings.HasPrefix(what, "flipped") { // a bit that says nothing: of padding
			if got := sound(t, into, "articles"); got != listed {
				t.Errorf("%s: restored\n%s", what, got)
			}
			sound(t, into, "verify")
			os.RemoveAll(filepath.Join(dir, "into"))
			return
		}
		if err == nil || !slices.Contains(kinds, news.KindOf(err)) || len(err.Error()) < 60 {
			t.Errorf("%s: %v", what, err)
		}
		if left, _ := os.ReadDir(filepath.Join(dir, "into")); len(left) > 0 {
			t.Errorf("%s: %v is left", what, left)
			os.RemoveAll(filepath.Join(dir, "into"))
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range *damages {
		at := random.IntN(len(whole))
		try(fmt.Sprint("cut at ", at), whole[:at], news.Invalid)
		if at >= 72 { // what stands before may say that it was restored
			flipped := bytes.Clone(whole)
			flipped[at] ^= 1 << random.IntN(8)
			try(fmt.Sprint("flipped at ", at), flipped, news.Invalid, news.Internal, news.TooLarge)
		}
	}
	if _, err := backup.ToFile(filepath.Join(dir, "newer.backup"), func(to io.Writer) error {
		b, err := backup.NewWriter(t.Context(), to, backup.Head{Schema: store.Schema + 1, Program: "later"})
		if err == nil {
			err = b.Close(backup.Sums{})
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	refused(t, into, news.Refused, "newer teletipo that wrote it (later)", "restore",
		filepath.Join(dir, "newer.backup"))
	try("longer", append(bytes.Clone(whole), whole...), news.Invalid)
	try("no backup", bytes.Repeat([]byte("news "), 100), news.Invalid)
	try("newer", bytes.Replace(whole, []byte("backup 1"), []byte("backup 2"), 1), news.Refused)
	if _, err := teletipo(t, append(slices.Clone(into), "restore", file)...); err != nil {
		t.Errorf("the whole one: %v", err)
	}
}

// TestVerifyAndCompact: a daemon, a directory and a backup are sound; what is damaged is told of, and
// what is sound of it saved.
func TestVerifyAndCompact(t *testing.T) {
	dir, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	eventually(t, "the articles are published", func() bool { return len(d.titles("/feeds/all.atom")) == 2 })
	before := settledValidators(t, d)
	file, data := filepath.Join(dir, "wire.backup"), filepath.Join(dir, "data")
	sound(t, flags, "backup", file)
	for _, args := range [][]string{{"verify"}, {"verify", data}, {"verify", file}} {
		if said := sound(t, flags, args...); !strings.HasPrefix(said, "ok: 3 articles") {
			t.Errorf("%q: %s", args, said)
		}
	}
	refused(t, flags, news.Busy, "in use by another process", "compact")
	refused(t, flags, news.Busy, "stop it", "verify", "--salvage", filepath.Join(dir, "saved"))
	d.terminate()
	sound(t, flags, "compact")
	sound(t, flags, "verify")
	if !maps.Equal(before, serveOnce(t, flags, 2)) {
		t.Error("compact has changed feeds")
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "cut.backup")
	if err := os.WriteFile(cut, whole[:len(whole)-300], 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, flags, news.Invalid, "cut short", "verify", cut)
	saved := withData(flags, filepath.Join(dir, "saved"))
	refused(t, flags, news.Invalid, "what is sound is in", "verify", cut, "--salvage", filepath.Join(dir, "saved"))
	sound(t, saved, "verify")
	serveOnce(t, saved, 2)
}

// TestBackupIsWholeOrNot: one that is broken off says why, and leaves an older one alone.
func TestBackupIsWholeOrNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wire.backup")
	make := func(broken error) error {
		_, err := backup.ToFile(file, func(to io.Writer) error {
			b, err := backup.NewWriter(t.Context(), to, backup.Head{Schema: 1})
			if err != nil {
				return err
			}
			if broken != nil {
				b.Break(broken)
				return nil // as who hears of it over a connection
			}
			return b.Close(backup.Sums{Sequence: 7})
		})
		return err
	}
	if err := make(nil); err != nil {
		t.Fatal(err)
	}
	if err := make(errors.New("the disk fails")); err == nil ||
		!strings.Contains(err.Error(), "broken off when it was made: the disk fails") {
		t.Error(err)
	}
	whole, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	c, err := backup.Read(whole, backup.Reading{})
	if err != nil || c.Sequence != 7 {
		text, _ := json.Marshal(c)
		t.Errorf("the older backup is not whole: %v, %s", err, text)
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
