package publish

import (
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

var noon = newstest.Start.Truncate(24 * time.Hour).Add(12 * time.Hour)

// at makes a window of entries that changed so long before noon.
func at(ages ...time.Duration) []news.Entry {
	var entries []news.Entry
	for i, age := range ages {
		entries = append(entries, entry(i%50, noon.Add(-age)))
	}
	return entries
}

// itemsOf are entries as a feed keeps them.
func itemsOf(entries []news.Entry) []*item {
	var items []*item
	for _, e := range entries {
		items = append(items, &item{
			id: e.ID, published: e.Published, firstSeen: e.FirstSeen, updated: e.Updated,
		})
	}
	return items
}

// every lists n ages so far apart.
func every(apart time.Duration, n int) []time.Duration {
	var ages []time.Duration
	for i := range n {
		ages = append(ages, time.Duration(i)*apart)
	}
	return ages
}

// days repeats ages on the two days before, from when the day begins.
func days(today, before []time.Duration) []time.Duration {
	for n := range 2 {
		for _, age := range before {
			today = append(today, age+time.Duration(n+1)*24*time.Hour)
		}
	}
	return today
}

func TestRhythm(t *testing.T) {
	const m, h = time.Minute, time.Hour
	corrected := at(every(100*h, 2)...)
	for i := range 30 {
		e := entry(3, newstest.Start.Add(-1000*h))
		e.Updated = noon.Add(time.Duration(-10*i) * m)
		corrected = append(corrected, e)
	}
	history := at(every(5*h, 50)...)
	for i := range 40 {
		e := entry(i, newstest.Start.Add(-1000*h))
		e.FirstSeen = noon.Add(time.Duration(-i) * m)
		history = append(history, e)
	}
	// A day that is quick from 9 to 12, and has nothing else.
	morning := []time.Duration{0, 20 * m, 40 * m, 60 * m, 80 * m, 100 * m, 120 * m, 140 * m, 160 * m}
	tests := []struct {
		name    string
		entries []news.Entry
		want    time.Duration
	}{
		{"empty", nil, 5 * m},
		{"one", at(0), 5 * m},
		{"young, fast", at(every(10*m, 3)...), 5 * m},
		{"young, slow", at(every(10*h, 2)...), time.Hour},
		{"every ten minutes, window shorter than a day", at(every(10*m, 50)...), 5 * m},
		{"every 20 minutes", at(every(20*m, 200)...), 15 * m},
		{"every 50 minutes", at(every(50*m, 100)...), 15 * m},
		{"every 70 minutes", at(every(70*m, 100)...), 30 * m},
		{"every two hours and a half", at(every(150*m, 50)...), h},
		{"one a week", at(every(168*h, 50)...), h},
		{"several at a time count once", at(every(10*time.Second, 50)...), 5 * m},
		{"corrections count", corrected, 5 * m},
		{"history does not", history, h},
		{"last of the morning", at(days(morning, morning)...), h},
		{"middle of the morning", at(days(morning, every(20*m, 8))...), h},
		{
			"begin of the morning",
			at(days([]time.Duration{0, 21 * h}, []time.Duration{-120 * m, -80 * m, -40 * m, -20 * m, 0})...),
			15 * m,
		},
		{
			"burst at a quiet hour",
			at(days([]time.Duration{0, 4 * m, 8 * m, 12 * m}, []time.Duration{-3 * h, 3 * h})...), 5 * m,
		},
		{
			"two at a quiet hour",
			at(days([]time.Duration{0, 4 * m, 5 * h}, []time.Duration{-3 * h, 3 * h})...), h,
		},
	}
	for _, test := range tests {
		w := itemsOf(test.entries)
		if got := rhythm(w, 5*m, h); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if got := rhythm(w, 10*m, 20*m); got != min(max(test.want, 10*m), 20*m) {
			t.Errorf("%s: %v with bounds", test.name, got)
		}
	}
}
