package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
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
)

// block is an open block. Its start tag is written when something in it is, so that nothing
// empty is ever written.
type block struct {
	name    string
	tag     string // the start tag
	model   model
	written bool // the start tag has been written
	used    bool // it has a line or block already: a further bare line needs its own paragraph
}

// span is an inline element that goes on: it is closed with its line and opened in the next one.
type span struct{ name, tag string }

// writer writes HTML in one normal form: blocks in blocks, lines in paragraphs, spans within
// lines, spaces only between words, nothing empty. A parser reads it back as the same tree.
type writer struct {
	out    []byte
	title  string   // a heading at the beginning that says this is left out
	footer []string // beginnings of paragraphs that are left out

	blocks []block // open, outermost first; the first stands for the top
	spans  []span  // in force, outermost first
	opened int     // how many of them are open

	inLine    bool   // something has been written in the line
	inP       bool   // the line is in a paragraph
	wantP     bool   // the next line must be in a paragraph
	space     string // to be written before the next word of the line
	breaks    int    // line breaks, likewise
	buf       []byte // text that waits for the next tag
	lineStart int    // where in out the line's paragraph or block began, if at the top
	said      []byte // the text of a paragraph or heading at the top
	lastEnd   int    // where in out the last block at the top ended
	full      bool   // the bound has been reached
}

func newWriter(title string) *writer {
	return &writer{title: title, footer: footers(title), blocks: []block{{}}}
}

func (w *writer) top() *block { return &w.blocks[len(w.blocks)-1] }

// text writes words. Runs of white space become one space, non-breaking if one of them is.
func (w *writer) text(s string) {
	s = strip(s)
	if w.top().name == "pre" {
		w.verbatim(s)
		return
	}
	for s != "" {
		n := strings.IndexFunc(s, isSpace)
		if n < 0 {
			n = len(s)
		}
		if n > 0 {
			w.word(s[:n])
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		if r == '\u00a0' || r == '\u202f' {
			w.space = nbsp
		} else if w.space == "" {
			w.space = " "
		}
		s = s[size:]
	}
}

// verbatim writes text whose white space counts.
func (w *writer) verbatim(s string) {
	for s != "" {
		n := len(s) - len(strings.TrimLeft(s, " \t\n"))
		w.addSpace(s[:n])
		s = s[n:]
		if n = strings.IndexAny(s, " \t\n"); n < 0 {
			n = len(s)
		}
		if n > 0 {
			w.word(s[:n])
			s = s[n:]
		}
	}
}

func (w *writer) addSpace(s string) {
	w.space += s[:max(0, min(len(s), maxSpace-len(w.space)))]
}

func (w *writer) word(s string) {
	if len(w.buf) == 0 || !w.inLine || w.breaks > 0 || w.opened < len(w.spans) {
		// It follows a tag, and a mark has no letter to stand on. ">" and U+0338 would compose
		// to "≯": whoever brings the document to NFC would break that tag.
		if s = strings.TrimLeftFunc(s, unicode.IsMark); s == "" {
			return
		}
	}
	if w.begin() {
		w.buf = append(w.buf, s...)
	}
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
func (w *writer) img(tag string) {
	if len(w.out)+len(tag) > textEnd || !w.begin() {
		return
	}
	w.markup(tag)
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
		w.said = append(w.said, ' ')
	} else {
		w.buf = append(w.buf, w.space...)
	}
	w.space, w.breaks = "", 0
	for w.opened < len(w.spans) {
		w.markup(w.spans[w.opened].tag)
		w.opened++
	}
	return true
}

func (w *writer) beginLine() {
	w.openBlocks()
	t := w.top()
	w.inP = t.model == blocksOnly || t.model == mixed && (w.wantP || t.used)
	if w.inP {
		w.startAtTop()
		w.markup("<p>")
	}
	if t.name == "pre" { // the indentation of its first line
		w.buf = append(w.buf, w.space[strings.LastIndexByte(w.space, '\n')+1:]...)
	}
	w.inLine = true
}

// startAtTop notes where a block at the top begins, and that nothing has been said in it.
func (w *writer) startAtTop() {
	w.flush()
	if len(w.blocks) == 1 {
		w.lineStart, w.said = len(w.out), w.said[:0]
	}
}

// openBlocks writes the start tags that have waited.
func (w *writer) openBlocks() {
	for i := range w.blocks[1:] {
		b := &w.blocks[i+1]
		if b.written {
			continue
		}
		if i == 0 {
			w.flush()
			w.lineStart, w.said = len(w.out), w.said[:0]
		}
		w.markup(b.tag)
		b.written = true
	}
}

// endLine ends the line, its spans and its paragraph.
func (w *writer) endLine() {
	for ; w.opened > 0; w.opened-- {
		w.markup("</" + w.spans[w.opened-1].name + ">")
	}
	if w.inLine {
		w.flush()
		w.top().used = true
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

// push opens a block if one may stand here, and tells whether it did.
func (w *writer) push(name, attrs string, m model) bool {
	w.part()
	if w.top().model == lineOnly || len(w.blocks) >= maxDepth {
		return false
	}
	w.blocks = append(w.blocks, block{name: name, tag: "<" + name + attrs + ">", model: m})
	return true
}

// pop closes the innermost block.
func (w *writer) pop() {
	w.endLine()
	b := *w.top()
	w.blocks = w.blocks[:len(w.blocks)-1]
	if !b.written {
		if b.name == "td" || b.name == "th" {
			w.emptyCell(b)
		}
		return
	}
	w.top().used = true
	w.markup("</" + b.name + ">")
	if len(w.blocks) == 1 {
		w.endAtTop(b.name)
	}
}

// emptyCell writes a cell that has nothing in it but holds its place in the row; in a row that
// has not begun it waits with the row.
func (w *writer) emptyCell(cell block) {
	tags := cell.tag + "</" + cell.name + ">"
	if row := w.top(); row.written {
		w.markup(tags)
	} else {
		row.tag += tags
	}
}

// closeTo closes blocks until n are open.
func (w *writer) closeTo(n int) {
	for len(w.blocks) > n {
		w.pop()
	}
}

// endSpan ends the innermost span.
func (w *writer) endSpan() {
	last := len(w.spans) - 1
	if w.opened > last {
		w.markup("</" + w.spans[last].name + ">")
		w.opened = last
	}
	w.spans = w.spans[:last]
}

// endAtTop takes back the block that has just ended at the top if it only repeats the title, or
// is a footer.
func (w *writer) endAtTop(name string) {
	said := fold(string(w.said))
	isTitle := name[0] == 'h' && w.lineStart == 0 && said != "" && strings.EqualFold(said, w.title)
	isFooter := false
	for _, start := range w.footer {
		isFooter = isFooter || name == "p" && strings.HasPrefix(said, start)
	}
	if (isTitle || isFooter) && !strings.Contains(string(w.out[w.lineStart:]), "<img ") {
		w.out = w.out[:w.lineStart]
	}
	w.lastEnd = len(w.out)
}

// rule writes a thematic break, if something is above it to be parted from.
func (w *writer) rule() {
	w.part()
	if len(w.blocks) == 1 && len(w.out) > 0 && !strings.HasSuffix(string(w.tail(5)), rule5) {
		w.markup(rule5)
	}
}

const rule5 = "<hr/>"

func (w *writer) tail(n int) []byte { return w.out[max(0, len(w.out)-n):] }

// markup writes a tag, after the text before it.
func (w *writer) markup(tag string) {
	w.flush()
	w.out = append(w.out, tag...)
}

// flush writes the text that waits: composed, escaped, and no more than fits.
func (w *writer) flush() {
	if len(w.buf) == 0 {
		return
	}
	s := compose(string(w.buf))
	w.buf = w.buf[:0]
	s = escaper.Replace(s)
	if room := textEnd + overrun - len(w.out); len(s) > room {
		s, w.full = cutEscaped(s, room), true
	}
	if len(w.blocks) <= 2 && len(w.said) <= 2*maxTitle*4 {
		w.said = append(w.said, unescaper.Replace(s)...)
	}
	w.out = append(w.out, s...)
}

// finish closes everything and gives what has been written.
func (w *writer) finish() string {
	w.closeTo(1)
	w.endLine()
	if w.full && w.lastEnd > textEnd/2 {
		w.out = w.out[:w.lastEnd]
	}
	s := string(w.out)
	for strings.HasSuffix(s, rule5) {
		s = strings.TrimSuffix(s, rule5)
	}
	return s
}
