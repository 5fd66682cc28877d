package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func newSitemaps(t *testing.T) *pressroom {
	t.Helper()
	p := newPressroom(t)
	p.web = newstest.WebFile(t, "testdata/sitemaps.txtar")
	return p
}

// Where a site has a sitemap of news it alone is read: each article's page once, and again what the
// sitemap says has changed. An unchanged one costs one conditional request.
func TestNewsSitemap(t *testing.T) {
	p := newSitemaps(t)
	src := p.source(news.KindSitemap, "/")
	// What robots.txt forbids stays as the sitemap has it.
	p.want(src, "/news-map.xml /2026/river /2026/bridge", map[news.Outcome]int{news.Accepted: 3})
	p.want(src, "/news-map.xml?", map[news.Outcome]int{news.Accepted: 0, news.Unchanged: 0})
	entries, err := p.store.Articles(news.Query{Text: "river floods", Limit: 10})
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	e, err := p.store.Article(entries[0].ID)
	if err != nil || !strings.Contains(e.Content, "a metre high") || len(e.Media) != 1 || len(e.Tags) != 2 ||
		e.Lang != "en" || e.Published.Format(time.DateTime) != "2026-11-21 08:00:00" {
		t.Errorf("%+v, %v", e, err)
	}
	p.now = p.now.Add(4 * time.Hour)
	p.web.Set("/news-map.xml", p.page("/v2/news-map.xml"))
	p.web.Set("/2026/river", p.page("/v2/river"))
	p.want(src, "/news-map.xml? /2026/school /2026/river?",
		map[news.Outcome]int{news.Accepted: 1, news.Updated: 1})
	p.stored(4)
}

// Of plain sitemaps those are read that their index says have changed; what is no article is left
// out, and not asked for again.
func TestPlainSitemaps(t *testing.T) {
	p := newSitemaps(t)
	p.web.Remove("/news-map.xml")
	p.web.Set("/robots.txt", "\nSitemap: "+p.web.URL+"/index.xml")
	src := p.source(news.KindSitemap, "/")
	p.want(src, "/index.xml /post-sitemap2.xml /post-sitemap1.xml /2026/river /about /2026/bridge",
		map[news.Outcome]int{news.Accepted: 2, news.Rejected: 0})
	p.want(src, "/index.xml?", nil)
	p.web.Set("/index.xml", p.page("/v2/index.xml"))
	p.web.Set("/post-sitemap2.xml", p.page("/v2/post-sitemap2.xml"))
	p.want(src, "/index.xml? /post-sitemap2.xml? /2026/school", map[news.Outcome]int{news.Accepted: 1})
	p.stored(3)
}

// A site whose robots.txt names no sitemap is asked where most have one; what is found is
// remembered. An article that can't be read yet is asked for at the next look.
func TestSitemapIsFound(t *testing.T) {
	p := newSitemaps(t)
	p.web.Set("/sitemap.xml", p.page("/post-sitemap1.xml"))
	p.web.Remove("/robots.txt")
	bridge := p.page("/2026/bridge")
	p.web.Set("/2026/bridge", "HTTP 503\n\nlater")
	p.web.Set("/sitemap.xml", strings.ReplaceAll(p.page("/post-sitemap1.xml"), "2026-11-10", "2026-11-21"))
	src := p.source(news.KindSitemap, "/")
	p.want(src, "/news-sitemap.xml /sitemap-news.xml /sitemap_index.xml /sitemap.xml /2026/bridge",
		map[news.Outcome]int{news.Accepted: 0})
	p.web.Set("/2026/bridge", bridge)
	report, asked := p.look(src)
	if report.Count(news.Accepted) != 1 || !strings.HasSuffix(asked, "/sitemap.xml /2026/bridge") {
		t.Errorf("%q, %+v", asked, report)
	}
	p.want(src, "/sitemap.xml?", nil)

	p = newSitemaps(t)
	p.web.Set("/robots.txt", "\n")
	_, err := p.flow.Run(t.Context(), p.source(news.KindSitemap, "/"))
	if news.KindOf(err) != news.NotFound || !strings.Contains(fmt.Sprint(err), "/wp-sitemap.xml: name its address") {
		t.Error(err)
	}
	_, err = p.flow.Run(t.Context(), p.source(news.KindSitemap, "/2026/river"))
	if news.KindOf(err) != news.Invalid || !strings.Contains(fmt.Sprint(err), "no sitemap") {
		t.Error(err)
	}
}

// What a site says about the use of its articles is kept with each of them, and no more is passed on
// than it lets us, whatever the source's rights are.
func TestSignalsAreKept(t *testing.T) {
	p := newSitemaps(t)
	p.web.Set("/robots.txt", "\nUser-agent: *\nContent-Signal: search=yes, ai-train=no\nSitemap: "+
		p.web.URL+"/news-map.xml")
	bridge := p.page("/2026/bridge")
	bridge = strings.Replace(bridge, "<head>", `<head><meta name="robots" content="noarchive">`, 1)
	p.web.Set("/2026/bridge", "TDM-Policy: /policy\n"+bridge)
	p.look(p.source(news.KindSitemap, "/"))
	for title, want := range map[string]string{
		"river floods": "full content-signal(robots.txt)",
		"road to Ojin": "excerpt content-signal(robots.txt) tdm-policy(header) robots(page)",
	} {
		entries, err := p.store.Articles(news.Query{Text: title, Limit: 10})
		if err != nil || len(entries) != 1 {
			t.Fatal(entries, err)
		}
		got := string(entries[0].Rights)
		for _, s := range entries[0].Signals {
			got += " " + s.Name + "(" + s.From + ")"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
		if shown := string(shownArticle(&entries[0], 80)); !strings.Contains(shown, "ai-train=no") {
			t.Errorf("not shown:\n%s", shown)
		}
	}
}
