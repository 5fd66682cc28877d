package watch

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/teletipo/teletipo/internal/newstest"
)

const quiet = time.Second

// never is a Cover that has nothing left to watch.
func never() bool { return false }

func TestWaitsUntilThingsHaveSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &Watcher{Log: newstest.Logger(t), Quiet: quiet, Matters: func(e fsnotify.Event) Meaning {
			if e.Name == "/in/.hidden" {
				return Nothing
			}
			return Change
		}}
		events, lost := make(chan fsnotify.Event), make(chan error)
		var told atomic.Int32
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.wait(ctx, events, lost, never, func(context.Context) { told.Add(1) })
		}()
		want := func(n int32) {
			t.Helper()
			synctest.Wait()
			if got := told.Load(); got != n {
				t.Errorf("%d changes told, want %d", got, n)
			}
		}
		time.Sleep(time.Hour)
		want(0)
		for range 10 { // a file that is being written
			events <- fsnotify.Event{Name: "/in/a", Op: fsnotify.Write}
			time.Sleep(quiet / 2)
		}
		want(0)
		time.Sleep(quiet / 2)
		want(1)
		events <- fsnotify.Event{Name: "/in/.hidden", Op: fsnotify.Write}
		events <- fsnotify.Event{Name: "/in/a", Op: fsnotify.Chmod}
		time.Sleep(time.Hour)
		want(1)
		lost <- fsnotify.ErrEventOverflow // who knows what
		time.Sleep(quiet)
		want(2)
		events <- fsnotify.Event{Name: "/in/a", Op: fsnotify.Remove}
		cancel()
		<-done
		want(2)
	})
}

func TestMissesNothingWhileItTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &Watcher{Log: newstest.Logger(t), Quiet: quiet}
		events := make(chan fsnotify.Event, 1)
		told := 0
		ctx, cancel := context.WithCancel(t.Context())
		events <- fsnotify.Event{Name: "/in/a", Op: fsnotify.Create}
		w.wait(ctx, events, nil, never, func(context.Context) {
			if told++; told == 2 {
				cancel()
				return
			}
			time.Sleep(time.Minute)
			events <- fsnotify.Event{Name: "/in/b", Op: fsnotify.Create}
		})
		if told != 2 {
			t.Errorf("%d changes told, want 2", told)
		}
	})
}

// TestLooksForWhatIsMissing: a directory that is missing is looked for, and its return is a change.
func TestLooksForWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &Watcher{
			Log: newstest.Logger(t), Quiet: quiet, Again: time.Minute,
			Matters: func(fsnotify.Event) Meaning { return Look },
		}
		events := make(chan fsnotify.Event)
		var looks, told atomic.Int32
		var missing atomic.Bool
		missing.Store(true)
		go w.wait(t.Context(), events, nil, func() bool {
			looks.Add(1)
			return missing.Load()
		}, func(context.Context) { told.Add(1) })
		want := func(when string, look, tell int32) {
			t.Helper()
			synctest.Wait()
			if l, n := looks.Load(), told.Load(); l != look || n != tell {
				t.Errorf("%s: %d looks and %d changes told, want %d and %d", when, l, n, look, tell)
			}
		}
		want("at the start", 1, 0)
		time.Sleep(3 * time.Minute)
		want("missing", 4, 0)
		missing.Store(false)
		time.Sleep(time.Minute)
		want("found", 5, 0)
		time.Sleep(quiet)
		want("told", 6, 1)
		time.Sleep(time.Hour)
		want("complete", 6, 1)
		events <- fsnotify.Event{Name: "/in", Op: fsnotify.Create}
		want("at an event", 7, 1)
	})
}
