package store

import (
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

func TestWeighSaysWhatAcceptWouldDoAndStoresNothing(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("known"))
	s.offer(news.Accepted, piece("edited"))
	s.offer(news.Accepted, piece("gone"))
	s.withdraw(piece("gone").Article.ID)
	edited := piece("edited")
	edited.Article.Title, edited.Article.Fingerprint = "Another title", "another fingerprint"
	nothing := piece("faulty")
	nothing.Article.ID = news.ID{}
	all := []news.Candidate{piece("known"), edited, piece("gone"), piece("fresh"), nothing}

	before := sequence(s)
	foreseen, err := s.Weigh(all)
	s.ok(err)
	if after := sequence(s); after != before {
		t.Errorf("%d changes were stored", after-before)
	}
	if _, err := s.Article(piece("fresh").Article.ID); news.KindOf(err) != news.NotFound {
		t.Errorf("the new article: %v, want that there is none", err)
	}
	done := s.accept(all...)
	for i := range all {
		got, want := foreseen[i], done[i]
		if got.Outcome != want.Outcome || got.ID != want.ID || got.Title != want.Title ||
			got.Reason != want.Reason {
			t.Errorf("candidate %d: foreseen %+v, done %+v", i, got, want)
		}
	}
}
