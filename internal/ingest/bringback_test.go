package ingest

import (
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// states is poll state in memory.
type states map[string]news.PollState

func (s states) State(source string) (news.PollState, error) { return s[source], nil }

func (s states) Save(source string, st news.PollState) error {
	s[source] = st
	return nil
}

// TestBringBack has sources due at times that clocks ahead have set.
func TestBringBack(t *testing.T) {
	now := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	src := news.Source{ID: "wire", Kind: news.KindFeed, Every: 15 * time.Minute, Enabled: true}
	for _, c := range []struct {
		due  time.Duration
		back bool
	}{
		{-time.Hour, false},
		{time.Hour, false},
		{25 * time.Hour, false},
		{48 * time.Hour, true},
		{400 * 24 * time.Hour, true},
	} {
		due := now.Add(c.due)
		polls := states{"wire": {Due: due, Polls: 1, LastPoll: due, LastChange: due}}
		if err := BringBack(newstest.Logger(t), polls, []news.Source{src}, now); err != nil {
			t.Fatal(err)
		}
		st := polls["wire"]
		if back := st.Due.Equal(now) && !st.LastChange.After(now); back != c.back {
			t.Errorf("due in %s: now due %s, last change %s", c.due, st.Due, st.LastChange)
		}
		if st.Righted.IsZero() == c.back {
			t.Errorf("due in %s: righted %s", c.due, st.Righted)
		}
	}
}
