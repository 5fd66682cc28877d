package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// step is one thing that happens to the article "a", and what is to come of it.
type step struct {
	wait    time.Duration // before it
	do      func(*tested) news.Result
	outcome news.Outcome
	reason  string        // contained in the result's
	status  news.Status   // afterwards, as all below
	rev     int           //
	updated time.Duration // since start
	seq     uint64        //
	stands  bool          // in feed border
}

func offered(edits ...edit) func(*tested) news.Result {
	return func(s *tested) news.Result { return s.accept(piece("a", edits...))[0] }
}

func withdrawn(s *tested) news.Result { return s.withdraw(piece("a").Article.ID) }

// released stands for the result that a release does not have.
func released(n int) func(*tested) news.Result {
	return func(s *tested) news.Result {
		s.t.Helper()
		if got := s.release(); got != n {
			s.t.Errorf("%d released, want %d", got, n)
		}
		return news.Result{}
	}
}

var lifecycles = map[string]struct {
	published time.Duration // since start, at the end
	steps     []step
}{
	"created, read again, changed": {-time.Hour, []step{
		{0, offered(), news.Accepted, "", news.Live, 1, -time.Hour, 1, true},
		{time.Minute, offered(), news.Unchanged, "", news.Live, 1, -time.Hour, 1, true},
		{time.Minute, offered(text("new")), news.Updated, "", news.Live, 2, 2 * time.Minute, 2, true},
		{
			time.Minute, offered(text("new"), after(0)), news.Unchanged, "",
			news.Live, 2, 2 * time.Minute, 2, true,
		},
		{
			time.Minute, offered(text("newer"), after(0)), news.Updated, "",
			news.Live, 3, 4 * time.Minute, 3, true,
		},
	}},
	"placed anew": {-time.Hour, []step{
		{0, offered(in()), news.Accepted, "", news.Live, 1, -time.Hour, 1, false},
		{
			time.Minute, offered(), news.Updated, "its topics changed",
			news.Live, 1, -time.Hour, 2, true,
		},
		{
			time.Minute, offered(in("cartels")), news.Updated, "its topics changed",
			news.Live, 1, -time.Hour, 3, false,
		},
		{
			time.Minute, offered(in("cartels", "border")), news.Updated, "its topics changed",
			news.Live, 1, -time.Hour, 4, true,
		},
		{
			time.Minute, offered(in("border", "cartels")), news.Unchanged, "",
			news.Live, 1, -time.Hour, 4, true,
		},
	}},
	"withdrawn": {-time.Hour, []step{
		{0, offered(), news.Accepted, "", news.Live, 1, -time.Hour, 1, true},
		{
			time.Minute, withdrawn, news.Updated, "withdrawn",
			news.Withdrawn, 1, time.Minute, 2, false,
		},
		{
			time.Minute, withdrawn, news.Unchanged, "withdrawn before",
			news.Withdrawn, 1, time.Minute, 2, false,
		},
		{
			time.Minute, offered(text("new"), in("border", "x")), news.Unchanged, "stays so",
			news.Withdrawn, 1, time.Minute, 2, false,
		},
		{
			time.Minute, offered(own, after(time.Hour)), news.Unchanged, "stays so",
			news.Withdrawn, 1, time.Minute, 2, false,
		},
		{2 * time.Hour, released(0), "", "", news.Withdrawn, 1, time.Minute, 2, false},
	}},
	"held until its date": {time.Hour, []step{
		{
			0, offered(own, after(time.Hour)), news.Accepted, "held until 2026-03-02T13:00:00Z",
			news.Embargoed, 1, time.Hour, 1, false,
		},
		{
			time.Minute, offered(own, after(time.Hour)), news.Unchanged, "",
			news.Embargoed, 1, time.Hour, 1, false,
		},
		{
			58*time.Minute + 59*time.Second, released(0), "", "",
			news.Embargoed, 1, time.Hour, 1, false,
		},
		{time.Second, released(1), "", "", news.Live, 1, time.Hour, 2, true},
		{0, released(0), "", "", news.Live, 1, time.Hour, 2, true},
		{
			time.Minute, offered(own, after(2*time.Hour)), news.Unchanged, "",
			news.Live, 1, time.Hour, 2, true,
		},
		{
			time.Minute, offered(own, after(2*time.Hour), text("new")), news.Updated, "",
			news.Live, 2, time.Hour + 2*time.Minute, 3, true,
		},
	}},
	"released late": {time.Hour, []step{
		{
			0, offered(own, after(time.Hour)), news.Accepted, "held until",
			news.Embargoed, 1, time.Hour, 1, false,
		},
		{72 * time.Hour, released(1), "", "", news.Live, 1, 72 * time.Hour, 2, true},
	}},
	"edited while held": {3 * time.Hour, []step{
		{
			0, offered(own, after(time.Hour)), news.Accepted, "held until",
			news.Embargoed, 1, time.Hour, 1, false,
		},
		{
			0, offered(own, after(2*time.Hour)), news.Updated, "held until 2026-03-02T14:00:00Z",
			news.Embargoed, 1, 2 * time.Hour, 2, false,
		},
		{
			0, offered(own, after(2*time.Hour), text("new")), news.Updated, "held until",
			news.Embargoed, 1, 2 * time.Hour, 3, false,
		},
		{
			0, offered(own, after(2*time.Hour), text("new"), in("x")), news.Updated, "topics",
			news.Embargoed, 1, 2 * time.Hour, 4, false,
		},
		{
			0, offered(own, after(3*time.Hour), text("new")), news.Updated, "held until",
			news.Embargoed, 1, 3 * time.Hour, 5, false,
		},
		{2 * time.Hour, released(0), "", "", news.Embargoed, 1, 3 * time.Hour, 5, false},
		{time.Hour, released(1), "", "", news.Live, 1, 3 * time.Hour, 6, true},
	}},
	"its date moved to the past": {-10 * 24 * time.Hour, []step{
		{
			0, offered(own, after(time.Hour)), news.Accepted, "held until",
			news.Embargoed, 1, time.Hour, 1, false,
		},
		{
			time.Minute, offered(own, after(-10*24*time.Hour)), news.Updated, "",
			news.Live, 1, time.Minute, 2, true,
		},
		{time.Hour, released(0), "", "", news.Live, 1, time.Minute, 2, true},
	}},
	"withdrawn while held": {time.Hour, []step{
		{
			0, offered(own, after(time.Hour)), news.Accepted, "held until",
			news.Embargoed, 1, time.Hour, 1, false,
		},
		{
			time.Minute, withdrawn, news.Updated, "withdrawn",
			news.Withdrawn, 1, time.Minute, 2, false,
		},
		{time.Hour, released(0), "", "", news.Withdrawn, 1, time.Minute, 2, false},
	}},
	"another's date in the future": {0, []step{
		{0, offered(after(time.Hour)), news.Accepted, "", news.Live, 1, 0, 1, true},
		{
			time.Hour, offered(after(2*time.Hour), text("new")), news.Updated, "",
			news.Live, 2, time.Hour, 2, true,
		},
	}},
}

func TestLifecycle(t *testing.T) {
	for name, c := range lifecycles {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			id := piece("a").Article.ID
			for i, step := range c.steps {
				s.clock.step(step.wait)
				before := news.Entry{}
				if i > 0 {
					before = s.article(id)
				}
				r := step.do(s)
				e := s.article(id)
				if r.Outcome != step.outcome || !strings.Contains(r.Reason, step.reason) ||
					step.reason == "" && r.Reason != "" {
					t.Errorf("step %d: %s %q, want %s %q", i, r.Outcome, r.Reason, step.outcome, step.reason)
				}
				if r.Outcome != "" && (r.ID != id || r.Source != "wire" || r.Title != e.Title) {
					t.Errorf("step %d: result %+v is not of %s", i, r, id)
				}
				got := []any{e.Status, e.Revision, e.Updated.Sub(start), e.Seq}
				want := []any{step.status, step.rev, step.updated, step.seq + 1} // the installation is 1
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("step %d: status, revision, updated, sequence: (-want +got)\n%s", i, diff)
				}
				if n := len(s.window("border", 9).Entries); (n == 1) != step.stands {
					t.Errorf("step %d: %d entries in the feed, want it to stand there: %t", i, n, step.stands)
				}
				if before.Status == news.Live && !e.Published.Equal(before.Published) || e.ID != id ||
					i > 0 && !e.FirstSeen.Equal(before.FirstSeen) {
					t.Errorf("step %d: published %s, id %s, first seen %s: one of them changed",
						i, e.Published, e.ID, e.FirstSeen)
				}
			}
			if got := s.article(id).Published.Sub(start); got != c.published {
				t.Errorf("published %s from the start, want %s", got, c.published)
			}
		})
	}
}

// TestUpdatedGrows edits an article many times a second: its date grows with each version that
// could have been published, and is never more than a second ahead.
func TestUpdatedGrows(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a", after(0))).ID
	public := s.article(id)
	for i := range 40 {
		now := s.clock.step(300 * time.Millisecond)
		s.offer(news.Updated, piece("a", text(strings.Repeat("x", i))))
		e := s.article(id)
		if e.Revision != i+2 {
			t.Errorf("edit %d: revision %d", i, e.Revision)
		}
		if ahead := e.Updated.Sub(now); ahead > time.Second || e.Updated.Nanosecond() != 0 {
			t.Errorf("edit %d: updated is %s ahead of the clock", i, ahead)
		}
		if e.Updated.Before(public.Updated) {
			t.Errorf("edit %d: updated fell from %s to %s", i, public.Updated, e.Updated)
		}
		if !e.Updated.After(now) { // what is ahead is not published yet
			if e.Revision != public.Revision && !e.Updated.After(public.Updated) {
				t.Errorf("edit %d: two versions updated at %s", i, e.Updated)
			}
			public = e
		}
	}
}

// TestUpdateBringsItsText reads an article back whole after an update, and after a change of
// topics, which leaves its text as it was.
func TestUpdateBringsItsText(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a", after(0))).ID
	want := piece("a", text("<p>new</p>"), link("https://wire.example/moved"), with(news.Excerpt))
	want.Article.Tags, want.Article.Modified = []string{"tag"}, start.Add(-time.Minute)
	s.clock.step(time.Minute)
	s.offer(news.Updated, want)
	want.Article.Published = start // as it was first given
	for i := range 2 {
		e := s.article(id)
		if diff := cmp.Diff(want.Article, e.Article); diff != "" {
			t.Errorf("article: (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(want.Placements, e.Placements); diff != "" {
			t.Errorf("placements: (-want +got)\n%s", diff)
		}
		item, err := s.Item(id)
		s.ok(err)
		if diff := cmp.Diff(want.Item, item); diff != "" {
			t.Errorf("item: (-want +got)\n%s", diff)
		}
		if i == 0 {
			in("cartels")(&want)
			s.offer(news.Updated, want)
		}
	}
}

func TestFirstUpdated(t *testing.T) {
	for name, c := range map[string]struct{ modified, want time.Duration }{
		"stated":        {-time.Minute, -time.Minute},
		"not stated":    {-time.Duration(start.Unix()) * time.Second, -time.Hour},
		"too early":     {-2 * time.Hour, -time.Hour},
		"in the future": {time.Hour, 0},
	} {
		s := newStore(t)
		p := piece("a")
		p.Article.Modified = start.Add(c.modified)
		if got := s.article(s.offer(news.Accepted, p).ID).Updated.Sub(start); got != c.want {
			t.Errorf("%s: updated %s from the start, want %s", name, got, c.want)
		}
		if w := s.window("border", 1); w.Stamp.Before(start) {
			t.Errorf("%s: stamped %s, before it was stored", name, w.Stamp)
		}
	}
}

// TestWithdrawnIsEmpty looks for what is left of an article that was taken back.
func TestWithdrawnIsEmpty(t *testing.T) {
	s := newStore(t)
	p := piece("a", in("border", "cartels"))
	p.Article.Media = []news.Media{{URL: "https://wire.example/a.jpg"}}
	id := s.offer(news.Accepted, p).ID
	if item, err := s.Item(id); err != nil || item.Content != p.Item.Content {
		t.Errorf("item before: %+v, %v", item, err)
	}
	s.withdraw(id)
	e := s.article(id)
	if e.Content+e.Summary != "" || e.Media != nil || e.Placements != nil {
		t.Errorf("something is left: %+v", e)
	}
	if _, err := s.Item(id); news.KindOf(err) != news.Gone {
		t.Errorf("item: %v, want it to be gone", err)
	}
	unknown := news.MintID("wire", "never seen")
	if _, err := s.Withdraw(t.Context(), unknown); news.KindOf(err) != news.NotFound {
		t.Errorf("withdraw what is not there: %v", err)
	}
	if _, err := s.Article(unknown); news.KindOf(err) != news.NotFound {
		t.Errorf("read what is not there: %v", err)
	}
	if _, err := s.Item(unknown); news.KindOf(err) != news.NotFound {
		t.Errorf("item of what is not there: %v", err)
	}
}
