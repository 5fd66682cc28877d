package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// history lists an article's versions as lines.
func (s *tested) history(id news.ID) string {
	s.t.Helper()
	versions, err := s.History(id)
	s.ok(err)
	var lines []string
	for _, v := range versions {
		lines = append(lines, fmt.Sprintf("%d %s %s [%s] %s %q", v.Revision,
			v.Time.Format("15:04"), v.Status, strings.Join(v.Changed, " "), v.Title, v.Content))
	}
	return strings.Join(lines, "\n")
}

func (s *tested) versions() (n int) {
	s.t.Helper()
	s.ok(s.db.view(func(tx tx) error {
		n = tx.Bucket(bucketVersion).count()
		return nil
	}))
	return n
}

func TestHistory(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a", text("one"))).ID
	s.offer(news.Accepted, piece("b", text("other")))
	s.clock.step(time.Hour)
	s.offer(news.Updated, piece("a", text("two")))
	s.clock.step(time.Hour)
	s.offer(news.Updated, piece("a", text("two"), titled("T"), with(news.Excerpt)))
	s.clock.step(time.Hour)
	s.offer(news.Updated, piece("a", text("two"), titled("T"), with(news.Excerpt), in("cartels")))
	s.offer(news.Unchanged, piece("a", text("two"), titled("T"), with(news.Excerpt), in("cartels")))
	want := `3 14:00 live [title rights] T "two"
2 13:00 live [content] Title of a "two"
1 12:00 live [new] Title of a "one"`
	if got := s.history(id); got != want {
		t.Errorf("history\n%s\nwant\n%s", got, want)
	}
	if got := s.history(piece("b").Article.ID); got != `1 12:00 live [new] Title of b "other"` {
		t.Errorf("history of another\n%s", got)
	}
	s.reopen()
	s.withdraw(id)
	if got := s.history(id); got != `3 15:00 withdrawn [status] T ""` {
		t.Errorf("history of a withdrawn article\n%s", got)
	}
	if n := s.versions(); n != 0 {
		t.Errorf("%d versions of a withdrawn article are kept", n)
	}
	if _, err := s.History(news.MintID("no", "one")); news.KindOf(err) != news.NotFound {
		t.Errorf("error %v", err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("a", text("1")))
	s.offer(news.Accepted, piece("b", text("1")))
	s.offer(news.Updated, piece("b", text("2")))
	const last = mostVersions + 5
	for i := 2; i <= last; i++ {
		s.clock.step(time.Minute)
		s.offer(news.Updated, piece("a", text(fmt.Sprint(i))))
	}
	versions, err := s.History(piece("a").Article.ID)
	s.ok(err)
	if len(versions) != mostVersions+1 || versions[0].Revision != last || s.versions() != mostVersions+1 {
		t.Fatalf("%d versions from %d, %d stored", len(versions), versions[0].Revision, s.versions())
	}
	for i, v := range versions {
		if v.Revision != last-i || v.Content != fmt.Sprint(v.Revision) {
			t.Errorf("version %d is revision %d, %q", i, v.Revision, v.Content)
		}
		if got := fmt.Sprint(v.Changed); i < mostVersions && got != "[content]" || i == mostVersions && got != "[]" {
			t.Errorf("revision %d changed %s", v.Revision, got)
		}
	}
}

// TestHistoryOfAHeldArticle has versions only of what readers have seen.
func TestHistoryOfAHeldArticle(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a", own, after(time.Hour), text("draft"))).ID
	s.offer(news.Updated, piece("a", own, after(time.Hour), text("final")))
	s.clock.step(2 * time.Hour)
	if n := s.release(); n != 1 || s.versions() != 0 {
		t.Errorf("%d released, %d versions", n, s.versions())
	}
	if got := s.history(id); !strings.HasPrefix(got, "1 ") || !strings.Contains(got, `"final"`) ||
		strings.Contains(got, "\n") {
		t.Errorf("history\n%s", got)
	}
}
