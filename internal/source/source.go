// Package source looks at the places where articles come from, a feed, a WordPress site, a web
// page, a site's sitemaps or a folder of files, and yields what it finds there as raw documents.
// How the network is asked is left to package fetch, what the documents say to package parse, and
// when to look to package schedule.
package source

import (
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/robots"
)

// Fetcher asks a web server for a document. If the server answered, the response has the status
// and what it asks of us beside an error as well; the error says what kind it is, and where.
type Fetcher interface {
	Fetch(ctx context.Context, req news.Request) (news.Response, error)
}

// Reader reads sources of every kind. It is safe for concurrent use; two reads of one folder
// wait for each other.
//
// It remembers which files of a folder it has yielded, but counts on them only once it has been
// told that they are dealt with: see Keep.
type Reader struct {
	log     *slog.Logger
	fetcher Fetcher
	sites   *robots.Sites // asks for pages, as far as their sites allow it
	now     func() time.Time
	mu      sync.Mutex
	folders map[folderKey]*folder
	inPlace writes
}

// folderKey is a folder source: one that moves is another.
type folderKey struct{ id, path string }

// New makes a reader that has seen nothing.
func New(log *slog.Logger, fetcher Fetcher, now func() time.Time) *Reader {
	return &Reader{
		log: log, fetcher: fetcher, sites: robots.NewSites(fetcher, now), now: now,
		folders: make(map[folderKey]*folder),
	}
}

// Read looks at a source once. Last is what its server gave to ask again with. Beside an error
// the reading has the HTTP status, if there was one, and the validators that still hold.
//
// A WordPress site yields pages of posts, or its feed and a note while its API is closed.
//
// A folder yields the files that are new or have changed since they were kept, the oldest
// first. Those that are still being written, and what would be too much at a time, are left for
// later. Faults name files that cannot be read; each is told once while the file is the same.
func (r *Reader) Read(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	switch src.Kind {
	case news.KindFeed:
		return r.feedSource(ctx, src, last)
	case news.KindWordPress:
		return r.wordpress(ctx, src, last)
	case news.KindPage:
		return r.listing(ctx, src, last)
	case news.KindSitemap:
		return r.sitemap(ctx, src, last)
	case news.KindFolder:
		f := r.folder(src)
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.read(ctx, src, r.log, &r.inPlace, r.now())
	}
	return news.Reading{}, news.Errorf(news.Invalid,
		"source %s: cannot read sources of the kind %q", src.ID, src.Kind)
}

// Keep tells that the documents of a reading are dealt with: stored, or refused for good and
// reported. Only then are files not yielded again; so whatever goes wrong between reading and
// storing, they are read once more and never skipped. Of a feed there is nothing to keep: what
// its server gave to ask again with is the caller's to store.
func (r *Reader) Keep(src news.Source, reading news.Reading) {
	if src.Kind == news.KindFolder {
		f := r.folder(src)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.keep(reading)
	}
}

// Forget makes the next reading of a folder yield every file, and tell every fault, once more.
func (r *Reader) Forget(src news.Source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.folders, folderKey{src.ID, src.Path})
}

func (r *Reader) folder(src news.Source) *folder {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := folderKey{src.ID, src.Path}
	if r.folders[at] == nil {
		r.folders[at] = newFolder()
	}
	return r.folders[at]
}

// localPath reports whether the address of a feed is a file, and gives its path.
func localPath(address string) (name string, isFile bool, err error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		// A path with an odd character in it, or an address for the fetcher to complain about.
		return address, !strings.Contains(address, "://"), nil
	case u.Scheme == "" || filepath.VolumeName(address) != "":
		return address, true, nil
	case !strings.EqualFold(u.Scheme, "file"):
		return "", false, nil
	case u.Host != "" && u.Host != "localhost":
		return "", false, news.Errorf(news.Invalid,
			"read %s: a file on another machine: want file:///path", news.Shown(address))
	}
	name = u.Path
	if u.Opaque != "" { // "file:name", without slashes
		name, err = url.PathUnescape(u.Opaque)
	}
	return filepath.FromSlash(name), true, err
}
