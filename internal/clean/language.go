package clean

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/teletipo/teletipo/internal/langwords"
	"github.com/teletipo/teletipo/internal/news"
)

// Evidence that a text's stated language is wrong: so many words that only the other language
// has, and so many times as many as words of the stated one. Two sentences are enough, since a
// feed in English may carry posts in Spanish, as an embassy's does; a page in Spanish that quotes
// English stays far below.
const (
	contraryWords = 11
	contraryTimes = 5
)

// tally counts what in a text speaks for a language.
type tally struct{ en, es, other int }

// languageOf returns an article's language as a BCP 47 primary subtag: the stated one ("es-MX" is
// "es"), else English or Spanish where the text's function words say so, else nothing. A stated
// English or Spanish is overruled only by overwhelming evidence of the other, as when a site puts
// one tag on all of its pages.
func languageOf(stated string, texts ...string) string {
	lang := primary(stated)
	if lang != "" && lang != "en" && lang != "es" {
		return lang
	}
	var t tally
	rest := 0 // bytes
	for _, text := range texts {
		rest += len(text)
	}
	for _, text := range texts {
		if t.stands(lang, rest) {
			return lang
		}
		t.count(text)
		rest -= len(text)
	}
	switch {
	case lang == "en" && t.es >= contraryWords && t.es >= contraryTimes*t.en:
		return "es"
	case lang == "es" && t.en >= contraryWords && t.en >= contraryTimes*t.es:
		return "en"
	case lang != "":
		return lang
	case t.en > t.es && t.en > t.other:
		return "en"
	case t.es > t.en && t.es > t.other:
		return "es"
	}
	return ""
}

// stands reports whether so many more bytes of text can't overrule a stated English or Spanish: at
// most every byte speaks for the other once, since a word takes two and a mark, which counts
// twice, as many.
func (t *tally) stands(lang string, rest int) bool {
	switch lang {
	case "en":
		return t.es+rest < contraryTimes*t.en
	case "es":
		return t.en+rest < contraryTimes*t.es
	}
	return false
}

// primary is the primary subtag of a language tag, empty if it is no tag or says "undetermined".
func primary(tag string) string {
	tag = strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")
	if tag == "" || len(tag) > 35 {
		return ""
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, _, _ := parsed.Raw()
	if base.String() == "und" {
		return ""
	}
	return base.String()
}

// sample is the texts that an article's language is told by.
func sample(a news.Article, text []news.Passage) []string {
	list := make([]string, 0, 2+len(text))
	list = append(list, a.Title, a.Summary)
	size := len(a.Title) + len(a.Summary) + len("\n\n")
	for _, p := range text {
		list = append(list, p.Text)
		if size += len(p.Text) + len("\n"); size > languageSample {
			break
		}
	}
	return list
}

// count counts what speaks for each language in a text.
func (t *tally) count(text string) {
	var lower [32]byte
	for text != "" {
		start := wordStart(text)
		if start > 1 && hasSpanishMark(text[:start]) {
			t.es += 2
		}
		text = text[start:]
		end, isASCII := wordEnd(text)
		if isASCII && end <= len(lower) {
			for i := range end {
				lower[i] = text[i]
				if c := text[i]; c >= 'A' && c <= 'Z' {
					lower[i] = c | 0x20
				}
			}
			t.addASCII(lower[:end])
		} else {
			t.add(strings.ToLower(text[:end]))
		}
		text = text[end:]
	}
}

// hasSpanishMark reports whether a question or an exclamation begins in s.
func hasSpanishMark(s string) bool {
	return strings.Contains(s, "¿") || strings.Contains(s, "¡")
}

// wordStart is where the first word of a text begins, its length if it has none.
func wordStart(text string) int {
	for i := range len(text) {
		if c := text[i]; c >= 0x80 {
			if n := strings.IndexFunc(text[i:], isWordRune); n >= 0 {
				return i + n
			}
			return len(text)
		} else if isWordByte[c] {
			return i
		}
	}
	return len(text)
}

// wordEnd is where the word that a text begins with ends, and whether it is ASCII.
func wordEnd(text string) (end int, isASCII bool) {
	for i := range len(text) {
		if c := text[i]; c >= 0x80 {
			n := strings.IndexFunc(text[i:], func(r rune) bool { return !isWordRune(r) })
			if n < 0 {
				return len(text), false
			}
			return i + n, n == 0
		} else if !isWordByte[c] {
			return i, true
		}
	}
	return len(text), true
}

// addASCII is add for a word of ASCII letters and apostrophes, most of which end in nothing that
// speaks for a language.
func (t *tally) addASCII(word []byte) {
	for len(word) > 0 && word[0] == '\'' {
		word = word[1:]
	}
	for len(word) > 0 && word[len(word)-1] == '\'' {
		word = word[:len(word)-1]
	}
	if len(word) < 2 {
		if len(word) == 1 && functionWords[string(word)] != 0 {
			t.add(string(word))
		}
		return
	}
	last := len(word) - 1
	if word[last-1] != '\'' && (len(word) < 6 || endingsBy[word[last]] == nil) &&
		(len(word) > longestWord || !mayBeFunctionWord[spellingHash(word)]) {
		return
	}
	t.add(string(word))
}

// mayBeFunctionWord has the spellingHash of each function word: a word without is none.
var mayBeFunctionWord, longestWord = func() (is [1 << 14]bool, longest int) {
	for word := range functionWords {
		if len(word) > 1 {
			is[spellingHash([]byte(word))] = true
		}
		longest = max(longest, len(word))
	}
	return is, longest
}()

// spellingHash is a number below 1<<14 for a word's first two letters, its last, and its length.
func spellingHash(word []byte) int {
	n := uint32(word[0])<<24 | uint32(word[1])<<16
	n |= uint32(word[len(word)-1])<<8 | uint32(len(word))
	return int(n * 2654435769 >> 18)
}

// endingsBy has the endings by the byte that they end in.
var endingsBy = func() (by [256][]ending) {
	for _, e := range endings {
		last := e.text[len(e.text)-1]
		by[last] = append(by[last], e)
	}
	return by
}()

// isWordByte is isWordRune for ASCII.
var isWordByte = func() (is [utf8.RuneSelf]bool) {
	for r := range is {
		is[r] = isWordRune(rune(r))
	}
	return is
}()

func isWordRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 && unicode.IsLetter(r) ||
		r == '\'' || r == '’'
}

// add counts a word in lower case: a function word, else its ending or its letters.
func (t *tally) add(word string) {
	word = strings.Trim(word, "'’")
	switch functionWords[word] {
	case english:
		t.en++
		return
	case spanish:
		t.es++
		return
	case others:
		t.other++
		return
	}
	if strings.HasSuffix(word, "'s") || strings.HasSuffix(word, "’s") {
		t.en++
		return
	}
	if utf8.RuneCountInString(word) < 6 {
		return
	}
	for _, e := range endingsBy[word[len(word)-1]] {
		if strings.HasSuffix(word, e.text) {
			switch e.language {
			case english:
				t.en++
			case spanish:
				t.es++
			default:
				t.other++
			}
			return
		}
	}
}

type speech int

const (
	english speech = iota + 1
	spanish
	others // French, Italian, Portuguese and German: what is theirs is not Spanish or English
)

// ending is how words of a language end.
type ending struct {
	text     string
	language speech
}

var endings = []ending{
	{"ción", spanish},
	{"ciones", spanish},
	{"sión", spanish},
	{"mente", spanish},
	{"idad", spanish},
	{"idades", spanish},
	{"aron", spanish},
	{"ieron", spanish},
	{"ando", spanish},
	{"iendo", spanish},
	{"encia", spanish},
	{"ía", spanish},
	{"ó", spanish},
	{"ções", others},
	{"ção", others},
	{"zione", others},
	{"zioni", others},
	{"ität", others},
	{"ungen", others},
	{"ement", others},
	{"eaux", others},
	{"ing", english},
	{"tion", english},
	{"tions", english},
	{"ness", english},
	{"ship", english},
	{"ould", english},
	{"ists", english},
	{"ted", english},
	{"ced", english},
	{"ned", english},
}

// functionWords has the function words that speak for one language.
var functionWords = func() map[string]speech {
	m := make(map[string]speech)
	for l, name := range map[speech]string{english: "en", spanish: "es", others: "rest"} {
		w := langwords.Of(name)
		for _, word := range slices.Concat(w.Sure, w.Loose) {
			if other, known := m[word]; known && other != l {
				m[word] = 0 // of two languages
			} else {
				m[word] = l
			}
		}
	}
	maps.DeleteFunc(m, func(_ string, l speech) bool { return l == 0 })
	return m
}()
