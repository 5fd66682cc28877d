package serve

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestArticlePageIsKept: a page is made once for each change of its article, and has a tag.
func TestArticlePageIsKept(t *testing.T) {
	s := newShelf()
	e := newstest.Entry(1)
	s.add(e)
	p := makePublic(newstest.Logger(t), s, s, sampleSettings())
	h := open(handler(p.routes()))
	path := news.ArticlePath(e.ID)
	first := get(t, h, path)
	page := p.pages.articles.get(version{e.ID, e.Seq})
	if page == nil || get(t, h, path).Header().Get("ETag") != first.Header().Get("ETag") {
		t.Fatal("the page was not kept")
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("If-None-Match", first.Header().Get("ETag"))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusNotModified {
		t.Errorf("asked again: status %d", w.Code)
	}
	// Another topic is another page, though no other revision.
	e.Seq++
	e.Placements = nil
	s.add(e)
	second := get(t, h, path)
	if second.Header().Get("ETag") == first.Header().Get("ETag") ||
		strings.Contains(second.Body.String(), "sample term") {
		t.Error("the page of the changed article is the old one")
	}
	e.Status = news.Withdrawn
	s.add(e)
	if w := get(t, h, path); w.Code != http.StatusGone {
		t.Errorf("withdrawn: status %d", w.Code)
	}
}

// TestCacheIsBounded: however many pages are asked for, those kept take a bounded part of memory;
// one that is asked for again and again stays.
func TestCacheIsBounded(t *testing.T) {
	var c cache
	d := textDocument("text/html", briefly, []byte(strings.Repeat("x", 1<<20)))
	popular := version{seq: 0}
	c.put(popular, d)
	for n := range 100 {
		c.put(version{seq: uint64(n + 1)}, d)
		if c.get(popular) == nil {
			t.Fatalf("the popular page was thrown away after %d others", n)
		}
		if size := (len(c.young) + len(c.old)) * d.size(); size > cacheSize {
			t.Fatalf("%d bytes kept", size)
		}
	}
	if c.get(version{seq: 1}) != nil {
		t.Error("nothing was thrown away")
	}
}

// TestPagesAreCompressed: pages come in gzip for who asks, with a tag of its own.
func TestPagesAreCompressed(t *testing.T) {
	h := newPublic(t, filledShelf())
	for _, path := range []string{"/", "/topics/border", news.ArticlePath(newstest.Entry(2).ID)} {
		plain := get(t, h, path)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		zipped := httptest.NewRecorder()
		h.ServeHTTP(zipped, r)
		if zipped.Header().Get("Content-Encoding") != "gzip" ||
			zipped.Header().Get("ETag") == plain.Header().Get("ETag") ||
			zipped.Body.Len() >= plain.Body.Len() {
			t.Errorf("%s: %v, %d bytes of %d", path, zipped.Header(), zipped.Body.Len(), plain.Body.Len())
		}
	}
}
