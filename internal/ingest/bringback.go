package ingest

import (
	"cmp"
	"fmt"
	"log/slog"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// BringBack makes sources due now whose time lies further ahead than their settings and what
// servers may ask for allow: it was set while the clock was ahead, or the clock was set back since.
// What else lies ahead of the clock is taken for now.
func BringBack(log *slog.Logger, polls Polls, sources []news.Source, now time.Time) error {
	now = now.UTC()
	for _, src := range sources {
		st, err := polls.State(src.ID)
		if err != nil {
			return fmt.Errorf("source %s: %w", src.ID, err)
		}
		ahead := st.Due.Sub(now)
		if ahead <= longest(src) {
			continue
		}
		log.Warn("the clock was ahead: a source that was due far too late is looked at now",
			"source", src.ID, "was_due", st.Due.Format(time.RFC3339))
		st.Due, st.Why, st.Righted = now, "it was due far too late, by a clock that was wrong", now
		for _, t := range []*time.Time{
			&st.LastPoll, &st.LastSuccess, &st.LastChange, &st.MovedSince, &st.ValidatorsAt,
		} {
			if t.After(now) {
				*t = now
			}
		}
		if err := polls.Save(src.ID, st); err != nil {
			return fmt.Errorf("source %s: %w", src.ID, err)
		}
	}
	return nil
}

// longest is how long a source may be left alone, whatever anybody says.
func longest(src news.Source) time.Duration {
	every := max(src.Every, shortestWait)
	slowest := max(every, cmp.Or(src.Slowest, slowestTimes*every), longestAsked, longestBackOff)
	return slowest + time.Duration(spread*float64(slowest)) + time.Hour
}
