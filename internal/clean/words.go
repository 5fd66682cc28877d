package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// text writes words. Runs of white space become one space, non-breaking if one of them is.
func (w *writer) text(s string) {
	s = strip(s)
	if w.top().name == "pre" {
		w.verbatim(s)
		return
	}
	for s != "" {
		n := wordLen(s)
		if n > 0 {
			w.word(s[:n])
			s = s[n:]
			if w.isReady(0) {
				n = w.wordsThatFit(s)
				w.buf = append(w.buf, s[:n]...)
				s = s[n:]
			}
			continue
		}
		r, size := rune(s[0]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s)
		}
		if r == '\u00a0' || r == '\u202f' {
			w.space = nbsp
		} else if w.space == "" {
			w.space = " "
		}
		s = s[size:]
	}
}

// wordLen is how many bytes of s are before its first white space.
func wordLen(s string) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' || c == '\n' || c == '\t':
			return i
		case c < 0xc2 || c > 0xc2 && c < 0xe1 || c > 0xe3: // no space begins with such a byte
		default:
			if r, _ := utf8.DecodeRuneInString(s[i:]); isSpace(r) {
				return i
			}
		}
	}
	return len(s)
}

// isReady reports whether a word has just been written that n more bytes may follow as they are.
func (w *writer) isReady(n int) bool {
	return w.inLine && len(w.buf) > 0 && w.space == "" && w.breaks == 0 && !w.full &&
		w.opened == len(w.spans) &&
		len(w.out)+len(w.buf)+n <= textEnd
}

// wordsThatFit is how many bytes of s, which follows a word, are words that may follow as they are
// and fit. It looks no further than that: a long text has a rest that never fits.
func (w *writer) wordsThatFit(s string) int {
	room := min(len(s), max(0, textEnd-len(w.out)-len(w.buf)))
	n := foldedLen(s[:room])
	if n == room && room < len(s) { // perhaps within a word
		n = max(0, strings.LastIndexByte(s[:n], ' '))
	}
	return n
}

// foldedLen is how many bytes of s, which follows a word, are words with one plain space before
// each.
func foldedLen[S string | []byte](s S) int {
	end := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c > ' ' && c < 0xc2 || c > 0xc2 && c < 0xe1 || c > 0xe3:
			end = i + 1
		case c != ' ' || end != i:
			return end
		}
	}
	return end
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
		if s[0] >= firstMark {
			if s = strings.TrimLeftFunc(s, unicode.IsMark); s == "" {
				return
			}
		}
	}
	if w.begin() {
		w.buf = append(w.buf, s...)
	}
}
