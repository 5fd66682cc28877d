package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// maxDepth is how many folders deep a folder source is read.
const maxDepth = 8

// endings are those of the files that a folder source reads, in lower case. What editors and
// programs that download name their unfinished files has others: .part, .tmp, .swp, .txt~.
var endings = []string{".txt", ".md", ".html", ".htm"}

// isHidden reports whether a file or folder is none of ours: hidden, or a lock of an editor's.
func isHidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") ||
		strings.HasPrefix(name, "#")
}

// isWanted tells by its name whether a file is to be read.
func isWanted(name string) bool {
	return slices.Contains(endings, strings.ToLower(path.Ext(name)))
}

// walk finds the files of a folder.
type walk struct {
	ctx    context.Context
	root   *os.Root // does not let symbolic links lead out of the folder
	base   string
	files  map[string]fs.FileInfo // by their names within the folder, with slashes
	faults map[string]fault

	markers map[string]fs.FileInfo // as files
}

func (w *walk) fault(name string, info fs.FileInfo, kind news.Kind, text string) {
	full := filepath.Join(w.base, filepath.FromSlash(name))
	w.faults[name] = fault{news.Errorf(kind, "read %s: %s", full, text), info}
}

// folder looks at what a folder holds. Within are the folders that it lies in.
func (w *walk) folder(name string, within []fs.FileInfo) error {
	if err := w.ctx.Err(); err != nil {
		return fmt.Errorf("read %s: %w", w.base, err)
	}
	entries, err := w.list(name)
	if err != nil && name == "." {
		return fileError(w.base, err)
	}
	if err != nil {
		w.faults[name] = fault{fileError(filepath.Join(w.base, filepath.FromSlash(name)), err), nil}
	}
	if info, err := w.root.Stat(name); err == nil {
		within = append(within[:len(within):len(within)], info)
	}
	for _, entry := range entries {
		if err := w.entry(path.Join(name, entry.Name()), entry, within); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) list(name string) ([]fs.DirEntry, error) {
	dir, err := w.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close() // only read from
	return dir.ReadDir(-1)
}

// entry looks at one entry of a folder. The only error is that the context has ended.
func (w *walk) entry(name string, entry fs.DirEntry, within []fs.FileInfo) error {
	if isHidden(entry.Name()) {
		return nil
	}
	info, err := entry.Info()
	if err != nil {
		return nil // gone since it was listed
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		link := info
		if info, err = w.root.Stat(name); err != nil {
			w.deadLink(name, link, err)
			return nil
		}
	}
	same := func(other fs.FileInfo) bool { return os.SameFile(info, other) }
	switch {
	case !info.IsDir() && isWanted(name):
		w.files[name] = info
	case !info.IsDir():
		if isMarker(name) {
			w.markers[name] = info
		}
	case slices.ContainsFunc(within, same):
		w.fault(name, info, news.Invalid, "the folder holds itself: the link is not followed")
	case len(within) >= maxDepth:
		w.fault(name, info, news.Invalid, "the folder lies too deep: it is not read")
	default:
		return w.folder(name, within)
	}
	return nil
}

// deadLink tells of a symbolic link that cannot be followed, if it is to a file that would be
// read or perhaps to a folder.
func (w *walk) deadLink(name string, link fs.FileInfo, err error) {
	if !isWanted(name) && path.Ext(name) != "" {
		return
	}
	if errors.Is(err, fs.ErrNotExist) {
		w.fault(name, link, news.NotFound, "the symbolic link leads to nothing")
		return
	}
	if wrapped, ok := errors.AsType[*fs.PathError](err); ok {
		err = wrapped.Err
	}
	w.fault(name, link, news.Refused, "the symbolic link is not followed: "+err.Error())
}
