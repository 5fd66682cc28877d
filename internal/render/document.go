package render

import (
	"bytes"

	"github.com/teletipo/teletipo/internal/news"
)

// Document is a feed in one format, in pieces: the frame around its entries, and the bytes of each
// entry and tombstone. A document of some of the pieces is as well-formed as one of all.
type Document struct {
	Format    news.Format
	Head, End []byte
	Pieces    []Piece // in the order in which they stand, tombstones first
}

// Piece is an entry of a document, or a tombstone.
type Piece struct {
	ID   news.ID
	Seq  uint64 // of the change that it shows
	Gone bool   // it is a tombstone
	Body []byte // with the white space before it
}

// Separator is what stands between two pieces, and close what stands between the last piece and
// the end of a document that has any.
func separators(format news.Format) (separator, closing string) {
	if format == news.JSON {
		return ",", "\n  "
	}
	return "", ""
}

// Size is the length in bytes of a document of so many pieces of a length together.
func (d *Document) Size(pieces, length int) int {
	separator, closing := separators(d.Format)
	size := len(d.Head) + length + len(d.End)
	if pieces > 0 {
		size += (pieces-1)*len(separator) + len(closing)
	}
	return size
}

// Bytes writes the document with those of its pieces that are kept, all if keep is nil.
func (d *Document) Bytes(keep func(i int) bool) []byte {
	length := 0
	for i := range d.Pieces {
		length += len(d.Pieces[i].Body)
	}
	separator, closing := separators(d.Format)
	out := append(make([]byte, 0, d.Size(len(d.Pieces), length)), d.Head...)
	kept := 0
	for i := range d.Pieces {
		if keep != nil && !keep(i) {
			continue
		}
		if kept++; kept > 1 {
			out = append(out, separator...)
		}
		out = append(out, d.Pieces[i].Body...)
	}
	if kept > 0 {
		out = append(out, closing...)
	}
	return append(out, d.End...)
}

// Layout is where the pieces of a document stand in its bytes.
type Layout struct {
	Format news.Format
	Head   int   // bytes
	Pieces []int // bytes of each
	End    int   // bytes
}

// Layout tells where the pieces stand in what Bytes writes of all of them.
func (d *Document) Layout() Layout {
	l := Layout{Format: d.Format, Head: len(d.Head), End: len(d.End)}
	for i := range d.Pieces {
		l.Pieces = append(l.Pieces, len(d.Pieces[i].Body))
	}
	return l
}

// Start returns where a piece begins.
func (l Layout) Start(i int) int {
	separator, _ := separators(l.Format)
	at := l.Head + max(i, 0)*len(separator)
	for _, size := range l.Pieces[:i] {
		at += size
	}
	return at
}

// Parts takes the bytes of a document of this layout apart; they are shared, not copied. What the
// pieces are of is not known.
func (l Layout) Parts(doc []byte) Document {
	separator, _ := separators(l.Format)
	d := Document{Format: l.Format, Head: doc[:l.Head:l.Head], End: doc[len(doc)-l.End:]}
	at := l.Head
	for i, size := range l.Pieces {
		if i > 0 {
			at += len(separator)
		}
		d.Pieces = append(d.Pieces, Piece{Body: doc[at : at+size : at+size]})
		at += size
	}
	return d
}

// split makes the frame of a document that was written without any piece.
func split(doc []byte, end string) (head, tail []byte) {
	head = bytes.TrimSuffix(doc, []byte(end))
	return head[:len(head):len(head)], []byte(end)
}
