package dates

import (
	"strings"
	"time"
)

// american returns what a zone of North America is east of UTC at a local time: an hour more from
// the second Sunday of March to the first of November, at two o'clock.
func american(winter time.Duration, local time.Time) time.Duration {
	sunday := func(month time.Month, nth int) time.Time {
		first := time.Date(local.Year(), month, 1, 2, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, (7-int(first.Weekday()))%7+7*(nth-1))
	}
	if !local.Before(sunday(time.March, 2)) && local.Before(sunday(time.November, 1)) {
		return winter + time.Hour
	}
	return winter
}

// place returns what a zone by the name of its city is east of UTC at a local time.
func place(name string, local time.Time) (offset time.Duration, ok bool) {
	if !strings.Contains(name, "/") {
		return 0, false
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return 0, false // there is no such place, or the machine does not know it
	}
	at := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(),
		local.Second(), 0, zone)
	_, seconds := at.Zone()
	return time.Duration(seconds) * time.Second, true
}
