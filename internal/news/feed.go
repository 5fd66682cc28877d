package news

import (
	"math/rand/v2"
	"strconv"
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

// ArchivePath is the path of a closed archive document (RFC 5005, section 4), counted from 1, the
// oldest.
func ArchivePath(key FeedKey, number int, format Format) string {
	return "/feeds/" + key.String() + "/archive/" + strconv.Itoa(number) + "." + string(format)
}

// Extent says how much of a feed its subscription document covers: the newest articles, and all
// that changed in the time before the feed's newest change, until they fill the document. What
// stands in no closed archive yet is covered in any case.
type Extent struct {
	Least int           // articles
	Span  time.Duration // before the feed's newest change
	Size  int           // bytes of a document; 0 for no bound
}

// Window is a part of a feed as the store has it, with the state that it stands for: its newest
// part, or a closed archive. Entries are newest first by the sequence at which each entered the
// feed or last changed visibly, backfill after all others.
type Window struct {
	Key      FeedKey
	Number   int       // of a closed archive; 0 for the newest part
	Archives int       // how many closed archives the feed has had
	First    int       // the number of the oldest that there still is, 0 if there is none
	Covered  int       // how many of them, the newest, the newest part has all of
	Archived uint64    // the others hold all that the feed had up to this sequence
	Seq      uint64    // of the newest change of this part; 0 when it never had one
	Stamp    time.Time // of that change, whole seconds; the feed's creation when it never had one
	Entries  []Entry
	Gone     []Tombstone // withdrawn in the time that this part covers, the newest first
}

// Place is where an article stands in a feed, and as what.
type Place struct {
	Key      uint64 // that the article is stored under
	Version  uint64 // another one where what is stored of the article is other
	Order    uint64 // the sequence at which it entered the feed or last changed visibly
	Backfill bool   // it stands behind all that is not
	Tail     bool   // it is in no closed archive yet
}

// Taker is called with each place of a part of a feed in turn. Read reads the article, without its
// content unless that is published in full. More reports whether the taker has room for more; what
// is in the tail it gets whatever it says.
type Taker func(p Place, read func() (Entry, error)) (more bool)

// Tombstone is what is left of a withdrawn article (RFC 6721).
type Tombstone struct {
	ID   ID
	When time.Time // whole seconds
	Seq  uint64    // of the withdrawal
}

// Span is what happened to a feed between two of its states, beside articles that came or changed.
type Span struct {
	Gone []Tombstone // withdrawn, the newest first
	Left int         // articles that left the feed and are still live
}

// Feed is a window ready to be rendered: described, and sorted by date of publication.
type Feed struct {
	Key         FeedKey
	ID          ID
	Title       string
	Description string
	Number      int           // of a closed archive; 0 for the subscription document
	Archives    int           // how many closed archives are older than the subscription document
	First       int           // of archives the oldest that there still is
	Updated     time.Time     // whole seconds; not before any entry's Updated
	MaxAge      time.Duration // how long a reader may wait before it asks again
	Entries     []Entry
	Gone        []Tombstone
}

// Edition is one feed in one format, ready to be served: its bytes in each coding, with the
// validators that go with them. It is never changed once made.
type Edition struct {
	Key      FeedKey
	Format   Format
	Epoch    uint64 // that Seq is of
	Seq      uint64
	Modified time.Time // whole seconds; grows with every change of the bytes
	MaxAge   time.Duration
	// StaleFor is how much longer a cache may serve it while it asks again, and StaleOnError while
	// it gets no answer (RFC 5861).
	StaleFor, StaleOnError time.Duration
	// Base is the lowest sequence that a delta can start from (RFC 3229): before it the feed was
	// written otherwise.
	Base uint64
	// Archived is the sequence up to which the archive before the document, and those below it, hold
	// all that the feed had.
	Archived uint64
	// Representations are in order of preference, the identity (Coding "") last.
	Representations []Representation
}

// ETag writes the strong tag of a representation (RFC 9110, section 8.8.3), with its quotes: the
// sequence that its document stands for, in base 36, and the beginning of the hash of its bytes.
// An epoch other than 0 stands before the sequence, with a point between them.
func ETag(epoch, seq uint64, hash string) string {
	return `"` + EpochText(epoch) + SeqText(seq) + "-" + hash[:tagHash] + `"`
}

// EpochText writes an epoch as tags have it before a sequence, so that sequences of two epochs are
// never taken for each other: nothing for epoch 0.
func EpochText(epoch uint64) string {
	if epoch == 0 {
		return ""
	}
	return strconv.FormatUint(epoch, 36) + "."
}

// NewEpoch makes the number of an epoch that begins now: its second, and 16 random bits, so that a
// copy that is restored twice comes to two.
func NewEpoch(now time.Time) uint64 { return uint64(now.Unix())<<16 | uint64(rand.Uint32N(1<<16)) }

// EpochBegan is the second in which an epoch began.
func EpochBegan(epoch uint64) time.Time { return time.Unix(int64(epoch>>16), 0).UTC() }

// SeqText writes a sequence as tags have it, in base 36.
func SeqText(seq uint64) string { return strconv.FormatUint(seq, 36) }

// tagHash is how many hexadecimal digits of a hash a tag has.
const tagHash = 16

// TagState reads the epoch and the sequence from what ETag wrote, false if it wrote no such tag.
func TagState(tag string) (epoch, seq uint64, ok bool) {
	state, hash, ok := strings.Cut(strings.Trim(tag, `"`), "-")
	if !ok || len(tag) != len(state)+len(hash)+3 || len(hash) != tagHash {
		return 0, 0, false
	}
	for _, c := range []byte(hash) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return 0, 0, false
		}
	}
	before, digits, two := strings.Cut(state, ".")
	if !two {
		before, digits = "0", state
	}
	epoch, err := strconv.ParseUint(before, 36, 64)
	if err != nil {
		return 0, 0, false
	}
	seq, err = strconv.ParseUint(digits, 36, 64)
	return epoch, seq, err == nil && EpochText(epoch)+SeqText(seq) == state
}

// Representation is an edition's bytes in one content coding.
type Representation struct {
	Coding string // "br", "zstd" or "gzip", or empty for identity
	ETag   string // strong, with its quotes
	Size   int    // bytes of the body
	Body   []byte // nil if it is made when it is asked for
	Make   func() ([]byte, error)
}

// Bytes returns the body, which may take some milliseconds.
func (r *Representation) Bytes() ([]byte, error) {
	if r.Body == nil && r.Make != nil {
		return r.Make()
	}
	return r.Body, nil
}

// EditionStamp is what is remembered of an edition across restarts.
type EditionStamp struct {
	Hash     string    `json:"hash"`     // of the identity bytes
	Seq      uint64    `json:"seq"`      // that its ETags carry
	Modified time.Time `json:"modified"` // when these bytes were stamped
	Epoch    uint64    `json:"epoch,omitempty"`
	// Cut is where a feed's window was cut to the size of a document, 0 if it was not; only of what
	// is remembered of the feed itself.
	Cut uint64 `json:"cut,omitempty"`
}
