package export

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// site is a site of documents by path; what begins with "→" leads elsewhere.
type site struct {
	documents map[string]string
	asked     []string // paths answered with a whole document
}

const (
	idA = "/articles/00000000-0000-8000-8000-00000000000a"
	idB = "/articles/00000000-0000-8000-8000-00000000000b"
)

var lastModified = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func newSite() *site {
	return &site{documents: map[string]string{
		"/":              "home",
		"/topics/border": "topic page",
		"/feeds/border.json": "feed of https://news.example" + idB +
			"https://news.example/feeds/border/archive/2.json",
		"/feeds/border/archive/2.json": "archive of https://news.example" + idA + // and its neighbours
			" https://news.example/feeds/border/archive/1.json" +
			" https://news.example/feeds/border/archive/3.json",
		"/feeds/border/archive/1.json": "first archive",
		"/feeds/border/archive/3.json": "→307 /feeds/border.json",
		"/feeds/old.json":              "→301 /feeds/border.json",
		idA:                            "article a",
		idB:                            "article b",
	}}
}

func (s *site) paths() []string {
	return []string{"/", "/topics/border", "/feeds/border.json", "/feeds/old.json"}
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := s.documents[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if to, is := strings.CutPrefix(body, "→"); is {
		var status int
		var location string
		fmt.Sscan(to, &status, &location)
		http.Redirect(w, r, location, status)
		return
	}
	tag := fmt.Sprintf(`"%x"`, body)
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "max-age=300")
	h.Set("Last-Modified", lastModified.Format(http.TimeFormat))
	links := map[string]string{
		"/feeds/border.json": `</feeds/border.json>; rel="self"`, // the archive is named in the body
		"/feeds/border/archive/2.json": `</feeds/border/archive/1.json>; rel="prev-archive", ` +
			`</feeds/border/archive/3.json>; rel="next-archive"`,
	}
	if link := links[r.URL.Path]; link != "" {
		h.Set("Link", link)
	}
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.asked = append(s.asked, r.URL.Path)
	h.Set("Content-Type", "application/feed+json; charset=utf-8")
	io.WriteString(w, body)
}

// export exports the site, and tells which files it has written or touched.
func (s *site) export(t *testing.T, dir string) (Summary, error) {
	t.Helper()
	web := httptest.NewServer(s)
	defer web.Close()
	client := web.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.asked = nil
	return Write(t.Context(), client, Site{Base: web.URL, Paths: s.paths(), Agent: "test"}, dir)
}

// files reads a directory.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		found[filepath.ToSlash(rel)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWrite(t *testing.T) {
	dir, s := t.TempDir(), newSite()
	sum, err := s.export(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Summary{Written: 7, Bytes: sum.Bytes}); sum != want || sum.Bytes == 0 {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	got := files(t, dir)
	for name, path := range map[string]string{
		"index.html": "/", "topics/border.html": "/topics/border",
		"feeds/border.json":           "/feeds/border.json",
		"feeds/border/archive/1.json": "/feeds/border/archive/1.json",
		"feeds/border/archive/2.json": "/feeds/border/archive/2.json",
		idA[1:] + ".html":             idA, idB[1:] + ".html": idB,
	} {
		body := s.documents[path]
		if got[name] != body {
			t.Errorf("%s holds %q, want %q", name, got[name], body)
		}
		for ending, open := range map[string]func(io.Reader) (io.Reader, error){
			".gz":  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
			".br":  func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
			".zst": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		} {
			r, err := open(strings.NewReader(got[name+ending]))
			if err != nil {
				t.Errorf("%s%s: %v", name, ending, err)
				continue
			}
			if text, err := io.ReadAll(r); err != nil || string(text) != body {
				t.Errorf("%s%s unpacks to %q, %v", name, ending, text, err)
			}
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || !info.ModTime().Equal(lastModified) {
			t.Errorf("%s: %v, %v, want the time of its Last-Modified", name, info.ModTime(), err)
		}
	}
	if want := "/feeds/border/archive/3.json /feeds/border.json 307\n/feeds/old.json /feeds/border.json 301\n"; got["_redirects"] != want {
		t.Errorf("_redirects: %s", got["_redirects"])
	}
	if want := "/feeds/border/archive/1.json\n  Content-Type: application/feed+json; charset=utf-8\n" +
		"  Cache-Control: max-age=300\n"; !strings.Contains(got["_headers"], want) {
		t.Errorf("_headers: %s", got["_headers"])
	}
	if !strings.Contains(got[nginxName], `/feeds/border.json "max-age=300";`) {
		t.Errorf("%s: %s", nginxName, got[nginxName])
	}
	if want := `"application/feed+json; charset=utf-8" json;`; !strings.Contains(
		got[serverName], want) {
		t.Errorf("%s: %s", serverName, got[serverName])
	}
}

// TestAgain: nothing is fetched whole or touched that did not change.
func TestAgain(t *testing.T) {
	dir, s := t.TempDir(), newSite()
	if _, err := s.export(t, dir); err != nil {
		t.Fatal(err)
	}
	before, times := files(t, dir), modTimes(t, dir)
	sum, err := s.export(t, dir)
	if err != nil || sum != (Summary{Unchanged: 7}) || len(s.asked) > 0 {
		t.Errorf("again: %+v, %v, asked %v", sum, err, s.asked)
	}
	if diff := cmp.Diff(before, files(t, dir)); diff != "" {
		t.Errorf("again, files differ:\n%s", diff)
	}
	if diff := cmp.Diff(times, modTimes(t, dir)); diff != "" {
		t.Errorf("again, files were touched:\n%s", diff)
	}

	s.documents["/topics/border"] = "another page"
	delete(s.documents, idB) // withdrawn; the feed goes on
	s.documents["/feeds/border.json"] = "feed with /feeds/border/archive/2.json"
	delete(s.documents, "/feeds/old.json")
	if _, err = s.export(t, dir); err == nil || !strings.Contains(err.Error(), "/feeds/old.json") {
		t.Errorf("a missing document that must be there: %v", err)
	}
	s.documents["/feeds/old.json"] = "→301 /feeds/border.json"
	sum, err = s.export(t, dir)
	if want := (Summary{Written: 2, Unchanged: 4, Removed: 1, Bytes: sum.Bytes}); err != nil || sum != want {
		t.Errorf("after a change: %+v, %v, want %+v", sum, err, want)
	}
	got := files(t, dir)
	for name := range got {
		if strings.HasPrefix(name, idB[1:]) {
			t.Errorf("%s is still there", name)
		}
	}
	if got["topics/border.html"] != "another page" || got[idA[1:]+".html"] != "article a" {
		t.Errorf("files: %v", slices.Sorted(maps.Keys(got)))
	}
}

func modTimes(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	times := map[string]time.Time{}
	for name := range files(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		times[name] = info.ModTime()
	}
	return times
}

// TestOthersFiles: what it did not write stays; what was lost is written again; a manifest that
// leads out of the directory is refused.
func TestOthersFiles(t *testing.T) {
	dir, s := t.TempDir(), newSite()
	mine := filepath.Join(dir, "feeds", "mine.txt")
	if err := os.MkdirAll(filepath.Dir(mine), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.export(t, dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "feeds", "border.json.br")); err != nil {
		t.Fatal(err)
	}
	if sum, err := s.export(t, dir); err != nil || sum.Written != 1 {
		t.Errorf("a lost file: %+v, %v", sum, err)
	}
	got := files(t, dir)
	if got["feeds/mine.txt"] != "mine" || got["feeds/border.json.br"] == "" {
		t.Errorf("files: %v", slices.Sorted(maps.Keys(got)))
	}
	name := filepath.Join(dir, manifestName)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.ReplaceAll(raw, []byte("topics/border.html"), []byte("../border.html"))
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.export(t, dir); news.KindOf(err) != news.Invalid {
		t.Errorf("a manifest that leads out: %v", err)
	}
}
