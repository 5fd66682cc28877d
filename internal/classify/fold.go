package classify

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class says what a byte below utf8.RuneSelf or a rune is to the folding.
type class uint8

const (
	other  class = iota // parts words
	letter              // a letter or digit
	upper               // a capital letter
	mark                // a combining mark or soft hyphen: as if it were not there
	quote               // an apostrophe, straight or typographic
	stop                // ends a sentence when a space follows
	line                // ends a sentence by itself
	pause               // parts words, and terms too: a comma, a bracket, a long dash
	dash                // a hyphen or dash: a pause when it has space around it
)

// folded is what becomes of a rune: its class, and for letters the one or two bytes, or the rune,
// that stand for it.
type folded struct {
	class class
	size  uint8
	ascii [2]byte
}

// common holds the folding of every rune up to U+20FF: Latin letters with their accents,
// typographic punctuation, and the other alphabets of Europe and the Near East.
var common = makeCommon()

// makeCommon classes the runes, and folds Latin letters to the ASCII letters they stand for.
func makeCommon() *[0x2100]folded {
	var table [0x2100]folded
	for r := rune(0); r < rune(len(table)); r++ {
		table[r] = foldRune(r)
	}
	for r, ascii := range map[rune]string{
		'ß': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ø': "o", 'Ø': "o",
		'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ð': "d", 'þ': "th", 'ı': "i",
	} {
		table[r].size = uint8(copy(table[r].ascii[:], ascii))
	}
	return &table
}

// foldRune classes a rune and finds the ASCII letter or digit at its base, if it has one.
func foldRune(r rune) folded {
	f := folded{class: classOf(r)}
	if f.class != letter && f.class != upper || r >= 0x250 && (r < 0x1e00 || r >= 0x1f00) {
		return f
	}
	if base := rune(norm.NFKD.String(string(r))[0]); base < utf8.RuneSelf {
		f.ascii[0], f.size = byte(unicode.ToLower(base)), 1
	}
	return f
}

// classOf classes a rune by what it does to words and sentences.
func classOf(r rune) class {
	switch {
	case r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '′' || r == '＇':
		return quote
	case r == '.' || r == '!' || r == '?' || r == ';' || r == ':' || r == '…':
		return stop
	case r == '\n' || r == '\r' || r == '|' || r == '¿' || r == '¡' || r == '•':
		return line
	case r == ',' || r == '(' || r == ')' || r == '—':
		return pause
	case r == '-' || r == '–':
		return dash
	case unicode.IsUpper(r):
		return upper
	case r == 'º' || r == 'ª' || r == '\u00ad' || unicode.Is(unicode.Mn, r):
		return mark
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return letter
	default:
		return other
	}
}

// word is a run of letters and digits in a text, folded.
type word struct {
	text []byte // valid until the next call of next
	caps bool   // two letters or more, all of them capitals
	name bool   // begins with a capital
}

// gap is what stands before a word.
type gap uint8

const (
	space  gap = iota // or a hyphen, an apostrophe, a quotation mark
	paused            // a comma, bracket or dash
	ended             // the end of a sentence
)

// scanner reads a text word by word. It allocates only while its buffer grows.
type scanner struct {
	text string
	at   int
	from int // where the last word began
	buf  []byte
}

// reset makes the scanner read another text.
func (s *scanner) reset(text string) { s.text, s.at, s.buf = text, 0, s.buf[:0] }

// rune reads one rune, how it folds and where it ends; at the end of the text, size is 0.
func (s *scanner) rune(at int) (f folded, r rune, size int) {
	if at >= len(s.text) {
		return folded{}, 0, 0
	}
	if b := s.text[at]; b < utf8.RuneSelf {
		return common[b], rune(b), 1
	}
	r, size = utf8.DecodeRuneInString(s.text[at:])
	if int(r) < len(common) {
		return common[r], r, size
	}
	return folded{class: classOf(r)}, r, size
}

// next reads the next word. It returns ok only for a word, and what there was before it, or before
// the end of the text.
func (s *scanner) next() (w word, before gap, ok bool) {
	for {
		f, _, size := s.rune(s.at)
		switch f.class {
		case letter, upper:
			s.from = s.at
			return s.word(), before, true
		case line:
			before = ended
		case stop:
			if s.stops() {
				before = ended
			}
		case pause, dash:
			if before == space && s.pauses(f.class) {
				before = paused
			}
		}
		if size == 0 {
			return word{}, before, false
		}
		s.at += size
	}
}

// pauses reports whether the mark at s.at parts what is said: not a comma in a number, nor a
// hyphen in a word.
func (s *scanner) pauses(c class) bool {
	if s.at == 0 {
		return false
	}
	prior := s.text[s.at-1]
	if c == dash {
		return prior == ' '
	}
	next, _, size := s.rune(s.at + 1)
	return s.text[s.at] != ',' || size == 0 || next.class != letter || prior < '0' || prior > '9'
}

// stops reports whether the mark at s.at ends a sentence: a space or quotation mark follows, and
// it is no full stop after three letters or fewer, as in "Gov." or "EE. UU.".
func (s *scanner) stops() bool {
	if next, r, size := s.rune(s.at + 1); size > 0 && next.class != line && next.class != quote &&
		r != ' ' && r != '\t' && r != '\u00a0' && r != '"' && r != '”' && r != '»' && r != ')' {
		return false
	}
	return s.text[s.at] != '.' || len(s.buf) > 3
}

// word reads the word that begins at s.at.
func (s *scanner) word() word {
	s.buf = s.buf[:0]
	letters, capitals := 0, 0
	name := false
	for {
		f, r, size := s.rune(s.at)
		switch f.class {
		case letter, upper:
			letters++
			if f.class == upper {
				capitals++
				name = name || letters == 1
			}
			s.put(f, r)
		case mark:
		default:
			if !s.initial(letters) {
				s.possessive(f.class, size)
				return word{text: s.buf, caps: letters > 1 && letters == capitals, name: name}
			}
		}
		s.at += size
	}
}

// put appends a folded letter to the word.
func (s *scanner) put(f folded, r rune) {
	switch f.size {
	case 0:
		s.buf = utf8.AppendRune(s.buf, unicode.ToLower(r))
	case 1:
		s.buf = append(s.buf, f.ascii[0])
	default:
		s.buf = append(s.buf, f.ascii[:]...)
	}
}

// initial reports whether s.at is a dot between initials, as in "U.S.", letters being those read.
func (s *scanner) initial(letters int) bool {
	if s.at+1 >= len(s.text) || s.text[s.at] != '.' || s.at < 1 {
		return false
	}
	if letters > 1 && (s.at < 2 || s.text[s.at-2] != '.') {
		return false
	}
	after, _, size := s.rune(s.at + 1)
	if after.class != upper && after.class != letter {
		return false
	}
	beyond, _, _ := s.rune(s.at + 1 + size)
	return beyond.class != upper && beyond.class != letter
}

// possessive skips an apostrophe-s.
func (s *scanner) possessive(c class, size int) {
	if c != quote {
		return
	}
	if next := s.at + size; next < len(s.text) && s.text[next]|0x20 == 's' {
		if f, _, _ := s.rune(next + 1); f.class != letter && f.class != upper && f.class != mark {
			s.at = next + 1
		}
	}
}
