package rawdoc

import "bytes"

// Cursor tells lines and columns of places in a text that are asked for in their order, so that
// many faults cost no more than one pass.
type Cursor struct {
	Text        []byte
	line, start int // of the line that the last place was in; start is its first byte
}

// Position returns line and column, counted from 1, of a byte.
func (c *Cursor) Position(at int) (line, column int) {
	at = min(at, len(c.Text))
	if at < c.start {
		c.line, c.start = 0, 0
	}
	between := c.Text[c.start:at]
	c.line += bytes.Count(between, []byte("\n"))
	c.start += bytes.LastIndexByte(between, '\n') + 1
	return c.line + 1, at - c.start + 1
}

// Position returns line and column, counted from 1, of a byte in a text.
func Position(text []byte, at int) (line, column int) {
	return (&Cursor{Text: text}).Position(at)
}
