// Package watch tells when files have changed and have then been left alone for a while: an editor
// writes a file in several steps, and a deployment writes several files.
//
//	w := &watch.Watcher{Log: log, Quiet: time.Second, Again: time.Minute, Cover: cover}
//	err := w.Run(ctx, func(ctx context.Context) { … })
//
// What to watch is the caller's to say, and which events matter; that events are lost is told as a
// change. Where the system cannot watch, nothing is ever told.
package watch

import (
	"context"
	"log/slog"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Watcher watches directories. Its fields are set before Run.
type Watcher struct {
	Log   *slog.Logger
	Quiet time.Duration // without an event that matters, before a change is told

	// Cover adds the directories to watch that are not watched yet. It is called at the start, after
	// a quiet time, at a Look, and every Again as long as it reports that something is missing;
	// what was missing and is there counts as a change.
	Cover func(*fsnotify.Watcher) (missing bool)
	Again time.Duration

	// Matters says what an event means; nil: everything but a change of mode is a Change.
	Matters func(fsnotify.Event) Meaning
}

// Meaning is what an event means.
type Meaning int

// An event means nothing, a change, or a change that may have brought directories to watch.
const (
	Nothing Meaning = iota
	Change
	Look
)

// Run calls changed, one call at a time, until ctx ends. The error is the system's refusal to
// watch anything.
func (w *Watcher) Run(ctx context.Context, changed func(context.Context)) error {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	cover := func() bool { return w.Cover(notify) }
	w.wait(ctx, notify.Events, notify.Errors, cover, changed)
	return notify.Close()
}

// wait is Run on any events.
func (w *Watcher) wait(
	ctx context.Context, events <-chan fsnotify.Event, lost <-chan error, cover func() bool,
	changed func(context.Context),
) {
	quiet, again := stopped(), stopped()
	defer quiet.Stop()
	defer again.Stop()
	missing := false
	look := func() {
		was := missing
		if missing = cover(); missing {
			again.Reset(w.Again)
		} else if was {
			quiet.Reset(w.Quiet)
		}
	}
	look()
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-events:
			switch w.meaning(event) {
			case Look:
				look()
				quiet.Reset(w.Quiet)
			case Change:
				quiet.Reset(w.Quiet)
			}
		case err := <-lost:
			w.Log.Debug("watching files", "error", err)
			quiet.Reset(w.Quiet)
		case <-again.C:
			look()
		case <-quiet.C:
			look()
			changed(ctx)
		}
	}
}

func (w *Watcher) meaning(event fsnotify.Event) Meaning {
	switch {
	case event.Op == fsnotify.Chmod:
		return Nothing
	case w.Matters == nil:
		return Change
	}
	return w.Matters(event)
}

func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}
