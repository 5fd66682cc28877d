package serve

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// article answers with an article's page. The article is read for each request, since only the
// store knows whether it changed; its page is kept.
func (p *public) article(w http.ResponseWriter, r *http.Request) {
	raw := r.PathValue("id")
	id, err := news.ParseID(raw)
	if err != nil {
		say(w, http.StatusNotFound, briefly, "There is no article at this address.\n")
		return
	}
	if canonical := id.String(); canonical != raw {
		w.Header().Set("Location", canonical) // relative: right below any public address
		say(w, http.StatusMovedPermanently, briefly, "This article is at "+canonical+".\n")
		return
	}
	entry, err := p.articles.Article(id)
	switch {
	case entry.Status == news.Withdrawn, news.KindOf(err) == news.Gone:
		say(w, http.StatusGone, briefly, "This article has been withdrawn.\n")
		return
	case entry.Status == news.Expired:
		say(w, http.StatusGone, briefly, "This article is no longer kept.\n")
		return
	case entry.Status == news.Embargoed, news.KindOf(err) == news.NotFound:
		// An embargoed article does not exist yet, to those outside.
		say(w, http.StatusNotFound, briefly, "There is no article at this address.\n")
		return
	case err != nil:
		p.fail(w, r, fmt.Errorf("read article %s: %w", id, err))
		return
	}
	page := version{id: id, seq: entry.Seq}
	d := p.pages.articles.get(page)
	if d == nil {
		body, err := p.pages.execute("article.html", p.pages.articleView(entry))
		if err != nil {
			p.fail(w, r, err)
			return
		}
		d = pageDocument(nil, p.pages.articlePolicy, body)
		p.pages.articles.put(page, d)
	}
	d.serve(w, r)
}

// version names an article as it was after one of its changes.
type version struct {
	id  news.ID
	seq uint64
}

// cacheSize bounds what a cache holds, in bytes.
const cacheSize = 16 << 20

// cache keeps the pages that were asked for of late: those of the half that is being filled, and
// those of the half before. Its zero value is empty and ready.
type cache struct {
	mu         sync.Mutex
	young, old map[version]*document
	size       int // of the young, in bytes
}

// get returns a page, nil if it is not kept.
func (c *cache) get(v version) *document {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.young[v]; d != nil {
		return d
	}
	d := c.old[v]
	if d != nil {
		c.add(v, d)
	}
	return d
}

// put keeps a page.
func (c *cache) put(v version, d *document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(v, d)
}

// add fills the young half, and begins another when it is full.
func (c *cache) add(v version, d *document) {
	if c.young == nil || c.size+d.size() > cacheSize/2 {
		c.young, c.old, c.size = make(map[version]*document), c.young, 0
	}
	if c.young[v] == nil {
		c.young[v] = d
		c.size += d.size()
	}
}
