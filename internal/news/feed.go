package news

import (
	"strings"
	"time"
)

// All is the name of the feed of every topic together.
const All = "all"

// FeedKey names a feed: a topic (or All), in one language or in all of them.
type FeedKey struct {
	Topic string
	Lang  string // empty for all languages together
}

// String writes the key as feed addresses do: "border" or "border.es".
func (k FeedKey) String() string {
	if k.Lang == "" {
		return k.Topic
	}
	return k.Topic + "." + k.Lang
}

// ParseFeedKey reads what String wrote.
func ParseFeedKey(s string) FeedKey {
	topic, lang, _ := strings.Cut(s, ".")
	return FeedKey{Topic: topic, Lang: lang}
}

// Format is a feed format; its value is the ending of the feed's address.
type Format string

// The formats that every feed is published in.
const (
	RSS  Format = "rss"  // RSS 2.0
	Atom Format = "atom" // Atom 1.0, RFC 4287
	JSON Format = "json" // JSON Feed 1.1
)

// Formats lists every format, in the order in which they are shown.
var Formats = []Format{RSS, Atom, JSON}

// MediaType is what the format is served as, without parameters.
func (f Format) MediaType() string {
	switch f {
	case RSS:
		return "application/rss+xml"
	case Atom:
		return "application/atom+xml"
	default:
		return "application/feed+json"
	}
}

// Name is the format's name for people.
func (f Format) Name() string {
	switch f {
	case RSS:
		return "RSS 2.0"
	case Atom:
		return "Atom 1.0"
	default:
		return "JSON Feed 1.1"
	}
}

// Site is what the publisher is called and where it is found.
type Site struct {
	Title     string
	PublicURL string   // absolute, without a slash at its end
	Languages []string // that feeds of one language exist for, the main one first
	Contact   string   // mail or web address of who runs it
	Version   string   // of the program
}

// FeedPath is the path of a feed document below the site's address.
func FeedPath(key FeedKey, format Format) string {
	return "/feeds/" + key.String() + "." + string(format)
}

// TopicPath is the path of a topic's page.
func TopicPath(topic string) string { return "/topics/" + topic }

// ArticlePath is the path of an article's page.
func ArticlePath(id ID) string { return "/articles/" + id.String() }

// Window is the newest part of a feed as the store has it: entries newest first by the sequence
// at which each entered the feed or last changed visibly, with the state that they stand for.
type Window struct {
	Key     FeedKey
	Seq     uint64    // of the feed's newest change; 0 when it never had one
	Stamp   time.Time // of that change, whole seconds; the feed's creation when it never had one
	Entries []Entry
}

// Feed is a window ready to be rendered: described, and sorted by date of publication.
type Feed struct {
	Key         FeedKey
	ID          ID
	Title       string
	Description string
	Updated     time.Time     // whole seconds; not before any entry's Updated
	MaxAge      time.Duration // how long a reader may wait before it asks again
	Entries     []Entry
}

// Edition is one feed in one format, ready to be served: its bytes in each coding, with the
// validators that go with them. It is never changed once made.
type Edition struct {
	Key      FeedKey
	Format   Format
	Seq      uint64
	Modified time.Time // whole seconds; grows with every change of the bytes
	MaxAge   time.Duration
	// Representations are in order of preference, the identity (Coding "") last.
	Representations []Representation
}

// Representation is an edition's bytes in one content coding.
type Representation struct {
	Coding string // "gzip", or empty for identity
	ETag   string // strong, with its quotes
	Body   []byte
}

// EditionStamp is what is remembered of an edition across restarts.
type EditionStamp struct {
	Hash     string    `json:"hash"`     // of the identity bytes
	Seq      uint64    `json:"seq"`      // that its ETags carry
	Modified time.Time `json:"modified"` // when these bytes were stamped
}
