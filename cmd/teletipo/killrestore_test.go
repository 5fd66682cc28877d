package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestKillRestore kills backups and restores at random points. A backup is there whole or not at
// all, and the one before it stays; a restore that was broken off is never taken for a whole one, and
// comes to its end when it is made again.
func TestKillRestore(t *testing.T) {
	dir := t.TempDir()
	args := killLoad(t, dir)
	flags := args[:slices.Index(args, "ingest")]
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "wire.backup")
	if !ingestUntil(t, args, data, nil) {
		t.Fatal("the ingest was killed")
	}
	want := listing(t, flags, data)
	took := map[string]time.Duration{}
	command := func(data string, fuse bool, words ...string) bool {
		if !fuse {
			began := time.Now()
			defer func() { took[words[0]] = time.Since(began) }()
			return ingestUntil(t, append(slices.Clone(flags), words...), data, nil)
		}
		timer := time.NewTimer(rand.N(took[words[0]] * 5 / 4))
		return ingestUntil(t, append(slices.Clone(flags), words...), data, timer)
	}
	command(data, false, "backup", file)
	command(filepath.Join(dir, "calm"), false, "restore", file)
	killed := 0
	for n := 0; killed < *kills; n++ {
		if n%2 == 0 && !command(data, true, "backup", file) {
			killed++
		}
		into := filepath.Join(dir, fmt.Sprint("into", n))
		if !command(into, true, "restore", file) {
			killed++
			if got, err := teletipo(t, "--data", into, "articles", "--ids", "--limit", "1000"); err == nil && got != want {
				t.Fatalf("after %d kills, what a restore left is taken for whole:\n%s", killed, got)
			} else if err != nil && !strings.Contains(err.Error(), "restor") &&
				!strings.Contains(err.Error(), "no data directory") {
				t.Errorf("after %d kills: %v", killed, err)
			}
			if _, err := os.Stat(filepath.Join(into, "teletipo.db")); err != nil {
				command(into, false, "restore", file)
			}
		}
		if got := listing(t, flags, into); got != want {
			t.Fatalf("after %d kills, a restored store has other articles:\n%s", killed, got)
		}
		if err := os.RemoveAll(into); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("killed %d times; undisturbed they took %v", killed, took)
}

// listing lists the ids of all articles.
func listing(t *testing.T, flags []string, data string) string {
	t.Helper()
	ids := sound(t, append(slices.Clone(flags), "--data", data), "articles", "--ids", "--limit", "1000")
	if n := strings.Count(ids, "\n"); n != killArticles {
		t.Errorf("%d articles, want %d", n, killArticles)
	}
	return ids
}
