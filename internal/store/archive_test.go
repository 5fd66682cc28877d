package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// counts are how many entries the newest part of a feed and each of its archives have.
func (s *tested) counts(feed string, x news.Extent) string {
	s.t.Helper()
	w := s.subscription(feed, x)
	list := []int{len(w.Entries)}
	for _, a := range s.archives(feed, w.Archives) {
		list = append(list, len(a.Entries))
	}
	return fmt.Sprint(list)
}

func many(from, n int, edits ...edit) (all []news.Candidate) {
	for i := range n {
		all = append(all, piece(fmt.Sprint(from+i), edits...))
	}
	return all
}

func TestArchivesClose(t *testing.T) {
	usual := news.Extent{Least: 50, Span: 48 * time.Hour}
	s := newStore(t)
	for _, step := range []struct {
		name string
		all  []news.Candidate
		want string
	}{
		{"fewer than an archive", many(0, 49), "[49]"},
		{"the fiftieth", many(49, 1), "[50 50]"},
		{"many at once", many(100, 230), "[280 50 50 50 50 50]"},
		{"backfill is covered by an archive", many(400, 3, old), "[280 50 50 50 50 50 33]"},
		{"large ones", many(500, 3, text(strings.Repeat("x", 150<<10))), "[283 50 50 50 50 50 33 2]"},
		{"corrected: it leaves its archive", []news.Candidate{piece("0", text("new"))}, "[283 49 50 50 50 50 33 2]"},
	} {
		s.accept(step.all...)
		for _, feed := range []string{"border", "all.en"} {
			if got := s.counts(feed, usual); got != step.want {
				t.Errorf("%s: %s has %s, want %s", step.name, feed, got, step.want)
			}
		}
	}
	s.clock.step(72 * time.Hour)
	s.accept(piece("later", after(72*time.Hour)))
	for _, c := range []struct {
		x    news.Extent
		want int
	}{
		{usual, 50},
		{news.Extent{Least: 20}, 20},
		{news.Extent{}, 3}, // the tail
		{news.Extent{Least: 999}, 287},
		{news.Extent{Least: 50, Span: 99 * time.Hour}, 284},
	} {
		if n := len(s.subscription("border", c.x).Entries); n != c.want {
			t.Errorf("%+v: %d entries, want %d", c.x, n, c.want)
		}
	}
	offered := 0
	_, err := s.Subscription(news.FeedKey{Topic: "border"}, usual,
		func(news.Place, func() (news.Entry, error)) bool { offered++; return false })
	if s.ok(err); offered != 4 {
		t.Errorf("%d articles offered to who has no room, want the tail and one more", offered)
	}
}

// TestVersion: a place has another version exactly when something else is stored of its article,
// also where that is no change of the feed.
func TestVersion(t *testing.T) {
	s := newStore(t)
	versions := func() (list []uint64) {
		_, err := s.Subscription(news.FeedKey{Topic: "border"}, news.Extent{Least: 9},
			func(p news.Place, _ func() (news.Entry, error)) bool {
				list = append(list, p.Version)
				return true
			})
		s.ok(err)
		return list
	}
	s.accept(piece("a"), piece("b"))
	before := versions()
	s.reopen()
	if again := versions(); !slices.Equal(before, again) || before[0] == before[1] {
		t.Errorf("versions %x, then %x", before, again)
	}
	s.offer(news.Updated, piece("a", in("border", "x")))
	after := versions()
	if slices.Contains(after, before[1]) || !slices.Contains(after, before[0]) {
		t.Errorf("a was placed in x too: versions %x, then %x", before, after)
	}
}

// TestBackfillFillsAnEmptyFeed has nothing but backfill, more than a document covers.
func TestBackfillFillsAnEmptyFeed(t *testing.T) {
	s := newStore(t)
	s.accept(many(0, 120, old)...)
	if got := s.counts("border", news.Extent{Least: 50, Span: 48 * time.Hour}); got != "[50 50 50]" {
		t.Errorf("%s", got)
	}
}

// TestTombstonesOfThePast leaves a feed before it is withdrawn: its readers have to hear of it.
func TestTombstonesOfThePast(t *testing.T) {
	s := newStore(t)
	s.accept(piece("a", in("x", "y")), piece("b", in("y")))
	s.offer(news.Updated, piece("a", in("y"), lang("es")))
	s.offer(news.Updated, piece("a", in("y", "z"), lang("es")))
	id := piece("a").Article.ID
	s.withdraw(id)
	held := s.offer(news.Accepted, piece("held", own, after(time.Hour))).ID
	s.withdraw(held)
	for feed, want := range map[string]int{
		"x": 1, "x.en": 1, "x.es": 0, "y": 1, "y.en": 1, "y.es": 1, "z": 1, "z.en": 0, "z.es": 1,
		"all": 1, "all.en": 1, "border": 0,
	} {
		w := s.subscription(feed, news.Extent{Least: 50})
		if len(w.Gone) != want || want == 1 && (w.Gone[0].ID != id || w.Gone[0].Seq != w.Seq) {
			t.Errorf("%s: %+v, want %d", feed, w.Gone, want)
		}
	}
}

func TestFeedNamesAndSequence(t *testing.T) {
	s := newStore(t)
	check := func(names []string, want uint64) {
		t.Helper()
		got, err := s.FeedNames()
		s.ok(err)
		seq, err := s.Sequence()
		s.ok(err)
		if diff := cmp.Diff(names, got); diff != "" || seq != want {
			t.Errorf("sequence %d, want %d; feeds: (-want +got)\n%s", seq, want, diff)
		}
	}
	check(nil, 1) // the installation
	s.ok(s.EnsureFeeds([]news.FeedKey{{Topic: "border", Lang: "es"}, {Topic: "border"}}))
	s.offer(news.Accepted, piece("a", in("a-b")))
	check([]string{"a-b", "all", "border"}, 3)
	s.withdraw(piece("a").Article.ID)
	s.reopen()
	check([]string{"a-b", "all", "border"}, 4)
}

// TestNoSuchFeed asks for parts of a feed that there never was.
func TestNoSuchFeed(t *testing.T) {
	s := newStore(t)
	w := s.subscription("none", news.Extent{Least: 50})
	if w.Seq != 0 || !w.Stamp.Equal(start) || w.Key.Topic != "none" {
		t.Errorf("%+v", w)
	}
	if _, err := s.Archive(news.FeedKey{Topic: "none"}, 1, nil); news.KindOf(err) != news.NotFound {
		t.Errorf("an archive: %v", err)
	}
	if _, ok, err := s.Since(news.FeedKey{Topic: "none"}, 0, 0); ok || err != nil {
		t.Errorf("since: %t, %v", ok, err)
	}
}

// TestBackfillOneByOne brings old articles in commits of their own to a feed with enough news. What
// comes in one second is published together, and so shares archives; what is published stays.
func TestBackfillOneByOne(t *testing.T) {
	usual := news.Extent{Least: 50, Span: 48 * time.Hour}
	s := newStore(t)
	s.accept(many(0, 60)...) // the tail has 10
	s.clock.step(time.Minute)
	s.accept(piece("first", old))
	s.accept(piece("second", old)) // its stamp is the next second, and the next ones' too
	before := s.archive(news.FeedKey{Topic: "border"}, 2)
	for n := range 70 {
		s.accept(piece(fmt.Sprint("more", n), old))
	}
	if got, want := s.counts("border", usual), "[60 50 11 50 21]"; got != want {
		t.Errorf("one by one in a second: %s, want %s", got, want)
	}
	s.clock.step(time.Minute)
	s.accept(piece("later", old))
	if got, want := s.counts("border", usual), "[60 50 11 50 21 1]"; got != want {
		t.Errorf("a minute later: %s, want %s", got, want)
	}
	after := s.archive(news.FeedKey{Topic: "border"}, 2)
	after.Archives = before.Archives
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("an archive that was published has changed:\n%s", diff)
	}
}

// TestArchiveAheadIsFilled has an archive that is not published yet take what comes after it: as
// long as it has room, which a correction makes and a tombstone takes.
func TestArchiveAheadIsFilled(t *testing.T) {
	usual := news.Extent{Least: 50, Span: 48 * time.Hour}
	large := func(bytes int) edit { return text(strings.Repeat("x", bytes)) }
	for name, c := range map[string]struct {
		then func(s *tested)
		want string
	}{
		"50 are an archive": {func(s *tested) {
			s.accept(many(200, 49, old)...)
			s.accept(piece("next", old))
		}, "[60 50 11 50 1]"},
		"one of 50 was corrected": {func(s *tested) {
			s.accept(many(200, 48, old)...)
			s.accept(piece("200", old, text("new")))
			s.accept(piece("fills", old))
			s.accept(piece("next", old))
		}, "[60 50 11 50 1]"},
		"256 KB are": {func(s *tested) {
			s.accept(piece("large", old, large(200<<10)))
			s.accept(piece("fits", old, large(1<<10)))
			s.accept(piece("next", old, large(1<<10)))
		}, "[60 50 11 3 1]"},
		"tombstones too": {func(s *tested) {
			for n := range 10 {
				s.withdraw(piece(fmt.Sprint(n)).Article.ID)
			}
			s.accept(piece("large", old, large(200<<10)))
			s.accept(piece("next", old, large(1<<10)))
		}, "[50 40 11 2 1]"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			s.accept(many(0, 60)...)
			s.clock.step(time.Minute)
			s.accept(piece("first", old))
			s.accept(piece("second", old)) // its stamp is the next second, and the next ones' too
			c.then(s)
			if got := s.counts("border", usual); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			at := s.tell()["border"]
			for i := range at.boundaries {
				if err := at.bounded(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
