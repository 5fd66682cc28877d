package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks may stand on one letter: more than any script writes, and
// few enough that no stack of marks can run over a page.
const maxMarks = 8

// tidy makes text that XML 1.0 can carry and that compares by its bytes: stripped and composed.
func tidy(s string) string { return compose(strip(s)) }

// fold joins the words of s with single spaces.
func fold(s string) string {
	if isFolded(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isFolded reports whether s has nothing to fold, as most text.
func isFolded(s string) bool {
	wasSpace := true
	for i := range len(s) {
		c := s[i]
		isSpace := c == ' '
		if c < ' ' || isSpace && wasSpace {
			return false
		}
		if c == 0xc2 || c >= 0xe1 && c <= 0xe3 { // what other white space begins with
			if r, _ := utf8.DecodeRuneInString(s[i:]); unicode.IsSpace(r) {
				return false
			}
		}
		wasSpace = isSpace
	}
	return s == "" || !wasSpace
}

// strip replaces bad UTF-8 by U+FFFD and removes what XML 1.0 forbids (section 2.2), encoded
// surrogates, and invisible characters that break words apart or turn the line around.
func strip(s string) string {
	clean := visibleLen(s)
	if clean == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:clean])
	for i := clean; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r != utf8.RuneError || n != 1:
			if r = visible(r); r >= 0 {
				b.WriteRune(r)
			}
		case isSurrogate(s[i:]):
			n = 3
		default:
			b.WriteRune(utf8.RuneError)
		}
		i += n
	}
	return b.String()
}

// visibleLen is how many bytes s begins with that strip leaves as they are.
func visibleLen(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\t' || c == 0xc3 && i+1 < len(s) &&
			s[i+1] >= 0x80 && s[i+1] < 0xc0 {
			i += 1 + int(c>>7)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || visible(r) != r {
			return i
		}
		i += n
	}
	return len(s)
}

// isSimple reports whether s is ASCII text that needs nothing done, as most of it is.
func isSimple(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// isSurrogate reports whether s begins with a UTF-16 surrogate written as if it were UTF-8.
func isSurrogate(s string) bool {
	return len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] < 0xc0 && s[2] >= 0x80 && s[2] < 0xc0
}

// visible returns the character that stands for r, negative for none.
func visible(r rune) rune {
	switch {
	case r == '\t' || r == '\n':
		return r
	case r == '\r':
		return '\n'
	case r == '\v' || r == '\f':
		return ' '
	case r < ' ' || r == 0x7f:
		return -1
	case r >= 0x80 && r < 0xa0: // what HTML makes of them too: they were windows-1252
		if r = charmap.Windows1252.DecodeByte(byte(r)); r < 0xa0 || r == utf8.RuneError {
			return -1
		}
		return r
	case r == 0xad || r == 0x200b || r == 0x2060 || r == 0xfeff || r == 0xfffc:
		return -1
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069: // direction overrides
		return -1
	case r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef: // not characters
		return -1
	}
	return r
}

// compose brings s to NFC, with at most maxMarks combining marks in a row.
func compose(s string) string {
	if norm.NFC.IsNormalString(s) && !hasManyMarks(s) {
		return s
	}
	marks := 0
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if !unicode.IsMark(r) {
			marks = 0
			return r
		}
		if marks++; marks > maxMarks {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// firstMark is the first byte of the first combining mark, U+0300, in UTF-8.
const firstMark = 0xcc

// isComposed reports whether compose would leave text as it is, for what most is written in: no
// character beyond U+02FF but dashes and quotation marks.
func isComposed(s []byte) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < firstMark {
			continue
		}
		if s[i] != 0xe2 || i+2 >= len(s) || s[i+1] != 0x80 || s[i+2] < 0x90 {
			return false
		}
		i += 2
	}
	return true
}

func hasManyMarks(s string) bool {
	marks := 0
	for _, r := range s {
		if r < 0x300 || !unicode.IsMark(r) {
			marks = 0
		} else if marks++; marks >= maxMarks { // one may hide in a composed letter
			return true
		}
	}
	return false
}

// clip shortens s to at most n characters, cut at a word and closed by an ellipsis.
func clip(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	end, space, count := len(s), 0, 0
	for i, r := range s {
		if count == n-1 {
			end = i
			if r == ' ' {
				space = i
			}
			break
		}
		if r == ' ' {
			space = i
		}
		count++
	}
	cut := s[:space]
	if space <= end/2 { // it is one endless word
		cut = withoutTornLetter(s, end)
	}
	return strings.TrimRightFunc(cut, isLoose) + "…"
}

// withoutTornLetter cuts s at end, or before the letter whose marks stand there.
func withoutTornLetter(s string, end int) string {
	for end > 0 {
		r, _ := utf8.DecodeRuneInString(s[end:])
		before, n := utf8.DecodeLastRuneInString(s[:end])
		if !unicode.IsMark(r) && r != 0x200d && before != 0x200d {
			break
		}
		end -= n
	}
	return s[:end]
}

// isLoose reports whether r should not stand before an ellipsis.
func isLoose(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(".,;:-–—(¿¡…", r)
}

// firstSentence is the first sentence of a text: up to a full stop, question or exclamation mark
// that a space and then no small letter follows. What is shorter than a few words (as after an
// abbreviation) is no sentence.
func firstSentence(s string) string {
	const few = 25 // bytes
	for i, r := range s {
		if i < few || r != '.' && r != '?' && r != '!' && r != '…' {
			continue
		}
		end := i + utf8.RuneLen(r)
		rest := strings.TrimLeft(s[end:], "”’»\"')")
		end = len(s) - len(rest)
		next, ok := strings.CutPrefix(rest, " ")
		if first, _ := utf8.DecodeRuneInString(next); ok && !unicode.IsLower(first) {
			return s[:end]
		}
	}
	return s
}
