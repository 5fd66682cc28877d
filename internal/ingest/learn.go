package ingest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/parse"
)

// staleAfter is how long validators are sent back without the server giving a document: one that
// answers 304 for ever, whatever happens, is found out.
const staleAfter = 8 * 24 * time.Hour

// validators are what to ask a source again with, without those that are too old. What its reader
// remembers stays.
func validators(st news.PollState, now time.Time) news.Validators {
	v := st.Validators
	if now.Sub(st.ValidatorsAt) >= staleAfter {
		v.ETag, v.LastModified = "", ""
	}
	return v
}

// learn works out a source's state after a look at it.
func learn(
	before news.PollState, src news.Source, reading news.Reading,
	report *news.Report, err error, now time.Time,
) news.PollState {
	if err != nil && news.KindOf(err) == news.Busy {
		return waiting(before, src, reading.RetryAfter, now)
	}
	st := before
	st.LastPoll = now.UTC()
	st.HTTPStatus = reading.Status
	st.Note, st.Challenged = reading.Note, reading.Challenged
	st.Polls++
	st.Bytes += report.Bytes
	st.Accepted += report.Count(news.Accepted)
	st.Updated += report.Count(news.Updated)
	st.Unchanged += report.Count(news.Unchanged)
	st.Rejected += report.Count(news.Rejected)
	learnHour(&st, src, report, now)
	if report.Outline != "" {
		st.Yield.Count(report.Listed, report.Outline)
	}
	if report.Count(news.Accepted)+report.Count(news.Updated) > 0 {
		st.Usual, st.LastChange = usual(before, now), st.LastPoll
	}
	if err != nil {
		st.Failures++
		st.Error = err.Error()
		if reading.Status == http.StatusGone && news.KindOf(err) == news.Gone {
			if st.Retired.IsZero() {
				st.Retired, st.RetiredURL = st.LastPoll, src.URL
			}
		}
	} else {
		learnSuccess(&st, reading, report)
	}
	if src.Kind.Polled() { // others come by themselves, or in a sweep
		st.Due, st.Why = next(st, src, reading, now)
		if end := st.Hour.Add(hour); st.Deferred > 0 && end.Before(st.Due) {
			st.Due, st.Why = end, "what waits for its next hour"
		}
	}
	return st
}

// waiting is the state of a source that was not asked, since its host has told another to wait:
// that says nothing about the source. Those that wait for one host do not all come back at once.
func waiting(
	st news.PollState, src news.Source, asked time.Duration, now time.Time,
) news.PollState {
	pause := max(shortestWait, min(asked, longestAsked))
	st.Why = "its host told another source to wait " + news.ShortDuration(pause)
	pause += time.Duration(spread * rand.Float64() * float64(max(src.Every, shortestWait)))
	st.Due = now.Add(pause).UTC()
	return st
}

// learnSuccess notes what a look that went well has taught.
func learnSuccess(st *news.PollState, reading news.Reading, report *news.Report) {
	st.Failures, st.Error, st.Retired, st.RetiredURL = 0, "", time.Time{}, ""
	st.LastSuccess = st.LastPoll
	st.Moved, st.MovedSince = reading.Moved, reading.MovedSince
	if reading.NotModified {
		st.NotModified++
		if reading.Validators != (news.Validators{}) {
			st.Validators = reading.Validators
		}
		return
	}
	if st.Deferred == 0 { // else the whole document is to come again
		st.Validators, st.ValidatorsAt = reading.Validators, st.LastPoll
	}
	st.Items = len(report.Results)
	if n := len(reading.Documents); n > 0 && reading.Documents[n-1].URL != "" &&
		report.Outline == "" {
		st.Rhythm = parse.FeedRhythm(reading.Documents[n-1])
	}
}

// worthSaving reports whether a folder's state says more than that it was swept again.
func worthSaving(before, after news.PollState, report *news.Report) bool {
	return len(report.Results) > 0 || before.Error != after.Error || before.Note != after.Note ||
		before.Polls == 0
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
		switch r := &report.Results[i]; {
		case r.Outcome == news.Rejected:
			log.Warn("article rejected", "title", r.Title, "reason", r.Reason)
		case r.From != "":
			log.Warn("article taken over", "article", r.ID, "from", r.From, "title", r.Title)
		}
	}
	level := slog.LevelDebug
	if err != nil && news.KindOf(err) == news.Busy {
		log.Debug("source waits for its host", "next", after.Due.Format(time.RFC3339), "error", err)
		return
	}
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
