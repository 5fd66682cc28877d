package parse

import (
	"bytes"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// What a document may cost, whoever sent it. One that asks for more is refused as a whole: half a
// document that nobody notices is worse than none. What is read takes time and memory in
// proportion to its bytes.
const (
	maxDocument  = 64 << 20  // bytes of a feed or of a list of posts
	maxFeedItems = 10_000    // items of a feed
	maxElements  = 1_000_000 // tags of a feed, values of a JSON document
	maxWork      = 16        // times that a feed's bytes are looked at, on average,
	fixedWork    = 1 << 20   // and bytes beside that
	maxJSONDepth = 1_000     // objects and lists within each other
)

// checkJSON holds a JSON document to its budget before anything is made of it.
func checkJSON(doc news.Document, text []byte) error {
	depth, values := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfString(text, i)
		case '{', '[':
			values++
			if depth++; depth > maxJSONDepth {
				line, column := rawdoc.Position(text, i)
				return doc.TooLarge("line %d, column %d: more than %d objects and lists within "+
					"each other", line, column, maxJSONDepth)
			}
		case '}', ']':
			depth--
		case ',':
			values++
		}
	}
	if values > maxElements {
		return doc.TooLarge("more than %d values", maxElements)
	}
	return nil
}

// endOfString returns where the string ends whose first quotation mark is at i.
func endOfString(text []byte, i int) int {
	for i++; i < len(text); i++ {
		n := bytes.IndexAny(text[i:], `"\`)
		if n < 0 {
			break
		}
		if i += n; text[i] == '"' {
			return i
		}
		i++ // whatever the backslash stands before
	}
	return len(text)
}
