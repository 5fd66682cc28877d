package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// shows wants feeds, each by its name, to hold these articles, newest first.
func (s *tested) shows(n int, feeds map[string]string) {
	s.t.Helper()
	for feed, want := range feeds {
		if got := strings.Join(guids(s.window(feed, n)), " "); got != want {
			s.t.Errorf("%s holds %q, want %q", feed, got, want)
		}
	}
}

func TestFreshAndBackfill(t *testing.T) {
	s := newStore(t)
	s.accept(piece("o1", old), piece("o2", old))
	s.shows(3, map[string]string{"border": "o2 o1"})
	s.offer(news.Accepted, piece("f1", after(-freshFor))) // to the second
	s.shows(3, map[string]string{"border": "f1 o2 o1", "all": "f1 o2 o1"})
	s.accept(piece("f2"), piece("o3", old), piece("f3"), piece("o4", old))
	s.shows(3, map[string]string{"border": "f3 f2 f1", "border.en": "f3 f2 f1", "all": "f3 f2 f1"})
	s.shows(5, map[string]string{"border": "f3 f2 f1 o4 o3"})
	s.shows(0, map[string]string{"border": ""})
	s.reopen()
	s.shows(9, map[string]string{"border": "f3 f2 f1 o4 o3 o2 o1"})
}

// TestUpdateMovesToTheTop has an article move to the top of its own kind: one that entered as
// backfill never pushes out a fresh one, however often it is corrected.
func TestUpdateMovesToTheTop(t *testing.T) {
	s := newStore(t)
	s.accept(piece("f1"), piece("f2"), piece("f3"), piece("o1", old), piece("o2", old))
	s.clock.step(10 * 24 * time.Hour)
	s.offer(news.Updated, piece("f1", text("new")))
	s.shows(9, map[string]string{"border": "f1 f3 f2 o2 o1", "all": "f1 f3 f2 o2 o1"})
	s.offer(news.Updated, piece("o1", old, text("new")))
	s.shows(9, map[string]string{"border": "f1 f3 f2 o1 o2", "all.en": "f1 f3 f2 o1 o2"})
	s.offer(news.Updated, piece("f2", text("new"), in("border", "cartels")))
	s.offer(news.Updated, piece("o2", old, text("new"), in("border", "cartels")))
	s.shows(9, map[string]string{"border": "f2 f1 f3 o2 o1", "cartels": "f2 o2"})
}

// TestOfAnyAge has articles that do not say how old they are: they stand behind the news, whatever
// becomes of them.
func TestOfAnyAge(t *testing.T) {
	s := newStore(t)
	backlog := func(c *news.Candidate) { c.Backlog, c.Article.Undated = true, true }
	s.accept(piece("f1"), piece("o1", after(0), backlog), piece("o2", after(0), backlog))
	s.shows(9, map[string]string{"border": "f1 o2 o1"})
	s.clock.step(time.Hour)
	s.offer(news.Updated, piece("o1", after(time.Hour), text("new")))
	s.offer(news.Updated, piece("o2", after(time.Hour), in("border", "cartels")))
	s.shows(9, map[string]string{"border": "f1 o1 o2", "cartels": "o2"})
	s.offer(news.Accepted, piece("f2", after(time.Hour), in("border", "cartels")))
	s.offer(news.Accepted, piece("o3", after(time.Hour), backlog, in("cartels")))
	s.shows(9, map[string]string{"border": "f2 f1 o1 o2", "cartels": "f2 o3 o2"})
}

func TestTopics(t *testing.T) {
	s := newStore(t)
	s.accept(piece("a", in("border", "cartels")), piece("b", in("cartels")), piece("c", in()))
	s.shows(9, map[string]string{"border": "a", "cartels": "b a", "all": "b a", "": ""})
	// Leaving one topic moves nothing in the others.
	s.offer(news.Updated, piece("a", in("border")))
	s.shows(9, map[string]string{"border": "a", "cartels": "b", "all": "b a", "all.en": "b a"})
	// Entering one puts it at its top, and changes no order elsewhere.
	s.offer(news.Updated, piece("a", in("cartels", "border")))
	s.shows(9, map[string]string{"border": "a", "cartels": "a b", "all": "b a"})
	// The first topic brings it into all, the loss of the last takes it out.
	s.offer(news.Updated, piece("c", in("x")))
	s.shows(9, map[string]string{"x": "c", "x.en": "c", "all": "c b a"})
	s.offer(news.Updated, piece("b", in()))
	s.shows(9, map[string]string{"cartels": "a", "all": "c a"})
	// What is placed long after it was published is backfill.
	s.clock.step(3 * 24 * time.Hour)
	s.offer(news.Updated, piece("a", in("cartels", "border", "x")))
	s.offer(news.Updated, piece("b", in("cartels")))
	s.shows(9, map[string]string{"x": "c a", "cartels": "a b", "all": "c a b"})
	// Once backfill in a topic, it stays so there, and fresh where it was fresh.
	s.offer(news.Updated, piece("a", in("cartels", "border", "x"), text("new")))
	s.shows(9, map[string]string{"x": "c a", "cartels": "a b", "all": "a c b"})
	s.withdraw(piece("a").Article.ID)
	s.shows(9, map[string]string{"x": "c", "cartels": "b", "border": "", "all": "c b"})
}

func TestLanguages(t *testing.T) {
	s := newStore(t)
	s.accept(piece("a"), piece("b", lang("es")), piece("c", lang("")), piece("d", lang("es"), old))
	s.shows(9, map[string]string{
		"border": "c b a d", "border.en": "a", "border.es": "b d", "all.es": "b d", "all": "c b a d",
	})
	s.offer(news.Updated, piece("a", lang("es")))
	s.shows(9, map[string]string{
		"border": "a c b d", "border.en": "", "border.es": "a b d", "all.en": "", "all.es": "a b d",
	})
	s.offer(news.Updated, piece("d", lang("en"), old))
	s.shows(9, map[string]string{"border.en": "d", "border.es": "a b", "border": "a c b d"})
	s.offer(news.Updated, piece("b", lang("")))
	s.shows(9, map[string]string{"border.es": "a", "all.es": "a", "border": "b a c d"})
}

// TestEmbargoEntersFresh releases what was held, in the order of their dates, as news.
func TestEmbargoEntersFresh(t *testing.T) {
	s := newStore(t)
	s.accept(
		piece("later", own, after(2*time.Hour)), piece("sooner", own, after(time.Hour)),
		piece("o1", old), piece("unplaced", own, in(), after(time.Hour)),
	)
	s.shows(9, map[string]string{"border": "o1"})
	s.clock.step(5 * 24 * time.Hour) // nobody was there to release them in time
	s.offer(news.Accepted, piece("f1", after(5*24*time.Hour)))
	if n := s.release(); n != 3 {
		t.Errorf("%d released, want 3", n)
	}
	s.shows(9, map[string]string{"border": "later sooner f1 o1", "all": "later sooner f1 o1"})
}

func TestWindowContent(t *testing.T) {
	s := newStore(t)
	for _, rights := range []news.Rights{news.Full, news.Excerpt, news.Headline} {
		c := piece(string(rights), with(rights))
		c.Article.Authors = []news.Author{{Name: "Ann O'Hara", Email: "ann@wire.example"}}
		c.Article.Origin = news.Origin{ID: "tag:wire", Updated: start}
		id := s.offer(news.Accepted, c).ID
		if got := s.article(id).Content; got != c.Article.Content {
			t.Errorf("%s: the stored content is %q", rights, got)
		}
		w := s.window("border", 1)
		if len(w.Entries) != 1 {
			t.Fatalf("%s: no window", rights)
		}
		want := news.Entry{
			Article: c.Article, Status: news.Live, Revision: 1, Seq: w.Seq,
			FirstSeen: start, Updated: c.Article.Published, Placements: c.Placements,
		}
		if rights != news.Full {
			want.Content = ""
		}
		if diff := cmp.Diff(want, w.Entries[0]); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", rights, diff)
		}
	}
}

func TestArticles(t *testing.T) {
	s := newStore(t)
	address := `https://feeds.example/?a=1&b="<2>"`
	s.accept(piece("a"), piece("b", in("cartels")), piece("c", from(address)), piece("d", in()))
	for name, c := range map[string]struct {
		q    news.Query
		want string
	}{
		"all":        {news.Query{Limit: 9}, "d c b a"},
		"newest two": {news.Query{Limit: 2}, "d c"},
		"none":       {news.Query{}, ""},
		"topic":      {news.Query{Limit: 9, Topic: "border"}, "c a"},
		"source":     {news.Query{Limit: 9, Source: "wire"}, "d b a"},
		"address":    {news.Query{Limit: 9, Source: address}, "c"},
		"part":       {news.Query{Limit: 9, Source: "wir"}, ""},
		"a name":     {news.Query{Limit: 9, Source: "Title of a"}, ""},
		"text":       {news.Query{Limit: 9, Text: "OF B"}, "b"},
		"all of it":  {news.Query{Limit: 1, Text: "title", Source: "wire", Topic: "border"}, "a"},
	} {
		entries, err := s.Articles(c.q)
		s.ok(err)
		if got := strings.Join(guids(news.Window{Entries: entries}), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestBatches accepts more in one call than one transaction takes.
func TestBatches(t *testing.T) {
	s := newStore(t)
	const n = 2*mostAtOnce + 1
	all := make([]news.Candidate, 0, n)
	for i := range n {
		all = append(all, piece(fmt.Sprint(i)))
	}
	for i, r := range s.accept(all...) {
		if r.Outcome != news.Accepted || r.ID != all[i].Article.ID {
			t.Fatalf("result %d: %+v", i, r)
		}
	}
	s.shows(2, map[string]string{"border": fmt.Sprint(n-1, " ", n-2)})
	if got := len(s.window("all", n+1).Entries); got != n {
		t.Errorf("%d in the window, want %d", got, n)
	}
}

// TestItemsThatCannotBeStored offers one whose date JSON cannot express between two others.
func TestItemsThatCannotBeStored(t *testing.T) {
	s := newStore(t)
	bad := piece("b")
	bad.Item.Published = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	results := s.accept(piece("a"), bad, piece("c"))
	if r := results[1]; r.Outcome != news.Rejected || !strings.Contains(r.Reason, "year") {
		t.Errorf("the bad one: %+v", r)
	}
	s.shows(9, map[string]string{"border": "c a"})
}
