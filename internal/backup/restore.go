package backup

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Directories that restores need in a data directory.
const (
	staging    = "restoring"
	staged     = "restored"
	replacedBy = "replaced-"
	elsewhere  = "elsewhere"

	inData = "data/" // before the names of files of the configuration in the data directory
)

// Staging is the directory that a restore into a data directory is written to first.
func Staging(dir string) string { return filepath.Join(dir, staging) }

// Occupied names what a data directory holds that a restore would take the place of, empty if it
// may be restored into.
func Occupied(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	for _, e := range entries {
		if e.Name() == staging || e.Name() == "lost+found" {
			continue
		}
		if below, err := os.ReadDir(filepath.Join(dir, e.Name())); err != nil || len(below) > 0 {
			return e.Name(), nil
		}
	}
	return "", err
}

// Extract writes what a backup holds below Staging(dir). It begins anew what was broken off there.
// What head returns is returned.
func Extract(r io.Reader, dir string, head func(Head) error) (*Contents, error) {
	if err := os.RemoveAll(Staging(dir)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(Staging(dir), 0o750); err != nil {
		return nil, news.Errorf(news.Invalid, "%s can't be restored into: %w", dir, err)
	}
	root, err := os.OpenRoot(Staging(dir))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return Read(r, Reading{Head: head, Part: func(name string, size int64, r io.Reader) error {
		place, ok := placeOf(name)
		if !ok {
			return fmt.Errorf("nobody knows the part %q", name)
		}
		return writeFile(root, place, r)
	}})
}

// placeOf is where a part belongs in a data directory, as a path with slashes.
func placeOf(name string) (string, bool) {
	place := strings.TrimPrefix(name, inData)
	if !filepath.IsLocal(filepath.FromSlash(place)) || strings.HasPrefix(place, "../") {
		return "", false
	}
	if strings.HasPrefix(name, elsewhere+"/") {
		return name, true
	}
	e, known := Find(place)
	return place, known && e.BackedUp
}

// PartOf returns the name of the part that a file of the configuration becomes, by its path in the
// data directory or, if it lies outside it, by its number among those that do; and whether it does.
func PartOf(rel string, number int) (part string, outside bool) {
	if rel = filepath.ToSlash(rel); filepath.IsLocal(rel) {
		if e, known := Find(rel); known && e.BackedUp {
			return inData + rel, false
		}
	}
	return fmt.Sprintf("%s/%d-%s", elsewhere, number, path.Base(rel)), true
}

// writeFile writes a file to the disk, so that it is there.
func writeFile(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o750); err != nil {
		return own(err)
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return own(err)
	}
	w := &Syncing{File: file}
	_, err = io.Copy(w, r)
	if w.failed != nil {
		err = own(fmt.Errorf("%w; make room or choose another directory, and restore again: "+
			"nothing else was touched", w.failed))
	}
	return cmp.Or(err, own(file.Sync()), own(file.Close()))
}

// Syncing is a file that is brought to its disk again and again while it is written. Others'
// commits would else wait for all of it.
type Syncing struct {
	*os.File
	n      int
	failed error
}

const syncEvery = 1 << 20 // bytes

// Write writes to the file.
func (s *Syncing) Write(p []byte) (n int, err error) {
	n, err = s.File.Write(p)
	if s.n += n; s.n >= syncEvery && err == nil {
		s.n, err = 0, s.Sync()
	}
	if err != nil {
		s.failed = err
	}
	return n, err
}

// ReadFrom keeps io.Copy from passing Write over.
func (s *Syncing) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{s}, r)
}

// Commit makes what was extracted the data directory's own.
func Commit(dir string, now time.Time) error {
	replaced := replacedBy + now.UTC().Format("20060102T150405Z")
	root, err := os.OpenRoot(Staging(dir))
	if err != nil {
		return err
	}
	err = writeFile(root, replacedName, strings.NewReader(replaced))
	if err := errors.Join(err, root.Close()); err != nil {
		return err
	}
	if err := syncTree(Staging(dir)); err != nil {
		return err
	}
	if err := os.Rename(Staging(dir), filepath.Join(dir, staged)); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	_, err = Finish(dir)
	return err
}

// replacedName is the file that says where what stands in the way goes.
const replacedName = ".replaced"

// Finish ends a restore that was broken off after it was done, and reports whether there was one.
// A restore that was broken off before is Refused where there is no other store, for it would begin
// an empty one.
func Finish(dir string) (finished bool, err error) {
	from := filepath.Join(dir, staged)
	replaced, err := os.ReadFile(filepath.Join(from, replacedName))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(from); err == nil {
			return true, os.RemoveAll(from) // all else of it has been moved
		}
		return false, brokenOff(dir)
	}
	if err != nil {
		return false, err
	}
	away := filepath.Join(dir, filepath.Base(string(replaced)))
	for _, e := range Layout {
		if e.Rebuildable {
			if err := os.RemoveAll(filepath.Join(dir, e.Name)); err != nil {
				return false, err
			}
		}
	}
	err = filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(from, name)
		if err != nil || e.IsDir() || rel == replacedName {
			return err
		}
		return replace(name, filepath.Join(dir, rel), filepath.Join(away, rel))
	})
	if err == nil {
		err = syncTree(dir)
	}
	if err != nil {
		return false, fmt.Errorf("what was restored is whole and lies in %s; see to this and start "+
			"again, which puts it into its place: %w", from, err)
	}
	return true, errors.Join(os.RemoveAll(from), syncDir(dir))
}

// brokenOff is the error of a directory with nothing but a restore that was broken off.
func brokenOff(dir string) error {
	if _, err := os.Stat(Staging(dir)); err != nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, Articles)); err == nil {
		return nil // what stood there before is whole
	}
	return news.Errorf(news.Refused, "a restore into %s was broken off: restore again, or remove %s "+
		"to begin with an empty store", dir, Staging(dir))
}

// replace moves a file to a place, and what stands there away.
func replace(from, to, away string) error {
	if _, err := os.Lstat(to); err == nil {
		if err := os.MkdirAll(filepath.Dir(away), 0o750); err != nil {
			return err
		}
		if err := os.Rename(to, away); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// syncTree brings the names in a directory and those below to the disk.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return syncDir(name)
	})
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
