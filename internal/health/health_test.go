package health

import (
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// well is a feed that has just been read, as it always is.
func well() (news.Source, news.PollState) {
	return news.Source{ID: "wire", Kind: news.KindFeed, Every: 15 * time.Minute, Enabled: true},
		news.PollState{
			Polls: 100, NotModified: 60, HTTPStatus: 200, Items: 20, Accepted: 300,
			LastPoll: now, LastSuccess: now, LastChange: now.Add(-time.Hour),
			Usual: 2 * time.Hour, Took: time.Second, Due: now.Add(15 * time.Minute),
		}
}

func TestStatus(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*news.Source, *news.PollState)
		want   Status
		why    string
	}{
		{"nothing wrong", func(*news.Source, *news.PollState) {}, OK, ""},
		{"switched off, whatever else", func(s *news.Source, st *news.PollState) {
			s.Enabled, st.Failures = false, 3
		}, Off, "not enabled"},
		{"never looked at", func(_ *news.Source, st *news.PollState) {
			*st = news.PollState{Due: now}
		}, New, "never"},
		{"gone for good, though it failed too", func(_ *news.Source, st *news.PollState) {
			st.Retired, st.Failures = now, 1
		}, Retired, "410 Gone on 2026-11-22"},
		{"a challenge counts as failure too", func(_ *news.Source, st *news.PollState) {
			st.Challenged, st.Failures = true, 4
		}, Challenged, "robot"},
		{"failed once", func(_ *news.Source, st *news.PollState) {
			st.Failures, st.Error = 1, "GET: 503"
		}, Failing, "GET: 503"},
		{"failed thrice, the first line only", func(_ *news.Source, st *news.PollState) {
			st.Failures, st.Error = 3, "GET: 503\nmore"
		}, Failing, "3 times in a row: GET: 503"},
		{"200 but no items", func(_ *news.Source, st *news.PollState) { st.Items = 0 }, Empty, "no items"},
		{"empty says more than silent", func(_ *news.Source, st *news.PollState) {
			st.Items, st.LastChange = 0, now.Add(-30*24*time.Hour)
		}, Empty, "no items"},
		{"quiet for just four times its usual", func(_ *news.Source, st *news.PollState) {
			st.LastChange = now.Add(-8 * time.Hour)
		}, OK, ""},
		{"quiet for longer", func(_ *news.Source, st *news.PollState) {
			st.LastChange = now.Add(-9 * time.Hour)
		}, Silent, "quiet for 9h, usually it has something new every 2h"},
		{"quiet, but we have not looked since", func(_ *news.Source, st *news.PollState) {
			st.LastChange, st.LastSuccess = now.Add(-9*time.Hour), now.Add(-7*time.Hour)
		}, OK, ""},
		{"more often than we look", func(_ *news.Source, st *news.PollState) {
			st.Usual, st.LastChange = time.Minute, now.Add(-30*time.Minute)
		}, OK, ""},
		{"its rhythm is unknown", func(_ *news.Source, st *news.PollState) {
			st.Usual, st.LastChange = 0, now.Add(-9000*time.Hour)
		}, OK, ""},
		{"slow", func(_ *news.Source, st *news.PollState) { st.Took = 11 * time.Second }, Slow, "11s"},
		{"a folder without files", func(s *news.Source, st *news.PollState) {
			s.Kind, st.Items = news.KindFolder, 0
		}, OK, ""},
		{"nobody has pushed", func(s *news.Source, st *news.PollState) {
			s.Kind, *st = news.KindPush, news.PollState{}
		}, New, "pushed"},
		{"somebody has pushed", func(s *news.Source, st *news.PollState) {
			s.Kind, *st = news.KindPush, news.PollState{LastChange: now}
		}, OK, ""},
		{"who pushes has been quiet for long", func(s *news.Source, st *news.PollState) {
			s.Kind, st.Usual, st.LastChange = news.KindPush, time.Minute, now.Add(-25*time.Hour)
			st.LastSuccess = st.LastChange
		}, Silent, "quiet for 25h"},
		{"who pushes pauses for the night", func(s *news.Source, st *news.PollState) {
			s.Kind, st.Usual, st.LastChange = news.KindPush, time.Minute, now.Add(-9*time.Hour)
		}, OK, ""},
		{"WordPress has nothing new", func(s *news.Source, st *news.PollState) {
			s.Kind, st.Items = news.KindWordPress, 0
		}, OK, ""},
		{"WordPress never had anything", func(s *news.Source, st *news.PollState) {
			s.Kind, st.Items, st.Accepted = news.KindWordPress, 0, 0
		}, Empty, "no items"},
	} {
		src, st := well()
		test.change(&src, &st)
		got := Of(src, st, now)
		if got.Status != test.want || !strings.Contains(got.Why, test.why) {
			t.Errorf("%s: %s (%q), want %s (…%q…)", test.name, got.Status, got.Why, test.want, test.why)
		}
		if got.Status == OK && got.Why != "" {
			t.Errorf("%s: ok, yet %q", test.name, got.Why)
		}
	}
}

func TestFindings(t *testing.T) {
	src, st := well()
	if got := Of(src, st, now).Findings; len(got) != 0 {
		t.Errorf("of a healthy source: %v", got)
	}
	st.Items, st.LastChange = 0, now.Add(-9*time.Hour)
	st.Note = "the API is closed"
	st.Moved, st.MovedSince = "https://wire.example/new", now.Add(-time.Hour)
	later := st.Due.Add(time.Hour)
	var names []string
	for _, f := range Of(src, st, later).Findings {
		names = append(names, f.Name)
		if f.Text == "" {
			t.Errorf("%s says nothing", f.Name)
		}
	}
	if got := strings.Join(names, " "); got != "no-items quiet note moved overdue" {
		t.Errorf("findings %s", got)
	}
	src.Enabled = false
	if got := Of(src, st, later).Findings; len(got) != 0 {
		t.Errorf("of one that is off: %v", got)
	}
}

func TestShareOf304(t *testing.T) {
	src, st := well()
	if got := Of(src, st, now).Share304; got != 0.6 {
		t.Errorf("share %v, want 60 of 100", got)
	}
	st = news.PollState{Polls: 2, Failures: 2}
	if got := Of(src, st, now).Share304; got != 0 {
		t.Errorf("share %v of none", got)
	}
}

func TestEveryStatusIsListed(t *testing.T) {
	listed := map[Status]bool{}
	for _, s := range Statuses {
		listed[s] = true
	}
	for _, s := range []Status{OK, Slow, Failing, Challenged, Silent, Empty, Aside, Retired, Off, New} {
		if !listed[s] {
			t.Errorf("%s is not in Statuses", s)
		}
	}
}

func TestAside(t *testing.T) {
	src, st := well()
	st.Aside = []string{"bad.md"}
	h := Of(src, st, now)
	if h.Status != OK || len(h.Findings) != 1 || h.Findings[0].Name != "aside" ||
		!strings.Contains(h.Findings[0].Text, "bad.md") {
		t.Errorf("a file: %+v", h)
	}
	st.Aside, st.Failures = []string{""}, 3
	h = Of(src, st, now)
	if h.Status != Aside || !strings.Contains(h.Why, "`teletipo sources retry wire`") {
		t.Errorf("a source: %+v", h)
	}
}

// TestQuotaAndShareAreFindings, whatever else a source is.
func TestQuotaAndShareAreFindings(t *testing.T) {
	st := news.PollState{Polls: 1, LastSuccess: now, Items: 9, Deferred: 5, Crowded: 3}
	src := news.Source{ID: "s", Kind: news.KindFeed, Enabled: true, PerHour: 10}
	h := Of(src, st, now)
	if h.Status != OK || textOf(h.Findings, "quota") != "it brings more than 10 new articles an hour "+
		"(per_hour): 5 wait for the next" || !strings.Contains(textOf(h.Findings, "share"), "3 of its") {
		t.Errorf("%+v", h)
	}
}
