package rawdoc

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// guesses are the charsets that a text of Western languages may be in if nobody says: that of
// Windows and the web, and those of old Macs and of DOS. The first wins if several fit as well.
var guesses = []encoding.Encoding{charmap.Windows1252, charmap.Macintosh, charmap.CodePage850}

// guessWithin is how many bytes of a text are looked at.
const guessWithin = 64 << 10

// guess tells what a text that is no UTF-8 is encoded in, by the reading that has fewest characters
// in places where nobody writes them, such as a currency sign within a word. In place of the first
// of guesses another must be far better: half of what is odd in the one must be right in it.
func guess(body []byte) encoding.Encoding {
	body = body[:min(len(body), guessWithin)]
	best, least := guesses[0], oddities(body, guesses[0])
	for _, enc := range guesses[1:] {
		if n := oddities(body, enc); 2*n < least {
			best, least = enc, n
		}
	}
	return best
}

// oddities counts the characters beyond ASCII that stand where nobody writes them.
func oddities(body []byte, enc encoding.Encoding) int {
	text := bytes.Runes(convert(body, enc))
	n := 0
	for i, r := range text {
		if r < utf8.RuneSelf {
			continue
		}
		before, after := ' ', ' '
		if i > 0 {
			before = text[i-1]
		}
		if i+1 < len(text) {
			after = text[i+1]
		}
		if isOdd(before, r, after) {
			n++
		}
	}
	return n
}

// Marks by where they stand: before a word, after one, or anywhere. Some quotation marks open in
// one language and close in another.
var (
	opening  = []rune("¿¡«‹")
	closing  = []rune("»”›™®©ºª€")
	anywhere = []rune("’‘“„‚…–—°\u00a0·•")
)

// isOdd reports whether a character is none of a text in a Western language between its neighbours.
func isOdd(before, r, after rune) bool {
	inWord := unicode.IsLetter(before) && unicode.IsLetter(after)
	switch {
	case unicode.IsUpper(r):
		return unicode.IsLower(before) || !unicode.In(r, unicode.Latin) || r >= 0x100 && inWord
	case unicode.IsLower(r):
		return !unicode.In(r, unicode.Latin) || !unicode.IsLetter(before) && !unicode.IsLetter(after) &&
			!slices.Contains([]rune("áàéèêíóòôúùýæøåäö"), r)
	case slices.Contains(anywhere, r):
		return false
	case slices.Contains(opening, r):
		return unicode.IsLetter(before)
	case slices.Contains(closing, r):
		return unicode.IsLetter(after)
	}
	return inWord || !unicode.IsPrint(r) || r == utf8.RuneError
}
