package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// number writes n in 8 bytes, big-endian, so that keys sort as numbers.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64(make([]byte, 0, 8), n) }

// toNumber reads the first 8 bytes of what number wrote, 0 if there are fewer.
func toNumber(b []byte) uint64 {
	if len(b) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// tuple writes some numbers.
func tuple(all ...uint64) []byte {
	b := make([]byte, 0, 8*len(all))
	for _, n := range all {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return b
}

// pair writes a number and then some bytes: the keys of the due and embargo indexes.
func pair(n uint64, rest []byte) []byte { return append(number(n), rest...) }

// The kinds of alias. A link is known by its key, which folds the forms of one page's address.
func aliasID(id news.ID) []byte  { return append([]byte{'i'}, id[:]...) }
func aliasURL(url string) []byte { return shorten(append([]byte{'u'}, news.LinkKey(url)...)) }

// linkTo is what a link leads to.
type linkTo struct {
	key       uint64 // of the article; 0: to none
	shared    bool   // several guids of one document share it: it identifies none of them
	strange   bool   // the article's source did not speak for it when it laid claim to it
	givenBack uint64 // key of the article that gave it back, if it leads to none
}

// bytes and toLink write and read it: the key, and a byte of flags if any is set; or 0 and a key.
func (l linkTo) bytes() []byte {
	var flags byte
	if l.shared {
		flags |= 1
	}
	if l.strange {
		flags |= 2
	}
	switch {
	case l.givenBack != 0:
		return tuple(0, l.givenBack)
	case flags != 0:
		return append(number(l.key), flags)
	}
	return number(l.key)
}

func toLink(b []byte) linkTo {
	l := linkTo{key: toNumber(b)}
	switch len(b) {
	case 9:
		l.shared, l.strange = b[8]&1 != 0, b[8]&2 != 0
	case 16:
		l.givenBack = toNumber(b[8:])
	}
	return l
}

func aliasGUID(source, guid string) []byte {
	return shorten(fmt.Appendf([]byte{'g'}, "%s\x00%s", source, guid))
}

// aliasStory names an article by what it says: see story.
func aliasStory(source, name string) []byte {
	return shorten(fmt.Appendf([]byte{'t'}, "%s\x00%s", source, name))
}

// storiesOf is the source that an article's stories are kept under: one for the desk's own files,
// whichever way they are handed in.
func storiesOf(a *news.Article) string {
	if a.Own {
		return string(news.KindFile)
	}
	return a.Source
}

func aliasFile(source, name string) []byte {
	return shorten(fmt.Appendf([]byte{'f'}, "%s\x00%s", source, name))
}

// longestAlias is well below bbolt's limit of 32,768 bytes a key.
const longestAlias = 1024

// shorten replaces the tail of a very long alias by the hash of the whole, minted like an id.
func shorten(alias []byte) []byte {
	if len(alias) <= longestAlias {
		return alias
	}
	digest := news.MintID("alias", string(alias))
	return append(alias[:longestAlias:longestAlias], digest[:]...)
}

// record is an article as its bucket has it: everything but the content.
type record struct {
	news.Entry
	Members []member `json:"members,omitempty"`
	Former  []string `json:"former,omitempty"` // feeds that it has left
	// Ruled is where the rules place it, if editors have decided anything.
	Ruled []news.Placement `json:"ruled,omitempty"`
	// Recalled says that its own source took it back, which binds nobody else.
	Recalled bool `json:"recalled,omitempty"`
	// Last is the change that wrote this, Text the one that wrote the content and the item.
	Last uint64 `json:"last,omitempty"`
	Text uint64 `json:"text,omitempty"`
	// Backlog says that nobody knows how old it was when it was first seen: see news.Candidate.
	Backlog bool `json:"backlog,omitempty"`
	// Again is when it was last known again by what it says, under other names.
	Again time.Time `json:"again,omitzero"`

	key  uint64
	lost bool // all but what the change log says is unknown: see ghost
}

// member is an article's place in the feeds of one topic (or of all): the order they share.
type member struct {
	Topic    string `json:"topic"`
	Order    uint64 `json:"order"`
	Backfill bool   `json:"backfill,omitempty"`
}

// feeds lists the feeds that a member's article stands in: of the topic and of its language.
func (m member) feeds(lang string) []news.FeedKey {
	keys := []news.FeedKey{{Topic: m.Topic}}
	if lang != "" {
		keys = append(keys, news.FeedKey{Topic: m.Topic, Lang: lang})
	}
	return keys
}

// state is what a feed's bucket remembers of its newest change, and of its tail: what lies above
// the boundary of its newest archive.
type state struct {
	seq     uint64
	stamp   time.Time // whole seconds
	created time.Time
	reach   uint64    // the highest sequence whose event is gone from the feed's log
	closed  time.Time // stamp under which the newest archive was closed for backfill, else zero
	tail
}

// tail is what came into a feed since its last archive was closed. It is counted as it comes:
// nothing is taken off for what leaves.
type tail struct {
	Events   uint64 `json:"events,omitempty"`   // articles that entered or moved, and withdrawals
	Size     uint64 `json:"size,omitempty"`     // of them in a document, as estimated, in bytes
	Backfill uint64 `json:"backfill,omitempty"` // bytes of those that entered as backfill
}

// bytes and toState write and read a state: eight numbers. An older store has the first three.
func (s state) bytes() []byte {
	return tuple(s.seq, uint64(s.stamp.Unix()), uint64(s.created.Unix()),
		s.reach, s.Events, s.Size, s.Backfill, uint64(s.closed.Unix()))
}

func toState(b []byte) state {
	if len(b) < 24 {
		return state{}
	}
	s := state{seq: toNumber(b), stamp: second(b[8:]), created: second(b[16:])}
	if len(b) == 64 {
		s.reach = toNumber(b[24:])
		s.tail = tail{toNumber(b[32:]), toNumber(b[40:]), toNumber(b[48:])}
		s.closed = second(b[56:])
	}
	return s
}

// second reads a time that was written as a number of seconds.
func second(b []byte) time.Time { return time.Unix(int64(toNumber(b)), 0).UTC() }

// decode reads a JSON value, naming what was being read.
func decode(what string, key, value []byte, into any) error {
	if err := json.Unmarshal(value, into); err != nil {
		return fmt.Errorf("store: %s %x is damaged: %w", what, key, err)
	}
	return nil
}
