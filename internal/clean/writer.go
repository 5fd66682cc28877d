package clean

import (
	"slices"
	"strings"
)

// model is what a block may hold.
type model int

const (
	blocksOnly model = iota // lines are put in paragraphs: the top, blockquote
	mixed                   // lines may stand bare: li, dd, td, th, figure, figcaption
	lineOnly                // headings, dt, caption, pre
	itemsOnly               // ul, ol
	defsOnly                // dl
	tableOnly               // the parts of a table that hold no text
)

const (
	maxDepth = 24 // open blocks; deeper ones are unwrapped
	// textEnd is where text ends, in bytes of HTML. The rest is room for the tags that are then
	// still to be closed.
	textEnd  = maxContent - 64<<10
	overrun  = 48 << 10 // what the text between two tags may have beyond textEnd
	maxSpace = 256      // bytes of white space in a row where it counts
	nbsp     = "\u00a0"
	// What is written may be so many times as long as what was read, with a margin, before spans
	// and images are left out: a link of 4 KB that is never closed would be written again in each
	// paragraph.
	maxTimes  = 4
	maxMargin = 64 << 10
)

// block is an open block. Its start tag is written when something in it is, so that nothing
// empty is ever written.
type block struct {
	name    string
	attrs   string
	model   model
	written bool // the start tag has been written
	used    bool // it has a line or block already: a further bare line needs its own paragraph
	isStray bool // a cell for what stood outside of one
}

// span is an inline element that goes on: it is closed with its line and opened in the next one.
type span struct {
	number      int
	name, attrs string
}

// writer writes HTML in one normal form: blocks in blocks, lines in paragraphs, spans within
// lines, spaces only between words, nothing empty. A parser reads it back as the same tree. What
// it says as plain text is kept beside it.
type writer struct {
	out    []byte
	said   spoken
	plenty int // bytes of HTML beyond which neither spans nor images are written

	blocks []block // open, outermost first; the first stands for the top
	spans  []span  // in force, outermost first
	opened int     // how many of them are open
	number int     // of the last span

	inLine bool   // something has been written in the line
	inP    bool   // the line is in a paragraph
	wantP  bool   // the next line must be in a paragraph
	space  string // to be written before the next word of the line
	breaks int    // line breaks, likewise
	buf    []byte // text that waits for the next tag
	full   bool   // the bound has been reached

	rows       rows
	repeats    repeats
	start      int // where in out the last block at the top began,
	saidBefore int // after so many passages,
	lastEnd    int // and where the last that has ended ended,
	saidAtEnd  int // with so many
}

// newWriter returns a writer for what is made of so many bytes of HTML; the title is not said
// again, or made if it is empty.
func newWriter(size int, title string) *writer {
	return &writer{
		repeats: repeatsOf(title),
		said: spoken{
			text: make([]byte, 0, min(size*3/4, maxContent)),
			ends: make([]passageEnd, 0, min(size/64, 1<<10)),
		},
		out:    make([]byte, 0, min(size+size/8, maxContent)+64),
		plenty: maxTimes*size + maxMargin,
		blocks: append(make([]block, 0, 8), block{}),
	}
}

func (w *writer) top() *block { return &w.blocks[len(w.blocks)-1] }

// hasPlenty reports whether so much has been written that only text and blocks go on.
func (w *writer) hasPlenty() bool { return len(w.out) > w.plenty }

// inTable reports whether a table is open.
func (w *writer) inTable() bool {
	return slices.ContainsFunc(w.blocks, func(b block) bool { return b.model == tableOnly })
}

// lineBreak breaks the line; two of them end the paragraph.
func (w *writer) lineBreak() {
	if w.top().name == "pre" {
		w.addSpace("\n")
		return
	}
	w.breaks++
}

// img writes an image.
func (w *writer) img(attrs string) {
	if len(w.out)+len(attrs) > textEnd || !w.begin() {
		return
	}
	w.markup("<img", attrs, "/>")
}

// begin makes ready to write into a line: opens what is to be open. It reports false when the
// bound has been reached.
func (w *writer) begin() bool {
	if w.full = w.full || len(w.out)+len(w.buf) > textEnd; w.full {
		return false
	}
	if w.inLine && w.breaks > 1 && w.inP {
		w.endLine()
		w.wantP = true
	}
	if !w.inLine {
		w.beginLine()
	} else if w.breaks > 0 {
		w.markup("<br/>")
		w.said.space()
	} else {
		w.buf = append(w.buf, w.space...)
	}
	w.space, w.breaks = "", 0
	for w.opened < len(w.spans) && !w.hasPlenty() {
		s := &w.spans[w.opened]
		w.markup("<", s.name, s.attrs, ">")
		w.opened++
	}
	return true
}

func (w *writer) beginLine() {
	w.openBlocks()
	t := w.top()
	w.inP = t.model == blocksOnly || t.model == mixed && (w.wantP || t.used)
	if w.inP {
		if len(w.blocks) == 1 {
			w.beginAtTop()
		}
		w.markup("<p>")
	}
	if t.name == "pre" { // the indentation of its first line
		w.buf = append(w.buf, w.space[strings.LastIndexByte(w.space, '\n')+1:]...)
	}
	w.inLine = true
}

// openBlocks writes the start tags that have waited.
func (w *writer) openBlocks() {
	if w.top().written {
		return
	}
	for i := range w.blocks[1:] {
		b := &w.blocks[i+1]
		if b.written {
			continue
		}
		if i == 0 {
			w.beginAtTop()
		}
		w.markup("<", b.name, b.attrs, ">")
		w.rows.begin(w, b.name)
		b.written = true
	}
}

// endLine ends the line, its spans and its paragraph.
func (w *writer) endLine() {
	for ; w.opened > 0; w.opened-- {
		w.markup("</", w.spans[w.opened-1].name, ">")
	}
	if w.inLine {
		w.flush()
		w.top().used = true
		w.endSaying()
	}
	if w.inP {
		w.markup("</p>")
		if len(w.blocks) == 1 {
			w.endAtTop("p")
		}
	}
	w.inLine, w.inP, w.wantP, w.space, w.breaks = false, false, false, "", 0
}

// part parts what comes from what was: by a new line, or by a space where there can be none.
func (w *writer) part() {
	switch {
	case w.top().name == "pre":
		w.addSpace("\n")
	case w.top().model == lineOnly:
		if w.space == "" {
			w.space = " "
		}
	default:
		w.endLine()
	}
}

// paragraph begins a paragraph; part ends it.
func (w *writer) paragraph() {
	w.part()
	w.wantP = w.top().model != lineOnly
}

// push opens a block if one may stand here, and reports whether it did.
func (w *writer) push(name, attrs string, m model) bool {
	w.part()
	if w.top().model == lineOnly || len(w.blocks) >= maxDepth {
		return false
	}
	w.blocks = append(w.blocks, block{name: name, attrs: attrs, model: m})
	return true
}

// pop closes the innermost block.
func (w *writer) pop() {
	w.endLine()
	b := *w.top()
	w.blocks = w.blocks[:len(w.blocks)-1]
	if !b.written {
		w.rows.leaveOut(w, &b)
		return
	}
	w.top().used = true
	if b.name == "table" {
		w.rows.widen(w)
	}
	w.markup("</", b.name, ">")
	if len(w.blocks) == 1 {
		w.endAtTop(b.name)
	}
}

// closeTo closes blocks until n are open.
func (w *writer) closeTo(n int) {
	for len(w.blocks) > n {
		w.pop()
	}
}

// hasSpan reports whether a span of a name is in force.
func (w *writer) hasSpan(name string) bool {
	for i := range w.spans {
		if w.spans[i].name == name {
			return true
		}
	}
	return false
}

// span puts a span in force, and returns its number.
func (w *writer) span(name, attrs string) int {
	w.number++
	w.spans = append(w.spans, span{w.number, name, attrs})
	return w.number
}

// endSpan ends the span of a number. Those in it go on.
func (w *writer) endSpan(number int) {
	at := len(w.spans) - 1
	for at >= 0 && w.spans[at].number != number {
		at--
	}
	if at < 0 {
		return
	}
	for ; w.opened > at; w.opened-- {
		w.markup("</", w.spans[w.opened-1].name, ">")
	}
	w.spans = slices.Delete(w.spans, at, at+1)
}

// rule writes a thematic break, if something is above it to be parted from.
func (w *writer) rule() {
	w.part()
	if w.full = w.full || len(w.out) > textEnd; w.full {
		return
	}
	if len(w.blocks) == 1 && len(w.out) > 0 && string(w.tail(len(thematicBreak))) != thematicBreak {
		w.markup(thematicBreak)
	}
}

const thematicBreak = "<hr/>"

func (w *writer) tail(n int) []byte { return w.out[max(0, len(w.out)-n):] }

// markup writes the pieces of a tag, after the text before it.
func (w *writer) markup(pieces ...string) {
	if len(w.buf) > 0 {
		w.flush()
	}
	size := 0
	for _, s := range pieces {
		size += len(s)
	}
	w.out = doubled(w.out, size)
	for _, s := range pieces {
		w.out = append(w.out, s...)
	}
}

// flush writes the text that waits: composed, escaped, and no more than fits.
func (w *writer) flush() {
	if len(w.buf) == 0 {
		return
	}
	text := w.buf
	if !isComposed(text) {
		text = []byte(compose(string(text)))
	}
	start := len(w.out)
	w.out = appendEscaped(doubled(w.out, len(text)), text)
	if most := textEnd + overrun; len(w.out) > most {
		cut := cutEscaped(string(w.out[start:]), most-start)
		w.out, w.full = w.out[:start+len(cut)], true
		text = []byte(unescaper.Replace(cut))
	}
	w.said.add(text)
	w.buf = w.buf[:0]
}

// doubled returns a slice with room for n more, doubled in size if it had none: append gives large
// slices a quarter more, so that one which grows to its end is copied five times.
func doubled[T any](s []T, n int) []T {
	if cap(s)-len(s) < n {
		return slices.Grow(s, max(n, cap(s)))
	}
	return s
}
