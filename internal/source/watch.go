package source

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/teletipo/teletipo/internal/news"
)

const (
	// maxWatches is how many folders are watched in all; the system lends each process so many.
	// Files in further ones are found by the sweep.
	maxWatches = 1000
	// lookAgain is how often folders are looked for that could not be watched before.
	lookAgain = time.Minute
)

// Watch calls onChange, one call at a time, once things have settled after something has changed
// in a folder source, until ctx ends. It only makes a sweep come early: what it misses (folders on
// a network, and those beyond a bound) the next sweep finds, so where the system cannot watch it
// says so and waits for ctx.
func Watch(
	ctx context.Context, log *slog.Logger, sources []news.Source, onChange func(context.Context),
) error {
	var folders []string
	for _, src := range sources {
		if src.Kind == news.KindFolder && src.Enabled {
			folders = append(folders, src.Path)
		}
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("folders not watched, only swept", "error", err)
		<-ctx.Done()
		return nil
	}
	w := &watch{log: log, notify: watcher, folders: folders}
	w.cover()
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	w.wait(ctx, signals{watcher.Events, watcher.Errors, ticker.C}, settle, onChange)
	return watcher.Close()
}

// watch is a set of folders that are being watched.
type watch struct {
	log     *slog.Logger
	notify  *fsnotify.Watcher // nil in tests
	folders []string
	full    bool // it has been said that not all are watched
}

// signals are what a watch waits for.
type signals struct {
	events <-chan fsnotify.Event
	errors <-chan error
	again  <-chan time.Time
}

// wait calls onChange when nothing more has happened for a while after something did.
func (w *watch) wait(
	ctx context.Context, s signals, quiet time.Duration, onChange func(context.Context),
) {
	timer := time.NewTimer(quiet)
	timer.Stop()
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event, open := <-s.events:
			if !open {
				s.events = nil
			} else if w.matters(event) {
				timer.Reset(quiet)
			}
		case err, open := <-s.errors:
			if !open {
				s.errors = nil
				continue
			}
			w.log.Debug("watching folders", "error", err) // events were lost, say
			timer.Reset(quiet)
		case <-s.again:
			w.cover()
		case <-timer.C:
			onChange(ctx)
		}
	}
}

// matters tells whether an event is about a file or folder that a sweep looks at, and watches a
// folder that is new.
func (w *watch) matters(event fsnotify.Event) bool {
	if event.Op == fsnotify.Chmod || isHidden(filepath.Base(event.Name)) {
		return false
	}
	if isWanted(filepath.ToSlash(event.Name)) {
		return true
	}
	if !event.Has(fsnotify.Create) {
		return event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename) // a folder, perhaps
	}
	info, err := os.Stat(event.Name)
	if err != nil || !info.IsDir() {
		return false
	}
	w.cover()
	return true
}

// cover watches every folder of the sources that is not watched yet, as far as the bound allows.
// One that is missing or cannot be watched is tried again later.
func (w *watch) cover() {
	if w.notify == nil {
		return
	}
	watched := make(map[string]bool)
	for _, path := range w.notify.WatchList() {
		watched[path] = true
	}
	for _, base := range w.folders {
		err := filepath.WalkDir(base, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil || !entry.IsDir():
				return nil // the sweep tells of what cannot be read
			case path != base && isHidden(entry.Name()), depth(base, path) >= maxDepth:
				return filepath.SkipDir
			case watched[path]:
				return nil
			case len(watched) >= maxWatches:
				w.sayFull()
				return filepath.SkipAll
			}
			if err := w.notify.Add(path); err != nil {
				w.log.Debug("folder not watched", "path", path, "error", err)
				return nil
			}
			watched[path] = true
			return nil
		})
		if err != nil {
			w.log.Debug("folder not watched", "path", base, "error", err)
		}
	}
}

func (w *watch) sayFull() {
	if !w.full {
		w.full = true
		w.log.Info("too many folders to watch, the others are only swept", "watched", maxWatches)
	}
}

// depth is how many folders below base a path lies.
func depth(base, path string) int {
	rel, err := filepath.Rel(base, path)
	if err != nil || rel == "." {
		return 0
	}
	return strings.Count(rel, string(filepath.Separator)) + 1
}
