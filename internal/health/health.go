package health

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Status is a source's health in a word.
type Status string

// The statuses. A source that several fit has the first of this order: off, retired, aside, new,
// challenged, failing, empty, silent, slow, ok.
const (
	OK         Status = "ok"
	Slow       Status = "slow"       // the last look took longer than SlowAfter
	Failing    Status = "failing"    // the last look failed
	Challenged Status = "challenged" // the last look met a bot challenge or a cookie wall
	Silent     Status = "silent"     // quiet for QuietFactor times its usual interval
	Empty      Status = "empty"      // it answers, but with no items
	Retired    Status = "retired"    // its server says that it is gone for good
	Aside      Status = "aside"      // the process died twice while it was read
	Off        Status = "off"        // not enabled
	New        Status = "new"        // never looked at, or never pushed to
)

// Statuses lists every status, the best first.
var Statuses = []Status{OK, New, Off, Slow, Silent, Empty, Challenged, Failing, Aside, Retired}

// What counts as slow, quiet and overdue.
const (
	SlowAfter   = 10 * time.Second
	QuietFactor = 4
	// OverdueAfter leaves room for the lease of a run that was cut short.
	OverdueAfter = 20 * time.Minute
	// rightedFor is for how long it is told that a clock was wrong.
	rightedFor = 7 * 24 * time.Hour
	// pushPause is a pause that is nothing unusual of who pushes many articles in a row.
	pushPause = 6 * time.Hour
)

// Health is a source's status with what led to it.
type Health struct {
	Status   Status    `json:"status"`
	Why      string    `json:"why,omitempty"` // one line; empty if there is nothing to say
	Findings []Finding `json:"findings,omitempty"`
	// Share304 is how many of the looks that succeeded were answered "not modified", 0 to 1.
	Share304 float64 `json:"share_304"`
}

// Finding is something about a source that somebody should look into, whatever its status.
type Finding struct {
	// Name is aside, no-items, yield, quiet, note, quota, share, moved, clock or overdue.
	Name string `json:"name"`
	Text string `json:"text"`
}

// Of judges a source by its state as of now.
func Of(src news.Source, st news.PollState, now time.Time) Health {
	h := Health{Findings: findings(src, st, now), Share304: share304(st)}
	h.Status, h.Why = judge(src, st, h.Findings)
	return h
}

// judge chooses the status and says why.
func judge(src news.Source, st news.PollState, found []Finding) (Status, string) {
	switch {
	case !src.Enabled:
		return Off, "it is not enabled"
	case !st.Retired.IsZero():
		return Retired, "its server said 410 Gone on " + st.Retired.UTC().Format(time.DateOnly)
	case slices.Contains(st.Aside, ""):
		return Aside, textOf(found, "aside")
	case src.Kind == news.KindPush && st.Polls == 0 && st.LastChange.IsZero():
		return New, "nothing was pushed yet"
	case src.Kind != news.KindPush && st.Polls == 0:
		return New, "it was never looked at"
	case st.Challenged:
		return Challenged, "its server wants proof that we are no robot, or that we keep cookies"
	case st.Failures > 0:
		return Failing, failure(st)
	}
	if text := textOf(found, "no-items"); text != "" {
		return Empty, text
	}
	if text := textOf(found, "quiet"); text != "" {
		return Silent, text
	}
	if st.Took > SlowAfter {
		return Slow, fmt.Sprintf("the last look took %s", news.ShortDuration(st.Took))
	}
	return OK, ""
}

// failure says how often a source has failed in a row and what went wrong last.
func failure(st news.PollState) string {
	reason, _, _ := strings.Cut(st.Error, "\n")
	if st.Failures == 1 {
		return reason
	}
	return fmt.Sprintf("%d times in a row: %s", st.Failures, reason)
}

// findings lists what somebody should look into.
func findings(src news.Source, st news.PollState, now time.Time) []Finding {
	if !src.Enabled || !st.Retired.IsZero() {
		return nil
	}
	var found []Finding
	add := func(name, format string, args ...any) {
		found = append(found, Finding{Name: name, Text: fmt.Sprintf(format, args...)})
	}
	if len(st.Aside) > 0 {
		add("aside", "put aside, as the process died twice while it read %s: look at it, then say "+
			"`teletipo sources retry %s`", cmp.Or(strings.Join(st.Aside, ", "), "it"), src.ID)
	}
	if st.Polls == 0 && src.Kind != news.KindPush {
		return found
	}
	if hasNoItems(src, st) {
		add("no-items", "200 but no items: is the address still that of a feed?")
	}
	if y := st.Yield; y.Short {
		add("yield", "the page lists %d articles, usually %.0f: has it changed? It has %s; it had %s",
			y.Now, y.Usual, y.NowOutline, y.Outline)
	}
	if quiet := quietFor(src, st, now); quiet > 0 {
		add("quiet", "quiet for %s, usually it has something new every %s",
			news.ShortDuration(quiet), news.ShortDuration(st.Usual))
	}
	if st.Note != "" {
		add("note", "%s", st.Note)
	}
	if st.Deferred > 0 {
		add("quota", "it brings more than %d new articles an hour (per_hour): %d wait for the next",
			src.PerHour, st.Deferred)
	}
	if st.Crowded > 0 {
		add("share", "%d of its articles stand behind others' news: it has its share of a topic "+
			"(window_share)", st.Crowded)
	}
	if st.Moved != "" {
		add("moved", "its server says since %s that it has moved to %s",
			st.MovedSince.UTC().Format(time.DateOnly), st.Moved)
	}
	if ago := now.Sub(st.Righted); !st.Righted.IsZero() && ago < rightedFor {
		add("clock", "the clock was ahead once, so that it was due far too late; since %s it is looked "+
			"at as usual", st.Righted.UTC().Format(time.DateOnly))
	}
	if late := now.Sub(st.Due); !st.Due.IsZero() && late > OverdueAfter {
		add("overdue", "it was due %s ago: does the daemon run?", news.ShortDuration(late))
	}
	return found
}

// hasNoItems reports whether the newest document of a source had nothing in it. Only a feed must
// have items at every look: of WordPress we ask for what is new, so it must have had one ever.
func hasNoItems(src news.Source, st news.PollState) bool {
	if st.LastSuccess.IsZero() || st.Failures > 0 || st.Items > 0 {
		return false
	}
	switch src.Kind {
	case news.KindFeed:
		return true
	case news.KindWordPress:
		return st.Accepted+st.Updated+st.Unchanged+st.Rejected == 0
	default:
		return false
	}
}

// quietFor is for how long a source has had nothing new, or 0 if that is nothing unusual. It
// counts up to the last look that succeeded: what came later we can't know. What is pushed, we do.
func quietFor(src news.Source, st news.PollState, now time.Time) time.Duration {
	if st.Usual <= 0 || st.LastChange.IsZero() {
		return 0
	}
	// What comes more often than we look can't be told apart.
	usual := max(st.Usual, src.Every)
	quiet := st.LastSuccess.Sub(st.LastChange)
	if src.Kind == news.KindPush {
		usual, quiet = max(st.Usual, pushPause), now.Sub(st.LastChange)
	}
	if quiet <= QuietFactor*usual {
		return 0
	}
	return quiet
}

// share304 is the share of "not modified" among the looks that succeeded, as far as is known:
// failures of the past are counted only while they last.
func share304(st news.PollState) float64 {
	if looks := st.Polls - st.Failures; looks > 0 {
		return min(1, float64(st.NotModified)/float64(looks))
	}
	return 0
}

func textOf(found []Finding, name string) string {
	for _, f := range found {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}
