package lint

import (
	"strings"
	"time"
)

// zones are those that RFC 822 names (section 5.1), with their hours, and UTC, which is none of
// them.
var zones = map[string]int{
	"UT": 0, "GMT": 0, "Z": 0, "UTC": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
	"MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

// rfc822 reads a date of RFC 822, its year in two digits or four, and returns what there is to say
// of it: that it is none, or names a zone that RFC 822 has not, where fault is set; else what
// readers stumble over, empty if nothing.
func rfc822(s string) (at time.Time, problem string, fault bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return at, "is no RFC 822 date", true
	}
	text, zone := s[:i], s[i+1:]
	numeric := zone != "" && strings.ContainsRune("+-", rune(zone[0]))
	hours, known := zones[zone]
	offset := zone
	if !numeric {
		offset = "+0000"
	}
	at, year := timeOf(text + " " + offset)
	switch {
	case year == "":
		return time.Time{}, "is no RFC 822 date", true
	case !numeric && len(zone) == 1 && !known:
		return at, "has a military zone, whose meaning nobody knows", false
	case !numeric && !known:
		return at, "has a zone that RFC 822 does not name: readers take UTC, or drop the item", true
	}
	at = at.Add(-time.Duration(hours) * time.Hour)
	switch {
	case year == "06":
		return at, "has a year of two digits", false
	case zone == "UTC":
		return at, "has the zone UTC, which RFC 822 calls GMT", false
	}
	return at, "", false
}

// timeOf reads a date of RFC 822 with a zone in digits, and returns the layout of its year, empty
// if it is none.
func timeOf(s string) (at time.Time, year string) {
	for _, year := range []string{"2006", "06"} {
		for _, day := range []string{"Mon, ", ""} {
			for _, second := range []string{":05", ""} {
				if at, err := time.Parse(day+"2 Jan "+year+" 15:04"+second+" -0700", s); err == nil {
					return at, year
				}
			}
		}
	}
	return time.Time{}, ""
}
