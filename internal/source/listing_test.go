package source

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// bareWeb answers every address with one page, without validators.
type bareWeb struct {
	body      string
	challenge string
	asked     int
}

func (w *bareWeb) Fetch(_ context.Context, req news.Request) (news.Response, error) {
	if strings.HasSuffix(req.URL, "/robots.txt") {
		return news.Response{Status: 404}, news.Errorf(news.NotFound, "fetch %s: 404", req.URL)
	}
	w.asked++
	if w.challenge != "" {
		return news.Response{Status: 200, Challenge: w.challenge},
			news.Errorf(news.Refused, "fetch %s: a challenge", req.URL)
	}
	return news.Response{Status: 200, Document: news.Document{URL: req.URL, Body: []byte(w.body)}}, nil
}

// A page that is the same byte for byte is not read again, whatever its server knows of validators;
// after part of it was left for later, it is.
func TestListingWithoutValidators(t *testing.T) {
	web := &bareWeb{body: `<a href="/1">A headline that is long enough</a>`}
	r := New(newstest.Logger(t), web, time.Now)
	src := news.Source{ID: "p", Kind: news.KindPage, URL: "https://press.example/news", Follow: true}
	first, err := r.Read(t.Context(), src, news.Validators{})
	if err != nil || len(first.Documents) != 1 || first.Documents[0].MediaType != news.ListingPage {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := r.Read(t.Context(), src, first.Validators)
	if err != nil || !again.NotModified || len(again.Documents) != 0 {
		t.Errorf("%+v, %v", again, err)
	}
	later, err := r.Read(t.Context(), src, first.Again)
	if err != nil || later.NotModified || len(later.Documents) != 1 {
		t.Errorf("%+v, %v", later, err)
	}
	src.URL = "https://press.example/other"
	moved, err := r.Read(t.Context(), src, first.Validators)
	if err != nil || moved.NotModified {
		t.Errorf("another address: %+v, %v", moved, err)
	}
}

// A guard's test for people is told as such, and worked around by nothing.
func TestListingChallenged(t *testing.T) {
	web := &bareWeb{challenge: "Akamai"}
	r := New(newstest.Logger(t), web, time.Now)
	src := news.Source{ID: "p", Kind: news.KindPage, URL: "https://press.example/news"}
	reading, err := r.Read(t.Context(), src, news.Validators{})
	if news.KindOf(err) != news.Refused || !reading.Challenged || web.asked != 1 {
		t.Errorf("%+v, %v, asked %d times", reading, err, web.asked)
	}
}
