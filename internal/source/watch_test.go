package source

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/goleak"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func TestWatchWaitsUntilThingsHaveSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watch{log: newstest.Logger(t)}
		events, errs := make(chan fsnotify.Event), make(chan error)
		var sweeps atomic.Int32
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.wait(ctx, signals{events, errs, nil}, settle, func(context.Context) { sweeps.Add(1) })
		}()
		want := func(n int32) {
			t.Helper()
			synctest.Wait()
			if got := sweeps.Load(); got != n {
				t.Errorf("%d sweeps, want %d", got, n)
			}
		}
		write := func(name string) { events <- fsnotify.Event{Name: name, Op: fsnotify.Write} }
		time.Sleep(time.Hour)
		want(0)
		for range 10 { // a file that is being written
			write("/in/a.txt")
			time.Sleep(settle / 2)
		}
		want(0)
		time.Sleep(settle / 2)
		want(1)
		time.Sleep(time.Hour)
		want(1)
		for _, name := range []string{"/in/.a.txt.swp", "/in/a.pdf", "/in/#a.txt#"} {
			write(name)
		}
		events <- fsnotify.Event{Name: "/in/a.txt", Op: fsnotify.Chmod}
		time.Sleep(time.Hour)
		want(1)
		events <- fsnotify.Event{Name: "/in/a.md", Op: fsnotify.Remove}
		time.Sleep(settle)
		want(2)
		errs <- fsnotify.ErrEventOverflow // who knows what was lost
		time.Sleep(settle)
		want(3)
		write("/in/a.txt")
		cancel()
		<-done
		want(3)
	})
}

func TestWatchMissesNothingWhileItSweeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watch{log: newstest.Logger(t)}
		events := make(chan fsnotify.Event, 1)
		sweeps := 0
		ctx, cancel := context.WithCancel(t.Context())
		events <- fsnotify.Event{Name: "/in/a.txt", Op: fsnotify.Create}
		w.wait(ctx, signals{events: events}, settle, func(context.Context) {
			if sweeps++; sweeps == 2 {
				cancel()
				return
			}
			time.Sleep(time.Minute)
			events <- fsnotify.Event{Name: "/in/b.txt", Op: fsnotify.Create}
		})
		if sweeps != 2 {
			t.Errorf("%d sweeps, want 2", sweeps)
		}
	})
}

// TestWatchRealFolders has a real watcher see a file in a folder that is made while it watches.
func TestWatchRealFolders(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	src := news.Source{ID: "in", Kind: news.KindFolder, Path: dir, Enabled: true}
	ctx, cancel := context.WithCancel(t.Context())
	changed, ended := make(chan struct{}, 10), make(chan error, 1)
	go func() {
		ended <- Watch(ctx, newstest.Logger(t), []news.Source{src}, func(context.Context) {
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
	w := &watch{
		log: newstest.Logger(t), notify: notify,
		folders: []string{filepath.Join(dir, "missing"), dir},
	}
	for range 2 {
		w.cover()
		if n := len(notify.WatchList()); n > maxWatches || n < maxWatches/10 {
			t.Errorf("%d folders are watched, want up to %d", n, maxWatches)
		}
	}
	if len(notify.WatchList()) == maxWatches && !w.full {
		t.Error("nobody is told that some folders are not watched")
	}
}
