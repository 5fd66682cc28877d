package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// paper is an article of the folder "inbox", from a file.
func paper(name string, edits ...edit) news.Candidate {
	return piece(name, append([]edit{own, from("inbox"), file(name)}, edits...)...)
}

// gone withdraws what is not present and gives the guids of what went.
func (s *tested) gone(present ...string) string {
	s.t.Helper()
	if present == nil {
		present = []string{}
	}
	results, err := s.WithdrawGone(s.t.Context(), "inbox", present)
	s.ok(err)
	var titles []string
	for _, r := range results {
		if r.Outcome != news.Updated || !strings.Contains(r.Reason, "gone") {
			s.t.Errorf("%+v", r)
		}
		titles = append(titles, strings.TrimPrefix(r.Title, "Title of "))
	}
	return strings.Join(titles, " ")
}

func TestWithdrawGone(t *testing.T) {
	s := newStore(t)
	s.accept(paper("a.txt"), paper("b.txt"), paper("held.txt", after(time.Hour)))
	s.accept(piece("c.txt", own, from("inbox-2"), file("c.txt")))    // of another folder
	s.accept(piece("d.txt", own, from("inbox"), link("")))           // of no file
	s.accept(paper("x", file("old.md")), paper("x", file("new.md"))) // renamed, with an id of its own
	present := []string{"a.txt", "b.txt", "held.txt", "new.md"}
	before := sequence(s)
	if got := s.gone(present...); got != "" || sequence(s) != before {
		t.Errorf("nothing is gone, yet %q is withdrawn", got)
	}
	if got := s.gone("a.txt", "new.md"); got != "b.txt held.txt" {
		t.Errorf("%q is withdrawn, want b.txt and held.txt", got)
	}
	if got := s.gone("a.txt", "new.md"); got != "" {
		t.Errorf("%q is withdrawn again", got)
	}
	if got := s.gone("a.txt"); got != "x" {
		t.Errorf("%q is withdrawn, want x", got)
	}
	s.offer(news.Unchanged, paper("b.txt")) // back, but withdrawn for good
	if got := guids(s.window("all", 9)); fmt.Sprint(got) != "[d.txt c.txt a.txt]" {
		t.Errorf("left: %v", got)
	}
}

func TestWithdrawGoneIsNoAccident(t *testing.T) {
	s := newStore(t)
	var names []string
	for i := range 60 {
		names = append(names, fmt.Sprintf("%02d.txt", i))
		s.accept(paper(names[i]))
	}
	for _, test := range []struct {
		present []string
		why     string
	}{
		{[]string{}, "no file any more"},
		{names[:29], "more than half"},
	} {
		before := sequence(s)
		results, err := s.WithdrawGone(t.Context(), "inbox", test.present)
		if news.KindOf(err) != news.Refused || !strings.Contains(fmt.Sprint(err), test.why) {
			t.Errorf("error %v, want one about %q", err, test.why)
		}
		if len(results) > 0 || sequence(s) != before {
			t.Errorf("%d are withdrawn all the same", len(results))
		}
	}
	if got := len(strings.Fields(s.gone(names[:30]...))); got != 30 {
		t.Errorf("%d are withdrawn, want half", got)
	}
	if got := len(strings.Fields(s.gone(names[:10]...))); got != 20 {
		t.Errorf("%d are withdrawn, want the 20 that are few enough", got)
	}
	if got := len(strings.Fields(s.gone("00.txt"))); got != 9 {
		t.Errorf("%d are withdrawn, want all but one of a few", got)
	}
}

func TestWithdrawKnown(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a")).ID
	s.offer(news.Unchanged, piece("copy", from("other"), link("https://wire.example/a")))
	for _, test := range []struct {
		source, guid string
		want         news.Outcome
		id           news.ID
		reason       string
	}{
		{"wire", "never", news.Unchanged, news.ID{}, "never known"},
		{"other", "a", news.Unchanged, news.ID{}, "never known"},
		{"other", "copy", news.Unchanged, id, "source wire had it first"},
		{"wire", "a", news.Updated, id, "withdrawn"},
		{"wire", "a", news.Unchanged, id, "before"},
	} {
		s.clock.step(time.Minute)
		before := sequence(s)
		r, err := s.WithdrawKnown(t.Context(), test.source, test.guid)
		s.ok(err)
		if r.Outcome != test.want || r.ID != test.id || !strings.Contains(r.Reason, test.reason) {
			t.Errorf("%s %s: %+v", test.source, test.guid, r)
		}
		if changed := sequence(s) != before; changed != (test.want == news.Updated) {
			t.Errorf("%s %s: changed %v", test.source, test.guid, changed)
		}
	}
	s.offer(news.Unchanged, piece("a"))
	s.offer(news.Accepted, piece("never")) // nothing was remembered of it
}
