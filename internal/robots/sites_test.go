package robots

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// fakeSite answers for one site.
type fakeSite struct {
	mu    sync.Mutex
	asked []news.Request
	resp  news.Response // to robots.txt
	err   error
}

func (f *fakeSite) Fetch(_ context.Context, req news.Request) (news.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, req)
	if !strings.HasSuffix(req.URL, "/robots.txt") {
		return news.Response{Status: 200}, nil
	}
	return f.resp, f.err
}

func (f *fakeSite) says(status int, text string) {
	f.resp, f.err = news.Response{Status: status, Document: news.Document{Body: []byte(text)}}, nil
	switch {
	case status == 304:
		f.resp.NotModified = true
	case status >= 500 || status == 0 || status == 429:
		f.err = news.Errorf(news.Unreachable, "%d", status)
	case status >= 300:
		f.err = news.Errorf(news.Refused, "%d", status)
	}
}

func TestSites(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	f := &fakeSite{}
	sites := NewSites(f, func() time.Time { return now })
	ask := func(address string) error {
		f.asked = nil
		_, err := sites.Fetch(t.Context(), news.Request{URL: address})
		return err
	}
	f.says(200, "User-agent: *\nCrawl-delay: 3\nDisallow: /x")
	f.resp.MaxAge, f.resp.Validators.ETag = 2*time.Hour, `"a"`
	if err := ask("https://Paper.example/a"); err != nil || len(f.asked) != 2 ||
		f.asked[0].URL != "https://paper.example/robots.txt" || f.asked[1].Pause != 3*time.Second {
		t.Fatalf("%v, %+v", err, f.asked)
	}
	err := ask("https://paper.example/x/1")
	if news.KindOf(err) != news.Refused || len(f.asked) != 0 || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("%v, %+v", err, f.asked)
	}
	now = now.Add(2 * time.Hour) // it is no longer fresh, and has not changed
	f.says(304, "")
	if err := ask("https://paper.example/x"); news.KindOf(err) != news.Refused || len(f.asked) != 1 ||
		f.asked[0].Validators.ETag != `"a"` {
		t.Errorf("%v, %+v", err, f.asked)
	}
	now = now.Add(25 * time.Hour) // its server fails: what was known holds on
	f.says(503, "")
	if err := ask("https://paper.example/x"); news.KindOf(err) != news.Refused {
		t.Error(err)
	}
	if err := ask("https://paper.example/a"); err != nil || len(f.asked) != 1 {
		t.Errorf("%v, %+v", err, f.asked)
	}
	now = now.Add(time.Hour) // it has none any more
	f.says(404, "")
	if err := ask("https://paper.example/x"); err != nil {
		t.Error(err)
	}
	if err := ask("ftp://paper.example/x"); news.KindOf(err) != news.Invalid {
		t.Error(err)
	}
}

// A site that answers nothing of use is waited for, or has no rules, as RFC 9309 says.
func TestSitesWithoutAnAnswer(t *testing.T) {
	for status, waits := range map[int]bool{
		0: true, 429: true, 500: true, 503: true, 599: true,
		302: false, 401: false, 403: false, 404: false, 410: false, 418: false,
	} {
		now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
		f := &fakeSite{}
		f.says(status, "")
		sites := NewSites(f, func() time.Time { return now })
		for range 2 { // the second time nobody is asked
			_, err := sites.Fetch(t.Context(), news.Request{URL: "https://paper.example/a"})
			if (err != nil) != waits || waits && news.KindOf(err) != news.Unreachable {
				t.Errorf("%d: %v", status, err)
			}
		}
		if want := map[bool]int{true: 1, false: 3}[waits]; len(f.asked) != want {
			t.Errorf("%d: asked %d times, want %d", status, len(f.asked), want)
		}
		now = now.Add(retry)
		f.says(200, "User-agent: *\nDisallow: /b")
		if _, err := sites.Fetch(t.Context(), news.Request{URL: "https://paper.example/a"}); err != nil {
			t.Errorf("%d, then 200: %v", status, err)
		}
	}
}

func TestSitesAreAskedOnce(t *testing.T) {
	f := &fakeSite{}
	f.says(404, "")
	sites := NewSites(f, time.Now)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := sites.Rules(context.Background(), "https://paper.example/a", news.Allowance{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(f.asked) != 1 {
		t.Errorf("asked %d times", len(f.asked))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sites.Rules(ctx, "https://other.example/a", news.Allowance{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
