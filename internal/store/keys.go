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

// pair writes a number and then some bytes: the keys of the due and embargo indexes.
func pair(n uint64, rest []byte) []byte { return append(number(n), rest...) }

// The kinds of alias. A link is known by its key, which folds the forms of one page's address.
func aliasID(id news.ID) []byte  { return append([]byte{'i'}, id[:]...) }
func aliasURL(url string) []byte { return shorten(append([]byte{'u'}, news.LinkKey(url)...)) }
func aliasGUID(source, guid string) []byte {
	return shorten(fmt.Appendf([]byte{'g'}, "%s\x00%s", source, guid))
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

	key uint64
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

// state is what a feed's bucket remembers of its newest change.
type state struct {
	seq     uint64
	stamp   time.Time // whole seconds
	created time.Time
}

// bytes and toState write and read a state: three numbers.
func (s state) bytes() []byte {
	b := number(s.seq)
	b = binary.BigEndian.AppendUint64(b, uint64(s.stamp.Unix()))
	return binary.BigEndian.AppendUint64(b, uint64(s.created.Unix()))
}

func toState(b []byte) state {
	if len(b) != 24 {
		return state{}
	}
	return state{seq: toNumber(b), stamp: second(b[8:]), created: second(b[16:])}
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
