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
	"github.com/teletipo/teletipo/internal/watch"
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
	var paths []string
	for _, src := range sources {
		if src.Kind == news.KindFolder && src.Enabled {
			paths = append(paths, src.Path)
		}
	}
	f := &folders{log: log, paths: paths}
	w := &watch.Watcher{
		Log: log, Quiet: settle, Cover: f.cover, Again: lookAgain, Matters: matters,
	}
	if err := w.Run(ctx, onChange); err != nil {
		log.Warn("folders not watched, only swept", "error", err)
		<-ctx.Done()
	}
	return nil
}

// folders are the folders of sources that are being watched.
type folders struct {
	log   *slog.Logger
	paths []string
	full  bool // it has been said that not all are watched
}

// matters reports whether an event is about a file or folder that a sweep looks at.
func matters(event fsnotify.Event) watch.Meaning {
	if isHidden(filepath.Base(event.Name)) {
		return watch.Nothing
	}
	if isWanted(filepath.ToSlash(event.Name)) {
		return watch.Change
	}
	if !event.Has(fsnotify.Create) {
		if event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename) { // a folder, perhaps
			return watch.Change
		}
		return watch.Nothing
	}
	if info, err := os.Stat(event.Name); err != nil || !info.IsDir() {
		return watch.Nothing
	}
	return watch.Look
}

// cover watches every folder of the sources that is not watched yet, as far as the bound allows.
// One that is missing or cannot be watched is tried again later, so something always is.
func (f *folders) cover(notify *fsnotify.Watcher) (missing bool) {
	watched := make(map[string]bool)
	for _, path := range notify.WatchList() {
		watched[path] = true
	}
	for _, base := range f.paths {
		err := filepath.WalkDir(base, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil || !entry.IsDir():
				return nil // the sweep tells of what cannot be read
			case path != base && isHidden(entry.Name()), depth(base, path) >= maxDepth:
				return filepath.SkipDir
			case watched[path]:
				return nil
			case len(watched) >= maxWatches:
				f.sayFull()
				return filepath.SkipAll
			}
			if err := notify.Add(path); err != nil {
				f.log.Debug("folder not watched", "path", path, "error", err)
				return nil
			}
			watched[path] = true
			return nil
		})
		if err != nil {
			f.log.Debug("folder not watched", "path", base, "error", err)
		}
	}
	return true
}

func (f *folders) sayFull() {
	if !f.full {
		f.full = true
		f.log.Info("too many folders to watch, the others are only swept", "watched", maxWatches)
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
