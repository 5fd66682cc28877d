package publish

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"hash/maphash"

	"github.com/klauspost/compress/flate"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/render"
)

// A long document is compressed in parts that know nothing of each other, so that one of which only
// the ends have changed is not compressed anew as a whole: what is new comes in front, and what it
// left no room for goes behind. So the parts near the ends are short. Where they end follows from
// the document alone, and so do the bytes. Each part costs what it can't refer to: of parts of
// 128 kB about 4 % of the length, of the short ones 2 % of a document of a megabyte.
const (
	partSize = 128 << 10 // bytes of a part, on average
	endSize  = 32 << 10  // of one whose end lies within partSize of an end of the document
	longFrom = 2 * partSize
)

// zipped is a document in gzip.
type zipped struct {
	body  []byte
	parts []zippedPart
}

// zippedPart is a part of a document, and where it stands in its gzip.
type zippedPart struct {
	sum        uint64 // of the plain bytes, in this process
	size       int    // of these
	start, end int
	last       bool
}

// gzipHead is the header of RFC 1952, section 2.3: no time, no name, an unknown system.
var gzipHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

var partSeed = maphash.MakeSeed()

// cuts returns where the parts of a document end but for the last: before entries that their ids
// choose, the more often the longer they are.
func cuts(doc *render.Document, size int) (list []int) {
	if size < longFrom {
		return nil
	}
	l, before := doc.Layout(), 0
	for i, p := range doc.Pieces {
		average := partSize
		if min(before, size-before) < partSize {
			average = endSize
		}
		if i > 0 && int(binary.BigEndian.Uint64(p.ID[8:])%uint64(average)) < l.Pieces[i] {
			list = append(list, l.Start(i))
		}
		before += l.Pieces[i]
	}
	return list
}

// zip compresses a document in parts, those that an earlier one has too taken over from it.
func (c *coder) zip(doc []byte, cuts []int, before *zipped) (z zipped, err error) {
	kept := map[zippedPart][]byte{}
	if before != nil {
		for _, p := range before.parts {
			kept[zippedPart{sum: p.sum, size: p.size, last: p.last}] = before.body[p.start:p.end]
		}
	}
	out := bytes.NewBuffer(make([]byte, 0, len(doc)/4))
	out.Write(gzipHead)
	from := 0
	for _, end := range append(cuts[:len(cuts):len(cuts)], len(doc)) {
		plain := doc[from:end]
		p := zippedPart{
			sum: maphash.Bytes(partSeed, plain), size: len(plain), last: end == len(doc),
		}
		start := out.Len()
		if part, ok := kept[p]; ok {
			out.Write(part)
		} else if err := c.deflate(out, plain, p.last); err != nil {
			return z, err
		}
		p.start, p.end = start, out.Len()
		z.parts = append(z.parts, p)
		from = end
	}
	tail := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(doc))
	out.Write(binary.LittleEndian.AppendUint32(tail, uint32(len(doc))))
	z.body = bytes.Clone(out.Bytes()) // without the spare room that it was written in
	return z, nil
}

// deflate compresses one part, so that another can follow unless it is the last.
func (c *coder) deflate(out *bytes.Buffer, plain []byte, last bool) (err error) {
	w, ok := c.flates.Get().(*flate.Writer)
	if !ok {
		if w, err = flate.NewWriter(nil, gzipLevel); err != nil {
			return err
		}
	}
	defer c.flates.Put(w)
	w.Reset(out)
	if _, err := w.Write(plain); err != nil {
		return err
	}
	if last {
		return w.Close()
	}
	return w.Flush()
}

// representations returns those of an edition just made: its gzip, and the identity, which is made
// of that.
func representations(zipped []byte, tag, plainTag string, size int) []news.Representation {
	return []news.Representation{
		{Coding: codingGzip, ETag: tag, Body: zipped, Size: len(zipped)},
		{ETag: plainTag, Size: size, Make: func() ([]byte, error) { return unzip(zipped, size) }},
	}
}
