package parse

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// maxFeedHead is how many bytes at the start of a feed are searched for what it asks for.
const maxFeedHead = 64 << 10

// maxTTL is more minutes than any ttl means.
const maxTTL = 1_000_000

var (
	feedItem = regexp.MustCompile(`(?i)<(?:[a-z0-9]+:)?(?:item|entry)[\s>]`)
	feedAsks = regexp.MustCompile(`(?i)<(ttl|hour|day|[a-z]+:update(?:period|frequency))>` +
		`\s*(\w{1,20})\s*<`)
)

var syndicationPeriods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
	"monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

// FeedRhythm is how often a feed document asks to be looked at, as far as it says so before its
// first item. Of several intervals the longest counts. A feed that asks to skip all hours of a
// day, or all days, asks for nothing.
func FeedRhythm(doc news.Document) news.Rhythm {
	head := rawdoc.DecodeFeed(doc.Body[:min(len(doc.Body), maxFeedHead)], doc.MediaType)
	if at := feedItem.FindIndex(head); at != nil {
		head = head[:at[0]]
	}
	if !bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) {
		return news.Rhythm{}
	}
	var r news.Rhythm
	var period time.Duration
	frequency := 1
	for _, m := range feedAsks.FindAllSubmatch(head, -1) {
		name, value := strings.ToLower(string(m[1])), strings.ToLower(string(m[2]))
		n, err := strconv.Atoi(value)
		switch {
		case name == "ttl" && err == nil:
			r.TTL = time.Duration(min(max(n, 0), maxTTL)) * time.Minute
		case name == "hour" && err == nil && n >= 0 && n <= 24:
			r.Hours |= 1 << (n % 24) // some feeds count from 1 to 24
		case name == "day":
			r.Days |= dayBit(value)
		case strings.HasSuffix(name, ":updateperiod"):
			period = syndicationPeriods[value]
		case strings.HasSuffix(name, ":updatefrequency") && err == nil && n > 0:
			frequency = n
		}
	}
	r.TTL = max(r.TTL, period/time.Duration(frequency))
	if r.Hours == 1<<24-1 {
		r.Hours = 0
	}
	if r.Days == 1<<7-1 {
		r.Days = 0
	}
	return r
}

// dayBit is the bit of a weekday's English name, 0 for any other word.
func dayBit(name string) uint8 {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), name) {
			return 1 << day
		}
	}
	return 0
}
