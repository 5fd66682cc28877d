package ingest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Bounds of when a source is looked at again.
const (
	shortestWait   = time.Minute    // whatever a source says
	longestBackOff = 8 * time.Hour  // after failures
	longestAsked   = 24 * time.Hour // that a Retry-After is obeyed for
	spread         = 0.1            // of the wait, so that sources do not move in step
)

// learn works out a source's state after a look at it.
func learn(
	before news.PollState, src news.Source, reading news.Reading,
	report *news.Report, err error, now time.Time,
) news.PollState {
	st := before
	st.LastPoll = now.UTC()
	st.HTTPStatus = reading.Status
	st.Polls++
	st.Bytes += report.Bytes
	st.Accepted += report.Count(news.Accepted)
	st.Updated += report.Count(news.Updated)
	st.Unchanged += report.Count(news.Unchanged)
	st.Rejected += report.Count(news.Rejected)
	if err != nil {
		st.Failures++
		st.Error = err.Error()
	} else {
		st.Failures, st.Error = 0, ""
		st.LastSuccess = st.LastPoll
		if reading.NotModified {
			st.NotModified++
		} else {
			st.Validators = reading.Validators
		}
	}
	if report.Count(news.Accepted)+report.Count(news.Updated) > 0 {
		st.LastChange = st.LastPoll
	}
	if src.Kind != news.KindFolder { // folders are swept by a job of their own
		st.Due = now.Add(wait(src.Every, st.Failures, reading.RetryAfter, rand.Float64())).UTC()
	}
	return st
}

// wait is how long to leave a source alone: its own cadence, doubled with each failure in a row,
// or what it asked for if that is longer, and a little more, at random.
func wait(every time.Duration, failures int, asked time.Duration, random float64) time.Duration {
	pause := max(every, shortestWait)
	for range min(failures, 16) {
		pause = min(2*pause, max(every, longestBackOff))
	}
	pause += time.Duration(spread * random * float64(pause))
	return max(pause, min(asked, longestAsked))
}

// worthSaving tells whether a folder's state says more than that it was swept again.
func worthSaving(before, after news.PollState, report *news.Report) bool {
	return len(report.Results) > 0 || before.Error != after.Error || before.Polls == 0
}

// tell logs a run: once when it changed something or when a source begins or stops to fail, and
// otherwise only for who wants to see everything.
func (f *Flow) tell(
	ctx context.Context, src news.Source, before, after news.PollState, report *news.Report, err error,
) {
	log := f.log.With("source", src.ID)
	for _, fault := range report.Faults {
		log.Warn("part of a source not read", "error", fault)
	}
	for i := range report.Results {
		if r := &report.Results[i]; r.Outcome == news.Rejected {
			log.Warn("article rejected", "title", r.Title, "reason", r.Reason)
		}
	}
	level := slog.LevelDebug
	if len(report.Results) > report.Count(news.Unchanged) || before.Failures > 0 != (err != nil) {
		level = slog.LevelInfo
	}
	facts := []any{
		"status", after.HTTPStatus, "not_modified", report.NotModified, "bytes", report.Bytes,
		"accepted", report.Count(news.Accepted), "updated", report.Count(news.Updated),
		"unchanged", report.Count(news.Unchanged), "rejected", report.Count(news.Rejected),
	}
	if !after.Due.IsZero() {
		facts = append(facts, "next", after.Due.Format(time.RFC3339))
	}
	if err != nil {
		facts = append(facts, "failures", after.Failures, "error", err)
		log.Log(ctx, level, "source failed", facts...)
		return
	}
	log.Log(ctx, level, "source read", facts...)
}
