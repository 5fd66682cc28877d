package dates

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dateLayouts are what nearly all feeds use.
var dateLayouts = []string{time.RFC3339, time.RFC1123Z, "2006-01-02T15:04:05", "2006-01-02"}

// compactLayouts are those of ISO 8601 without marks, and of a month alone.
var compactLayouts = []string{"20060102T150405Z0700", "20060102T150405", "20060102T1504", "2006-01"}

// halves are the halves of the day as they are written with points and blanks.
var halves = regexp.MustCompile(`(^|[\s\d])([ap])\. ?m\.?($|[\s)])`)

// eastern matches a day as China, Japan and Korea write it, easternHalves are the words before the
// time of day there.
var (
	eastern       = regexp.MustCompile(`(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?`)
	easternHalves = strings.NewReplacer("上午", " am ", "午前", " am ", "오전", " am ",
		"下午", " pm ", "午後", " pm ", "오후", " pm ")
)

// Date reads a date as feeds write it. What is no date, or one whose day can't be told from its
// month, gives the zero time. A date without zone is in UTC.
func (d *Reader) Date(text string) time.Time {
	text = strings.Trim(text, " \t\r\n\"'“”‘’«»")
	if text == "" || len(text) > 80 {
		return time.Time{}
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return digits(text, n)
	}
	for _, layout := range compactLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return d.loose(text)
}

// digits reads a date of digits alone: 20061231, 20061231235959, or Unix time in seconds or
// milliseconds.
func digits(text string, n int64) time.Time {
	switch len(text) {
	case 8, 14:
		t, err := time.Parse("20060102150405"[:len(text)], text)
		if err == nil && t.Year() > 1900 && t.Year() < 2200 {
			return t
		}
	case 10:
		return time.Unix(n, 0).UTC()
	case 13:
		return time.UnixMilli(n).UTC()
	}
	return time.Time{}
}

// date is a date on the way of being read, word by word.
type date struct {
	year, month, day     int
	hour, minute, second int
	offset               time.Duration // east of UTC
	named                string        // the zone, if it is one that american knows
	city                 string        // the zone, by its city: America/Mexico_City
	strange              bool          // the zone has a name that nobody knows
	afternoon, morning   bool
	timed                bool
	either               bool // month and day may be the other way round
}

// loose reads dates word by word, in whatever order the words are. Words that say nothing of a
// date are passed over.
func (d *Reader) loose(text string) time.Time {
	var in date
	text, city, _ := strings.Cut(text, "[") // the zone, by its city
	text = halves.ReplaceAllString(text, "$1${2}m$3")
	text = easternHalves.Replace(eastern.ReplaceAllString(text, "$1-$2-$3 "))
	isBetween := func(r rune) bool { return strings.ContainsRune(" ,()\t\n\r", r) }
	words := strings.FieldsFunc(text, isBetween)
	if len(words) > 1 && isWord(words[0]) &&
		(!isMonth(words[0]) || slices.ContainsFunc(words[1:], isMonth)) {
		words = words[1:] // a day of the week: "mar" is one in Spanish
	}
	for _, word := range words {
		word = strings.TrimRight(word, ".")
		at := max(strings.LastIndexByte(word, 'T'), strings.LastIndexByte(word, 't'))
		if at > 0 && (in.isoDay(word[:at]) || in.dashedDay(word[:at])) {
			word = word[at+1:]
		}
		if !in.read(strings.ToLower(word), word) {
			return time.Time{}
		}
	}
	return d.settle(&in, cmp.Or(strings.TrimRight(city, "]"), in.city))
}

// settle makes a time of what was read.
func (d *Reader) settle(in *date, city string) time.Time {
	if in.either {
		americans := in.morning || in.afternoon // write the half of the day, and the month first
		d.tell()
		switch {
		case d != nil && d.dayFirst > 0:
			in.day, in.month = in.month, in.day
		case d == nil || d.dayFirst == 0:
			if !americans {
				return time.Time{}
			}
		}
	}
	if in.year == 0 || in.month == 0 || in.day == 0 {
		return time.Time{}
	}
	if in.afternoon && in.hour < 12 {
		in.hour += 12
	} else if in.morning && in.hour == 12 {
		in.hour = 0
	}
	t := time.Date(in.year, time.Month(in.month), in.day, in.hour, in.minute, in.second, 0, time.UTC)
	if t.Day() != in.day {
		return time.Time{} // there is no such day in that month
	}
	offset := in.offset
	if east, ok := place(city, t); ok && offset == 0 {
		offset = east
	}
	if in.named != "" {
		offset = american(known().american[in.named], t)
	}
	if in.strange {
		if d.tell(); d != nil {
			offset = d.zone
		}
	}
	return t.Add(-offset)
}

func isWord(s string) bool { return !strings.ContainsAny(s, "0123456789") }

// isMonth reports whether a word names a month, alone or between dashes.
func isMonth(word string) bool {
	if _, after, ok := strings.Cut(word, "-"); ok {
		word = after
	}
	return known().monthOf(word) != 0
}

// read takes one word, in lower case and as it is written. It reports false if it makes no sense
// in a date.
func (d *date) read(word, written string) bool {
	if isAfternoon, ok := known().halves[plain(word)]; ok {
		d.morning, d.afternoon = !isAfternoon, isAfternoon
		return true
	}
	switch {
	case strings.Contains(word, ":") && !d.timed:
		return d.clock(word)
	case d.timed && strings.ContainsAny(word, "+-") && word != "-":
		return d.zone(word)
	}
	if offset, ok := known().zones[word]; ok {
		d.offset = offset
		return true
	}
	if _, ok := known().american[word]; ok && d.timed && written != word {
		d.named = word
		return true
	}
	if d.timed && strings.Contains(word, "/") && isWord(word) {
		d.city = written
		return true
	}
	if d.isoDay(word) || d.dashedDay(word) || d.numericDay(word) {
		return true
	}
	if month := known().monthOf(word); month != 0 && d.month == 0 && isWord(word) {
		d.month = month
		return true
	}
	if isWord(word) {
		isName := len(word) > 1 && len(word) < 6 && written == strings.ToUpper(word)
		d.strange = d.strange || d.timed && isName && isLetters(word) && word != "hrs" && word != "hs"
		return true
	}
	return d.number(word) || d.hours(word)
}

// isLetters reports whether a word in lower case has nothing but letters of ASCII.
func isLetters(word string) bool {
	return strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == ""
}

// hours reads 18h, 18h30 and 18.30h.
func (d *date) hours(word string) bool {
	if d.timed {
		return false
	}
	for _, end := range []string{"hrs", "hs", "h"} {
		if rest, ok := strings.CutSuffix(word, end); ok {
			word = rest + "h"
			break
		}
	}
	if strings.HasSuffix(word, "h") && !strings.Contains(word, ".") {
		word += "00"
	}
	hour, minute, ok := strings.Cut(strings.TrimSuffix(word, "h"), "h")
	if !ok {
		hour, minute, ok = strings.Cut(strings.TrimSuffix(word, "h"), ".")
		ok = ok && (d.year != 0 || strings.HasSuffix(word, "h"))
	}
	return ok && len(minute) == 2 && d.clock(hour+":"+minute)
}

// numericDay reads 31.12.2006, where the day comes first, and 12/31/2006 and 31-12-2006, where only
// one of the two can be the month. 3/4/2006 is left to be told by the rest. A year of two digits
// goes only with a day that can be none else.
func (d *date) numericDay(word string) bool {
	parts := strings.FieldsFunc(word, isMark)
	if len(parts) != 3 || d.day != 0 || d.month != 0 {
		return false
	}
	first, second, year := atoi(parts[0]), atoi(parts[1]), atoi(parts[2])
	if first < 1 || second < 1 || year < 1 || min(first, second) > 12 || max(first, second) > 31 {
		return false
	}
	switch {
	case len(parts[2]) == 2 && max(first, second) > 12:
		year += 2000
	case len(parts[2]) != 4:
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

// isoDay reads 2006-01-02, with slashes or points as well.
func (d *date) isoDay(word string) bool {
	parts := strings.FieldsFunc(word, isMark)
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

// isMark reports whether a character parts day, month and year.
func isMark(r rune) bool { return r == '.' || r == '/' || r == '-' }

// dashedDay reads 02-Jan-06, 02-Jan-2006 and 2006-Jan-02.
func (d *date) dashedDay(word string) bool {
	parts := strings.FieldsFunc(word, isMark)
	if len(parts) != 3 || known().monthOf(parts[1]) == 0 {
		return false
	}
	d.month = known().monthOf(parts[1])
	return d.number(parts[0]) && d.number(parts[2])
}

// number reads a day, or a year of four digits or, after the day, of two.
func (d *date) number(word string) bool {
	for _, ending := range []string{"st", "nd", "rd", "th", "º", "°", "er"} {
		word = strings.TrimSuffix(word, ending)
	}
	n := atoi(word)
	switch {
	case n < 0:
		return false
	case len(word) == 4 && d.year == 0:
		d.year = n
	case len(word) == 4 && d.day != 0 && !d.timed:
		return d.clock(word[:2] + ":" + word[2:])
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
	for _, end := range []string{"hrs", "hs", "h"} {
		word = strings.TrimSuffix(word, end)
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
	if len(word) > 1 && word[0] != 'z' {
		word = strings.TrimSuffix(word, "z") // which says it twice
	}
	if offset, ok := known().zones[word]; ok || word == "" {
		d.offset = offset
		return true
	}
	digits := strings.ReplaceAll(strings.TrimLeft(word, "+-"), ":", "")
	if len(digits) < 3 {
		digits += "00"
	}
	n := atoi(digits)
	if n < 0 {
		return false
	}
	if n > 1400 || n%100 > 59 {
		d.strange = true // there is no such zone
		return true
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
