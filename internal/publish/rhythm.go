package publish

import (
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// steps are what a feed's MaxAge can be. Few and coarse: it is among the bytes of an RSS document,
// and a reader needs no better advice.
var steps = []time.Duration{time.Hour, 30 * time.Minute, 15 * time.Minute, 5 * time.Minute}

// maxAge is how long a reader may wait before it asks again, by the topic's own rhythm: the
// longest step within a quarter of the mean time between the changes in the day before the newest
// one, at least 5 minutes. Up to 6 changes a day give an hour, up to 12 half of it, up to 24 a
// quarter. An empty feed gets 5 minutes, so that its first article is not late.
//
// It is computed from the window alone, and so the same whenever it is computed. The window says
// when each entry last changed. If all of them changed within the day, because the window is too
// short for it or the feed is young, the time is that since the oldest change among them.
func maxAge(window news.Window) time.Duration {
	span, changes := 24*time.Hour, 0
	oldest := time.Duration(0)
	var newest time.Time
	for _, e := range window.Entries {
		if at := changed(e); at.After(newest) {
			newest = at
		}
	}
	for _, e := range window.Entries {
		age := newest.Sub(changed(e))
		oldest = max(oldest, age)
		if age <= span {
			changes++
		}
	}
	if oldest < span {
		span = oldest
	}
	for _, step := range steps {
		if changes > 0 && span/time.Duration(changes)/4 >= step {
			return step
		}
	}
	return steps[len(steps)-1]
}

// changed is when a reader could first see an entry as it is.
func changed(e news.Entry) time.Time {
	if e.FirstSeen.After(e.Updated) {
		return e.FirstSeen
	}
	return e.Updated
}
