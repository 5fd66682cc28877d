package publish

import (
	"slices"
	"time"
)

// steps are what a feed's MaxAge can be within its bounds, each with the mean time between changes
// from which on it is used. Few and coarse: it is among the bytes of an RSS document, and a reader
// needs no better advice. Each lies between a quarter and three quarters of the time between two
// changes.
var steps = []struct{ age, from time.Duration }{
	{time.Hour, 150 * time.Minute},
	{30 * time.Minute, time.Hour},
	{15 * time.Minute, 20 * time.Minute},
	{5 * time.Minute, 0},
}

const (
	day = 24 * time.Hour
	// lookout is how far ahead, and back, the hours of the days before are compared.
	lookout = 2 * time.Hour
	// burstOf is how many gaps between changes make a burst, if together they are as short as one
	// at that hour.
	burstOf = 3
	// together is how close changes count as one: a look at a source brings several articles.
	together = time.Minute
	// longestPast is how many days before are looked at.
	longestPast = 7
)

// rhythm is how long a reader may wait before it asks again, by the topic's own rhythm: a step
// below the time to expect between two changes. It is computed from the window alone, and so the
// same whenever it is computed.
//
// What to expect after the newest change is what came in the same two hours of the days before, as
// far as the window tells of them. So it grows with the last article of an evening. A burst is
// told by the last four changes, three times as fast as usual before that hour, and expected to
// go on. A feed too young to have a yesterday is expected to go on as it began, and an empty one to
// get its first article soon.
func rhythm(items []*item, fastest, slowest time.Duration) time.Duration {
	age := steps[0].age
	gap := expected(changes(items))
	for _, step := range steps {
		if age = step.age; gap >= step.from {
			break
		}
	}
	return min(max(age, fastest), slowest)
}

// expected is the time to expect until the next change, 0 if nothing is known.
func expected(times []time.Time) time.Duration {
	if len(times) < 2 {
		return 0
	}
	newest, oldest := times[0], times[len(times)-1]
	if newest.Sub(oldest) < day {
		return newest.Sub(oldest) / time.Duration(len(times)-1)
	}
	ahead := usual(times, newest, newest.Add(lookout))
	if len(times) <= burstOf {
		return ahead
	}
	gap := newest.Sub(times[burstOf]) / burstOf
	if back := usual(times, newest.Add(-lookout), newest); gap < back/burstOf {
		return min(gap, ahead)
	}
	return ahead
}

// usual is the mean time between changes at these hours of the days before, as far as they are
// known. Where nothing came it is as long as they are together.
func usual(times []time.Time, from, to time.Time) time.Duration {
	oldest := times[len(times)-1]
	var covered time.Duration
	count := 0
	for n := range longestPast {
		back := -time.Duration(n+1) * day
		start, end := from.Add(back), to.Add(back)
		if start.Before(oldest) {
			start = oldest
		}
		if !end.After(start) {
			break
		}
		covered += end.Sub(start)
		for _, at := range times {
			if at.After(start) && !at.After(end) {
				count++
			}
		}
	}
	return covered / time.Duration(max(count, 1))
}

// changes lists when the fresh entries of a window came or changed, newest first, those together
// once. History that a new source brought along is none of the topic's rhythm.
func changes(items []*item) []time.Time {
	var all []time.Time
	for _, it := range items {
		if !it.lost && it.firstSeen.Sub(it.published) <= 2*day {
			all = append(all, it.changed())
		}
	}
	slices.SortFunc(all, func(a, b time.Time) int { return b.Compare(a) })
	apart := all[:0]
	for _, at := range all {
		if len(apart) == 0 || apart[len(apart)-1].Sub(at) >= together {
			apart = append(apart, at)
		}
	}
	return apart
}

// changed is when a reader could first see an article as it is.
func (it *item) changed() time.Time {
	if it.firstSeen.After(it.updated) {
		return it.firstSeen
	}
	return it.updated
}
