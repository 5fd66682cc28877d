package parse

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// dateLayouts are what nearly all feeds use.
var dateLayouts = []string{time.RFC3339, time.RFC1123Z, "2006-01-02T15:04:05", "2006-01-02"}

// months are told by the first three letters of their names in English and Spanish.
var months = map[string]time.Month{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
	"oct": 10, "nov": 11, "dec": 12, "ene": 1, "abr": 4, "ago": 8, "set": 9, "dic": 12,
}

// zones are names of time zones with their hours east of UTC. Where a name means several, it is
// taken as in North America.
var zones = map[string]float64{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2,
	"eet": 2, "eest": 3, "msk": 3, "ist": 5.5, "jst": 9, "ast": -4, "adt": -3, "est": -5,
	"edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}

// fillers are words within a date that say nothing.
var fillers = map[string]bool{
	"de": true, "del": true, "at": true, "a": true, "las": true, "-": true, "h": true, "hrs": true,
}

// parseDate reads the date formats of feeds, names of months in English or Spanish. What is no
// date, or a doubtful one such as 03/04/05, gives the zero time. A date without zone is in UTC.
func parseDate(text string) time.Time {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 80 {
		return time.Time{}
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return looseDate(text)
}

// date is a date on the way of being read, word by word.
type date struct {
	year, month, day     int
	hour, minute, second int
	offset               time.Duration // east of UTC
	afternoon, morning   bool
	timed                bool
	either               bool // month and day may be the other way round
}

// looseDate reads dates word by word, in whatever order the words are.
func looseDate(text string) time.Time {
	var d date
	text, _, _ = strings.Cut(text, "[") // the zone once more, by its city
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r == ' ' || r == ',' || r == '(' || r == ')' || r == '\t' || r == '\n' || r == '\r'
	})
	if len(words) > 1 && isWord(words[0]) &&
		(!isMonth(words[0]) || slices.ContainsFunc(words[1:], isMonth)) {
		words = words[1:] // a day of the week: "mar" is one in Spanish
	}
	for _, word := range words {
		word = strings.TrimRight(word, ".")
		if day, clock, ok := strings.Cut(word, "t"); ok && d.isoDay(day) {
			word = clock
		}
		if !d.read(word) {
			return time.Time{}
		}
	}
	american := d.morning || d.afternoon // who writes the half of the day writes the month first
	if d.year == 0 || d.month == 0 || d.day == 0 || d.either && !american {
		return time.Time{}
	}
	if d.afternoon && d.hour < 12 {
		d.hour += 12
	} else if d.morning && d.hour == 12 {
		d.hour = 0
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	if t.Day() != d.day {
		return time.Time{} // there is no such day in that month
	}
	return t.Add(-d.offset)
}

func isWord(s string) bool { return !strings.ContainsAny(s, "0123456789") }

// isMonth tells whether a word names a month, alone or between dashes.
func isMonth(word string) bool {
	if _, after, ok := strings.Cut(word, "-"); ok {
		word = after
	}
	_, ok := months[word[:min(3, len(word))]]
	return ok
}

// read takes one word. It reports false if the word is no part of a date.
func (d *date) read(word string) bool {
	switch {
	case word == "" || fillers[word]:
		return true
	case word == "am" || word == "a.m":
		d.morning = true
		return true
	case word == "pm" || word == "p.m":
		d.afternoon = true
		return true
	case strings.Contains(word, ":") && !d.timed:
		return d.clock(word)
	case d.timed && strings.ContainsAny(word, "+-"):
		return d.zone(word)
	}
	if hours, ok := zones[word]; ok {
		d.offset = time.Duration(hours * float64(time.Hour))
		return true
	}
	if d.isoDay(word) || d.dashedDay(word) || d.numericDay(word) {
		return true
	}
	if len(word) >= 3 && d.month == 0 {
		if month, ok := months[word[:3]]; ok {
			d.month = int(month)
			return true
		}
	}
	return d.number(word) || d.timed && isZoneName(word)
}

// isZoneName reports whether a word after the time of day must be the name of a zone, of which all
// that is known is that it is less than a day from UTC.
func isZoneName(word string) bool {
	return len(word) >= 2 && len(word) <= 5 && word != "and" &&
		strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == ""
}

// numericDay reads 31.12.2006, where the day comes first, and 12/31/2006 and 31-12-2006, where only
// one of the two can be the month. 3/4/2006 is left to be told by the rest.
func (d *date) numericDay(word string) bool {
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '.' || r == '/' || r == '-' })
	if len(parts) != 3 || len(parts[2]) != 4 || d.day != 0 || d.month != 0 {
		return false
	}
	first, second, year := atoi(parts[0]), atoi(parts[1]), atoi(parts[2])
	if first < 1 || second < 1 || year < 1 || min(first, second) > 12 || max(first, second) > 31 {
		return false
	}
	d.year, d.month, d.day = year, first, second
	switch {
	case strings.Contains(word, ".") || first > 12:
		d.month, d.day = second, first
	case second <= 12 && first != second:
		d.either = true
	}
	return d.month <= 12
}

// isoDay reads 2006-01-02, with slashes as well.
func (d *date) isoDay(word string) bool {
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '/' })
	if len(parts) != 3 || len(parts[0]) != 4 {
		return false
	}
	year, month, day := atoi(parts[0]), atoi(parts[1]), atoi(parts[2])
	if year < 1 || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	d.year, d.month, d.day = year, month, day
	return true
}

// dashedDay reads 02-Jan-06 and 02-Jan-2006.
func (d *date) dashedDay(word string) bool {
	parts := strings.Split(word, "-")
	if len(parts) != 3 || len(parts[1]) < 3 {
		return false
	}
	month, ok := months[parts[1][:3]]
	d.month = int(month)
	return ok && d.number(parts[0]) && d.number(parts[2])
}

// number reads a day, or a year of four digits or, after the day, of two.
func (d *date) number(word string) bool {
	for _, ending := range []string{"st", "nd", "rd", "th"} {
		word = strings.TrimSuffix(word, ending)
	}
	n := atoi(word)
	switch {
	case n < 0:
		return false
	case len(word) == 4 && d.year == 0:
		d.year = n
	case len(word) <= 2 && d.day == 0 && n >= 1 && n <= 31:
		d.day = n
	case len(word) == 2 && d.year == 0 && n < 70:
		d.year = 2000 + n
	case len(word) == 2 && d.year == 0:
		d.year = 1900 + n
	default:
		return false
	}
	return true
}

// clock reads 15:04, 15:04:05 and 15:04:05.999, with a zone at its end or none.
func (d *date) clock(word string) bool {
	d.timed = true
	for _, half := range []string{"am", "pm"} {
		if rest, ok := strings.CutSuffix(word, half); ok {
			word, d.morning, d.afternoon = rest, half == "am", half == "pm"
		}
	}
	if at := strings.IndexAny(word, "+-zgu"); at > 0 {
		if !d.zone(word[at:]) {
			return false
		}
		word = word[:at]
	}
	parts := strings.Split(word, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	d.hour, d.minute = atoi(parts[0]), atoi(parts[1])
	if len(parts) == 3 {
		whole, _, _ := strings.Cut(parts[2], ".")
		d.second = atoi(whole)
	}
	return d.hour >= 0 && d.hour < 25 && d.minute >= 0 && d.minute < 60 &&
		d.second >= 0 && d.second < 61
}

// zone reads +0100, +01:00, +01 and names.
func (d *date) zone(word string) bool {
	word = strings.TrimPrefix(strings.TrimPrefix(word, "gmt"), "utc")
	if hours, ok := zones[word]; ok || word == "" {
		d.offset = time.Duration(hours * float64(time.Hour))
		return true
	}
	digits := strings.ReplaceAll(strings.TrimLeft(word, "+-"), ":", "")
	if len(digits) < 3 {
		digits += "00"
	}
	n := atoi(digits)
	if n < 0 || n > 1400 || n%100 > 59 {
		return false
	}
	d.offset = time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute
	if word[0] == '-' {
		d.offset = -d.offset
	}
	return true
}

// atoi reads a number of at most four digits, -1 if it is none.
func atoi(s string) int {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || len(s) > 4 {
		return -1
	}
	return int(n)
}
