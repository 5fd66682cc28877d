package parse

import (
	"bytes"

	"github.com/teletipo/teletipo/internal/news"
)

// What a document may cost, whoever sent it. One that asks for more is refused as a whole: half a
// document that nobody notices is worse than none. What is read takes time and memory in
// proportion to its bytes.
const (
	maxDocument   = 64 << 20  // bytes of a feed or of a list of posts
	maxArticle    = 10 << 20  // bytes of a file that is one article
	maxMarkdown   = 1 << 20   // of one in Markdown
	maxFront      = 8 << 10   // of front matter
	maxFrontDepth = 8         // lists and mappings within each other in it
	maxFeedItems  = 10_000    // items of a feed
	maxElements   = 1_000_000 // tags of a feed, values of a JSON document
	maxWork       = 16        // times that a feed's bytes are looked at, on average,
	fixedWork     = 1 << 20   // and bytes beside that
	maxJSONDepth  = 1_000     // objects and lists within each other
)

// tooMuch is what a document that exceeds its budget is refused with.
func tooMuch(doc news.Document, format string, args ...any) error {
	return news.Errorf(news.TooLarge, "parse %s: "+format+": the document is not read at all",
		append([]any{placeOf(doc)}, args...)...)
}

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
				line, column := position(text, i)
				return tooMuch(doc, "line %d, column %d: more than %d objects and lists within "+
					"each other", line, column, maxJSONDepth)
			}
		case '}', ']':
			depth--
		case ',':
			values++
		}
	}
	if values > maxElements {
		return tooMuch(doc, "more than %d values", maxElements)
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

// cursor tells lines and columns of places in a text that are asked for in their order, so that
// many faults cost no more than one pass.
type cursor struct {
	text        []byte
	line, start int // of the line that the last place was in; start is its first byte
}

// position returns line and column, counted from 1, of a byte.
func (c *cursor) position(at int) (line, column int) {
	at = min(at, len(c.text))
	if at < c.start {
		c.line, c.start = 0, 0
	}
	between := c.text[c.start:at]
	c.line += bytes.Count(between, []byte("\n"))
	c.start += bytes.LastIndexByte(between, '\n') + 1
	return c.line + 1, at - c.start + 1
}

// position returns line and column, counted from 1, of a byte in a text.
func position(text []byte, at int) (line, column int) {
	return (&cursor{text: text}).position(at)
}
