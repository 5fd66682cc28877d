package ingest

import (
	"context"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// hour is how long what a source brings counts against its PerHour.
const hour = time.Hour

// opening reports whether a source is new: what it has without a date may be of any age.
func opening(before news.PollState) bool { return before.LastSuccess.IsZero() || before.Opening }

// roomFor is how many new articles a source may still bring in its hour, nil for any number.
func roomFor(src news.Source, before news.PollState, now time.Time) *int {
	if src.PerHour <= 0 {
		return nil
	}
	room := src.PerHour
	if now.Sub(before.Hour).Abs() < hour {
		room = max(0, room-before.HourNew)
	}
	return &room
}

// accept stores candidates, of new articles no more than there is room for, in their order. The
// others are deferred: they are offered again at the next look.
func (f *Flow) accept(
	ctx context.Context, candidates []news.Candidate, room *int,
) ([]news.Result, error) {
	if room == nil {
		return f.archive.Accept(ctx, candidates)
	}
	if len(candidates) > *room {
		weighed, err := f.archive.Weigh(candidates)
		if err != nil {
			return nil, err
		}
		left := *room
		for i := range weighed {
			if weighed[i].Outcome == news.Accepted {
				candidates[i].Held = left <= 0
				left--
			}
		}
	}
	results, err := f.archive.Accept(ctx, candidates)
	for i := range results {
		if results[i].Outcome == news.Accepted {
			*room = max(0, *room-1)
		}
	}
	return results, err
}

// learnHour notes what of its hour a source has used, and what has to wait.
func learnHour(st *news.PollState, src news.Source, report *news.Report, now time.Time) {
	st.Deferred, st.Crowded = report.Count(news.Deferred), 0
	st.Opening = opening(*st) && st.Deferred > 0
	for i := range report.Results {
		if report.Results[i].Crowded {
			st.Crowded++
		}
	}
	if src.PerHour <= 0 {
		st.Hour, st.HourNew = time.Time{}, 0
		return
	}
	if now.Sub(st.Hour).Abs() >= hour {
		st.Hour, st.HourNew = now.UTC(), 0
	}
	st.HourNew += report.Count(news.Accepted)
}
