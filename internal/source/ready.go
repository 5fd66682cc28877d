package source

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// settle is how long a file must have been left alone to count as written, unless its source says.
const settle = 2 * time.Second

// markers are the endings of the files that say that another, of the same name without them, is
// written to its end.
var markers = []string{".ok", ".done"}

// isMarker reports whether a file says of one that is to be read that it is written.
func isMarker(name string) bool {
	for _, ending := range markers {
		if of, ok := strings.CutSuffix(name, ending); ok && isWanted(of) {
			return true
		}
	}
	return false
}

// ready reports whether a file is written to its end, as the source tells that. A file that never
// will be is a fault.
func (s *sweep) ready(name string, info fs.FileInfo) bool {
	full := filepath.Join(s.found.base, filepath.FromSlash(name))
	quiet := s.quiet(name, info)
	switch s.source.Ready.How {
	case news.ReadyMarker:
		return s.marked(name, info)
	case news.ReadyRename:
		if s.inPlace.has(full) {
			if quiet {
				s.found.fault(name, info, news.Invalid, "it was written in its place, and source "+
					s.source.ID+" has ready: rename: write it under another name and rename it")
			}
			return false
		}
	}
	return quiet
}

// quiet reports whether a file has been left alone as long as its source wants.
func (s *sweep) quiet(name string, info fs.FileInfo) bool {
	wait := s.source.Ready.Quiet
	if wait == 0 {
		wait = settle
	}
	return s.now.Sub(info.ModTime()) >= wait || s.now.Sub(s.since[name]) >= wait
}

// marked reports whether a marker stands beside a file that is no older than it: one that was
// there before the file was written anew says nothing about it.
func (s *sweep) marked(name string, info fs.FileInfo) bool {
	for _, ending := range markers {
		marker := s.found.markers[name+ending]
		if marker != nil && !marker.ModTime().Before(info.ModTime()) {
			return true
		}
	}
	s.unmarked = append(s.unmarked, name)
	return false
}

// note says which files wait for a marker, empty if none does.
func (s *sweep) note() string {
	if len(s.unmarked) == 0 {
		return ""
	}
	name := path.Base(s.unmarked[0])
	return fmt.Sprintf("%d of its files wait for a marker that is no older, such as %s%s beside %s",
		len(s.unmarked), name, markers[0], name)
}

// writes remembers which files of folders with ready: rename were written in their place since they
// appeared there, as far as the system told.
type writes struct {
	mu    sync.Mutex
	paths map[string]bool
}

func (w *writes) has(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.paths[path]
}

// written notes that a file has been written to.
func (w *writes) written(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.paths == nil {
		w.paths = map[string]bool{}
	}
	w.paths[path] = true
}

// replaced notes that another file is at a path now, or none.
func (w *writes) replaced(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.paths, path)
}
