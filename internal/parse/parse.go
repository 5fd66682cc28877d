// Package parse turns a document that a program made, a feed or a list of WordPress's posts, into
// items, one file per format. It leaves it to clean to make anything of them safe.
package parse

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
)

// Parse reads a document. The error says that the document as a whole cannot be read, and what it
// looks like instead; faults are single items that are lost, the others are not.
func Parse(doc news.Document) (items []news.Item, faults []error, err error) {
	items, _, faults, err = ParseNew(doc, boilerplate.BuiltIn(), nil)
	return items, faults, err
}

// ParseNew reads a document as Parse does, but passes over the items that known says it knows by
// their mark, and gives the marks of those. Two items have one mark only if nothing that an item is
// made of differs; the date of their feed alone may. Known may be nil. Words are what is taken out
// of items' texts.
func ParseNew(doc news.Document, words *boilerplate.Words, known func(mark uint64) bool) (
	items []news.Item, passed []uint64, faults []error, err error,
) {
	if doc.MediaType == news.WordPressPosts {
		return parseWordPress(doc, words, known)
	}
	return parseFeed(doc, words, known)
}

// around notes what items take from their feed.
func (f *xmlFeed) around(base, lang string, origin news.Origin, authors []news.Author) {
	origin.Updated = time.Time{} // it changes with every item of the feed
	names := make([][2]string, len(f.names))
	for i, a := range f.names {
		names[i] = [2]string{string(a.name), string(a.value)}
	}
	context, err := json.Marshal([]any{f.root, f.own, names, base, lang, origin, authors})
	if err != nil {
		return // without a context there are no marks
	}
	f.context = context
}

// mark hashes an item with what is around it. It is never 0, but for an item that is not whole.
func (f *xmlFeed) mark(raw *xmlItem) uint64 {
	if raw.cut || f.context == nil {
		return 0
	}
	return markOf(f.context, []byte(raw.base), []byte(raw.inner), []byte(raw.lang),
		[]byte(raw.about), raw.xml)
}

// markOf hashes the parts that an item is made of.
func markOf(parts ...[]byte) uint64 {
	h := sha256.New()
	for _, part := range parts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write(part)
	}
	return binary.BigEndian.Uint64(h.Sum(nil)) | 1
}
