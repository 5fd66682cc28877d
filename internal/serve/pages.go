package serve

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// How many headlines a page shows.
const (
	homeSize  = 20
	topicSize = 50
)

//go:embed pages
var pageFiles embed.FS

// pages makes the pages. Their bytes are a function of articles and settings: no clock.
type pages struct {
	settings  Settings
	templates *template.Template
	style     template.CSS
	home      listing
	sitemap   listing
	topics    map[string]*listing // "all" among them
	articles  cache
	// Content-Security-Policy: nothing but our own style sheet, and for articles the images
	// that their text shows.
	policy, articlePolicy string
}

// listing is a page that changes only with its feed: it is made once per edition, and readers
// that come meanwhile wait for it. There are as many as there are topics, and one for home.
type listing struct {
	mu     sync.Mutex
	latest *document
}

// newPages reads the templates, which are part of the program: a fault in them is a panic.
func newPages(settings Settings) *pages {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(css)
	policy := "default-src 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	p := &pages{
		settings:      settings,
		templates:     template.Must(template.ParseFS(pageFiles, "pages/*.html")),
		style:         template.CSS(css), // our own, embedded
		topics:        make(map[string]*listing),
		policy:        policy,
		articlePolicy: policy + "; img-src https: http:",
	}
	for _, id := range topicIDs(settings) {
		p.topics[id] = &listing{}
	}
	return p
}

// home answers with the topics, the latest headlines and how to subscribe.
func (p *public) home(w http.ResponseWriter, r *http.Request) {
	p.list(w, r, &p.pages.home, news.All, func() ([]byte, error) {
		window, err := p.articles.Window(news.FeedKey{Topic: news.All}, homeSize)
		if err != nil {
			return nil, fmt.Errorf("read the latest headlines: %w", err)
		}
		return p.pages.execute("home.html", p.pages.homeView(window.Entries))
	})
}

// topic answers with a topic's feed as a page.
func (p *public) topic(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("topic")
	l, ok := p.pages.topics[id]
	if !ok {
		p.topicElsewhere(w, r, id, func(topic string) string { return topic })
		return
	}
	p.list(w, r, l, id, func() ([]byte, error) {
		window, err := p.articles.Window(news.FeedKey{Topic: id}, topicSize)
		if err != nil {
			return nil, fmt.Errorf("read topic %s: %w", id, err)
		}
		return p.pages.execute("topic.html", p.pages.topicView(id, window.Entries))
	})
}

// list answers with a listing, made anew if the feed of its topic has another edition.
func (p *public) list(w http.ResponseWriter, r *http.Request, l *listing, topic string,
	render func() ([]byte, error),
) {
	// The edition is looked up before the window is read: a change in between makes the page
	// newer than its edition, and the next edition makes it again.
	edition, _ := p.editions.Edition(news.FeedKey{Topic: topic}, news.Formats[0])
	d, err := l.document(edition, func() (*document, error) {
		body, err := render()
		if err != nil {
			return nil, err
		}
		return pageDocument(edition, p.pages.policy, body), nil
	})
	if err != nil {
		p.fail(w, r, err)
		return
	}
	d.serve(w, r)
}

// document returns the page for an edition, making it if need be. A page made while there was no
// edition is not kept.
func (l *listing) document(e *news.Edition, render func() (*document, error)) (*document, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.latest != nil && e != nil && l.latest.edition == e {
		return l.latest, nil
	}
	d, err := render()
	if err != nil {
		return nil, err
	}
	l.latest = d
	return d, nil
}

// execute fills a template.
func (p *pages) execute(name string, view any) ([]byte, error) {
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, name, view); err != nil {
		return nil, fmt.Errorf("fill template %s: %w", name, err)
	}
	return b.Bytes(), nil
}
