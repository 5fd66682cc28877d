package main

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/source"
	"github.com/teletipo/teletipo/internal/store"
)

// pressroom is the flow on a real store and a fake web.
type pressroom struct {
	*morgue
	web   *newstest.Server
	polls *store.Polls
	asked int
}

func newPressroom(t *testing.T) *pressroom {
	t.Helper()
	m := newMorgue(t)
	p := &pressroom{morgue: m, web: newstest.WebFile(t, "testdata/pages.txtar")}
	m.now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return m.now }
	log := newstest.Logger(t)
	rules, err := classify.Compile("test", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.polls, err = store.OpenPolls(log, t.TempDir(), store.Options{NoSync: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.polls.Close() })
	reader := source.New(log, newstest.Fetcher{}, clock)
	m.flow = ingest.New(ingest.Parts{
		Log: log, Reader: reader, Pages: reader, Archive: m.store, Items: m.store, Polls: p.polls,
		InForce: classify.Enforce(rules), Now: clock,
	})
	return p
}

// look runs a source and returns what came of it, and what was asked for.
func (p *pressroom) look(src news.Source) (news.Report, string) {
	p.t.Helper()
	p.now = p.now.Add(time.Hour)
	report, err := p.flow.Run(p.t.Context(), src)
	if err != nil {
		p.t.Fatal(err)
	}
	var asked []string
	for _, r := range p.web.Requests()[p.asked:] {
		name := r.Path
		if name == "/robots.txt" {
			continue // once a day: see TestRobotsOfPages
		}
		if r.Header.Get("If-None-Match") != "" {
			name += "?"
		}
		asked = append(asked, name)
	}
	p.asked = len(p.web.Requests())
	return report, strings.Join(asked, " ")
}

// want compares what a look asked for and what came of it.
func (p *pressroom) want(src news.Source, asked string, outcomes map[news.Outcome]int) {
	p.t.Helper()
	report, got := p.look(src)
	if got != asked {
		p.t.Errorf("asked for %q, want %q", got, asked)
	}
	for outcome, n := range outcomes {
		if report.Count(outcome) != n {
			p.t.Errorf("%d %s, want %d: %+v, %v", report.Count(outcome), outcome, n, report.Results,
				report.Faults)
		}
	}
}

func (p *pressroom) source(kind news.SourceKind, path string) news.Source {
	return news.Source{
		ID: string(kind), Name: "Press", Kind: kind, URL: p.web.URL + path, Rights: news.Full,
		Every: time.Hour, Enabled: true, Follow: true,
	}
}

// A page source reads each article's own page once; an unchanged listing costs one request, and
// what changes on an article's page is an update only if a reader would see it.
func TestPageSource(t *testing.T) {
	p := newPressroom(t)
	src := p.source(news.KindPage, "/prensa")
	// One article of the second page has no page of its own, and is left out.
	p.want(src, "/prensa /prensa?page=2 /prensa/escuelas /prensa/puente /prensa/agua /prensa/tren",
		map[news.Outcome]int{news.Accepted: 3})
	p.want(src, "/prensa?", map[news.Outcome]int{news.Accepted: 0, news.Unchanged: 0})

	entries, err := p.store.Articles(news.Query{Text: "agua para la frontera", Limit: 10})
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	entry, err := p.store.Article(entries[0].ID)
	if err != nil || !strings.Contains(entry.Content, "diecisiete obras") ||
		strings.Contains(entry.Content, "Descargar") || entry.Revision != 1 ||
		entry.Published.Format(time.DateOnly) != "2026-11-20" || len(entry.Media) != 1 {
		t.Errorf("%+v, %v", entry, err)
	}

	// Four hours later the listing has one more, an article has another advertisement and one a
	// correction.
	p.now = p.now.Add(4 * time.Hour)
	p.web.Set("/prensa", p.page("/v2/prensa"))
	p.web.Set("/prensa/agua", p.page("/v2/agua"))
	p.web.Set("/prensa/tren", p.page("/v2/tren"))
	p.want(src, "/prensa? /prensa/maestros /prensa/agua? /prensa/tren?",
		map[news.Outcome]int{news.Accepted: 1, news.Updated: 1, news.Unchanged: 1})
	p.stored(4)
}

// page reads a page of the fake web's own archive.
func (p *pressroom) page(path string) string {
	p.t.Helper()
	resp, err := newstest.Fetcher{}.Fetch(p.t.Context(), news.Request{URL: p.web.URL + path})
	if err != nil {
		p.t.Fatal(err)
	}
	p.asked++ // by the test itself
	return fmt.Sprintf("ETag: %q\nContent-Type: text/html\n\n%s", path, resp.Document.Body)
}

// The same article is one, whichever way it comes and whichever comes first.
func TestIdentityAcrossWays(t *testing.T) {
	ways := map[string]func(p *pressroom) news.Source{
		"page": func(p *pressroom) news.Source { return p.source(news.KindPage, "/one/page") },
		"feed": func(p *pressroom) news.Source { return p.source(news.KindFeed, "/one/feed") },
		"bare feed": func(p *pressroom) news.Source {
			src := p.source(news.KindFeed, "/one/feed")
			src.ID, src.Follow = "bare", false
			return src
		},
		"bare page": func(p *pressroom) news.Source {
			src := p.source(news.KindPage, "/one/page")
			src.ID, src.Follow = "barepage", false
			return src
		},
		"sitemap": func(p *pressroom) news.Source {
			var urls strings.Builder
			for _, name := range []string{"a", "b", "c"} {
				fmt.Fprintf(&urls, "<url><loc>%s/one/%s?utm_source=map</loc></url>", p.web.URL, name)
			}
			p.web.Set("/one/map.xml", "\n<urlset>"+urls.String()+"</urlset>")
			return p.source(news.KindSitemap, "/one/map.xml")
		},
		"wordpress": func(p *pressroom) news.Source {
			src := p.source(news.KindWordPress, "/one/")
			src.Follow = false
			return src
		},
	}
	for a, first := range ways {
		for b, second := range ways {
			if a == b {
				continue
			}
			t.Run(a+" then "+b, func(t *testing.T) {
				p := newPressroom(t)
				p.look(first(p))
				p.look(second(p))
				p.stored(3)
			})
		}
	}
}

// A page that lists far less than usual is noted with its shape then and now.
func TestYieldFalls(t *testing.T) {
	p := newPressroom(t)
	src := p.source(news.KindPage, "/long")
	src.Follow = false
	p.look(src)
	p.web.Set("/long", p.page("/v2/long"))
	p.look(src)
	st, err := p.polls.State(src.ID)
	if err != nil || !st.Yield.Short || st.Yield.Now != 3 || st.Yield.Usual < 8 ||
		!strings.Contains(st.Yield.Outline, "10 × ul > li") ||
		!strings.Contains(st.Yield.NowOutline, "3 × div.new > div") {
		t.Errorf("%+v, %v", st.Yield, err)
	}
}

// Full text takes a feed's texts from their pages, and leaves the feed's own title and date.
func TestFullText(t *testing.T) {
	p := newPressroom(t)
	src := p.source(news.KindFeed, "/one/feed")
	p.want(src, "/one/feed /one/a /one/b /one/c", map[news.Outcome]int{news.Accepted: 3})
	entries, err := p.store.Articles(news.Query{Text: "Feed's title of A", Limit: 10})
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	entry, err := p.store.Article(entries[0].ID)
	if err != nil || !strings.Contains(entry.Content, "full text of A") || entry.Summary != "Summary of A in the feed." {
		t.Errorf("%+v, %v", entry, err)
	}
	p.want(src, "/one/feed?", map[news.Outcome]int{news.Unchanged: 0})
}

// Pages are asked for as far as robots.txt allows it, feeds whatever it says.
func TestRobotsOfPages(t *testing.T) {
	p := newPressroom(t)
	p.web.Set("/robots.txt", "\nUser-agent: *\nDisallow: /prensa/tren\nDisallow: /*?page=\nDisallow: /one/")
	p.want(p.source(news.KindPage, "/prensa"), "/prensa /prensa/agua",
		map[news.Outcome]int{news.Accepted: 2})
	if n := strings.Count(fmt.Sprint(p.web.Requests()), "/robots.txt"); n != 1 {
		t.Errorf("robots.txt asked for %d times", n)
	}
	src := p.source(news.KindFeed, "/one/feed")
	report, asked := p.look(src)
	if asked != "/one/feed" || report.Count(news.Accepted) != 3 || len(report.Faults) != 3 ||
		!strings.Contains(fmt.Sprint(report.Faults), "line 4 of the site's robots.txt disallows \"/one/\"") {
		t.Errorf("%q, %+v", asked, report)
	}
	src = p.source(news.KindPage, "/one/page")
	if _, err := p.flow.Run(t.Context(), src); news.KindOf(err) != news.Refused {
		t.Error(err)
	}
}

// A browser hands in what it shows: the daemon reads it by the rule of the site's source, and takes
// it from nobody else.
func TestPagesFromABrowser(t *testing.T) {
	dir := t.TempDir()
	sources := "sources:\n  - {id: gob, name: Gobierno, kind: page, url: \"https://gobierno.example/prensa\", " +
		"lang: es, every: 720h}\n"
	write(t, filepath.Join(dir, "gob.yaml"), sources)
	config := write(t, filepath.Join(dir, "teletipo.yaml"), "sources: gob.yaml\n")
	flags := []string{"--config", config, "--data", dir}
	token := addToken(t, flags, "browser", "--pages", "gob")
	d := startDaemon(t, append(flags, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")...)
	defer d.terminate()
	hand := func(page, body string) (answer, string) {
		a, _ := d.push(http.MethodPut, "pages?url="+url.QueryEscape(page), token, body,
			"Content-Type", "text/html")
		return a, a.body
	}
	const text = "<p>El programa de agua para la frontera con Estados Unidos tiene diecisiete obras, que " +
		"empiezan en enero en Sonora y terminan en dos años, dijo la presidenta de México ayer. La comisión " +
		"del agua publica el calendario el lunes, con los montos de cada una y las empresas.</p>"
	article := "<html lang=es><title>Programa de agua</title><h1>Programa de agua para la frontera</h1>" + text
	if a, body := hand("https://gobierno.example/prensa/agua", article); a.status != http.StatusOK ||
		!strings.Contains(body, `"outcome":"accepted"`) {
		t.Fatalf("%d %s", a.status, body)
	}
	if a, body := hand("https://elsewhere.example/agua", article); a.status != http.StatusForbidden {
		t.Errorf("another site's page: %d %s", a.status, body)
	}
	if a, body := hand("https://gobierno.example/prensa/x", "<title>Challenge Validation</title>"); a.status !=
		http.StatusUnprocessableEntity || !strings.Contains(body, "a test for people") {
		t.Errorf("a challenge: %d %s", a.status, body)
	}
	if a, _ := d.push(http.MethodPut, "articles/1", token, `{"title": "One"}`); a.status != http.StatusForbidden {
		t.Errorf("an article with a token for pages: %d", a.status)
	}
}
