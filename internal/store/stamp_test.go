package store

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// reader stands for who publishes: it takes a window once its stamp has come, and complains when
// what it took before had the same stamp, or a later one.
type reader map[string]news.Window

func (r reader) look(s *tested, feeds ...string) {
	s.t.Helper()
	now := s.clock.now()
	for _, feed := range feeds {
		w := s.window(feed, 9)
		if w.Stamp.Nanosecond() != 0 || w.Stamp.After(now.Add(time.Second)) {
			s.t.Errorf("%s: stamped %s at %s", feed, w.Stamp, now)
		}
		for _, e := range w.Entries {
			if e.Updated.After(w.Stamp) {
				s.t.Errorf("%s: stamped %s, its entry %s", feed, w.Stamp, e.Updated)
			}
		}
		seen := r[feed]
		if w.Stamp.After(now) || w.Seq == seen.Seq {
			continue
		}
		if !w.Stamp.After(seen.Stamp) || w.Seq < seen.Seq {
			s.t.Errorf("%s: %d at %s published after %d at %s",
				feed, w.Seq, w.Stamp, seen.Seq, seen.Stamp)
		}
		r[feed] = w
	}
}

// TestStampsGrow changes two feeds in bursts, a few times a second, and publishes whenever it may.
func TestStampsGrow(t *testing.T) {
	s := newStore(t)
	r := reader{}
	feeds := []string{"border", "border.en", "cartels", "all"}
	for i, wait := range []time.Duration{
		0, 1, 0, 100, 300, 300, 300, 300, 0, 0, 0, 1000, 999, 0, 1,
		1, 0, 0, 500, 0, 500, 0, 0, 1, 2000, 0, 0, 0, 60_000, 0, 999, 1, 0,
	} {
		s.clock.step(wait * time.Millisecond)
		r.look(s, feeds...)
		switch id := piece("a").Article.ID; i % 5 {
		case 0:
			s.offer(news.Accepted, piece("a"+string(rune('a'+i)), in("cartels")))
		case 1, 2:
			s.accept(piece("a", text(string(rune('a'+i)))))
		case 3:
			s.offer(news.Updated, piece("a", text(string(rune('a'+i-1))), in("cartels")))
		case 4:
			if i > 25 {
				s.withdraw(id)
			}
		}
		r.look(s, feeds...)
	}
	s.clock.step(2 * time.Second)
	r.look(s, feeds...)
	for _, feed := range feeds {
		if w := s.window(feed, 9); w.Seq != r[feed].Seq || w.Seq == 0 {
			t.Errorf("%s: %d was published, %d is there", feed, r[feed].Seq, w.Seq)
		}
	}
}

// stamps lists the state of feeds.
func (s *tested) stamps(feeds ...string) map[string][2]int64 {
	s.t.Helper()
	all := map[string][2]int64{}
	for _, feed := range feeds {
		w := s.window(feed, 0)
		all[feed] = [2]int64{int64(w.Seq), int64(w.Stamp.Sub(start) / time.Second)}
	}
	return all
}

func TestStampsOfOtherFeedsStay(t *testing.T) {
	s := newStore(t)
	feeds := []string{"border", "border.en", "border.es", "cartels", "cartels.en", "all", "all.es"}
	s.ok(s.EnsureFeeds([]news.FeedKey{{Topic: "border", Lang: "es"}, {Topic: "all", Lang: "es"}}))
	want := func(what string, want map[string][2]int64) {
		t.Helper()
		if diff := cmp.Diff(want, s.stamps(feeds...)); diff != "" {
			t.Errorf("%s: sequence and second of each feed: (-want +got)\n%s", what, diff)
		}
	}
	s.clock.step(10*time.Second + 900*time.Millisecond)
	s.accept(piece("a"), piece("b", in("cartels")), piece("c", in("border", "cartels")))
	now := map[string][2]int64{
		"border": {5, 10}, "border.en": {5, 10}, "border.es": {0, 0},
		"cartels": {5, 10}, "cartels.en": {5, 10}, "all": {5, 10}, "all.es": {0, 0},
	}
	want("one transaction", now)
	s.clock.step(10 * time.Second)
	s.offer(news.Unchanged, piece("a"))
	s.offer(news.Unchanged, piece("x", from("copy"), link("https://wire.example/a")))
	want("nothing changed but a name", now)
	s.offer(news.Updated, piece("b", in("cartels"), text("new")))
	now["cartels"], now["cartels.en"], now["all"] = [2]int64{7, 20}, [2]int64{7, 20}, [2]int64{7, 20}
	want("one topic", now)
	s.clock.step(10 * time.Second)
	s.offer(news.Updated, piece("a", lang("es")))
	for _, feed := range []string{"border", "border.en", "border.es", "all", "all.es"} {
		now[feed] = [2]int64{8, 30}
	}
	want("another language", now)
	s.offer(news.Accepted, piece("held", own, after(time.Hour)))
	s.offer(news.Accepted, piece("nowhere", in()))
	s.offer(news.Updated, piece("held", own, after(time.Hour), in("cartels")))
	want("what no feed shows", now)
	s.reopen()
	want("reopened", now)
}

func TestEmptyFeeds(t *testing.T) {
	s := newStore(t)
	s.clock.step(10 * time.Second)
	keys := []news.FeedKey{{Topic: "border"}, {Topic: "border", Lang: "es"}}
	s.ok(s.EnsureFeeds(keys[:1]))
	want := map[string][2]int64{"border": {0, 10}, "border.es": {0, 0}, "never": {0, 0}}
	for i := range 3 {
		got := s.stamps(slices.Collect(maps.Keys(want))...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("start %d: (-want +got)\n%s", i, diff)
		}
		s.clock.step(10 * time.Second)
		s.reopen()
		s.ok(s.EnsureFeeds(keys))
		want["border.es"] = [2]int64{0, 20}
	}
	s.offer(news.Accepted, piece("a"))
	s.ok(s.EnsureFeeds(keys))
	want["border"] = [2]int64{4, 40}
	if diff := cmp.Diff(want, s.stamps(slices.Collect(maps.Keys(want))...)); diff != "" {
		t.Errorf("after a change: (-want +got)\n%s", diff)
	}
}

// TestFirstChangeOfANewFeed has a feed change in the second in which it was made.
func TestFirstChangeOfANewFeed(t *testing.T) {
	s := newStore(t)
	s.ok(s.EnsureFeeds([]news.FeedKey{{Topic: "border"}}))
	r := reader{"border": s.window("border", 0)}
	s.offer(news.Accepted, piece("a"))
	s.clock.step(time.Second)
	r.look(s, "border")
	if r["border"].Seq != 3 {
		t.Error("the change was not published a second later")
	}
}
