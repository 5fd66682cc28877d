package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// TestForgotten has all articles but one expire. They are known as long as they are listed, and for
// a month more; then nothing of them is left but heads of events, and the store
// goes on after a restart.
func TestForgotten(t *testing.T) {
	s := newStore(t)
	var all []news.Candidate
	for i := range 200 {
		all = append(all, piece(fmt.Sprint("n", i)))
	}
	s.accept(all...)
	listed := all[len(all)-2]
	s.retain(news.Retention{Most: 1})
	for range 6 {
		s.clock.step(8 * 24 * time.Hour)
		s.offer(news.Unchanged, listed)
	}
	s.retain(news.Retention{})
	if _, err := s.Article(all[0].Article.ID); news.KindOf(err) != news.NotFound {
		t.Errorf("the first: %v", err)
	}
	if e := s.article(listed.Article.ID); e.Status != news.Expired {
		t.Errorf("the one that is listed is %s", e.Status)
	}
	left := 0
	s.ok(s.view(func(r reading) error {
		left = r.Bucket(bucketAlias).count()
		return nil
	}))
	if left != 8 { // id, guid, link and story of two
		t.Errorf("%d names are left", left)
	}
	s.reopen()
	s.ok(s.Unwritable())
	s.offer(news.Accepted, all[0])
	if got := guids(s.window(news.All, 3)); len(got) != 2 || got[0] != all[len(all)-1].Article.GUID {
		t.Errorf("in all feeds: %v", got)
	}
}
