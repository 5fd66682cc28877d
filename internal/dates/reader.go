// Package dates reads dates as feeds, pages and people write them, in the languages of Western
// Europe.
//
//	d := dates.Reader{Lang: "es"}
//	d.Date("27 de noviembre de 2026, 18:30 h") // 2026-11-27 18:30 UTC
package dates

import (
	"regexp"
	"strings"
	"time"
)

// Parse reads a date that stands alone: see Reader.
func Parse(text string) time.Time { return (*Reader)(nil).Date(text) }

// Reader reads the dates of a document. What one of them leaves open, the others and the language
// tell: which of two numbers is the day, and what a zone is that nobody knows. It works that out
// when it is first asked.
type Reader struct {
	Text []byte // of the document, as it came
	Lang string // BCP 47, empty if nobody knows

	told     bool
	dayFirst int           // above 0 for 31/12, below for 12/31, 0 if it can't be told
	zone     time.Duration // most of its dates are so far east of UTC
}

// stamps finds the texts of a document's dates.
var stamps = regexp.MustCompile(`(?i)<(?:\w+:)?(?:pubDate|lastBuildDate|date|updated|published|` +
	`issued|modified|created)[^<>]*>\s*(?:<!\[CDATA\[)?([^<>\[\]]{4,80})`)

// slashed matches a date whose order is in doubt.
var slashed = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})/\d{2,4}\b`)

// tell works out what holds for the document.
func (d *Reader) tell() {
	if d == nil || d.told {
		return
	}
	d.told = true
	offsets := map[time.Duration]int{}
	for _, m := range stamps.FindAllSubmatch(d.Text, 1000) {
		if n := slashed.FindSubmatch(m[1]); n != nil {
			if atoi(string(n[1])) > 12 {
				d.dayFirst++
			} else if atoi(string(n[2])) > 12 {
				d.dayFirst--
			}
		}
		if t, err := time.Parse(time.RFC1123Z, strings.TrimSpace(string(m[1]))); err == nil {
			_, seconds := t.Zone()
			offsets[time.Duration(seconds)*time.Second]++
		}
	}
	for offset, n := range offsets {
		if n > offsets[d.zone] || n == offsets[d.zone] && offset < d.zone {
			d.zone = offset
		}
	}
	main, region, _ := strings.Cut(strings.ToLower(d.Lang), "-")
	switch {
	case d.dayFirst != 0 || main == "":
	case main != "en":
		d.dayFirst = 1
	case region == "" || region == "us":
		d.dayFirst = -1
	default:
		d.dayFirst = 1
	}
}

// First returns the first text that is a date, the zero time if none is.
func (d *Reader) First(texts ...string) time.Time {
	for _, text := range texts {
		if t := d.Date(text); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
