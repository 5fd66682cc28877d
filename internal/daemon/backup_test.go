package daemon

import (
	"encoding/hex"
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/backup"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

var backupSize = flag.Int("backup", 4,
	"how many megabytes the store has that TestBackupBeside backs up")

// heavyPiece is an article of some 40 KB that hardly compress.
func heavyPiece(i int, random *rand.ChaCha8) news.Candidate {
	c := damagedPiece(i)
	noise := make([]byte, 20_000)
	random.Read(noise)
	c.Article.Content = "<p>" + hex.EncodeToString(noise) + "</p>"
	return c
}

// TestBackupBeside backs a store up while articles are stored one by one, each with a sync, and
// tells how long these commits took without it and beside it. What was stored before it began is in
// the backup.
func TestBackupBeside(t *testing.T) {
	dir, random := t.TempDir(), rand.NewChaCha8([32]byte{1})
	quiet := slog.New(slog.DiscardHandler)
	s, err := store.Open(quiet, dir, store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	articles := 0
	for size := int64(0); size < int64(*backupSize)<<20; articles += 100 {
		var some []news.Candidate
		for i := range 100 {
			some = append(some, heavyPiece(articles+i, random))
		}
		_, err := s.Accept(t.Context(), some)
		if err == nil {
			err = s.Snapshot(func(sn store.Snapshot) error { size = sn.Size; return nil })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := Open(Options{Log: quiet, Config: config.Config{Data: dir}, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	commits := func(until func() bool) (took []time.Duration) {
		for !until() {
			articles++
			began := time.Now()
			if _, err := d.Store.Accept(t.Context(), []news.Candidate{damagedPiece(articles)}); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(began))
			time.Sleep(5 * time.Millisecond)
		}
		return took
	}
	alone := 0
	tell(t, "without it", commits(func() bool { alone++; return alone > 300 }))
	before, err := d.Store.Sequence()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "backups", "one.backup")
	done := make(chan error, 1)
	began, size := time.Now(), int64(0)
	go func() {
		err := os.MkdirAll(filepath.Dir(file), 0o700)
		if err == nil {
			size, err = backup.ToFile(file, func(w io.Writer) error {
				return d.Backup(t.Context(), w, false)
			})
		}
		done <- err
	}()
	tell(t, "beside it", commits(func() bool { return len(done) > 0 }))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	began = time.Now()
	found, err := d.Store.Verify(t.Context())
	if err != nil || len(found.Faults) > 0 {
		t.Errorf("the store: %v, %v", err, found.Faults)
	}
	t.Logf("a store of %d MB backed up in %s, as %d MB; verified in %s", found.Bytes>>20, took,
		size>>20, time.Since(began))
	into := t.TempDir()
	from, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	restored, err := Restore(t.Context(), Restoring{
		Options: Options{Log: quiet, Config: config.Config{Data: into}, Version: "test"},
		From:    from, File: file,
	})
	if err != nil || restored.Contents.Sequence < before {
		t.Fatalf("restored up to change %v, want at least %d: %v", restored, before, err)
	}
}

func tell(t *testing.T, what string, took []time.Duration) {
	t.Helper()
	slices.Sort(took)
	n := len(took)
	t.Logf("%d commits %s: half in %s, 99 %% in %s, the longest %s", n, what, took[n/2],
		took[n*99/100], took[n-1])
}
