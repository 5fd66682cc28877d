package serve

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// get asks a handler for a path.
func get(t testing.TB, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

// filledShelf has six sample articles, and an edition of "all" and of "border".
func filledShelf() *shelf {
	s := newShelf()
	for n := range 6 {
		s.add(newstest.Entry(n))
	}
	s.put(sampleEdition(news.FeedKey{Topic: news.All}, news.RSS, "a1", newstest.Start))
	s.put(sampleEdition(news.FeedKey{Topic: "border"}, news.RSS, "b1", newstest.Start))
	return s
}

func TestGoldenPages(t *testing.T) {
	s := filledShelf()
	corrected := newstest.Entry(1)
	corrected.Revision, corrected.Updated = 2, corrected.Published.Add(26*time.Hour)
	s.add(corrected)
	bare := news.Entry{Status: news.Live, Article: news.Article{
		ID: news.MintID("x", "bare"), Source: "x", Title: "<b>Bare</b> & plain",
		URL: "javascript:alert(1)", Published: newstest.Start,
	}}
	s.add(bare)
	h := newPublic(t, s)
	for name, path := range map[string]string{
		"home.html":             "/",
		"topic_all.html":        "/topics/all",
		"topic_border.html":     "/topics/border",
		"topic_cartels.html":    "/topics/cartels",
		"article_own.html":      news.ArticlePath(newstest.Entry(2).ID),
		"article_excerpt.html":  news.ArticlePath(newstest.Entry(1).ID),
		"article_headline.html": news.ArticlePath(newstest.Entry(3).ID),
		"article_bare.html":     news.ArticlePath(bare.ID),
		"missing.txt":           "/feeds/harbour.rss",
	} {
		t.Run(name, func(t *testing.T) {
			first, again := get(t, h, path), get(t, newPublic(t, s), path)
			newstest.Golden(t, "pages/"+name, first.Body.Bytes())
			if first.Body.String() != again.Body.String() {
				t.Error("another start gives other bytes")
			}
			if a, b := first.Header().Get("ETag"), again.Header().Get("ETag"); a != b {
				t.Errorf("another start gives tag %s, was %s", b, a)
			}
		})
	}
}

// TestArticleRights: what a page shows of an article follows from whose it is and its rights.
func TestArticleRights(t *testing.T) {
	const title, summary, content = "The title", "The summary.", "<p>The content.</p>"
	for _, test := range []struct {
		own                      bool
		rights                   news.Rights
		summary, content, linked bool
	}{
		{own: true, rights: news.Full, content: true, linked: true},
		{own: true, rights: news.Excerpt, summary: true, linked: true},
		{own: true, rights: news.Headline, linked: true},
		{own: false, rights: news.Full, summary: true, linked: true},
		{own: false, rights: news.Excerpt, summary: true, linked: true},
		{own: false, rights: news.Headline, linked: true},
		{own: true, rights: news.Full, content: true},
		{own: false, rights: news.Full, summary: true},
	} {
		e := newstest.Entry(0)
		e.Own, e.Rights = test.own, test.rights
		e.Title, e.Summary, e.Content = title, summary, content
		if !test.linked {
			e.URL = ""
		}
		s := newShelf()
		s.add(e)
		body := get(t, newPublic(t, s), news.ArticlePath(e.ID)).Body.String()
		for text, want := range map[string]bool{
			title: true, summary: test.summary, content: test.content, "Read it at": test.linked,
		} {
			if strings.Contains(body, text) != want {
				t.Errorf("own %t, rights %s: %q shown: %t, want %t",
					test.own, test.rights, text, !want, want)
			}
		}
	}
}

// TestPagePolicy: pages bring their own style sheet, which the policy names by its hash, and
// nothing that the policy would have to allow.
func TestPagePolicy(t *testing.T) {
	s := filledShelf()
	h := newPublic(t, s)
	for _, path := range []string{"/", "/topics/border", news.ArticlePath(newstest.Entry(2).ID)} {
		w := get(t, h, path)
		_, rest, _ := strings.Cut(w.Body.String(), "<style>")
		css, _, closed := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(css))
		hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		policy := w.Header().Get("Content-Security-Policy")
		if !closed || !strings.Contains(policy, "style-src "+hash) {
			t.Errorf("%s: style sheet %s is not in the policy %s", path, hash, policy)
		}
		if !strings.HasPrefix(policy, "default-src 'none'; ") {
			t.Errorf("%s: policy is %s", path, policy)
		}
		for _, forbidden := range []string{"<script", " style=", "<link rel=\"stylesheet"} {
			if strings.Contains(w.Body.String(), forbidden) {
				t.Errorf("%s: has %s, which the policy forbids", path, forbidden)
			}
		}
	}
}

// TestListingFollowsEdition: a page is made once for an edition, and anew for the next one.
func TestListingFollowsEdition(t *testing.T) {
	s := filledShelf()
	h := newPublic(t, s)
	first := get(t, h, "/topics/border")
	for range 3 {
		get(t, h, "/topics/border")
	}
	if s.reads != 1 {
		t.Errorf("four requests for one edition read the store %d times, want 1", s.reads)
	}
	gone := newstest.Entry(0)
	gone.Status = news.Withdrawn
	s.add(gone)
	s.put(sampleEdition(news.FeedKey{Topic: "border"}, news.RSS, "b2", newstest.Start))
	second := get(t, h, "/topics/border")
	if s.reads != 2 {
		t.Errorf("the next edition read the store %d times, want 2", s.reads)
	}
	if strings.Contains(second.Body.String(), "Ports &amp; patrols") {
		t.Error("the page still has the withdrawn article")
	}
	if a, b := first.Header().Get("ETag"), second.Header().Get("ETag"); a == b {
		t.Errorf("both pages have tag %s", a)
	}
}

// TestListingWithoutEdition: before the first edition a page is made for every request.
func TestListingWithoutEdition(t *testing.T) {
	s := newShelf()
	h := newPublic(t, s)
	for range 2 {
		if w := get(t, h, "/"); w.Code != http.StatusOK {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	}
	if s.reads != 2 {
		t.Errorf("two requests read the store %d times, want 2", s.reads)
	}
}

// TestHeadWritesNothing: HEAD relies on no server to drop what it does not want.
func TestHeadWritesNothing(t *testing.T) {
	h := newPublic(t, filledShelf())
	for _, path := range []string{"/", "/feeds/border.rss"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodHead, path, nil))
		if w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
			t.Errorf("%s: %d, %d bytes, headers %v", path, w.Code, w.Body.Len(), w.Header())
		}
	}
}

// TestFailures: an error's kind gives the status, its text stays in the log, and a failed page
// is not kept.
func TestFailures(t *testing.T) {
	s := filledShelf()
	h := newPublic(t, s)
	id := news.ArticlePath(newstest.Entry(2).ID)
	for _, test := range []struct {
		path   string
		err    error
		status int
	}{
		{"/", errors.New("disk secret"), http.StatusInternalServerError},
		{"/topics/border", news.Errorf(news.Busy, "disk secret"), http.StatusServiceUnavailable},
		{id, errors.New("disk secret"), http.StatusInternalServerError},
		{id, news.Errorf(news.Gone, "disk secret"), http.StatusGone},
		{id, news.Errorf(news.NotFound, "disk secret"), http.StatusNotFound},
		{"/", nil, http.StatusOK},
		{"/topics/border", nil, http.StatusOK},
		{id, nil, http.StatusOK},
	} {
		s.err = test.err
		w := get(t, h, test.path)
		if w.Code != test.status || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s with %v: %d %s, want %d", test.path, test.err, w.Code, w.Body, test.status)
		}
	}
}
