package paste

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A heading has at most so many characters and words.
const (
	maxHeading      = 100
	maxHeadingWords = 16
)

// markHeadings finds the headings: short lines that stand alone, do not end as a sentence does
// (a question may), and are followed by something longer. Two may follow one another, as a title
// of a part and of a section; of more, as a list of names without bullets, only the last.
func markHeadings(blocks []block) {
	for i := 0; i < len(blocks); {
		end := i
		for end < len(blocks) && isShort(blocks[end]) {
			end++
		}
		if end == i {
			i++
			continue
		}
		if end < len(blocks) {
			from := max(i, end-1)
			if titles := countTitles(blocks[i:end]); titles <= 2 {
				from = i
			}
			for j := from; j < end; j++ {
				if isTitle(blocks[j]) && outweighs(blocks[end], blocks[j]) {
					blocks[j].kind = headingBlock
				}
			}
		}
		i = end
	}
}

// isShort reports whether a block could be a heading, or stands between one and its text: a byline
// or a date.
func isShort(b block) bool { return isTitle(b) || isByline(b) }

func countTitles(blocks []block) int {
	n := 0
	for _, b := range blocks {
		if isTitle(b) {
			n++
		}
	}
	return n
}

// isTitle reports whether a block has the form of a heading.
func isTitle(b block) bool {
	if b.kind != textBlock || len(b.lines) != 1 {
		return false
	}
	line := b.lines[0]
	if utf8.RuneCountInString(line) > maxHeading || len(strings.Fields(line)) > maxHeadingWords {
		return false
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, "¿¡“‘«\"'("))
	if !unicode.IsUpper(first) && !unicode.IsDigit(first) {
		return false
	}
	return !isByline(b) && !closes(line)
}

// closes reports whether a line ends as a sentence or a clause does. A question does not: it is
// often a heading. Nor do initials: "Talks with the U.S."
func closes(line string) bool {
	line = strings.TrimRight(line, "”’»\"')")
	last, size := utf8.DecodeLastRuneInString(line)
	if last == '.' {
		before := []rune(strings.TrimSuffix(line, "."))
		n := len(before)
		return n < 3 || before[n-2] != '.' || !unicode.IsUpper(before[n-1])
	}
	return size == 0 || strings.ContainsRune(",;:!…-–—*", last)
}

// outweighs reports whether a block is the kind of text that a heading stands over.
func outweighs(text, heading block) bool {
	switch text.kind {
	case bulletBlock, numberBlock, quoteBlock:
		return true
	}
	return utf8.RuneCountInString(text.text()) > utf8.RuneCountInString(heading.text()) ||
		endsSentence(text.text())
}

// isByline reports whether a short line says who wrote something, or when: "By Ana Ruiz", "Por Ana
// Ruiz", "August 8, 2025", "8 de agosto de 2025, 10:30".
func isByline(b block) bool {
	if b.kind != textBlock || len(b.lines) != 1 {
		return false
	}
	line := b.lines[0]
	words := strings.Fields(line)
	if len(words) > 10 || utf8.RuneCountInString(line) > maxHeading || closes(line) {
		return false
	}
	if by := strings.ToLower(words[0]); (by == "by" || by == "por") && len(words) > 1 {
		first, _ := utf8.DecodeRuneInString(words[1])
		return unicode.IsUpper(first)
	}
	year, day := false, false
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsDigit(r) }) {
		n, err := strconv.Atoi(w)
		year = year || err == nil && n >= 1900 && n < 2100
		day = day || err == nil && n >= 1 && n <= 31
	}
	return year && day && len(words) <= 8
}
