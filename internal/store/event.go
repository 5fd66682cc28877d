package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// eventVersion is the number of the encoding of events, their first byte.
const eventVersion = 1

// The parts of a change, in the order in which they are written.
const (
	partArticle  = iota // JSON of the article without its content
	partContent         // zstd of its content
	partItem            // zstd of the JSON of the item as its source stated it
	partVersion         // zstd of the JSON of the version that this one replaces
	partTopics          // zstd of the JSON of the topics in force
	partEditions        // JSON: what is remembered of editions, by name
	partCount
)

// ErrConflict is of what is appended to a log after another number than that of its newest event.
var ErrConflict = errors.New("the log has moved on")

// partTags are how parts are written, and the head before them.
const (
	partTags = "acivte"
	headTag  = 'h'
)

// parts are what a change says beside its head; nil where it says nothing. What it empties is not
// nil but empty.
type parts [partCount][]byte

// write appends the parts as an event has them: for each its tag, its length in 4 bytes and itself.
func (p *parts) write(b []byte) []byte {
	for i, value := range p {
		if value != nil {
			b = appendPart(b, partTags[i], value)
		}
	}
	return b
}

func appendPart(b []byte, tag byte, value []byte) []byte {
	return append(appendStart(b, tag, len(value)), value...)
}

func appendStart(b []byte, tag byte, size int) []byte {
	return binary.BigEndian.AppendUint32(append(b, tag), uint32(size))
}

// hash is the SHA-256 of the parts as they are written, nil if there are none.
func (p *parts) hash() []byte {
	sum := sha256.New()
	var start []byte
	for i, value := range p {
		if value != nil {
			start = appendStart(start[:0], partTags[i], len(value))
			sum.Write(start)
			sum.Write(value)
		}
	}
	if start == nil {
		return nil
	}
	return sum.Sum(nil)
}

// encode writes a change as an event: see docs/log.md.
func (r reading) encode(c *change) ([]byte, error) {
	head, err := c.head()
	if err != nil {
		return nil, err
	}
	plain := c.parts.write(appendPart(nil, headTag, head))
	return r.zip.EncodeAll(plain, []byte{eventVersion}), nil
}

// decodeEvent reads what encode wrote. What a newer program wrote is Refused.
func (r reading) decodeEvent(event []byte) (*change, error) {
	if len(event) == 0 {
		return nil, news.Errorf(news.Invalid, "an event of the log is empty")
	}
	if event[0] != eventVersion {
		return nil, news.Errorf(news.Refused, "an event of the log is of encoding %d, this program "+
			"knows %d: install the newer teletipo that wrote it, and it goes on from there",
			event[0], eventVersion)
	}
	plain, err := r.unzip.DecodeAll(event[1:], nil)
	if err != nil {
		return nil, news.Errorf(news.Invalid, "an event of the log is damaged: %w", err)
	}
	var c *change
	for len(plain) > 0 {
		tag, value, rest, ok := cutPart(plain)
		if plain = rest; !ok {
			return nil, news.Errorf(news.Invalid, "an event of the log is cut off")
		}
		if c == nil {
			if tag != headTag {
				return nil, news.Errorf(news.Invalid, "an event of the log has no head")
			}
			if c, err = toChange(nil, value); err != nil {
				return nil, &news.Error{Kind: news.Invalid, Err: err}
			}
			if !slices.Contains(kinds, c.Kind) {
				return nil, unknown(c, "kind "+c.Kind)
			}
			continue
		}
		i := bytes.IndexByte([]byte(partTags), tag)
		if i < 0 {
			return nil, unknown(c, "part "+string(tag))
		}
		c.parts[i] = value
	}
	if c == nil {
		return nil, news.Errorf(news.Invalid, "an event of the log has no head")
	}
	return c, nil
}

// unknown is the error of a change that a newer program wrote.
func unknown(c *change, what string) error {
	return news.Errorf(news.Refused, "change %d of the log has the %s, which this program doesn't "+
		"know: install the newer teletipo that wrote it (%s), and it goes on from there",
		c.Seq, what, c.Program)
}

// cutPart cuts the first part off.
func cutPart(b []byte) (tag byte, value, rest []byte, ok bool) {
	if len(b) < 5 {
		return 0, nil, nil, false
	}
	size := binary.BigEndian.Uint32(b[1:])
	if tag, b = b[0], b[5:]; uint64(size) > uint64(len(b)) {
		return 0, nil, nil, false
	}
	return tag, b[:size:size], b[size:], true
}

// naming is a name that leads to an article.
type naming struct {
	As      string `json:"as"`              // guid, file, story or link
	Of      string `json:"of,omitempty"`    // the source whose guid, file or story it is
	Name    string `json:"name,omitempty"`  // a link in the form that news.LinkKey folds it to
	Bytes   []byte `json:"bytes,omitempty"` // the name, if it is no UTF-8
	Shared  bool   `json:"shared,omitempty"`
	Strange bool   `json:"strange,omitempty"`
	Given   bool   `json:"given,omitempty"` // the link is given back: it leads to no article
}

const (
	asGUID  = "guid"
	asFile  = "file"
	asStory = "story"
	asLink  = "link"
)

// newNaming makes a name.
func newNaming(as, of, name string) naming {
	if !utf8.ValidString(name) {
		return naming{As: as, Of: of, Bytes: []byte(name)}
	}
	return naming{As: as, Of: of, Name: name}
}

// name is the name itself.
func (n *naming) name() string {
	if n.Bytes != nil {
		return string(n.Bytes)
	}
	return n.Name
}

// alias is the key that a name has among the aliases.
func (n *naming) alias() []byte {
	switch n.As {
	case asGUID:
		return aliasGUID(n.Of, n.name())
	case asFile:
		return aliasFile(n.Of, n.name())
	case asStory:
		return aliasStory(n.Of, n.name())
	}
	return shorten(append([]byte{'u'}, n.name()...))
}

// leads is what a name leads to, as it is stored.
func (n *naming) leads(key uint64) []byte {
	switch {
	case n.As != asLink:
		return number(key)
	case n.Given:
		return linkTo{givenBack: key}.bytes()
	}
	return linkTo{key: key, shared: n.Shared, strange: n.Strange}.bytes()
}

// storedEdition is what is remembered of an edition, and by which change.
type storedEdition struct {
	news.EditionStamp
	Last uint64 `json:"last"`
}

// applyEditions remembers editions.
func (w *writing) applyEditions(c *change) error {
	packed := c.parts[partEditions]
	if packed == nil {
		return nil
	}
	var stamps map[string]news.EditionStamp
	if err := json.Unmarshal(packed, &stamps); err != nil {
		return err
	}
	for name, stamp := range stamps {
		stored := storedEdition{stamp, c.Seq}
		if err := put(w.Bucket(bucketEdition), []byte(name), stored); err != nil {
			return err
		}
	}
	return nil
}
