package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// copies is a newsroom under random changes, served over HTTP, with clients that know of it what
// the documentation says.
type copies struct {
	*newsroom
	server    *httptest.Server
	handler   http.Handler // what the server answers with, another after a restart
	chance    *rand.Rand   // of what is written between two requests of a client
	all       []news.Candidate
	live      map[string]string // titles by URN of what is live in the topic
	clients   []*client
	followers []*follower
	left      int // writes that may yet come while a client walks
	visits    *int
}

// TestCopies: whoever does as docs/feeds.md says has every article that is live, as it is now, and
// none that is not; and whoever only follows the archives until one that was read misses nothing;
// whatever is written meanwhile, in each format, with deltas and without.
func TestCopies(t *testing.T) {
	parent, visits, partial := t.TempDir(), 0, 0
	fewer(t, 3) // -rapid.checks asks for more
	rapid.Check(t, func(rt *rapid.T) {
		m := newCopies(rt, mkdirIn(rt, parent))
		m.visits = &visits
		defer func() { m.server.Close(); m.store.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"publish":      func(rt *rapid.T) { m.publish(rt, 1, 0) },
			"publish many": func(rt *rapid.T) { m.publish(rt, rapid.IntRange(20, 60).Draw(rt, "n"), 0) },
			"publish old":  func(rt *rapid.T) { m.publish(rt, rapid.IntRange(1, 40).Draw(rt, "n"), 100) },
			"correct":      func(rt *rapid.T) { m.correct(rt, rapid.IntRange(1, 9).Draw(rt, "n")) },
			"place":        func(rt *rapid.T) { m.place(rt, "border", "cartels") },
			"unplace":      func(rt *rapid.T) { m.place(rt, "cartels") },
			"withdraw":     m.withdraw,
			"news":         func(rt *rapid.T) { m.publish(rt, 2, 0); m.visit(rt, quiet) },
			"a correction": func(rt *rapid.T) { m.correct(rt, 1); m.visit(rt, quiet) },
			"wait":         m.wait,
			"restart":      m.restart,
			"visit":        func(rt *rapid.T) { m.visit(rt, rapid.SampledFrom(loads).Draw(rt, "load")) },
		})
		m.visit(rt, quiet)
		m.visit(rt, quiet)
		m.compare(rt)
		for _, c := range m.clients {
			partial += c.partial
		}
	})
	if t.Logf("%d visits, %d deltas", visits, partial); visits < 100 || partial < 10 {
		t.Errorf("%d visits with %d deltas only", visits, partial)
	}
}

func newCopies(rt *rapid.T, dir string) *copies {
	w, err := newNewsroom(dir, news.Extent{
		Least: rapid.SampledFrom([]int{3, 50, 60}).Draw(rt, "least"),
		Span:  time.Duration(rapid.IntRange(0, 60).Draw(rt, "span")) * time.Hour,
		Size:  rapid.SampledFrom([]int{0, 30_000, 100_000}).Draw(rt, "size"),
	})
	if err != nil {
		rt.Fatal(err)
	}
	m := &copies{newsroom: w, live: map[string]string{}}
	m.chance = rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "chance"), 1))
	m.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		m.handler.ServeHTTP(rw, r)
	}))
	w.settings.Site.PublicURL = m.server.URL
	m.restart(rt)
	for _, format := range news.Formats {
		for _, deltas := range []bool{false, true} {
			c := client{
				format: format, deltas: deltas, get: m.server.Client().Do,
				feed: m.server.URL + "/feeds/border." + string(format), copy: map[string]copied{},
			}
			f := &follower{client: c, read: map[string]bool{}}
			f.copy = map[string]copied{}
			m.clients, m.followers = append(m.clients, &c), append(m.followers, f)
		}
	}
	return m
}

func (m *copies) must(rt *rapid.T, err error) {
	if err != nil {
		rt.Fatal(err)
	}
}

func (m *copies) offer(rt *rapid.T, all ...news.Candidate) {
	results, err := m.store.Accept(context.Background(), all)
	m.must(rt, err)
	for i, r := range results {
		if r.Outcome == news.Rejected {
			rt.Fatalf("article %s: %s", all[i].Article.GUID, r.Reason)
		}
		if all[i].Placements[0].Topic == "border" {
			m.live[all[i].Article.ID.URN()] = all[i].Article.Title
		} else {
			delete(m.live, all[i].Article.ID.URN())
		}
	}
}

func (m *copies) publish(rt *rapid.T, n, hours int) {
	var all []news.Candidate
	for range n {
		size := rapid.SampledFrom([]int{100, 100, 700, 4000}).Draw(rt, "size")
		all = append(all, m.write(size, time.Duration(hours)*time.Hour, "border"))
	}
	m.all = append(m.all, all...)
	m.offer(rt, all...)
}

// some draws articles that were not withdrawn.
func (m *copies) some(rt *rapid.T, n int) []*news.Candidate {
	var list []*news.Candidate
	for range min(n, len(m.all)) {
		list = append(list, &m.all[rapid.IntRange(0, len(m.all)-1).Draw(rt, "article")])
	}
	return list
}

func (m *copies) correct(rt *rapid.T, n int) {
	for _, c := range m.some(rt, n) {
		m.rewrite(rt, c)
	}
}

func (m *copies) rewrite(rt *rapid.T, c *news.Candidate) {
	c.Article.Title += "+"
	c.Article.Fingerprint = c.Article.Title
	m.offer(rt, *c)
}

func (m *copies) place(rt *rapid.T, topics ...string) {
	for _, c := range m.some(rt, 1) {
		*c = in(*c, topics...)
		m.offer(rt, *c)
	}
}

func (m *copies) withdraw(rt *rapid.T) {
	if len(m.all) > 0 {
		m.retract(rt, rapid.IntRange(0, len(m.all)-1).Draw(rt, "article"))
	}
}

func (m *copies) retract(rt *rapid.T, i int) {
	id := m.all[i].Article.ID
	_, err := m.store.Withdraw(context.Background(), id)
	m.must(rt, err)
	delete(m.live, id.URN())
	m.all = append(m.all[:i:i], m.all[i+1:]...)
}

func (m *copies) wait(rt *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.SampledFrom([]int{1, 5, 20, 60}).Draw(rt, "h")) * time.Hour)
}

func (m *copies) restart(rt *rapid.T) {
	m.must(rt, m.reopen())
	m.handler = m.public()
}

// What is written while a client walks through a feed's documents: nothing; changes that are
// published at once; or some that are not, so that archives are ahead of the feed's document.
const (
	quiet   = "quiet"
	busy    = "busy"
	lagging = "lagging"
)

var loads = []string{quiet, busy, lagging}

// meanwhile changes something between two requests.
func (m *copies) meanwhile(rt *rapid.T, load string) {
	if load == quiet || m.left == 0 || m.chance.IntN(4) > 0 || len(m.all) == 0 {
		return
	}
	m.left--
	i := m.chance.IntN(len(m.all))
	switch m.chance.IntN(5) {
	case 0:
		m.retract(rt, i)
	case 1:
		m.all[i] = in(m.all[i], "cartels")
		m.offer(rt, m.all[i])
	case 2:
		m.all[i] = in(m.all[i], "border")
		m.offer(rt, m.all[i])
	case 3:
		m.rewrite(rt, &m.all[i])
	default:
		c := m.write(100, time.Duration(m.chance.IntN(2)*100)*time.Hour, "border")
		m.all = append(m.all, c)
		m.offer(rt, c)
	}
	if load == busy || m.chance.IntN(3) > 0 {
		m.must(rt, m.settle(context.Background()))
	}
}

// visit has everybody come by. What is live all the while they must have afterwards; at least they
// must not have lost it, where archives are ahead, or where they do not go round again when
// something moves from an archive into the document meanwhile.
func (m *copies) visit(rt *rapid.T, load string) {
	m.must(rt, m.settle(context.Background()))
	visit := func(c *client, all bool, come func(context.Context) error) {
		before := map[string]bool{}
		m.left = 8
		for id := range m.live {
			if _, is := c.copy[id]; is || all {
				before[id] = true
			}
		}
		c.get = func(r *http.Request) (*http.Response, error) {
			m.meanwhile(rt, load)
			for id := range before {
				if m.live[id] == "" {
					delete(before, id)
				}
			}
			return m.server.Client().Do(r)
		}
		m.must(rt, come(context.Background()))
		for id := range before {
			if _, is := c.copy[id]; !is {
				rt.Fatalf("%s, deltas %v, all %v, %s: %s is lost", c.format, c.deltas, all, load, id)
			}
		}
		*m.visits++
	}
	for i, c := range m.clients {
		visit(c, load != lagging, c.visit)
		visit(&m.followers[i].client, load == quiet, m.followers[i].visit)
	}
}

// compare holds what everybody has to what is live, when nothing has changed for two visits.
func (m *copies) compare(rt *rapid.T) {
	for i, c := range m.clients {
		for id, title := range m.live {
			if got := c.copy[id].title; got != title {
				rt.Errorf("%s, deltas %v: %s is %q, want %q", c.format, c.deltas, id, got, title)
			}
			if got := m.followers[i].copy[id].title; got != title {
				rt.Errorf("%s, deltas %v: a follower has %q of %s, want %q", c.format, c.deltas, got, id,
					title)
			}
		}
		for id := range c.copy {
			if m.live[id] == "" {
				rt.Errorf("%s, deltas %v: %s is not live", c.format, c.deltas, id)
			}
		}
		if len(c.held.entries) > len(m.live) {
			rt.Error(fmt.Sprint(c.format, ": more is held than there is"))
		}
	}
}
