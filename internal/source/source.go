// Package source looks at the places where articles come from, a feed or a folder of files, and
// yields what it finds there as raw documents. How the network is asked is left to package fetch,
// what the documents say to package parse, and when to look to package schedule.
package source

import (
	"cmp"
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
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
	now     func() time.Time
	mu      sync.Mutex
	folders map[place]*folder
}

// place is a folder source: one that moves is another.
type place struct{ id, path string }

// New makes a reader that has seen nothing.
func New(log *slog.Logger, fetcher Fetcher, now func() time.Time) *Reader {
	return &Reader{log: log, fetcher: fetcher, now: now, folders: make(map[place]*folder)}
}

// Read looks at a source once. Last is what its server gave to ask again with. Beside an error
// the reading has the HTTP status, if there was one, and the validators that still hold.
//
// A folder yields the files that are new or have changed since they were kept, the oldest
// first. Those that are still being written, and what would be too much at a time, are left for
// later. Faults name files that cannot be read; each is told once while the file is the same.
func (r *Reader) Read(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	switch src.Kind {
	case news.KindFeed:
		return r.feed(ctx, src, last)
	case news.KindFolder:
		f := r.folder(src)
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.read(ctx, src, r.log, r.now())
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
		f.keep(reading.Documents)
	}
}

// Forget makes the next reading of a folder yield every file, and tell every fault, once more.
func (r *Reader) Forget(src news.Source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.folders, place{src.ID, src.Path})
}

func (r *Reader) folder(src news.Source) *folder {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := place{src.ID, src.Path}
	if r.folders[at] == nil {
		r.folders[at] = newFolder()
	}
	return r.folders[at]
}

// feedTypes asks for feeds first, and takes whatever else there is.
const feedTypes = "application/atom+xml, application/rss+xml, application/feed+json, " +
	"application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"

// feed reads a feed from its server, or from a file if its address is one.
func (r *Reader) feed(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	name, isFile, err := localPath(cmp.Or(src.URL, src.Path))
	switch {
	case err != nil:
		return news.Reading{}, err
	case isFile && name == "":
		return news.Reading{}, news.Errorf(news.Invalid, "source %s: no address to read", src.ID)
	case isFile:
		return feedFile(src, name, last)
	}
	resp, err := r.fetcher.Fetch(ctx, news.Request{
		URL: src.URL, Validators: last, Accept: feedTypes,
	})
	reading := news.Reading{
		Validators:  last,
		Status:      resp.Status,
		NotModified: resp.NotModified,
		RetryAfter:  resp.RetryAfter,
	}
	if err != nil {
		return reading, err
	}
	if !resp.NotModified {
		if err := challenge(resp); err != nil {
			return reading, err
		}
		resp.Document.Source = src.ID
		reading.Documents = []news.Document{resp.Document}
	}
	reading.Validators = resp.Validators
	return reading, nil
}

// localPath tells whether the address of a feed is a file, and gives its path.
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
			"read %s: a file on another machine: want file:///path", address)
	}
	name = u.Path
	if u.Opaque != "" { // "file:name", without slashes
		name, err = url.PathUnescape(u.Opaque)
	}
	return filepath.FromSlash(name), true, err
}
