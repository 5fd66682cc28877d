package export

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/teletipo/teletipo/internal/news"
)

// manifest is what an export wrote, by path.
type manifest map[string]file

// file is a document that was written.
type file struct {
	Name  string            `json:"name"` // below the directory, with slashes
	Size  int               `json:"size"` // bytes, uncompressed
	ETag  string            `json:"etag"`
	Heads map[string]string `json:"headers"` // that belong to it
	Leads []string          `json:"leads,omitempty"`
}

// manifestName is the file that the manifest stands in.
const manifestName = ".teletipo-export.json"

// kept are the headers that a static server must send too. It makes its own validators.
var kept = []string{
	"Content-Type", "Cache-Control", "Link", "Access-Control-Allow-Origin",
	"Content-Security-Policy", "X-Content-Type-Options",
}

// readManifest reads what the last export into a directory wrote; nothing if there was none.
func readManifest(dir string) (manifest, error) {
	m := manifest{}
	name := filepath.Join(dir, manifestName)
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, news.Errorf(news.Invalid, "%s is damaged: %w; remove it to export anew", name, err)
	}
	for path, f := range m {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return nil, news.Errorf(news.Invalid, "%s: %s: %q leads out of the directory; remove "+
				"it to export anew", name, path, f.Name)
		}
	}
	return m, nil
}

// write replaces the manifest.
func (m manifest) write(dir string) error {
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return rewrite(filepath.Join(dir, manifestName), append(raw, '\n'))
}

// update takes over the headers of an answer.
func (f *file) update(h http.Header) {
	heads := map[string]string{}
	for _, name := range kept {
		for _, value := range h.Values(name) {
			if heads[name] != "" {
				value = heads[name] + ", " + value
			}
			heads[name] = value
		}
		if old := f.Heads[name]; heads[name] == "" && old != "" {
			heads[name] = old // a 304 leaves out what has not changed
		}
	}
	f.Heads, f.ETag = heads, h.Get("ETag")
}

// intact reports whether a file is there as it was written, with what is compressed beside it.
func (f *file) intact(dir string) bool {
	name := filepath.Join(dir, filepath.FromSlash(f.Name))
	info, err := os.Stat(name)
	if err != nil || info.Size() != int64(f.Size) || f.ETag == "" {
		return false
	}
	for _, c := range codings {
		if _, err := os.Stat(name + c.ending); err != nil {
			return false
		}
	}
	return true
}

// remove removes a file and what is compressed beside it, and directories that are empty then.
func (f *file) remove(dir string) error {
	name := filepath.Join(dir, filepath.FromSlash(f.Name))
	for _, c := range append([]coding{{}}, codings...) {
		if err := os.Remove(name + c.ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for at := filepath.Dir(f.Name); at != "." && at != "/"; at = filepath.Dir(at) {
		if os.Remove(filepath.Join(dir, at)) != nil {
			break // others are in it
		}
	}
	return nil
}
