package ingest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Bounds of when a source is looked at again.
const (
	shortestWait   = time.Minute    // whatever a source says
	longestBackOff = 8 * time.Hour  // after failures
	longestAsked   = 24 * time.Hour // that what a source asks for is obeyed for
	spread         = 0.1            // of the wait, so that sources do not move in step
	slowestTimes   = 4              // of its cadence, for a source that does not say how slow
)

// usual is how long there is between two changes of a source, smoothed. The first look at a
// source says nothing about that.
func usual(before news.PollState, now time.Time) time.Duration {
	if before.LastChange.IsZero() || !now.After(before.LastChange) {
		return before.Usual
	}
	gap := now.Sub(before.LastChange)
	if before.Usual == 0 {
		return gap
	}
	return before.Usual/2 + gap/2
}

// next is when a source that has been looked at is to be looked at again, and why then.
func next(
	st news.PollState, src news.Source, reading news.Reading, now time.Time,
) (due time.Time, why string) {
	if !st.Retired.IsZero() {
		return time.Time{}, "retired: its server said 410 Gone"
	}
	every, why := adapted(st, src, reading.Later, now)
	if st.Failures > 0 {
		why = fmt.Sprintf("backing off after %s", failures(st.Failures))
	}
	pause := wait(every, st.Failures, reading.RetryAfter, rand.Float64())
	if reading.RetryAfter > 0 && pause == min(reading.RetryAfter, longestAsked) {
		why = "the server asked for " + news.ShortDuration(pause)
	}
	for _, floor := range []struct {
		asked time.Duration
		why   string
	}{
		{st.Rhythm.TTL, "the feed asks for "},
		{reading.MaxAge, "the server says that its answer is fresh for "},
	} {
		if asked := min(floor.asked, longestAsked); asked > pause {
			pause, why = asked, floor.why+news.ShortDuration(floor.asked)
		}
	}
	due = now.Add(pause)
	limit := now.Add(max(longestAsked, pause))
	for st.Rhythm.Skips(due) && due.Before(limit) {
		due, why = due.Add(time.Hour), "the feed asks to skip the hours until then"
	}
	if due.After(limit) {
		due = limit
	}
	return due.UTC(), why
}

// adapted is a source's cadence by what it really publishes: half of what usually lies between
// two changes, or of the time since the last if that is longer, within its bounds.
func adapted(
	st news.PollState, src news.Source, later int, now time.Time,
) (pause time.Duration, why string) {
	every := max(src.Every, shortestWait)
	slowest := max(every, cmp.Or(src.Slowest, slowestTimes*every))
	if st.LastChange.IsZero() || later > 0 {
		return every, "every " + news.ShortDuration(every)
	}
	quiet := now.Sub(st.LastChange)
	if max(st.Usual, quiet)/2 <= every {
		return every, "every " + news.ShortDuration(every)
	}
	why = "it usually changes every " + news.ShortDuration(st.Usual)
	if quiet > st.Usual {
		why = "nothing new for " + news.ShortDuration(quiet)
	}
	return min(max(st.Usual, quiet)/2, slowest), why
}

// wait is how long to leave a source alone: its cadence, doubled with each failure in a row, or
// what its server asked for if that is longer, and a little more, at random.
func wait(every time.Duration, failures int, asked time.Duration, random float64) time.Duration {
	pause := max(every, shortestWait)
	for range min(failures, 16) {
		pause = min(2*pause, max(every, longestBackOff))
	}
	pause += time.Duration(spread * random * float64(pause))
	return max(pause, min(asked, longestAsked))
}

func failures(n int) string {
	if n == 1 {
		return "a failure"
	}
	return fmt.Sprintf("%d failures in a row", n)
}
