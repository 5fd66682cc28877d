package render

import (
	"bytes"

	"github.com/teletipo/teletipo/internal/news"
)

// space is what XML and JSON take for it.
const space = " \t\r\n"

// Cut writes a document with only those of its parts that are kept, by their number, the bytes of
// each as they were. Parts are what CheckParts found in the document, which passes Check again
// whatever is cut out; of a document that Check refuses, nothing is promised.
func Cut(format news.Format, doc []byte, parts []news.Part, keep func(i int) bool) []byte {
	if format == news.JSON {
		return cutJSON(doc, parts, keep)
	}
	out := make([]byte, 0, len(doc))
	done := 0
	for i, part := range parts {
		if !keep(i) {
			out = append(out, bytes.TrimRight(doc[done:part.Start], space)...)
			done = part.End
		}
	}
	return append(out, doc[done:]...)
}

// cutJSON does that for JSON, where a comma stands between two items and nowhere else.
func cutJSON(doc []byte, parts []news.Part, keep func(i int) bool) []byte {
	if len(parts) == 0 {
		return bytes.Clone(doc)
	}
	out := append(make([]byte, 0, len(doc)), doc[:parts[0].Start]...)
	kept := 0
	for i, part := range parts {
		if !keep(i) {
			continue
		}
		if kept > 0 {
			out = append(out, doc[parts[i-1].End:part.Start]...)
		}
		out = append(out, doc[part.Start:part.End]...)
		kept++
	}
	rest := doc[parts[len(parts)-1].End:]
	if kept == 0 {
		out, rest = bytes.TrimRight(out, space), bytes.TrimLeft(rest, space)
	}
	return append(out, rest...)
}
