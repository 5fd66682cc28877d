package news

import (
	"fmt"
	"time"
)

// ShortDuration writes a duration for people, in its largest unit or two: 40s, 1m30s, 12m, 3h20m,
// 5d. Less than that is left out.
func ShortDuration(d time.Duration) string {
	switch d = d.Abs(); {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < 10*time.Minute:
		return two(int(d.Seconds()), 60, "m", "s")
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
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
