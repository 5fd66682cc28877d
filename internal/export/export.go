package export

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Asker sends one request to the site and gives its answer, redirects unfollowed and codings
// untouched.
type Asker interface {
	Do(req *http.Request) (*http.Response, error)
}

// Site is what is exported.
type Site struct {
	Base  string   // where the asker finds it, http://host:port
	Paths []string // of documents to begin with; archives and articles are found from them
	Agent string   // the User-Agent
	// Progress, if not nil, is told how many documents are asked for, of how many as far as is known.
	Progress func(done, known int)
}

// Summary tells what an export did, in documents; what is compressed beside one is not counted.
type Summary struct {
	Written   int   `json:"written"`
	Unchanged int   `json:"unchanged"`
	Removed   int   `json:"removed"`
	Bytes     int64 `json:"bytes"` // of what was written, uncompressed
}

// largest bounds a document.
const largest = 64 << 20

// Write exports a site into a directory, which is made if there is none, and keeps there a list of
// what it wrote: a later export asks with the validators in it, leaves alone what did not change,
// and removes what is no more. Files that it did not write are never touched. Archives and articles
// are written before the feeds that lead to them.
func Write(ctx context.Context, asker Asker, site Site, dir string) (Summary, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Summary{}, err
	}
	m, err := readManifest(dir)
	if err != nil {
		return Summary{}, err
	}
	x := &exporter{ctx: ctx, asker: asker, site: site, dir: dir, last: m, next: manifest{}}
	if err := x.gather(); err != nil {
		return x.sum, err
	}
	if err := x.finish(); err != nil {
		return x.sum, err
	}
	return x.sum, nil
}

// exporter is an export under way.
type exporter struct {
	ctx   context.Context
	asker Asker
	site  Site
	dir   string

	last, next manifest
	moved      map[string]moved    // addresses that lead elsewhere
	held       map[string]document // to be written at the end, since others must be there first
	sum        Summary
}

// moved is a redirect.
type moved struct {
	to     string
	status int
}

// document is an answer that is to be written.
type document struct {
	header http.Header
	body   []byte
}

// article finds the articles that a document of ours leads to.
var article = regexp.MustCompile(`/articles/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// gather asks for every document, and for what the documents lead to.
func (x *exporter) gather() error {
	x.moved, x.held = map[string]moved{}, map[string]document{}
	var queue []string
	known := map[string]bool{}
	found := slices.Clone(x.site.Paths)
	for done := 0; ; done++ {
		for _, path := range found {
			if !known[path] {
				known[path] = true
				queue = append(queue, path)
			}
		}
		if x.site.Progress != nil {
			x.site.Progress(done, len(known))
		}
		if len(queue) == 0 {
			return nil
		}
		path := queue[0]
		queue = queue[1:]
		var err error
		if found, err = x.document(path); err != nil {
			return fmt.Errorf("export %s: %w", path, err)
		}
	}
}

// document asks for one document and gives the paths that it leads to.
func (x *exporter) document(path string) ([]string, error) {
	known, have := x.last[path]
	have = have && known.intact(x.dir)
	req, err := http.NewRequestWithContext(x.ctx, http.MethodGet, x.site.Base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", x.site.Agent)
	req.Header.Set("Accept-Encoding", "identity")
	if have {
		req.Header.Set("If-None-Match", known.ETag)
	}
	resp, err := x.asker.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largest+1))
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode == http.StatusNotModified && have:
		known.update(resp.Header)
		x.next[path] = known
		return known.Leads, nil
	case resp.StatusCode/100 == 3:
		return nil, x.redirect(path, resp)
	case resp.StatusCode == http.StatusGone,
		resp.StatusCode == http.StatusNotFound && !slices.Contains(x.site.Paths, path):
		return nil, nil // it was withdrawn
	case resp.StatusCode != http.StatusOK:
		return nil, news.Errorf(news.Unreachable, "status %d", resp.StatusCode)
	case len(body) > largest:
		return nil, news.Errorf(news.TooLarge, "more than %d MB", largest>>20)
	}
	f := file{Name: fileName(path), Size: len(body), Leads: leads(body)}
	f.update(resp.Header)
	x.next[path] = f
	if holds(path) {
		x.held[path] = document{resp.Header, body}
		return f.Leads, nil
	}
	return f.Leads, x.put(f, document{resp.Header, body})
}

// holds reports whether a document leads to others, which must be there before it is.
func holds(path string) bool {
	return !strings.HasPrefix(path, "/articles/") && !strings.Contains(path, "/archive/")
}

// redirect notes where an address leads.
func (x *exporter) redirect(path string, resp *http.Response) error {
	to, err := resp.Location()
	if err != nil {
		return err
	}
	x.moved[path] = moved{to.RequestURI(), resp.StatusCode}
	return nil
}

// archive finds the archives that a document of ours leads to. In every format a feed names its
// newest in itself, and an archive its neighbours.
var archive = regexp.MustCompile(`/feeds/[a-z0-9.-]+/archive/[0-9]+\.(?:rss|atom|json)`)

// leads lists the archives and the articles that a document names.
func leads(body []byte) []string {
	found := map[string]bool{}
	for _, pattern := range []*regexp.Regexp{archive, article} {
		for _, match := range pattern.FindAll(body, -1) {
			found[string(match)] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// finish writes what was held, the feeds last, and the files about the whole; then it removes what
// is no more.
func (x *exporter) finish() error {
	isFeed := func(path string) int { return strings.Index(path, "/feeds/") }
	paths := slices.SortedFunc(maps.Keys(x.held), func(a, b string) int {
		return cmp.Or(cmp.Compare(isFeed(a), isFeed(b)), cmp.Compare(a, b))
	})
	for _, path := range paths {
		if err := x.put(x.next[path], x.held[path]); err != nil {
			return err
		}
	}
	x.sum.Unchanged = len(x.next) - x.sum.Written
	if err := x.writeAbout(); err != nil {
		return err
	}
	for path, f := range x.last {
		if _, still := x.next[path]; still {
			continue
		}
		if err := f.remove(x.dir); err != nil {
			return err
		}
		x.sum.Removed++
	}
	return x.next.write(x.dir)
}

// put writes a document and counts it, unless the very same is there.
func (x *exporter) put(f file, doc document) error {
	if err := x.ctx.Err(); err != nil {
		return err
	}
	written, err := x.write(f, doc)
	if written {
		x.sum.Written++
		x.sum.Bytes += int64(len(doc.body))
	}
	return err
}

// fileName is the file of a path, below the directory: pages get an ending, so that servers know
// what they are.
func fileName(path string) string {
	name := strings.TrimPrefix(path, "/")
	if name == "" {
		return "index.html"
	}
	if filepath.Ext(name) == "" {
		return name + ".html"
	}
	return name
}

// write writes a document with what is compressed beside it, each by renaming, with the time that
// its server gives it; false if the very same was there.
func (x *exporter) write(f file, doc document) (bool, error) {
	name := filepath.Join(x.dir, filepath.FromSlash(f.Name))
	old, err := os.ReadFile(name)
	if err == nil && bytes.Equal(old, doc.body) && f.intact(x.dir) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return false, err
	}
	at, err := http.ParseTime(doc.header.Get("Last-Modified"))
	if err != nil {
		at = time.Time{} // as it is written
	}
	for _, c := range codings {
		packed, err := c.pack(doc.body)
		if err != nil {
			return false, err
		}
		if err := replace(name+c.ending, packed, at); err != nil {
			return false, err
		}
	}
	return true, replace(name, doc.body, at)
}

// replace puts a file in another's place at once.
func replace(name string, body []byte, at time.Time) error {
	temporary, err := os.CreateTemp(filepath.Dir(name), ".export-*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(body)
	if err == nil {
		err = temporary.Chmod(0o644)
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil && !at.IsZero() {
		err = os.Chtimes(temporary.Name(), at, at)
	}
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		os.Remove(temporary.Name())
	}
	return err
}
