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
// says so and waits for ctx. Of folders with ready: rename the reader learns which files are
// written in their place.
func (r *Reader) Watch(
	ctx context.Context, sources []news.Source, onChange func(context.Context),
) error {
	f := &folders{log: r.log, inPlace: &r.inPlace}
	for _, src := range sources {
		if src.Kind != news.KindFolder || !src.Enabled {
			continue
		}
		f.paths = append(f.paths, src.Path)
		if src.Ready.How == news.ReadyRename {
			f.renamed = append(f.renamed, src.Path)
		}
	}
	w := &watch.Watcher{
		Log: r.log, Quiet: settle, Cover: f.cover, Again: lookAgain, Matters: f.matters,
	}
	if err := w.Run(ctx, onChange); err != nil {
		r.log.Warn("folders not watched, only swept", "error", err)
		<-ctx.Done()
	}
	return nil
}

// folders are the folders of sources that are being watched.
type folders struct {
	log     *slog.Logger
	paths   []string
	renamed []string // those with ready: rename
	inPlace *writes
	full    bool // it has been said that not all are watched
}

// matters reports whether an event is about a file or folder that a sweep looks at.
func (f *folders) matters(event fsnotify.Event) watch.Meaning {
	if isHidden(filepath.Base(event.Name)) {
		return watch.Nothing
	}
	if isWanted(filepath.ToSlash(event.Name)) {
		f.note(event)
		return watch.Change
	}
	if isMarker(filepath.ToSlash(event.Name)) {
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

// note learns from an event about a file whether it is written in its place: one that is renamed or
// linked there appears, and is not written to any more.
func (f *folders) note(event fsnotify.Event) {
	for _, base := range f.renamed {
		rel, err := filepath.Rel(base, event.Name)
		switch {
		case err != nil || !filepath.IsLocal(rel): // it is another folder's
		case event.Has(fsnotify.Write):
			f.inPlace.written(event.Name)
		default:
			f.inPlace.replaced(event.Name)
		}
	}
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
