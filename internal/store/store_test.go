package store

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is when every test begins.
var start = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// clock is a time that only its test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: start} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) step(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return c.at
}

// tested is a store with its clock, which fails the test for whatever goes wrong.
type tested struct {
	*Store
	clock *clock
	t     testing.TB
	dir   string
	share int // bytes of one source in a topic; 0: any number
	judge Judge

	replica bool
	tee     func(after uint64, group [][]byte) error
}

// newStore opens a new store that closes with the test.
func newStore(t testing.TB) *tested {
	t.Helper()
	s := &tested{clock: newClock(), t: t, dir: t.TempDir()}
	s.open()
	return s
}

func (s *tested) open() {
	s.t.Helper()
	opened, err := Open(newstest.Logger(s.t), s.dir, Options{
		Now: s.clock.now, NoSync: true, Share: s.share, Span: 48 * time.Hour,
		Judge:   s.judge,
		Replica: s.replica, Tee: s.tee, Program: "teletipo of a test",
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Store = opened
	s.t.Cleanup(func() { s.ok(opened.Close()) })
}

func (s *tested) reopen() {
	s.t.Helper()
	s.ok(s.Close())
	s.open()
}

func (s *tested) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// accept offers candidates in one call.
func (s *tested) accept(all ...news.Candidate) []news.Result {
	s.t.Helper()
	results, err := s.Accept(s.t.Context(), all)
	s.ok(err)
	if len(results) != len(all) {
		s.t.Fatalf("%d results for %d candidates", len(results), len(all))
	}
	return results
}

// offer offers one candidate and wants an outcome.
func (s *tested) offer(want news.Outcome, c news.Candidate) news.Result {
	s.t.Helper()
	r := s.accept(c)[0]
	if r.Outcome != want {
		s.t.Fatalf("%s is %s (%s), want %s", c.Article.GUID, r.Outcome, r.Reason, want)
	}
	return r
}

func (s *tested) withdraw(id news.ID) news.Result {
	s.t.Helper()
	r, err := s.Withdraw(s.t.Context(), id)
	s.ok(err)
	return r
}

func (s *tested) release() int {
	s.t.Helper()
	n, err := s.Release(s.t.Context())
	s.ok(err)
	return n
}

func (s *tested) article(id news.ID) news.Entry {
	s.t.Helper()
	e, err := s.Article(id)
	s.ok(err)
	return e
}

// window reads a feed by its name.
func (s *tested) window(feed string, n int) news.Window {
	s.t.Helper()
	w, err := s.Window(news.ParseFeedKey(feed), n)
	s.ok(err)
	return w
}

// changes reads the change log, but for the installation, which is its first.
func (s *tested) changes() []change {
	s.t.Helper()
	var all []change
	s.ok(s.db.view(func(tx tx) error {
		return tx.Bucket(bucketChange).ForEach(func(k, v []byte) error {
			c, err := toChange(k, v)
			if err == nil && c.Kind != kindInstall {
				all = append(all, *c)
			}
			return err
		})
	}))
	return all
}

// guids lists a window's articles.
func guids(w news.Window) []string {
	list := []string{}
	for _, e := range w.Entries {
		list = append(list, e.GUID)
	}
	return list
}

// An edit makes a candidate differ from the usual one.
type edit func(*news.Candidate)

// piece is a candidate of source "wire": an hour old, in English, with full rights, in topic
// "border", under a link of its own.
func piece(guid string, edits ...edit) news.Candidate {
	c := news.Candidate{
		Article: news.Article{
			Source: "wire", GUID: guid, URL: "https://wire.example/" + guid,
			Title: "Title of " + guid, Summary: "In short, " + guid,
			Content: "<p>All about " + guid + ".</p>",
			Lang:    "en", Rights: news.Full, Published: start.Add(-time.Hour),
		},
	}
	in("border")(&c)
	for _, e := range edits {
		e(&c)
	}
	a := &c.Article
	c.Item = news.Item{GUID: guid, URL: a.URL, Title: a.Title, Content: a.Content}
	a.ID = news.MintID(a.Source, a.GUID)
	a.Fingerprint = fmt.Sprint(a.Title, a.Content, a.Lang, a.URL, a.Rights)
	return c
}

func from(source string) edit    { return func(c *news.Candidate) { c.Article.Source = source } }
func link(url string) edit       { return func(c *news.Candidate) { c.Article.URL = url } }
func text(s string) edit         { return func(c *news.Candidate) { c.Article.Content = s } }
func lang(l string) edit         { return func(c *news.Candidate) { c.Article.Lang = l } }
func dated(t time.Time) edit     { return func(c *news.Candidate) { c.Article.Published = t } }
func with(r news.Rights) edit    { return func(c *news.Candidate) { c.Article.Rights = r } }
func file(name string) edit      { return func(c *news.Candidate) { c.File = name } }
func own(c *news.Candidate)      { c.Article.Own, c.Article.URL = true, "" }
func after(d time.Duration) edit { return dated(start.Add(d)) }

// in places the candidate in exactly these topics.
func in(topics ...string) edit {
	return func(c *news.Candidate) {
		c.Placements = nil
		for _, topic := range topics {
			c.Placements = append(c.Placements, news.Placement{Topic: topic, Score: 9, Threshold: 6})
		}
	}
}

// old makes it older than what counts as news.
var old = after(-freshFor - time.Minute)

func newPolls(t testing.TB) *Polls {
	t.Helper()
	p, err := OpenPolls(newstest.Logger(t), filepath.Join(t.TempDir(), "data"), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}
