package parse

import (
	"strings"
	"time"
)

// zones are names of time zones with their hours east of UTC. Where a name means several, it is
// the one that most feeds mean: IST is India, CST, MST and AST are of North America.
var zones = map[string]float64{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2,
	"met": 1, "mest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "idt": 3, "trt": 3, "msk": 3,
	"msd": 4, "samt": 4, "yekt": 5, "omst": 6, "krat": 7, "irkt": 8, "yakt": 9, "vlat": 10,
	"wat": 1, "cat": 2, "sast": 2, "eat": 3, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5,
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"akst": -9, "akdt": -8, "hst": -10, "hne": -5, "hae": -4, "hnc": -6, "hac": -5,
	"art": -3, "brt": -3, "brst": -2, "uyt": -3, "gft": -3, "clt": -4, "clst": -3, "pyt": -4,
	"pyst": -3, "amt": -4, "bot": -4, "vet": -4, "cot": -5, "ect": -5, "pet": -5, "cist": -8,
	"irst": 3.5, "gst": 4, "azt": 4, "get": 4, "aft": 4.5, "pkt": 5, "uzt": 5, "ist": 5.5,
	"npt": 5.75, "bdt": 6, "mmt": 6.5, "ict": 7, "wib": 7, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8,
	"wita": 8, "awst": 8, "jst": 9, "kst": 9, "wit": 9, "acst": 9.5, "acdt": 10.5, "aest": 10,
	"aedt": 11, "nzst": 12, "nzdt": 13, "fjt": 12, "chst": 10,
}

// seasons are zones of North America that say nothing of summer time: hours in winter.
var seasons = map[string]int{"et": -5, "ct": -6, "mt": -7, "pt": -8}

// american returns what a zone of North America is east of UTC at a local time: an hour more from
// the second Sunday of March to the first of November, at two o'clock.
func american(winter int, local time.Time) time.Duration {
	sunday := func(month time.Month, nth int) time.Time {
		first := time.Date(local.Year(), month, 1, 2, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, (7-int(first.Weekday()))%7+7*(nth-1))
	}
	hours := time.Duration(winter) * time.Hour
	if !local.Before(sunday(time.March, 2)) && local.Before(sunday(time.November, 1)) {
		hours += time.Hour
	}
	return hours
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
