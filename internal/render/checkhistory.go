package render

import (
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// documents are the addresses of a feed's documents as one of them names them, by relation.
type documents map[string]string

// checkHistory holds a document's links to those that a document of its kind must have and may
// have: our addresses tell which archive is next to which.
func (d documents) checkHistory(archive bool, format news.Format) error {
	self := d["self"]
	feed, number := archiveOf(self, format)
	switch {
	case archive && number == 0:
		return fault("%q is not the address of an archive document", self)
	case !archive && number > 0:
		return fault("the archive document does not say that it is one")
	case !strings.HasSuffix(self, "."+string(format)):
		return fault("%q is not the address of a document in %s", self, format.Name())
	}
	if !archive {
		return d.checkNewest(format)
	}
	want := documents{
		"self": self, relCurrent: feed + "." + string(format), relNext: archiveAt(feed, number+1, format),
	}
	if number > 1 {
		want[relPrev] = archiveAt(feed, number-1, format)
	}
	for rel := range d {
		if d[rel] != want[rel] {
			return fault("link of relation %s: %q, want %q", rel, d[rel], want[rel])
		}
	}
	for rel := range want {
		if d[rel] == "" {
			return fault("a link of relation %s is missing", rel)
		}
	}
	return nil
}

// checkNewest does that for a subscription document, where the newest archive may have any number.
func (d documents) checkNewest(format news.Format) error {
	for rel, href := range d {
		feed, number := archiveOf(href, format)
		switch {
		case rel == "self":
		case rel != relPrev:
			return fault("link of relation %s: it belongs to an archive document", rel)
		case number == 0 || feed+"."+string(format) != d["self"]:
			return fault("link of relation %s: %q is no archive of the feed", rel, href)
		}
	}
	return nil
}

// archiveOf takes the address of an archive document apart, the number 0 if it is none.
func archiveOf(href string, format news.Format) (feed string, number int) {
	feed, last, _ := strings.Cut(href, archiveStep)
	digits, ok := strings.CutSuffix(last, "."+string(format))
	number, err := strconv.Atoi(digits)
	if !ok || err != nil || number < 1 || archiveAt(feed, number, format) != href {
		return "", 0
	}
	return feed, number
}

func archiveAt(feed string, number int, format news.Format) string {
	return feed + archiveStep + strconv.Itoa(number) + "." + string(format)
}

const archiveStep = "/archive/"

// history collects a channel's or feed's links between documents, refuses two of one relation, and
// checks them.
func (e *element) history(format news.Format) error {
	d := documents{}
	for _, l := range e.children {
		rel := l.attr("rel")
		if l.name != "atom:link" || rel == "alternate" {
			continue
		}
		if d[rel] != "" {
			return fault("a link of relation %s stands here twice", rel)
		}
		if l.attr("type") != format.MediaType() {
			return fault("link of relation %s: type %q is not wanted", rel, l.attr("type"))
		}
		d[rel] = l.attr("href")
	}
	if d["self"] == "" {
		return fault("a link of relation self is missing")
	}
	return d.checkHistory(e.child("fh:archive") != nil, format)
}

// isVoid wants nothing inside.
func isVoid(e *element) error {
	if len(e.children) > 0 || e.text != "" {
		return fault("it is not empty")
	}
	return nil
}

// isTombstone wants an id and a date (RFC 6721, section 3).
func isTombstone(e *element) error {
	if err := checkIRI(e.attr("ref")); err != nil {
		return err
	}
	if err := checkDate(e.attr("when"), time.RFC3339); err != nil {
		return err
	}
	return isVoid(e)
}

// checkTombstones holds a feed's tombstones to standing before its entries, each of another
// article, none of one that is there, and none newer than the feed. Ids are of what was seen.
func checkTombstones(feed *element, ids unique) ([]news.Part, error) {
	var parts []news.Part
	updated, _ := time.Parse(time.RFC3339, feed.content("atom:updated"))
	entries := false
	for _, e := range feed.children {
		entries = entries || e.name == "atom:entry"
		if e.name != "at:deleted-entry" {
			continue
		}
		ref := e.attr("ref")
		if entries {
			return nil, fault("%s: %s stands behind an entry", e.name, ref)
		}
		if err := ids.add("id " + ref); err != nil {
			return nil, fault("%s: %w", e.name, err)
		}
		if when, err := time.Parse(time.RFC3339, e.attr("when")); err != nil || when.After(updated) {
			return nil, fault("%s: %s was withdrawn after the feed changed last", e.name, ref)
		}
		part := e.part(ref)
		part.Gone = true
		parts = append(parts, part)
	}
	return parts, nil
}

// checkPace holds a channel's rhythm as the syndication module tells it to the one of its ttl.
func checkPace(channel *element) error {
	ttl, _ := strconv.Atoi(channel.content("ttl"))
	period, times := pace(time.Duration(ttl) * time.Minute)
	said := channel.content("sy:updatePeriod") + " " + channel.content("sy:updateFrequency")
	want := " "
	if period != "" {
		want = period + " " + strconv.Itoa(times)
	}
	if said != want {
		return fault("sy:updatePeriod and sy:updateFrequency say %q, ttl says %q", said, want)
	}
	return nil
}
