package publish

import (
	"testing"
	"time"
)

// TestModifiedOfAClockThatWasWrong: a Last-Modified grows with what is published, but never lies
// further ahead than a stamp can.
func TestModifiedOfAClockThatWasWrong(t *testing.T) {
	now := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ stamp, last, want time.Duration }{
		{0, -time.Hour, 0},
		{-time.Hour, -2 * time.Hour, -time.Hour},
		{-2 * time.Hour, -time.Hour, 0},
		{time.Second, 0, time.Second},
		{400 * 24 * time.Hour, -time.Hour, 0},
		{0, 400 * 24 * time.Hour, 0},
		{time.Hour, time.Hour, 0},
		{-time.Hour, 400 * 24 * time.Hour, 0},
	} {
		got := modified(now.Add(c.stamp), now.Add(c.last), now).Sub(now)
		if got != c.want {
			t.Errorf("stamped %s after %s: modified %s, want %s", c.stamp, c.last, got, c.want)
		}
	}
}
