package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// transaction is the number of the newest one that wrote.
func (s *tested) transaction() (id int) {
	s.t.Helper()
	s.ok(s.db.view(func(tx tx) error {
		id = tx.ID()
		return nil
	}))
	return id
}

func TestWhatChangesNothingIsOnlyRead(t *testing.T) {
	s := newStore(t)
	all := []news.Candidate{piece("a"), piece("b"), piece("c", own, after(time.Hour))}
	bad := piece("bad")
	bad.Item.Published = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	all = append(all, bad)
	s.accept(all...)
	gone := s.offer(news.Accepted, piece("gone"))
	s.withdraw(gone.ID)
	all = append(all, piece("gone"))
	before := s.transaction()
	results := s.accept(all...)
	for i, want := range []news.Outcome{
		news.Unchanged, news.Unchanged, news.Unchanged, news.Rejected, news.Unchanged,
	} {
		if results[i].Outcome != want || want == news.Unchanged && results[i].ID != all[i].Article.ID {
			t.Errorf("%s: %+v, want %s", all[i].Article.GUID, results[i], want)
		}
	}
	if now := s.transaction(); now != before {
		t.Errorf("%d transactions were written", now-before)
	}
	s.accept(append(all, piece("new"))...)
	if s.transaction() == before {
		t.Error("something new was not written")
	}
	before = s.transaction()
	s.offer(news.Unchanged, piece("renamed", link("https://wire.example/a"), func(c *news.Candidate) {
		c.Article.Title, c.Article.Content = piece("a").Article.Title, piece("a").Article.Content
	}))
	if s.transaction() == before {
		t.Error("a new name was not written")
	}
}

// TestOnlyWhatIsStoredIsPacked compresses the one new item of a document.
func TestOnlyWhatIsStoredIsPacked(t *testing.T) {
	s := newStore(t)
	all := []news.Candidate{piece("a"), piece("b"), piece("c")}
	s.accept(all[0], all[2])
	part := offers(all)
	if results, err := s.settle(t.Context(), part, nil); err != nil || results != nil {
		t.Fatalf("%v, %v: want that something is to be written", results, err)
	}
	for i, want := range []bool{false, true, false} {
		if got := part[i].item != nil; got != want {
			t.Errorf("item %d packed: %v, want %v", i, got, want)
		}
	}
}

func TestReadingOnlyObeysItsContextAndClose(t *testing.T) {
	s := newStore(t)
	s.accept(piece("a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Accept(ctx, []news.Candidate{piece("a")}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	s.ok(s.Close())
	if _, err := s.Accept(t.Context(), []news.Candidate{piece("a")}); news.KindOf(err) != news.Refused {
		t.Errorf("error %v", err)
	}
}

func TestAGroupHoldsSoManyCandidates(t *testing.T) {
	s := &Store{requests: make(chan request, 100)}
	for range 100 {
		s.requests <- request{count: 300}
	}
	for range 25 {
		if group := s.drain(nil); len(group) != 4 {
			t.Fatalf("%d requests of 300 candidates share a transaction, want 4", len(group))
		}
	}
	if group := s.drain(nil); len(group) != 0 {
		t.Errorf("%d requests out of nothing", len(group))
	}
}
