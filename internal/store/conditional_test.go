package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// offerIf offers a candidate with a condition and wants an outcome.
func (s *tested) offerIf(want news.Outcome, c news.Candidate, cond news.Condition) news.Entry {
	s.t.Helper()
	r, entry, err := s.AcceptIf(s.t.Context(), c, cond)
	s.ok(err)
	if r.Outcome != want {
		s.t.Fatalf("%s is %s (%s), want %s", c.Article.GUID, r.Outcome, r.Reason, want)
	}
	return entry
}

func TestAcceptIf(t *testing.T) {
	s := newStore(t)
	s.offerIf(news.Conflict, piece("a"), news.Condition{Known: true})
	s.offerIf(news.Conflict, piece("a"), news.Condition{OneOf: []uint64{}})
	first := s.offerIf(news.Accepted, piece("a"), news.Condition{New: true})
	s.offerIf(news.Conflict, piece("a", text("x")), news.Condition{New: true})
	is := news.Condition{OneOf: []uint64{first.Seq}}
	second := s.offerIf(news.Updated, piece("a", text("x")), is)
	if second.Seq <= first.Seq || second.Revision != 2 {
		t.Errorf("after an update: sequence %d, revision %d", second.Seq, second.Revision)
	}
	if held := s.offerIf(news.Conflict, piece("a", text("y")), is); held.Seq != second.Seq {
		t.Errorf("a conflict gives the article at %d, want %d", held.Seq, second.Seq)
	}
	if got := s.article(first.ID).Content; got != "x" {
		t.Errorf("content %q, want what was stored before the conflict", got)
	}
	s.offerIf(news.Unchanged, piece("a", text("x")), news.Condition{Known: true})
	s.offerIf(news.Accepted, piece("free"), news.Condition{})
}

func TestAcceptIfKnowsArticlesByTheirGUIDAlone(t *testing.T) {
	s := newStore(t)
	a := s.offer(news.Accepted, piece("a"))
	same := link("https://wire.example/a")
	before := len(s.changes())
	s.offerIf(news.Rejected, piece("b", same), news.Condition{})
	s.offerIf(news.Rejected, piece("b", same, from("other")), news.Condition{})
	if after := len(s.changes()); after != before {
		t.Errorf("%d changes were logged of candidates that were rejected", after-before)
	}
	s.offerIf(news.Accepted, piece("b"), news.Condition{})
	s.offer(news.Unchanged, piece("copy", same, from("other"))) // a name for a
	s.offerIf(news.Rejected, piece("copy", from("other")), news.Condition{})
	s.withdraw(a.ID)
	entry := s.offerIf(news.Unchanged, piece("a", text("x")), news.Condition{New: true})
	if entry.Status != news.Withdrawn {
		t.Errorf("the status of a withdrawn article is %q", entry.Status)
	}
}

func TestOnlyOneOfManyEditsOfOneVersionIsTaken(t *testing.T) {
	s := newStore(t)
	first := s.offerIf(news.Accepted, piece("a"), news.Condition{})
	outcomes := make([]news.Outcome, 20)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() {
			r, _, err := s.AcceptIf(t.Context(), piece("a", text(fmt.Sprint("edit ", i))),
				news.Condition{OneOf: []uint64{first.Seq}})
			if err != nil {
				t.Error(err)
			}
			outcomes[i] = r.Outcome
		})
	}
	wg.Wait()
	count := map[news.Outcome]int{}
	for _, o := range outcomes {
		count[o]++
	}
	if count[news.Updated] != 1 || count[news.Conflict] != len(outcomes)-1 {
		t.Errorf("outcomes %v, want one update", count)
	}
}

func TestWithdrawIf(t *testing.T) {
	s := newStore(t)
	first := s.offerIf(news.Accepted, piece("a"), news.Condition{})
	s.clock.step(time.Minute)
	s.offer(news.Updated, piece("a", text("x")))
	withdraw := func(seq uint64) news.Outcome {
		r, err := s.WithdrawIf(t.Context(), first.ID, news.Condition{OneOf: []uint64{seq}})
		s.ok(err)
		return r.Outcome
	}
	if got := withdraw(first.Seq); got != news.Conflict {
		t.Errorf("withdrawing an old version: %s, want conflict", got)
	}
	if got := withdraw(s.article(first.ID).Seq); got != news.Updated {
		t.Errorf("withdrawing the newest version: %s, want updated", got)
	}
	if got := withdraw(first.Seq); got != news.Unchanged {
		t.Errorf("withdrawing it again: %s, want unchanged", got)
	}
}

func TestNamed(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("a"))
	entry, err := s.Named("wire", "a")
	s.ok(err)
	if entry.GUID != "a" || entry.Content == "" {
		t.Errorf("named a: %+v", entry)
	}
	if _, err := s.Named("other", "a"); news.KindOf(err) != news.NotFound {
		t.Errorf("another source's name gives %v, want not found", err)
	}
}
