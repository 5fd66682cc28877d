package source

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/goleak"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/watch"
)

func TestWhatMatters(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		name string
		op   fsnotify.Op
		want watch.Meaning
	}{
		{"a.txt", fsnotify.Write, watch.Change},
		{"a.md", fsnotify.Remove, watch.Change},
		{".a.txt.swp", fsnotify.Write, watch.Nothing},
		{"a.pdf", fsnotify.Write, watch.Nothing},
		{"#a.txt#", fsnotify.Write, watch.Nothing},
		{"desk", fsnotify.Rename, watch.Change},
		{"a.pdf", fsnotify.Create, watch.Nothing},
		{".", fsnotify.Create, watch.Look},
	} {
		event := fsnotify.Event{Name: filepath.Join(dir, test.name), Op: test.op}
		if got := new(folders).matters(event); got != test.want {
			t.Errorf("%v means %d, want %d", event, got, test.want)
		}
	}
}

// TestWatchRealFolders has a real watcher see a file in a folder that is made while it watches.
func TestWatchRealFolders(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	src := news.Source{ID: "in", Kind: news.KindFolder, Path: dir, Enabled: true}
	ctx, cancel := context.WithCancel(t.Context())
	changed, ended := make(chan struct{}, 10), make(chan error, 1)
	go func() {
		ended <- New(newstest.Logger(t), nil, time.Now).Watch(ctx, []news.Source{src}, func(context.Context) {
			changed <- struct{}{}
		})
	}()
	patience := time.After(30 * time.Second)
	sub := filepath.Join(dir, "desk")
	for i, found := 0, false; !found; i++ {
		// Again and again, for nothing tells when the watch has begun.
		if err := os.MkdirAll(sub, 0o750); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(sub, fmt.Sprint(i, ".txt"))
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changed:
			found = true
		case <-time.After(settle + settle/2):
		case <-patience:
			t.Fatal("nothing was noticed")
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWatchIsBounded(t *testing.T) {
	dir := t.TempDir()
	for i := range maxWatches + 20 {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprint(i)), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		t.Skip("the system does not watch:", err)
	}
	defer notify.Close()
	f := &folders{log: newstest.Logger(t), paths: []string{filepath.Join(dir, "missing"), dir}}
	for range 2 {
		f.cover(notify)
		if n := len(notify.WatchList()); n > maxWatches || n < maxWatches/10 {
			t.Errorf("%d folders are watched, want up to %d", n, maxWatches)
		}
	}
	if len(notify.WatchList()) == maxWatches && !f.full {
		t.Error("nobody is told that some folders are not watched")
	}
}
