package publish

import (
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func TestMaxAge(t *testing.T) {
	// every makes a window of n entries that changed so far apart, the newest first.
	every := func(apart time.Duration, n int) []news.Entry {
		var entries []news.Entry
		for i := range n {
			entries = append(entries, entry(i%50, newstest.Start.Add(-time.Duration(i)*apart)))
		}
		return entries
	}
	corrected := every(100*time.Hour, 2)
	for range 30 {
		e := entry(3, newstest.Start.Add(-1000*time.Hour))
		e.Updated = newstest.Start.Add(-time.Minute)
		corrected = append(corrected, e)
	}
	old := every(time.Hour, 40) // published long ago, all seen at once
	for i := range old {
		old[i].FirstSeen = newstest.Start
	}
	tests := []struct {
		name    string
		entries []news.Entry
		want    time.Duration
	}{
		{"empty", nil, 5 * time.Minute},
		{"one", every(0, 1), 5 * time.Minute},
		{"young feed, fast", every(10*time.Minute, 3), 5 * time.Minute},
		{"young feed, slow", every(10*time.Hour, 2), time.Hour},
		{"every ten minutes, window shorter than a day", every(10*time.Minute, 50), 5 * time.Minute},
		{"every 50 minutes", every(50*time.Minute, 50), 5 * time.Minute},
		{"every 70 minutes", every(70*time.Minute, 50), 15 * time.Minute},
		{"every two hours and a half", every(150*time.Minute, 50), 30 * time.Minute},
		{"every five hours", every(5*time.Hour, 50), time.Hour},
		{"one a week", every(168*time.Hour, 50), time.Hour},
		{"corrections count", corrected, 5 * time.Minute},
		{"history seen at once", old, 5 * time.Minute},
	}
	for _, test := range tests {
		w := news.Window{Entries: test.entries}
		if got := maxAge(w); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
