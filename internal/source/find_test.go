package source

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

const (
	aFeed   = "<rss version='2.0'><channel><item><title>A</title></item></channel></rss>"
	aList   = `<html><body><main><ul><li><a href="/2026/one">A headline of the day, the first one</a></li><li><a href="/2026/two">A headline of the day, the second one</a></li><li><a href="/2026/three">A headline of the day, the third one</a></li><li><a href="/2026/four">A headline of the day, the fourth one</a></li></ul></main></body></html>`
	aNewMap = `<urlset xmlns:news="x"><url><loc>/2026/one</loc><news:news><news:title>One</news:title></news:news></url></urlset>`
)

// page puts elements into the head of a page.
func headed(head string) string { return "\n<html><head>" + head + "</head><body>Hello</body></html>" }

func TestFind(t *testing.T) {
	for name, c := range map[string]struct {
		web  string // pages; the address is /
		at   string
		want string // kind, path, part of why
	}{
		"a feed":    {"-- / --\n\n" + aFeed, "/", "feed /: it is a feed"},
		"a sitemap": {"-- /s.xml --\n\n" + aNewMap, "/s.xml", "sitemap /s.xml: it is a sitemap"},
		"a WordPress API in a Link field": {
			"-- / --\nLink: <{{url}}/wp-json/>; rel=\"https://api.w.org/\"\nContent-Type: text/html\n" +
				headed(`<link rel="alternate" type="application/rss+xml" href="/feed">`) +
				"\n-- /wp-json/wp/v2/posts --\n\n[]\n-- /feed --\n\n" + aFeed,
			"/", "wordpress /: the site names its WordPress API",
		},
		"a WordPress API that is closed": {
			"-- / --" + headed(`<link rel="https://api.w.org/" href="/wp-json/"><link rel="alternate" type="application/rss+xml" href="/news.xml">`) +
				"\n-- /wp-json/wp/v2/posts --\n\n{\"code\": \"rest_disabled\"}\n-- /news.xml --\n\n" + aFeed,
			"/", "feed /news.xml: the page names this feed",
		},
		"WordPress without a feed": {
			"-- / --" + headed("") + "\n-- /wp-json/wp/v2/posts --\n\n[{\"id\": 1}]", "/",
			"wordpress /: it has a WordPress API and no feed",
		},
		"a feed below the page": {
			"-- /blog --" + headed("") + "\n-- /blog/feed --\n\n" + aFeed, "/blog",
			"feed /blog/feed: a feed is where sites have one",
		},
		"a feed in the text": {
			"-- / --" + headed("") + `<a type="application/rss+xml" href="/all.rss">RSS</a>` + "\n-- /all.rss --\n\n" + aFeed,
			"/", "feed /all.rss: the page names this feed",
		},
		"a feed: link": {
			"-- / --" + headed("") + `<a href="feed:{{url}}/all.rss">RSS</a>` + "\n-- /all.rss --\n\n" + aFeed,
			"/", "feed /all.rss: the page names this feed",
		},
		"meta refresh": {
			"-- / --" + headed(`<meta http-equiv="Refresh" content="0; URL='/home'">`) + "\n-- /home --" +
				headed(`<link rel="alternate" type="application/atom+xml" href="/atom">`) + "\n-- /atom --\n\n<feed/>",
			"/", "feed /atom: the page names this feed",
		},
		"a sitemap of news": {
			"-- / --\n\n" + aList + "\n-- /robots.txt --\n\nSitemap: {{url}}/maps/news.xml\n-- /maps/news.xml --\n\n" + aNewMap,
			"/", "sitemap /maps/news.xml: robots.txt names this sitemap",
		},
		"a page before a plain sitemap": {
			"-- / --\n\n" + aList + "\n-- /sitemap.xml --\n\n" + aNewMap, "/", "page /: the page lists articles",
		},
		"a page that robots.txt forbids": {
			"-- / --\n\n" + aList + "\n-- /robots.txt --\n\nUser-agent: *\nDisallow: /$\n-- /sitemap.xml --\n\n" + aNewMap,
			"/", "sitemap /sitemap.xml: a sitemap is where sites have one",
		},
	} {
		t.Run(name, func(t *testing.T) {
			web := newstest.Web(t, c.web)
			r := New(newstest.Logger(t), newstest.Fetcher{}, time.Now)
			way, err := r.Find(t.Context(), web.URL+c.at, news.Allowance{})
			got := fmt.Sprintf("%s %s: %s", way.Kind, strings.TrimPrefix(way.URL, web.URL), way.Why)
			if err != nil || !strings.HasPrefix(got, c.want) {
				t.Errorf("%s, %v, want %s\ntried %+v", got, err, c.want, way.Tried)
			}
			for _, tried := range way.Tried {
				if tried.Address == "" || tried.What == "" && tried.Status == 0 {
					t.Errorf("tried %+v", tried)
				}
			}
		})
	}
}

// Nothing is asked for twice, and what was tried is told.
func TestFindNothing(t *testing.T) {
	web := newstest.Web(t, "-- / --"+headed(""))
	r := New(newstest.Logger(t), newstest.Fetcher{}, time.Now)
	way, err := r.Find(t.Context(), web.URL+"/", news.Allowance{})
	if news.KindOf(err) != news.Invalid || way.Kind != "" || len(way.Tried) < 10 {
		t.Errorf("%+v, %v", way, err)
	}
	seen := map[string]bool{}
	for _, req := range web.Requests() {
		if seen[req.Path] {
			t.Errorf("%s is asked for twice", req.Path)
		}
		seen[req.Path] = true
	}
	for _, tried := range way.Tried[1:] {
		if tried.Status != 404 || !strings.Contains(tried.What, "404") {
			t.Errorf("%+v", tried)
		}
	}
	if way, err = r.Find(t.Context(), web.URL+"/none", news.Allowance{}); news.KindOf(err) != news.NotFound || len(way.Tried) != 1 {
		t.Errorf("%+v, %v", way, err)
	}
}
