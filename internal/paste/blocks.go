package paste

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

type blockKind int

const (
	textBlock blockKind = iota
	headingBlock
	bulletBlock
	numberBlock
	quoteBlock
)

// block is a stretch of a plain text: a heading, a paragraph, a list item or a quotation. Lines
// are what a reader sees as lines.
type block struct {
	kind    blockKind
	lines   []string
	bullet  rune   // of a bullet item
	number  int    // of a numbered item
	numeral string // its number as written
	mark    string // of an item: its bullet or number as written, should it be no item after all
}

// text is a block's text in one line.
func (b block) text() string { return strings.Join(b.lines, " ") }

// joins reports whether next goes on with the list or quotation that b began and last is in.
func (b block) joins(last, next block) bool {
	if b.kind != next.kind {
		return false
	}
	switch b.kind {
	case bulletBlock:
		return b.bullet == next.bullet
	case numberBlock:
		return next.number == last.number+1
	}
	return false
}

const (
	// A line beyond this is a paragraph in itself: nobody wraps text so wide.
	widestWrap = 100
	// Text wrapped by hand fills its lines at least so far.
	narrowestWrap = 45
)

// blocksOf parts lines into blocks: at blank lines, and at bullets and numbers.
func blocksOf(lines []string) []block {
	var blocks []block
	var run []string // lines of text without a blank line between them
	flush := func() {
		blocks = append(blocks, paragraphs(run)...)
		run = nil
	}
	inItem := false
	for _, line := range lines {
		text := strings.TrimSpace(line)
		switch item, isItem := itemOf(text); {
		case text == "":
			flush()
			inItem = false
		case isItem:
			flush()
			blocks = append(blocks, item)
			inItem = true
		case inItem && strings.TrimLeft(line, " \t") != line: // an item's further line is indented
			last := &blocks[len(blocks)-1]
			last.lines = append(last.lines, text)
		default:
			inItem = false
			run = append(run, text)
		}
	}
	flush()
	return blocks
}

// paragraphs decides what consecutive lines of text are: one paragraph wrapped by hand, several
// of a line each, or short lines that belong together, as in an address.
func paragraphs(lines []string) []block {
	if len(lines) == 0 {
		return nil
	}
	all := func(parts ...string) block {
		if strings.HasPrefix(parts[0], ">") {
			for i, p := range parts {
				parts[i] = strings.TrimSpace(strings.TrimLeft(p, "> "))
			}
			return block{kind: quoteBlock, lines: parts}
		}
		b := block{lines: parts}
		if len(parts) == 1 && isQuotation(parts[0]) {
			b.kind = quoteBlock
		}
		return b
	}
	longest, full, ended := 0, 0, 0
	for i, line := range lines {
		width := utf8.RuneCountInString(line)
		longest = max(longest, width)
		if i == len(lines)-1 {
			break
		}
		if width >= narrowestWrap {
			full++
		}
		if endsSentence(line) {
			ended++
		}
	}
	before := len(lines) - 1 // lines that are followed by another
	switch {
	case strings.HasPrefix(lines[0], ">"):
		return []block{all(lines...)}
	case longest <= widestWrap && full == before && ended*2 <= before:
		return []block{all(strings.Join(lines, " "))}
	case longest <= widestWrap && ended == 0 && !endsSentence(lines[before]):
		return []block{all(lines...)}
	}
	var blocks []block
	for _, line := range lines {
		blocks = append(blocks, all(line))
	}
	return blocks
}

// bullets are the marks that a list item can begin with. Those in plainBullets are written for
// other ends too, so that one alone makes no list.
const (
	bullets      = "•◦▪▫‣⁃∙·●○■□◆►▶–-*+"
	plainBullets = "·–-*+"
)

// itemOf reads a line as a list item: a bullet or a number, a space, and text.
func itemOf(line string) (block, bool) {
	mark, text, found := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	text = strings.TrimSpace(text)
	if !found || text == "" {
		return block{}, false
	}
	r, size := utf8.DecodeRuneInString(mark)
	if size == len(mark) && strings.ContainsRune(bullets, r) {
		return block{kind: bulletBlock, bullet: r, lines: []string{text}, mark: mark}, true
	}
	digits := strings.TrimRight(mark, ".)")
	number, err := strconv.Atoi(digits)
	if err != nil || len(mark) != len(digits)+1 || len(digits) > 3 || number < 0 {
		return block{}, false
	}
	return block{
		kind: numberBlock, number: number, numeral: strconv.Itoa(number),
		lines: []string{text}, mark: mark,
	}, true
}

// markLists makes paragraphs of what looked like a list item but stands alone: a number, or a
// mark that is also a dash.
func markLists(blocks []block) {
	for i := 0; i < len(blocks); {
		n := 1
		for i+n < len(blocks) && blocks[i].joins(blocks[i+n-1], blocks[i+n]) {
			n++
		}
		b := &blocks[i]
		alone := n == 1 && (b.kind == numberBlock ||
			b.kind == bulletBlock && strings.ContainsRune(plainBullets, b.bullet))
		if alone {
			*b = block{lines: []string{b.mark + " " + b.text()}}
		}
		i += n
	}
}

// endsSentence reports whether a line ends as a sentence does, quotation marks aside.
func endsSentence(line string) bool {
	line = strings.TrimRight(line, "”’»\"')")
	return strings.HasSuffix(line, ".") || strings.HasSuffix(line, "!") ||
		strings.HasSuffix(line, "?") || strings.HasSuffix(line, "…") || strings.HasSuffix(line, ":")
}

// quotationMarks are the pairs that a quotation can stand in.
var quotationMarks = [][2]string{
	{"“", "”"}, {"«", "»"}, {"„", "“"}, {"‘", "’"}, {`"`, `"`},
}

// isQuotation reports whether a line is one quotation from its first character to its last, with
// or without a name after a dash: “…” or “…” — Name.
func isQuotation(line string) bool {
	for _, marks := range quotationMarks {
		inner, ok := strings.CutPrefix(line, marks[0])
		if !ok {
			continue
		}
		inner, after, closed := strings.Cut(inner, marks[1])
		if marks[1] == "’" { // also an apostrophe: the last one counts
			whole := strings.TrimPrefix(line, marks[0])
			i := strings.LastIndex(whole, marks[1])
			if i < 0 {
				return false
			}
			inner, after, closed = whole[:i], whole[i+len(marks[1]):], true
		}
		after = strings.TrimSpace(strings.TrimLeft(after, ".,"))
		isName := strings.HasPrefix(after, "—") || strings.HasPrefix(after, "–") ||
			strings.HasPrefix(after, "- ")
		return closed && strings.Contains(inner, " ") && !strings.Contains(inner, marks[0]) &&
			(after == "" || isName && utf8.RuneCountInString(after) <= 80 && !endsSentence(after))
	}
	return false
}
