package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// openers open each of the two files of a data directory, and close it again.
var openers = map[string]func(testing.TB, string) error{
	"teletipo.db": func(t testing.TB, dir string) error {
		s, err := Open(newstest.Logger(t), dir, Options{})
		if err != nil {
			return err
		}
		return s.Close()
	},
	"poll.db": func(t testing.TB, dir string) error {
		p, err := OpenPolls(newstest.Logger(t), dir, Options{})
		if err != nil {
			return err
		}
		return p.Close()
	},
}

// refuses wants a file not to open: with an error of this kind, that names what it says, and
// without changing a byte.
func refuses(t *testing.T, file, dir string, kind news.Kind, says ...string) {
	t.Helper()
	before, _ := os.ReadFile(filepath.Join(dir, file))
	err := openers[file](t, dir)
	if err == nil || news.KindOf(err) != kind {
		t.Fatalf("%s: opened with %v (%s), want it %s", file, err, news.KindOf(err), kind)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %q does not say %q", file, err, part)
		}
	}
	if after, _ := os.ReadFile(filepath.Join(dir, file)); !bytes.Equal(before, after) {
		t.Errorf("%s was changed", file)
	}
}

func TestDirectoryInUse(t *testing.T) {
	for file, open := range openers {
		dir := filepath.Join(t.TempDir(), "new", "data")
		if err := open(t, dir); err != nil {
			t.Fatal(err)
		}
		db, err := bolt.Open(filepath.Join(dir, file), 0o640, nil)
		if err != nil {
			t.Fatal(err)
		}
		refuses(t, file, dir, news.Busy, dir, "in use", "--data")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := open(t, dir); err != nil {
			t.Errorf("%s, no longer in use: %v", file, err)
		}
	}
}

func TestTwoStoresInOneDirectory(t *testing.T) {
	s := newStore(t)
	refuses(t, "teletipo.db", s.dir, news.Busy, s.dir)
	s.offer(news.Accepted, piece("a")) // the first goes on
}

func TestNewerSchema(t *testing.T) {
	for file, open := range openers {
		dir := t.TempDir()
		if err := open(t, dir); err != nil {
			t.Fatal(err)
		}
		db, err := bolt.Open(filepath.Join(dir, file), 0o640, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Update(func(tx *bolt.Tx) error {
			return tx.Bucket(bucketMeta).Put(metaSchema, number(9))
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		refuses(t, file, dir, news.Refused, filepath.Join(dir, file), "schema 9", "this program knows ")
	}
}

func TestGarbage(t *testing.T) {
	for name, content := range map[string]string{
		"short": "news\n",
		"text":  strings.Repeat("This is no database.\n", 5000),
		"zeros": strings.Repeat("\x00", 1<<16),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file := range openers {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			refuses(t, "teletipo.db", dir, news.Invalid, filepath.Join(dir, "teletipo.db"), "move it away")
			if err := openers["poll.db"](t, dir); err != nil {
				t.Fatal(err)
			}
			aside, _ := filepath.Glob(filepath.Join(dir, "poll.db.damaged-*"))
			if len(aside) != 1 {
				t.Fatalf("set aside: %q", aside)
			}
			if kept, _ := os.ReadFile(aside[0]); string(kept) != content {
				t.Error("what was set aside is not what was there")
			}
		})
	}
}

// TestCutOff opens what is left of a database when its copy breaks off, at any page: what is left is
// read, and nothing is written, or the file is refused.
func TestCutOff(t *testing.T) {
	s := newStore(t)
	for i := range 40 {
		s.offer(news.Accepted, piece(fmt.Sprint(i)))
	}
	var size int64 // of what is used: the file is longer
	s.ok(s.db.view(func(tx tx) error {
		size = tx.Size()
		return nil
	}))
	s.ok(s.Close())
	whole, err := os.ReadFile(filepath.Join(s.dir, "teletipo.db"))
	s.ok(err)
	page := int64(os.Getpagesize())
	opened := 0
	for size -= page; size >= 2*page; size -= page {
		dir := t.TempDir()
		s.ok(os.WriteFile(filepath.Join(dir, "teletipo.db"), whole[:size], 0o600))
		cut, err := Open(newstest.Logger(t), dir, Options{Now: s.clock.now})
		if err != nil {
			if news.KindOf(err) != news.Invalid || !strings.Contains(err.Error(), "`teletipo restore` a backup") {
				t.Errorf("cut at %d: %v (%s)", size, err, news.KindOf(err))
			}
			continue
		}
		opened++
		w, err := cut.Window(news.FeedKey{Topic: "border"}, 50)
		for _, e := range w.Entries {
			if e.Content != "<p>All about "+e.GUID+".</p>" {
				t.Errorf("cut at %d: %s reads %q", size, e.GUID, e.Content)
			}
		}
		if err == nil && len(w.Entries) < 40 && len(cut.Damage()) == 0 {
			t.Errorf("cut at %d: %d articles, and no word of it", size, len(w.Entries))
		}
		_, err = cut.Accept(t.Context(), []news.Candidate{piece("new")})
		if err == nil {
			t.Errorf("cut at %d: it was written to", size)
		}
		s.ok(cut.Close())
	}
	if opened == 0 {
		t.Error("it was never opened")
	}
}

func TestDirectoryThatCannotBeUsed(t *testing.T) {
	for file := range openers {
		dir := t.TempDir()
		blocked := filepath.Join(dir, "file")
		if err := os.WriteFile(blocked, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		refuses(t, file, blocked, news.Invalid, blocked)
		refuses(t, file, filepath.Join(blocked, "data"), news.Invalid, blocked)
		if err := os.Mkdir(filepath.Join(dir, file), 0o700); err != nil {
			t.Fatal(err)
		}
		refuses(t, file, dir, news.Invalid, filepath.Join(dir, file))
	}
}

func TestDirectoryThatCannotBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root writes anywhere")
	}
	for file := range openers {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		refuses(t, file, dir, news.Invalid, dir)
		refuses(t, file, filepath.Join(dir, "data"), news.Invalid, dir)
	}
}
