package render

import (
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Namespaces of a feed's past: its archive documents (RFC 5005) and its tombstones (RFC 6721).
const (
	nsHistory    = "http://purl.org/syndication/history/1.0"
	nsTombstones = "http://purl.org/atompub/tombstones/1.0"
)

// The relations between a feed's documents (RFC 5005, section 4).
const (
	relCurrent = "current"
	relPrev    = "prev-archive"
	relNext    = "next-archive"
)

// empty is an element that says what it has to say by being there.
type empty struct{}

// relation is a link from one of a feed's documents to another of the same format.
type relation struct{ rel, href string }

// archived reports whether the document is a closed archive.
func (d *draft) archived() bool { return d.feed.Number > 0 }

// document is the address of a document of the feed: its closed archive of that number, or the
// subscription document for 0.
func (d *draft) document(number int, format news.Format) string {
	if number > 0 {
		return d.site.PublicURL + news.ArchivePath(d.feed.Key, number, format)
	}
	return d.site.PublicURL + news.FeedPath(d.feed.Key, format)
}

// relations are the document's links to itself and to the feed's other documents. An archive names
// a next one even if that is yet to be closed, for its bytes shall not change when that is.
func (d *draft) relations(format news.Format) []relation {
	list := []relation{{"self", d.document(d.feed.Number, format)}}
	if d.archived() {
		list = append(list, relation{relCurrent, d.document(0, format)})
	}
	if older := d.older(); older > 0 {
		list = append(list, relation{relPrev, d.document(older, format)})
	}
	if d.archived() {
		list = append(list, relation{relNext, d.document(d.feed.Number+1, format)})
	}
	return list
}

// older is the number of the archive before the document, 0 if there is none.
func (d *draft) older() int {
	older := d.feed.Archives
	if d.archived() {
		older = d.feed.Number - 1
	}
	if older < d.feed.First {
		return 0
	}
	return older
}

// tombstones are those of the feed, each article's newest. An article that is there is not gone.
func (d *draft) tombstones() []news.Tombstone {
	var list []news.Tombstone
	for _, t := range d.feed.Gone {
		same := func(other news.Tombstone) bool { return other.ID == t.ID }
		here := func(e news.Entry) bool { return e.ID == t.ID }
		if t.When = second(t.When); t.When.IsZero() || slices.ContainsFunc(d.feed.Entries, here) {
			continue
		}
		if i := slices.IndexFunc(list, same); i < 0 {
			list = append(list, t)
		} else if t.When.After(list[i].When) {
			list[i] = t
		}
	}
	return list
}

// updated is when the feed changed last: a withdrawal is a change too.
func (d *draft) updated() time.Time {
	newest := second(d.feed.Updated)
	for _, t := range d.feed.Gone {
		if when := second(t.When); when.After(newest) {
			newest = when
		}
	}
	return newest
}

// pace is how often the feed says that it changes, in the words of RSS 1.0's syndication module:
// so many times a period. It is the same rhythm as ttl's, and empty if the module has no words
// for that.
func pace(every time.Duration) (period string, times int) {
	if every < time.Minute {
		return "", 0
	}
	every = every.Truncate(time.Minute)
	for _, p := range paces {
		if p.long >= every && p.long%every == 0 {
			return p.name, int(p.long / every)
		}
	}
	return "", 0
}

var paces = []struct {
	name string
	long time.Duration
}{
	{"hourly", time.Hour}, {"daily", 24 * time.Hour}, {"weekly", 7 * 24 * time.Hour},
}

// mediaTopics is the scheme of the IPTC's Media Topics: it and a code give the topic's page.
const mediaTopics = "http://cv.iptc.org/newscodes/mediatopic/"

// mediaTopic is the code in what configuration calls a Media Topic, empty if it has none.
func mediaTopic(medtop string) string {
	code, ok := strings.CutPrefix(medtop, "medtop:")
	if !ok || code == "" || strings.Trim(code, "0123456789") != "" {
		return ""
	}
	return code
}
