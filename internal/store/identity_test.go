package store

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// poll is one document of items, and what comes of each: an outcome and the guid whose id the
// article has.
type poll struct {
	items []news.Candidate
	want  []string
}

// items makes a poll's documents: pairs of a guid and a path, in one source.
func items(source string, pairs ...string) []news.Candidate {
	var list []news.Candidate
	for _, pair := range pairs {
		guid, path, _ := strings.Cut(pair, " ")
		list = append(list, piece(guid, from(source), text(guid), link("https://wire.example/"+path)))
	}
	return list
}

var identities = map[string]struct {
	polls []poll
	feed  []string // guids of border at the end, newest first
}{
	"guid regenerated, then again, then the first": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("wire", "2 u"), []string{"updated 1"}},
		{items("wire", "3 u"), []string{"updated 1"}},
		{items("wire", "1 u"), []string{"updated 1"}},
	}, []string{"1"}},
	"two guids share a link": {[]poll{
		{items("wire", "1 u", "2 u"), []string{"accepted 1", "accepted 2"}},
		{items("wire", "1 u", "2 u"), []string{"unchanged 1", "unchanged 2"}},
		{items("wire", "2 u"), []string{"unchanged 2"}},
		{items("wire", "3 u"), []string{"accepted 3"}},
		{items("wire", "1 u"), []string{"unchanged 1"}},
	}, []string{"3", "2", "1"}},
	"a known article comes to share its link": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("wire", "2 u", "1 u"), []string{"accepted 2", "unchanged 1"}},
		{items("wire", "2 u"), []string{"unchanged 2"}},
		{items("wire", "3 u"), []string{"accepted 3"}},
	}, []string{"3", "2", "1"}},
	"a guid taken for a regenerated one turns up beside the first": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("wire", "2 u"), []string{"updated 1"}},
		{items("wire", "1 u", "2 u"), []string{"accepted", "unchanged 1"}}, // which says what it said
		{items("wire", "1 u", "2 u"), []string{"unchanged", "unchanged 1"}},
		{items("wire", "2 u", "1 u"), []string{"unchanged 1", "unchanged"}},
	}, []string{"1", "2"}},
	"two guids taken for regenerated ones, without the first": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("wire", "2 u"), []string{"updated 1"}},
		{items("wire", "3 u"), []string{"updated 1"}},
		{items("wire", "2 u", "3 u"), []string{"accepted 2", "unchanged 1"}},
		{items("wire", "2 u", "3 u"), []string{"unchanged 2", "unchanged 1"}},
		{items("wire", "1 u", "2 u", "3 u"), []string{"accepted", "unchanged 2", "unchanged 1"}},
		{items("wire", "1 u", "2 u", "3 u"), []string{"unchanged", "unchanged 2", "unchanged 1"}},
	}, []string{"1", "2", "3"}},
	"link changed": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("wire", "1 v"), []string{"updated 1"}},
		{items("wire", "2 v"), []string{"updated 1"}},
		{items("wire", "3 u"), []string{"updated 1"}},
	}, []string{"3"}},
	"an old link passes to a new article": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("wire", "1 v", "2 u"), []string{"updated 1", "accepted 2"}},
		{items("wire", "2 u", "1 v"), []string{"unchanged 2", "unchanged 1"}},
	}, []string{"2", "1"}},
	"two articles exchange their links": {[]poll{
		{items("wire", "1 u", "2 v"), []string{"accepted 1", "accepted 2"}},
		{items("wire", "1 v", "2 u"), []string{"updated 1", "updated 2"}},
		{items("wire", "1 v", "2 u"), []string{"unchanged 1", "unchanged 2"}},
	}, []string{"2", "1"}},
	"one guid twice in a document": {[]poll{
		{items("wire", "1 u", "1 v"), []string{"unchanged 1", "accepted 1"}},
		{items("wire", "1 u", "1 v"), []string{"unchanged 1", "unchanged 1"}},
		{items("wire", "1 v", "1 v"), []string{"unchanged 1", "unchanged 1"}},
	}, []string{"1"}},
	"another source has the link": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("copy", "a u"), []string{"unchanged 1"}},
		{items("copy", "a v"), []string{"unchanged 1"}},
		{items("copy", "b u"), []string{"unchanged 1"}},
		{items("copy", "a u", "b u"), []string{"unchanged 1", "unchanged 1"}},
		{items("wire", "2 v"), []string{"accepted 2"}}, // a's move to v laid no claim to it
		{items("wire", "1 u"), []string{"unchanged 1"}},
	}, []string{"2", "1"}},
	"another source has several guids under the link": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("copy", "a u", "b u"), []string{"accepted copy/a", "accepted copy/b"}},
		{items("copy", "a u", "b u"), []string{"unchanged copy/a", "unchanged copy/b"}},
		{items("wire", "2 u"), []string{"updated 1"}}, // the link is still that of 1
	}, []string{"2", "b", "a"}},
	"two sources in one call have the link": {[]poll{
		{
			append(items("wire", "1 u"), items("copy", "a u")...),
			[]string{"accepted 1", "unchanged 1"},
		},
	}, []string{"1"}},
	"one guid in two sources": {[]poll{
		{items("wire", "1 u"), []string{"accepted 1"}},
		{items("copy", "1 v"), []string{"accepted copy/1"}},
	}, []string{"1", "1"}},
}

func TestIdentity(t *testing.T) {
	for name, c := range identities {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			for i, p := range c.polls {
				s.clock.step(time.Minute)
				var got []string
				for _, r := range s.accept(p.items...) {
					got = append(got, strings.TrimSpace(string(r.Outcome)+" "+minted(r.ID)))
				}
				if diff := cmp.Diff(p.want, got); diff != "" {
					t.Errorf("poll %d: (-want +got)\n%s", i, diff)
				}
			}
			if diff := cmp.Diff(c.feed, guids(s.window("border", 9))); diff != "" {
				t.Errorf("feed: (-want +got)\n%s", diff)
			}
		})
	}
}

// TestUnchangedUnderANewName learns a guid and a link from items that change nothing.
func TestUnchangedUnderANewName(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a")).ID
	renamed := func(guid, url string) news.Candidate {
		c := piece("a", link(url))
		c.Article.GUID, c.Article.ID = guid, news.MintID("wire", guid)
		c.Article.Fingerprint = piece("a").Article.Fingerprint
		return c
	}
	for i, c := range []news.Candidate{
		renamed("b", "https://wire.example/a"),  // a new guid under the link
		renamed("b", "https://wire.example/b"),  // a new link under that guid
		renamed("c", "https://wire.example/b"),  // a further guid under that link
		renamed("c", "https://wire.example/b2"), // and so on
		renamed("a", "https://wire.example/b2"),
	} {
		if r := s.offer(news.Unchanged, c); r.ID != id {
			t.Errorf("%d: it is %s, want %s", i, r.ID, id)
		}
	}
	if n := sequence(s); n != 6 || s.article(id).Seq != 2 {
		t.Errorf("%d changes, the article at %d: want four names added to it", n, s.article(id).Seq)
	}
}

// minted tells from which guid an id was made; source "wire" goes without saying.
func minted(id news.ID) string {
	for _, guid := range []string{"1", "2", "3", "a", "b"} {
		switch id {
		case news.MintID("wire", guid):
			return guid
		case news.MintID("copy", guid):
			return "copy/" + guid
		}
	}
	return ""
}

func TestWithdrawnNeverReturns(t *testing.T) {
	s := newStore(t)
	s.withdraw(s.offer(news.Accepted, piece("a")).ID)
	link := link("https://wire.example/a")
	for name, c := range map[string]news.Candidate{
		"as it was":           piece("a"),
		"under a new link":    piece("a", text("new"), func(c *news.Candidate) { c.Article.URL += "2" }),
		"under a new guid":    piece("b", link),
		"from another source": piece("c", link, from("copy")),
	} {
		for range 2 {
			r := s.offer(news.Unchanged, c)
			if r.ID != piece("a").Article.ID || !strings.Contains(r.Reason, "withdrawn") {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
	if w := s.window("all", 9); len(w.Entries) > 0 {
		t.Errorf("it is back: %v", guids(w))
	}
}

// TestVeryLongNames has names beyond what bbolt takes for a key, that differ at their end only.
func TestVeryLongNames(t *testing.T) {
	s := newStore(t)
	long := strings.Repeat("ñ", 1<<16)
	for _, want := range []news.Outcome{news.Accepted, news.Unchanged} {
		for i := range 3 {
			s.offer(want, piece(fmt.Sprint(long, i)))
		}
	}
	if r := s.offer(news.Updated, piece("short", link("https://wire.example/"+long+"1"))); r.ID !=
		news.MintID("wire", long+"1") {
		t.Error("not found by its long link")
	}
}

// TestPollingAgainChangesNothing reads random documents, each twice: the second time nothing
// changes, no name is added, and guids of one source stand for articles of their own.
func TestPollingAgainChangesNothing(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := &tested{clock: newClock(), t: t, dir: mkdir(t, dir)}
		s.open()
		defer s.Close()
		item := rapid.Custom(func(rt *rapid.T) news.Candidate {
			return piece(fmt.Sprint(rapid.IntRange(1, 4).Draw(rt, "guid")),
				link(fmt.Sprint("https://wire.example/", rapid.IntRange(1, 3).Draw(rt, "link"))),
				from(rapid.SampledFrom([]string{"wire", "wire", "copy"}).Draw(rt, "source")),
				text(fmt.Sprint(rapid.IntRange(1, 3).Draw(rt, "text"))))
		})
		for range rapid.IntRange(1, 8).Draw(rt, "polls") {
			doc := rapid.SliceOfN(item, 1, 4).Draw(rt, "document")
			s.accept(doc...)
			before := sequence(s)
			guid := map[news.ID]string{}
			for i, r := range s.accept(doc...) {
				a := &doc[i].Article
				if r.Outcome != news.Unchanged && r.Outcome != news.Rejected {
					rt.Fatalf("item %d is %s (%s)", i, r.Outcome, r.Reason)
				}
				if r.Outcome == news.Rejected || s.article(r.ID).Source != a.Source {
					continue
				}
				if other, seen := guid[r.ID]; seen && other != a.GUID {
					rt.Fatalf("guids %s and %s are one article", other, a.GUID)
				}
				guid[r.ID] = a.GUID
			}
			if now := sequence(s); now != before {
				rt.Fatalf("reading it again made %d changes", now-before)
			}
		}
	})
}

// mkdir makes a directory of its own for one run of a property.
func mkdir(t *testing.T, parent string) string {
	t.Helper()
	dir, err := os.MkdirTemp(parent, "")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// sequence is the number of the newest change.
func sequence(s *tested) (n uint64) {
	s.t.Helper()
	s.ok(s.db.view(func(tx tx) error {
		n = tx.Bucket(bucketChange).Sequence()
		return nil
	}))
	return n
}
