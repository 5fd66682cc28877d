package clean

import (
	"unicode"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// spoken is what an article says in plain text, passage by passage: what Passages reads from
// what the writer writes.
type spoken struct {
	text   []byte // the passages, one after the other, their words parted by single spaces
	ends   []passageEnd
	spaced bool // white space stands before the next word
}

type passageEnd struct {
	at        int32 // in the text
	isHeading bool
}

func (s *spoken) start() int {
	if len(s.ends) == 0 {
		return 0
	}
	return int(s.ends[len(s.ends)-1].at)
}

func (s *spoken) space() { s.spaced = true }

// add adds text to the passage.
func (s *spoken) add(text []byte) {
	start := s.start()
	i := 0
	if len(text) > 0 && text[0] > ' ' && !s.spaced || len(s.text) > start && !s.spaced {
		i = foldedLen(text)
		s.text = append(s.text, text[:i]...)
	}
	for i < len(text) {
		n := i
		size := 0
		for ; n < len(text); n += size {
			if c := text[n]; c <= ' ' {
				break
			} else if c < 0xc2 || c > 0xc2 && c < 0xe1 || c > 0xe3 {
				size = 1
				continue
			}
			r, length := utf8.DecodeRune(text[n:])
			if size = length; unicode.IsSpace(r) {
				break
			}
		}
		if n > i {
			if s.spaced && len(s.text) > start {
				s.text = append(s.text, ' ')
			}
			s.text, s.spaced = append(s.text, text[i:n]...), false
		}
		if n == len(text) {
			return
		}
		_, size = utf8.DecodeRune(text[n:])
		s.spaced = true
		i = n + size
	}
}

// end ends the passage, which is none if nothing was said in it.
func (s *spoken) end(isHeading bool) {
	s.spaced = false
	if len(s.text) > s.start() {
		s.ends = append(doubled(s.ends, 1), passageEnd{int32(len(s.text)), isHeading})
	}
}

// cut takes passages back until there are n.
func (s *spoken) cut(n int) {
	s.ends = s.ends[:n]
	s.text = s.text[:s.start()]
}

// last is the text of passage n.
func (s *spoken) passage(n int) []byte {
	start := int32(0)
	if n > 0 {
		start = s.ends[n-1].at
	}
	return s.text[start:s.ends[n].at]
}

// passages returns all of them. They share their memory.
func (s *spoken) passages() []news.Passage {
	if len(s.ends) == 0 {
		return nil
	}
	list := make([]news.Passage, len(s.ends))
	text, start := string(s.text), int32(0)
	for i, e := range s.ends {
		list[i] = news.Passage{Heading: e.isHeading, Text: text[start:e.at]}
		start = e.at
	}
	return list
}
