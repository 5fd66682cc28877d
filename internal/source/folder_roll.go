package source

import (
	"io/fs"
	"maps"
	"slices"
	"time"
)

// goneAfter is how long a file must have been missing to count as removed: editors that save by
// moving files about leave a moment without one.
const goneAfter = 10 * time.Second

// roll is which files a folder has, and which it has had of late.
type roll struct {
	since   time.Time            // of the first look
	missing map[string]time.Time // by file: since which look it is missing, zero if it is there
	owed    bool                 // some may be gone, and nobody has dealt with that yet
}

// call notes the files that are there now. It gives all of them, with those that have been missing
// for less than goneAfter, once some may be gone for good, until that is dealt with: files that
// went while nobody looked are among these, so the first answer comes goneAfter the first look.
func (r *roll) call(files map[string]fs.FileInfo, now time.Time) []string {
	if r.missing == nil {
		r.since, r.missing, r.owed = now, make(map[string]time.Time, len(files)), true
	}
	for name := range files {
		r.missing[name] = time.Time{}
	}
	for name, since := range r.missing {
		switch {
		case files[name] != nil:
		case since.IsZero():
			r.missing[name] = now
		case now.Sub(since) >= goneAfter:
			delete(r.missing, name)
			r.owed = true
		}
	}
	if !r.owed || now.Sub(r.since) < goneAfter {
		return nil
	}
	return slices.AppendSeq(make([]string, 0, len(r.missing)), maps.Keys(r.missing))
}
