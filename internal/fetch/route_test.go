package fetch

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

func TestFetchFollowsRedirects(t *testing.T) {
	var etags []string
	last := serve(t, func(w http.ResponseWriter, r *http.Request) {
		etags = append(etags, r.Header.Get("If-None-Match"))
		fmt.Fprint(w, r.URL.Path)
	})
	first := serve(t, func(w http.ResponseWriter, r *http.Request) {
		etags = append(etags, r.Header.Get("If-None-Match"))
		if r.URL.Path == "/a/b" {
			w.Header().Set("Location", "c") // relative to the address that answered
			w.WriteHeader(http.StatusPermanentRedirect)
			return
		}
		http.Redirect(w, r, last+r.URL.Path, http.StatusFound)
	})
	resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{
		URL: first + "/a/b", Validators: news.Validators{ETag: `"e"`},
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Document.URL != last+"/a/c" || string(resp.Document.Body) != "/a/c" {
		t.Errorf("ended at %s with %q", resp.Document.URL, resp.Document.Body)
	}
	if got := strings.Join(etags, " "); got != `"e" "e" "e"` {
		t.Errorf("validators on the way: %s", got)
	}
}

func TestFetchRedirectsThatLeadNowhere(t *testing.T) {
	for name, c := range map[string]struct {
		location string // {n} is the number of the request, {url} the server
		want     string
		asked    int32
	}{
		"endless":  {"?{n}", "more than 10 redirects, the last to {url}/?…", 11},
		"loop":     {"/again", "redirects go round in a circle: {url}/again → {url}/again", 2},
		"itself":   {"{url}/", "redirects go round in a circle: {url}/ → {url}/", 1},
		"file":     {"file:///etc/passwd", "want an address that begins with http:// or https://", 1},
		"no host":  {"http:///x", "names no host", 1},
		"nonsense": {"http://[::1", "redirected to what cannot be fetched", 1},
		"too long": {"/" + strings.Repeat("x", 9000), "more than 8000", 1},
		"nothing":  {"", "302 Found but not where to", 1},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			var fill func(text string) string
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				if c.location != "" {
					w.Header().Set("Location", fill(c.location))
				}
				w.WriteHeader(http.StatusFound)
			})
			fill = func(text string) string {
				return strings.NewReplacer("{url}", url, "{n}", fmt.Sprint(asked.Load())).Replace(text)
			}
			resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url + "/"})
			wantError(t, err, news.Unreachable, fill(c.want))
			if len(err.Error()) > 2000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			if c.asked > 0 && (asked.Load() != c.asked || resp.Status != http.StatusFound) {
				t.Errorf("asked %d times, want %d; status %d", asked.Load(), c.asked, resp.Status)
			}
		})
	}
}

func TestFetchNamesBothEndsOfALongCircle(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		next := map[string]string{"/a": "/b", "/b": "/c", "/c": "/d", "/d": "/e", "/e": "/f", "/f": "/b"}
		http.Redirect(w, r, next[r.URL.Path], http.StatusFound)
	})
	_, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url + "/a"})
	wantError(t, err, news.Unreachable,
		strings.ReplaceAll("circle: {}/b → {}/c → {}/d → … → {}/f → {}/b", "{}", url))
}

func TestFetchTellsWhatMovedForGood(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		hop, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if code, err := strconv.Atoi(hop); err == nil {
			w.Header().Set("Location", "/"+rest)
			w.WriteHeader(code)
			return
		}
		switch {
		case hop == "gone":
			w.WriteHeader(http.StatusGone)
		case r.Header.Get("If-None-Match") != "":
			w.WriteHeader(http.StatusNotModified)
		}
	})
	for path, want := range map[string]string{
		"/end":         "",
		"/301/end":     url + "/end",
		"/308/end":     url + "/end",
		"/301/308/end": url + "/end",
		"/302/end":     "",
		"/301/307/end": "",
		"/303/301/end": "",
		"/301/gone":    "",
	} {
		for _, etag := range []string{"", `"e"`} {
			resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{
				URL: url + path, Validators: news.Validators{ETag: etag},
			})
			if resp.Moved != want || (err != nil) != (path == "/301/gone") {
				t.Errorf("%s: moved to %q, want %q; %v", path, resp.Moved, want, err)
			}
		}
	}
}

func TestRouteMoved(t *testing.T) {
	for _, c := range []struct {
		steps []string
		want  string
	}{
		{[]string{"http://x.example/", "https://x.example/"}, "https://x.example/"},
		{[]string{"https://x.example/", "http://x.example/"}, ""},
		{[]string{"https://x.example/", "http://x.example/", "https://y.example/"}, ""},
		{[]string{"https://me:secret@x.example/", "https://x.example/feed"}, ""},
	} {
		var way *route
		for i, step := range c.steps {
			u, err := address(step)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				way = newRoute(u)
			} else if err := way.follow(http.StatusMovedPermanently, u); err != nil {
				t.Fatal(err)
			}
		}
		if got := way.moved(); got != c.want {
			t.Errorf("%s: moved to %q, want %q", c.steps, got, c.want)
		}
	}
}
