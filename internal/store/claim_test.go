package store

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/site"
)

const paperLink = "https://paper.example/bridge"

// sayer makes an item of one of the sources that contend for links: paper is on paper.example,
// hoax and copy are strangers there, desk is the desk's own, politics is another feed of the paper.
func sayer(source, guid, url, says string, edits ...edit) news.Candidate {
	home := map[string]string{
		"paper": "https://paper.example/feed", "politics": "https://www.paper.example/politics.rss",
		"hoax": "https://hoax.test/feed", "copy": "https://copy.test/feed", "blog": "https://blog.test/feed",
	}[source]
	return piece(guid, append([]edit{
		from(source), link(url), text(says), func(c *news.Candidate) {
			c.Article.Own = source == "desk"
			c.Article.Entitled = c.Article.Own || site.Owned(url, home)
		},
	}, edits...)...)
}

// TestClaims has a case for each row of the table in docs/identity.md.
func TestClaims(t *testing.T) {
	hoax := func(edits ...edit) news.Candidate {
		return sayer("hoax", "h", paperLink, "lies", edits...)
	}
	for name, c := range map[string]struct {
		before  func(s *tested)
		item    news.Candidate
		outcome news.Outcome
		sources string // of what border has then, newest first
	}{
		"the link's own site comes after a stranger": {
			func(s *tested) { s.offer(news.Accepted, hoax()) },
			sayer("paper", "p", paperLink, "truth"), news.Updated, "paper",
		},
		"the desk comes after a stranger": {
			func(s *tested) { s.offer(news.Accepted, hoax()) },
			sayer("desk", "d", paperLink, "truth"), news.Updated, "desk",
		},
		"a stranger comes after the link's own site": {
			func(s *tested) { s.offer(news.Accepted, sayer("paper", "p", paperLink, "truth")) },
			hoax(), news.Unchanged, "paper",
		},
		"a stranger comes after the desk": {
			func(s *tested) { s.offer(news.Accepted, sayer("desk", "d", paperLink, "truth")) },
			hoax(), news.Unchanged, "desk",
		},
		"a stranger comes after another": {
			func(s *tested) { s.offer(news.Accepted, sayer("copy", "c", paperLink, "hearsay")) },
			hoax(), news.Unchanged, "copy",
		},
		"the desk comes after the link's own site": {
			func(s *tested) { s.offer(news.Accepted, sayer("paper", "p", paperLink, "truth")) },
			sayer("desk", "d", paperLink, "other"), news.Unchanged, "paper",
		},
		"the link's own site comes after the desk": {
			func(s *tested) { s.offer(news.Accepted, sayer("desk", "d", paperLink, "truth")) },
			sayer("paper", "p", paperLink, "other"), news.Unchanged, "desk",
		},
		"another feed of the link's own site": {
			func(s *tested) { s.offer(news.Accepted, sayer("paper", "p", paperLink, "truth")) },
			sayer("politics", "q", paperLink, "truth too"), news.Unchanged, "paper",
		},
		"a stranger's article was withdrawn by the desk": {
			func(s *tested) { s.withdraw(s.offer(news.Accepted, hoax()).ID) },
			sayer("paper", "p", paperLink, "truth"), news.Accepted, "paper",
		},
		"a stranger took its article back": {
			func(s *tested) { s.offer(news.Accepted, hoax()); s.recall("hoax", "h") },
			sayer("paper", "p", paperLink, "truth"), news.Accepted, "paper",
		},
		"a stranger took its article back, and another comes": {
			func(s *tested) { s.offer(news.Accepted, hoax()); s.recall("hoax", "h") },
			sayer("copy", "c", paperLink, "hearsay"), news.Accepted, "copy",
		},
		"the desk withdrew a stranger's article, and another comes": {
			func(s *tested) { s.withdraw(s.offer(news.Accepted, hoax()).ID) },
			sayer("copy", "c", paperLink, "hearsay"), news.Unchanged, "",
		},
		"the desk withdrew the owner's article": {
			func(s *tested) {
				s.withdraw(s.offer(news.Accepted, sayer("paper", "p", paperLink, "truth")).ID)
			},
			sayer("paper", "p2", paperLink, "truth"), news.Unchanged, "",
		},
		"the desk withdrew the owner's article, and its other feed comes": {
			func(s *tested) {
				s.withdraw(s.offer(news.Accepted, sayer("paper", "p", paperLink, "truth")).ID)
			},
			sayer("politics", "q", paperLink, "truth"), news.Unchanged, "",
		},
		"the owner took its article back, and the desk comes": {
			func(s *tested) {
				s.offer(news.Accepted, sayer("paper", "p", paperLink, "truth"))
				s.recall("paper", "p")
			},
			sayer("desk", "d", paperLink, "truth"), news.Accepted, "desk",
		},
		"the owner took its article back, and a stranger comes": {
			func(s *tested) {
				s.offer(news.Accepted, sayer("paper", "p", paperLink, "truth"))
				s.recall("paper", "p")
			},
			hoax(), news.Unchanged, "",
		},
		"a stranger has several articles under the link": {
			func(s *tested) {
				s.accept(hoax(), sayer("hoax", "h2", paperLink, "more lies"))
			},
			sayer("paper", "p", paperLink, "truth"), news.Accepted, "paper hoax hoax",
		},
		"a stranger's article has moved on to another link": {
			func(s *tested) {
				s.offer(news.Accepted, hoax())
				s.offer(news.Updated, sayer("hoax", "h", "https://hoax.test/h", "lies"))
			},
			sayer("paper", "p", paperLink, "truth"), news.Accepted, "paper hoax",
		},
		"a stranger comes to a link of its own": {
			func(s *tested) {
				s.offer(news.Accepted, sayer("paper", "p", paperLink, "truth"))
				s.offer(news.Unchanged, hoax())
			},
			sayer("hoax", "h", "https://hoax.test/h", "its own"), news.Accepted, "hoax paper",
		},
		"a link was given back": {
			func(s *tested) {
				id := s.offer(news.Accepted, sayer("copy", "c", paperLink, "hearsay")).ID
				r, err := s.GiveBack(s.t.Context(), id)
				s.ok(err)
				if r.Outcome != news.Updated {
					s.t.Errorf("given back: %+v", r)
				}
				s.offer(news.Unchanged, sayer("copy", "c", paperLink, "hearsay"))
			},
			hoax(), news.Accepted, "hoax copy",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			c.before(s)
			s.clock.step(time.Minute)
			if weighed, err := s.Weigh([]news.Candidate{c.item}); err != nil ||
				weighed[0].Outcome != c.outcome {
				t.Errorf("foreseen: %+v, %v", weighed, err)
			}
			s.offer(c.outcome, c.item)
			s.offer(news.Unchanged, c.item)
			var sources []string
			for _, e := range s.window("border", 9).Entries {
				sources = append(sources, e.Source)
			}
			if got := strings.Join(sources, " "); got != c.sources {
				t.Errorf("border has articles of %q, want %q", got, c.sources)
			}
		})
	}
}

// recall has a source take its article back.
func (s *tested) recall(source, guid string) {
	s.t.Helper()
	r, err := s.WithdrawKnown(s.t.Context(), source, guid)
	s.ok(err)
	if r.Outcome != news.Updated {
		s.t.Errorf("%s takes %s back: %+v", source, guid, r)
	}
}

// TestTakenOver looks at all that an article becomes when its link's owner takes it over.
func TestTakenOver(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, sayer("hoax", "h", paperLink, "lies",
		old, with(news.Full), in("border", "cartels"))).ID // so old that it entered as backfill
	_, err := s.Decide(t.Context(), id, []news.Decision{{Topic: "cartels", In: true, By: "ana"}}, nil)
	s.ok(err)
	s.clock.step(time.Hour)
	r := s.offer(news.Updated, sayer("paper", "p", paperLink, "truth", with(news.Excerpt)))
	if r.ID != id || r.From != "hoax" || !strings.Contains(r.Reason, "taken over from source hoax") {
		t.Errorf("result %+v", r)
	}
	e := s.article(id)
	if e.Source != "paper" || e.GUID != "p" || e.Rights != news.Excerpt || e.Content != "truth" ||
		e.From != "hoax" || len(e.Decisions) > 0 || e.Revision != 2 || !e.Entitled ||
		!e.Published.Equal(start.Add(-time.Hour)) {
		t.Errorf("entry %+v", e)
	}
	if w := s.window("border", 9); len(w.Entries) != 1 || w.Entries[0].ID != id {
		t.Errorf("border: %v", guids(w))
	}
	if w := s.window("cartels", 9); len(w.Entries) != 0 {
		t.Errorf("cartels still has it: %v", guids(w))
	}
	// It stands among what is fresh, wherever the stranger's had been.
	s.offer(news.Accepted, piece("later", old))
	if got := guids(s.window("border", 9)); !slices.Equal(got, []string{"p", "later"}) {
		t.Errorf("border: %v, want what is fresh first", got)
	}
	versions, err := s.History(id)
	s.ok(err)
	if len(versions) != 2 || versions[1].Source != "hoax" ||
		!slices.Contains(versions[0].Changed, "source") {
		t.Errorf("history %+v", versions)
	}
	// The stranger is an alias now, and can neither change it nor take it back.
	s.offer(news.Unchanged, sayer("hoax", "h", paperLink, "more lies"))
	if r, err := s.WithdrawKnown(t.Context(), "hoax", "h"); err != nil || r.Outcome != news.Unchanged {
		t.Errorf("the stranger takes it back: %+v, %v", r, err)
	}
	if n, err := s.WithdrawSource(t.Context(), "hoax", false, func(news.Result) {}); n != 0 {
		t.Errorf("withdrawing the stranger's articles took %d, %v", n, err)
	}
	// Its own article elsewhere gets another id, though its guid had made this one.
	r = s.offer(news.Accepted, sayer("hoax", "h", "https://hoax.test/h", "its own"))
	if r.ID == id || s.article(id).Source != "paper" {
		t.Errorf("the stranger's own is %+v", r)
	}
}

// TestTakenOverUnderEmbargo holds a desk's article back that takes a stranger's place.
func TestTakenOverUnderEmbargo(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, sayer("hoax", "h", paperLink, "lies")).ID
	s.offer(news.Updated, sayer("desk", "d", paperLink, "truth", after(2*time.Hour)))
	if e := s.article(id); e.Status != news.Embargoed || e.Source != "desk" {
		t.Errorf("entry %+v", e)
	}
	if w := s.window("border", 9); len(w.Entries) != 0 {
		t.Errorf("border has %v", guids(w))
	}
	s.clock.step(3 * time.Hour)
	if n := s.release(); n != 1 {
		t.Errorf("%d released", n)
	}
	if w := s.window("border", 9); len(w.Entries) != 1 || w.Entries[0].ID != id {
		t.Errorf("border: %v", guids(w))
	}
}

// TestPushMeetsAStranger: what is pushed takes a stranger's place, and only an owner's link is a
// conflict.
func TestPushMeetsAStranger(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, sayer("hoax", "h", paperLink, "lies")).ID
	push := func(guid, says string, cond news.Condition) (news.Result, news.Entry) {
		r, e, err := s.AcceptIf(t.Context(), sayer("desk", guid, paperLink, says), cond)
		s.ok(err)
		return r, e
	}
	if r, _ := push("d", "truth", news.Condition{Known: true}); r.Outcome != news.Conflict {
		t.Errorf("an edit of what is not there: %+v", r)
	}
	r, e := push("d", "truth", news.Condition{New: true})
	if r.Outcome != news.Updated || r.ID != id || e.Source != "desk" || e.Content != "" {
		t.Errorf("%+v, %+v", r, e)
	}
	if r, _ = push("d", "truth, edited", news.Condition{}); r.Outcome != news.Updated || r.ID != id {
		t.Errorf("its next edit: %+v", r)
	}
	if r, _ = push("d2", "another", news.Condition{}); r.Outcome != news.Rejected ||
		!strings.Contains(r.Reason, id.String()) {
		t.Errorf("a second article under the link: %+v", r)
	}
	s.withdraw(id)
	if r, _ = push("d", "again", news.Condition{}); r.Outcome != news.Unchanged {
		t.Errorf("it returns: %+v", r)
	}
}

// claimWorld is what TestClaimsModel knows: whose article has been published under which id, and
// what the owners said last.
type claimWorld struct {
	ids  map[string]news.ID // of owners' articles, by source and guid
	says map[string]string
	gone map[string]bool // withdrawn, by link
}

// TestClaimsModel takes random histories of owners, strangers, the desk and withdrawals. An owner's
// article that nobody who may has withdrawn is published with the owner's content under one id, its
// link stands for no other owner's, and no stranger's act takes it away.
func TestClaimsModel(t *testing.T) {
	parent := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := &tested{clock: newClock(), t: t, dir: mkdir(t, parent)}
		s.open()
		defer func() { s.ok(s.Close()) }()
		w := claimWorld{map[string]news.ID{}, map[string]string{}, map[string]bool{}}
		url := func(n int) string { return fmt.Sprint("https://paper.example/", n) }
		rt.Repeat(map[string]func(*rapid.T){
			"paper": func(rt *rapid.T) { // one guid for each link, as owners have
				n := rapid.IntRange(0, 2).Draw(rt, "link")
				w.own(rt, s, sayer("paper", fmt.Sprint("p", n), url(n), anyText(rt)))
			},
			"strangers": func(rt *rapid.T) {
				source := rapid.SampledFrom([]string{"hoax", "copy"}).Draw(rt, "source")
				var doc []news.Candidate
				for range rapid.IntRange(1, 3).Draw(rt, "items") {
					guid := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "guid")
					doc = append(doc, sayer(source, guid, url(rapid.IntRange(0, 2).Draw(rt, "link")),
						anyText(rt), dated(s.clock.now().Add(-time.Duration(
							rapid.IntRange(0, 90).Draw(rt, "age"))*time.Hour))))
				}
				s.accept(doc...)
			},
			"a stranger takes back": func(rt *rapid.T) {
				_, err := s.WithdrawKnown(t.Context(),
					rapid.SampledFrom([]string{"hoax", "copy"}).Draw(rt, "source"),
					rapid.SampledFrom([]string{"1", "2", "3", "p0", "p1"}).Draw(rt, "guid"))
				s.ok(err)
			},
			"the desk withdraws a stranger": func(rt *rapid.T) {
				_, err := s.WithdrawSource(t.Context(), "hoax", false, func(news.Result) {})
				if err != nil && news.KindOf(err) != news.NotFound {
					rt.Fatal(err)
				}
			},
			"the desk withdraws the owner's": func(rt *rapid.T) {
				n := rapid.IntRange(0, 2).Draw(rt, "link")
				if id, published := w.ids[fmt.Sprint("paper p", n)]; published {
					s.withdraw(id)
					w.gone[url(n)] = true
				}
			},
			"push": func(rt *rapid.T) {
				n := rapid.IntRange(3, 4).Draw(rt, "link")
				c := sayer("desk", fmt.Sprint("d", n), url(n), anyText(rt))
				if _, _, err := s.AcceptIf(t.Context(), c, news.Condition{}); err != nil {
					rt.Fatal(err)
				}
				w.own(rt, s, c)
			},
			"strangers under the desk's": func(rt *rapid.T) {
				s.accept(sayer("hoax", rapid.SampledFrom([]string{"1", "2", "x"}).Draw(rt, "guid"),
					url(rapid.IntRange(3, 4).Draw(rt, "link")), anyText(rt)))
			},
			"a stranger's own site": func(rt *rapid.T) {
				w.own(rt, s, sayer("blog", "own", "https://blog.test/own", anyText(rt)))
			},
			"a stranger comes home": func(rt *rapid.T) {
				s.accept(sayer("blog", "m", url(rapid.IntRange(0, 4).Draw(rt, "link")), anyText(rt)))
				home := sayer("blog", "m", "https://blog.test/m", anyText(rt))
				r := s.accept(home)[0]
				if e := s.article(r.ID); e.Source != "blog" || e.Content != home.Article.Content {
					rt.Fatalf("its own article is %+v", e)
				}
			},
			"wait": func(rt *rapid.T) {
				s.clock.step(time.Duration(rapid.IntRange(1, 90000).Draw(rt, "seconds")) * time.Second)
			},
			"": func(rt *rapid.T) { w.check(rt, s) },
		})
		replay(rt, s)
	})
}

func anyText(rt *rapid.T) string {
	return fmt.Sprint("text ", rapid.IntRange(0, 3).Draw(rt, "text"))
}

// own offers an owner's article, and notes what it is to be.
func (w *claimWorld) own(rt *rapid.T, s *tested, c news.Candidate) {
	name := c.Article.Source + " " + c.Article.GUID
	r := s.accept(c)[0]
	if id, published := w.ids[name]; published && r.ID != id {
		rt.Fatalf("%s was %s and is %s", name, id, r.ID)
	}
	if w.gone[c.Article.URL] {
		if r.Outcome != news.Unchanged {
			rt.Fatalf("%s returns: %+v", name, r)
		}
		return
	}
	w.ids[name], w.says[name] = r.ID, c.Article.Content
}

// check wants each owner's article in its feeds, once and as its owner said last.
func (w *claimWorld) check(rt *rapid.T, s *tested) {
	seen := map[news.ID]int{}
	for _, e := range s.window("border", 999).Entries {
		seen[e.ID]++
	}
	for name, id := range w.ids {
		source, _, _ := strings.Cut(name, " ")
		e := s.article(id)
		switch {
		case w.gone[e.URL]:
			if seen[id] != 0 {
				rt.Fatalf("%s is withdrawn and published", name)
			}
		case seen[id] != 1:
			rt.Fatalf("%s is %d times in its feed: %+v", name, seen[id], e)
		case e.Source != source || e.Content != w.says[name]:
			rt.Fatalf("%s is %s's and says %q, want %q", name, e.Source, e.Content, w.says[name])
		}
	}
}

// TestIdentityTablesAreTested holds the tables of docs/identity.md against TestClaims and
// TestSameArticles.
func TestIdentityTablesAreTested(t *testing.T) {
	docs, err := os.ReadFile("../../docs/identity.md")
	if err != nil {
		t.Fatal(err)
	}
	test, err := os.ReadFile("claim_test.go")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(docs)) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || strings.Contains(line, "---") || strings.Contains(line, "| what a") || strings.Contains(line, "| who comes, ") {
			continue
		}
		rows++
		name := strings.TrimSpace(cells[1])
		_, tested := sameArticles[name]
		if !tested && !strings.Contains(string(test), "\t\t\""+name+"\": {") {
			t.Errorf("docs/identity.md: no case is called %q", name)
		}
	}
	cases := strings.Count(string(test), "\": {\n") + len(sameArticles)
	if rows == 0 || rows != cases {
		t.Errorf("%d rows in docs/identity.md, %d cases", rows, cases)
	}
}
