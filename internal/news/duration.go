package news

import (
	"fmt"
	"time"
)

// ShortDuration writes a duration for people, rounded, in its largest unit or two: 40s, 1m30s, 12m,
// 3h20m, 5d.
func ShortDuration(d time.Duration) string {
	d = d.Abs()
	for _, r := range []struct{ below, to time.Duration }{
		{time.Second, time.Millisecond},
		{10 * time.Second, 100 * time.Millisecond},
		{2 * time.Minute, time.Second},
		{48 * time.Hour, time.Minute},
	} {
		if d < r.below {
			d = d.Round(r.to)
			break
		}
	}
	switch {
	case d < time.Minute:
		return d.String()
	case d < time.Hour:
		return two(int(d.Seconds()), 60, "m", "s")
	case d < 48*time.Hour:
		return two(int(d.Minutes()), 60, "h", "m")
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}

// two writes a number of small units as large ones and what is left.
func two(n, each int, large, small string) string {
	if n%each == 0 {
		return fmt.Sprintf("%d%s", n/each, large)
	}
	return fmt.Sprintf("%d%s%d%s", n/each, large, n%each, small)
}
