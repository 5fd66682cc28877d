package parse

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// ParseNew reads a document as Parse does, but passes over the items of a feed that known says it
// knows by their mark, and gives the marks of those. Two items have one mark only if nothing that
// an item is made of differs; the date of their feed alone may.
func ParseNew(doc news.Document, known func(mark uint64) bool) (
	items []news.Item, passed []uint64, faults []error, err error,
) {
	if doc.Name != "" { // a file, which has few items
		items, faults, err = Parse(doc)
		return items, nil, faults, err
	}
	if doc.MediaType == news.WordPressPosts {
		return parseWordPressBut(doc, known)
	}
	return parseFeedBut(doc, known)
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
