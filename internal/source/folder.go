package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

const (
	// One reading of a folder yields at most so many files and bytes, but always one file.
	maxFiles = 500
	maxBytes = 32_000_000
)

// folder is what is remembered of a folder source from one reading to the next, by the names of
// its files.
type folder struct {
	mu      sync.Mutex
	looked  map[string]fs.FileInfo // every file as it was at the last look
	since   map[string]time.Time   // since which look it has been so
	yielded map[string]fs.FileInfo // by the last reading
	kept    map[string]fs.FileInfo // of which we were told that they are dealt with
	faults  map[string]fault       // of the last reading
	roll    roll
}

// fault is what is wrong with a file or folder, and what that looked like.
type fault struct {
	err  error
	info fs.FileInfo // nil if even that could not be had
}

func newFolder() *folder {
	return &folder{kept: make(map[string]fs.FileInfo)}
}

// unchanged reports whether a file is the same, and has the same size and time of change.
func unchanged(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// keep notes that a reading is dealt with, but for files that have been yielded anew since.
func (f *folder) keep(reading news.Reading) {
	if reading.Present != nil {
		f.roll.owed = false
	}
	for _, doc := range reading.Documents {
		if info, ok := f.yielded[doc.Name]; ok && info.ModTime().Equal(doc.Time) {
			f.kept[doc.Name] = info
		}
	}
}

// read looks at every file of the folder and yields those that are new or have changed.
func (f *folder) read(
	ctx context.Context, src news.Source, log *slog.Logger, inPlace *writes, now time.Time,
) (news.Reading, error) {
	root, err := os.OpenRoot(src.Path)
	if err != nil {
		return news.Reading{}, folderError(src, err)
	}
	defer root.Close() // only read from
	w := &walk{
		ctx: ctx, root: root, base: src.Path, files: make(map[string]fs.FileInfo),
		markers: make(map[string]fs.FileInfo), faults: make(map[string]fault),
	}
	if err := w.folder(".", nil); err != nil {
		return news.Reading{}, err
	}
	whole := len(w.faults) == 0
	s := &sweep{
		memory: f, found: w, source: src, now: now, yielded: make(map[string]fs.FileInfo),
		since: f.seen(w.files, now), inPlace: inPlace,
	}
	for _, name := range w.oldestFirst() {
		if err := ctx.Err(); err != nil {
			return news.Reading{}, fmt.Errorf("read %s: %w", src.Path, err)
		}
		s.look(name, w.files[name])
	}
	s.reading.Faults, s.reading.Note = f.untold(w.faults), s.note()
	if present := f.roll.call(w.files, now); src.OnRemove == news.WithdrawArticles && whole {
		s.reading.Present = present
	}
	f.looked, f.since, f.yielded, f.faults = w.files, s.since, s.yielded, w.faults
	// What is gone is forgotten: should it come back, it is new.
	maps.DeleteFunc(f.kept, func(name string, _ fs.FileInfo) bool { return w.files[name] == nil })
	log.Debug("folder read", "source", src.ID, "files", len(w.files),
		"yielded", len(s.yielded), "later", s.reading.Later, "faults", len(w.faults))
	return s.reading, nil
}

// seen tells of each file since which look it has been as it is now.
func (f *folder) seen(files map[string]fs.FileInfo, now time.Time) map[string]time.Time {
	since := make(map[string]time.Time, len(files))
	for name, info := range files {
		since[name] = now
		if before := f.looked[name]; before != nil && unchanged(before, info) {
			since[name] = f.since[name]
		}
	}
	return since
}

// untold returns the faults that the last reading did not have, by path.
func (f *folder) untold(faults map[string]fault) []error {
	var list []error
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		now := faults[name]
		before, told := f.faults[name]
		if !told || !unchanged(before.info, now.info) || before.err.Error() != now.err.Error() {
			list = append(list, now.err)
		}
	}
	return list
}

// folderError says what is wrong with the folder itself.
func folderError(src news.Source, err error) error {
	info, statErr := os.Stat(src.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return news.Errorf(news.NotFound, "read %s: the folder of source %q does not exist: "+
			"create it, or correct the path", src.Path, src.ID)
	case statErr == nil && !info.IsDir():
		return news.Errorf(news.Invalid, "read %s: the path of source %q is not a folder",
			src.Path, src.ID)
	}
	return fileError(src.Path, err)
}

// sweep is one reading of a folder on its way.
type sweep struct {
	memory  *folder
	found   *walk
	source  news.Source
	now     time.Time
	bytes   int64
	since   map[string]time.Time
	inPlace *writes
	yielded map[string]fs.FileInfo
	reading news.Reading

	unmarked []string // files that wait for a marker
}

// look decides whether a file is to be read now, and reads it.
func (s *sweep) look(name string, info fs.FileInfo) {
	full := filepath.Join(s.found.base, filepath.FromSlash(name))
	switch {
	case s.memory.kept[name] != nil && unchanged(s.memory.kept[name], info):
		return
	case !s.ready(name, info):
		s.reading.Later++
		return
	}
	if err := readable(full, info); err != nil {
		s.found.faults[name] = fault{err, info}
		return
	}
	if n := len(s.yielded); n == maxFiles || n > 0 && s.bytes+info.Size() > maxBytes {
		s.reading.Later++
		return
	}
	body, err := s.read(name, full, info)
	switch {
	case news.KindOf(err) == news.NotFound: // gone since it was looked at
	case errors.Is(err, errChanged):
		s.reading.Later++
	case err != nil:
		s.found.faults[name] = fault{err, info}
	default:
		s.bytes += int64(len(body))
		s.yielded[name] = info
		s.reading.Documents = append(s.reading.Documents, news.Document{
			Source: s.source.ID, Name: name, Body: body, Time: info.ModTime(),
		})
	}
}

var errChanged = errors.New("the file changes while it is read")

// read reads a file, unless it is no longer, or does not stay, what it was when looked at.
func (s *sweep) read(name, full string, info fs.FileInfo) ([]byte, error) {
	file, err := s.found.root.Open(name)
	if err != nil {
		return nil, fileError(full, err)
	}
	defer file.Close() // only read from
	if before, err := file.Stat(); err != nil || !unchanged(before, info) {
		return nil, errChanged
	}
	body, err := readUpTo(file, full)
	if err != nil {
		return nil, err
	}
	after, err := s.found.root.Stat(name)
	if err != nil || !unchanged(after, info) || after.Size() != int64(len(body)) {
		return nil, errChanged
	}
	return body, nil
}

// oldestFirst lists the files in the order in which they were last changed.
func (w *walk) oldestFirst() []string {
	return slices.SortedFunc(maps.Keys(w.files), func(a, b string) int {
		return cmp.Or(w.files[a].ModTime().Compare(w.files[b].ModTime()), cmp.Compare(a, b))
	})
}
