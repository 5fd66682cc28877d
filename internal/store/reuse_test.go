package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// Three texts about the same river, the second a new version of the first, and one about a strike.
const (
	flood = "<p>The river left its bed on Monday night and took the bridge at San Pedro with it, " +
		"the mayor said. Nobody was hurt. Forty families spent the night in the school.</p>"
	floodLater = "<p>The river left its bed on Monday night and took the bridge at San Pedro with it, " +
		"the mayor said. Two people are missing. The army has sent boats.</p>"
	floodAnew = "<p>Rescuers have found both of those who were missing since Monday, alive, on the " +
		"roof of a mill. Water levels are going down, and engineers inspect what is left.</p>"
	strike = "<p>Teachers in five states will not return to class on Thursday. Their union wants a " +
		"rise of nine per cent and an end to yearly contracts, and talks broke off at noon.</p>"
)

func titled(title string) edit { return func(c *news.Candidate) { c.Article.Title = title } }

func TestNamesUsedAnew(t *testing.T) {
	const day = 24 * time.Hour
	first := []edit{titled("River takes bridge"), text(flood)}
	for name, test := range map[string]struct {
		then []edit
		want news.Outcome
		same bool // the same article
	}{
		"another text, a day later":   {[]edit{titled("Teachers strike"), text(strike), after(day)}, news.Accepted, false},
		"another text, the same date": {[]edit{titled("Teachers strike"), text(strike)}, news.Updated, true},
		"another text, hours later":   {[]edit{titled("Teachers strike"), text(strike), after(10 * time.Hour)}, news.Accepted, false},
		"a new version, a day later":  {[]edit{titled("Two missing"), text(floodLater), after(day)}, news.Updated, true},
		"rewritten under a like title": {
			[]edit{titled("River bridge: both found"), text(floodAnew), after(day)}, news.Updated, true,
		},
		"rewritten under another title": {
			[]edit{titled("Both found alive"), text(floodAnew), after(day)}, news.Accepted, false,
		},
		"too short to tell, a word of the title stays": {
			[]edit{titled("Bridge"), text("<p>Gone.</p>"), after(day)}, news.Updated, true,
		},
		"too short to tell, hours later": {
			[]edit{titled("Strike"), text("<p>On.</p>"), after(10 * time.Hour)}, news.Updated, true,
		},
		"too short to tell, another title": {
			[]edit{titled("Strike"), text("<p>On.</p>"), after(day)}, news.Accepted, false,
		},
		"of the desk's own": {
			[]edit{titled("Teachers strike"), text(strike), after(day), func(c *news.Candidate) {
				c.Article.Own = true
			}}, news.Updated, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			known := s.offer(news.Accepted, piece("1", first...))
			s.clock.step(3 * day)
			then := piece("1", test.then...)
			got := s.offer(test.want, then)
			if (got.ID == known.ID) != test.same {
				t.Errorf("it is %s, the known one %s", got.ID, known.ID)
			}
			for range 2 { // both lead to it from now on, and nothing changes any more
				if again := s.offer(news.Unchanged, then); again.ID != got.ID {
					t.Errorf("polled again it is %s, want %s", again.ID, got.ID)
				}
			}
			s.clock.step(time.Minute)
			correction := then
			correction.Article.Fingerprint += "corrected"
			if again := s.offer(news.Updated, correction); again.ID != got.ID {
				t.Errorf("corrected it is %s, want %s", again.ID, got.ID)
			}
		})
	}
}

// TestNamesUsedAnewAgainAndAgain reads a page whose one guid and link carry another story each
// day, and then a server that goes back and forth between two of them.
func TestNamesUsedAnewAgainAndAgain(t *testing.T) {
	s := newStore(t)
	var ids []news.ID
	var days []news.Candidate
	for i, c := range [][2]string{
		{"River takes bridge", flood}, {"Teachers strike", strike}, {"Both found alive", floodAnew},
	} {
		s.clock.step(24 * time.Hour)
		days = append(days, piece("1", titled(c[0]), text(c[1]), dated(s.clock.now())))
		ids = append(ids, s.offer(news.Accepted, days[i]).ID)
	}
	if ids[0] == ids[1] || ids[1] == ids[2] || ids[0] == ids[2] {
		t.Fatalf("ids are not unique: %v", ids)
	}
	if want := news.MintID("wire", "1"); ids[0] != want {
		t.Errorf("the first is %s, want %s", ids[0], want)
	}
	before := sequence(s)
	for _, i := range []int{1, 2, 0, 2, 1, 2} {
		r := s.offer(news.Unchanged, days[i])
		if r.ID != ids[i] {
			t.Errorf("story %d is %s, want %s", i, r.ID, ids[i])
		}
	}
	if n := sequence(s); n != before {
		t.Errorf("going back and forth made %d changes", n-before)
	}
	titles := []string{}
	for _, e := range s.window("border", 9).Entries {
		titles = append(titles, e.Title)
	}
	want := []string{"Both found alive", "Teachers strike", "River takes bridge"}
	if diff := cmp.Diff(want, titles); diff != "" {
		t.Errorf("feed: (-want +got)\n%s", diff)
	}
	other := newStore(t) // another ingester mints the same ids
	for i := range days {
		other.clock.step(24 * time.Hour)
		if id := other.offer(news.Accepted, days[i]).ID; id != ids[i] {
			t.Errorf("story %d has id %s there, %s here", i, id, ids[i])
		}
	}
}

func TestWithdrawnStaysSoWhenItsNamesAreUsedAnew(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("1", titled("River"), text(flood))).ID
	s.withdraw(id)
	s.clock.step(48 * time.Hour)
	r := s.offer(news.Unchanged, piece("1", titled("Teachers strike"), text(strike), dated(s.clock.now())))
	if r.ID != id || !strings.Contains(r.Reason, "withdrawn") {
		t.Errorf("%+v", r)
	}
}

// TestLinkForms meets one page under every form of its address, each with a new guid.
func TestLinkForms(t *testing.T) {
	s := newStore(t)
	stated := "http://www.wire.example/story"
	id := s.offer(news.Accepted, piece("1", link(stated), text("x"))).ID
	for i, form := range []string{
		"https://wire.example/story", "https://m.wire.example/story", "https://wire.example/story/amp",
		"https://amp.wire.example/story/", "https://wire.example/story?outputType=amp",
	} {
		c := piece("1"+strings.Repeat("x", i+1), link(form))
		c.Article.Fingerprint = piece("1", link(stated), text("x")).Article.Fingerprint
		if r := s.offer(news.Unchanged, c); r.ID != id {
			t.Errorf("%s is %s, want %s", form, r.ID, id)
		}
	}
	if got := s.article(id).URL; got != stated {
		t.Errorf("the article's link is %s, want it as stated", got)
	}
	s.offer(news.Accepted, piece("2", link("https://es.wire.example/story")))
	s.offer(news.Accepted, piece("3", link("https://wire.example/Story")))
}
