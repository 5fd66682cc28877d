package store

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// story is what an article says, without names, dates and markup.
type story struct {
	title, text string // hashes
	long        bool   // its text is hardly written twice by chance
}

const (
	longText  = 20 // words
	mostAlike = 0.5
	hashed    = 12 // characters of a hash; an index of one source has no two alike
)

// story is what an offer says.
func (o *offer) story() *story {
	if o.said == nil {
		said := toStory(o.Article.Title, o.Article.Summary, o.Article.Content)
		o.said = &said
	}
	return o.said
}

func toStory(title, summary, content string) story {
	content = limited(content)
	text, first := appendWords(make([]byte, 0, len(summary)+len(content)+2), summary)
	text, second := appendWords(text, content)
	return story{
		title: digest([]byte(titleOf(title))), text: digest(text), long: first+second >= longText,
	}
}

// appendWords appends the words of safe HTML in lower case, each with a space after it, and returns
// how many they are. It reads what words does, without a copy of each.
func appendWords(to []byte, content string) (text []byte, n int) {
	for content != "" {
		said, rest, _ := strings.Cut(content, "<")
		said, within := html.UnescapeString(said), false
		for at := 0; at < len(said); {
			c, size := rune(said[at]), 1
			if c < utf8.RuneSelf {
				c = rune(lowered[c])
			} else if c, size = utf8.DecodeRuneInString(said[at:]); isWord(c) {
				c = unicode.ToLower(c)
			} else {
				c = 0
			}
			if c != 0 {
				to, within = utf8.AppendRune(to, c), true
			} else if within {
				to, within, n = append(to, ' '), false, n+1
			}
			at += size
		}
		if within {
			to, n = append(to, ' '), n+1
		}
		_, content, _ = strings.Cut(rest, ">")
	}
	return to, n
}

// lowered has the letters and digits of ASCII in lower case, and 0 for everything else.
var lowered = func() (table [utf8.RuneSelf]byte) {
	for c := range table {
		if isWord(rune(c)) {
			table[c] = byte(unicode.ToLower(rune(c)))
		}
	}
	return table
}()

func isWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// name is what an article is known by for what it says: every article that says so has one.
func (s *story) name(id news.ID) string {
	return s.title + s.text + hex.EncodeToString(id[:4])
}

func digest(s []byte) string {
	sum := sha256.Sum256(s)
	return hex.EncodeToString(sum[:])[:hashed]
}

func limited(text string) string { return text[:min(len(text), mostText)] }

// titleOf is a title as titles are compared.
func titleOf(title string) string {
	if list := words(title); len(list) > 0 {
		return strings.Join(list, " ")
	}
	return title
}

// alike reports whether two texts in safe HTML are for the most part one, and say enough to tell.
func alike(a, b string) bool {
	part, of := share(triples(a), triples(b))
	return of >= fewTriples && part >= mostAlike
}

// sameDate reports whether two articles state one date.
func sameDate(a, b *news.Article) bool {
	return !a.Undated && !b.Undated && a.Published.Sub(b.Published).Abs() < time.Hour
}

// spot is what a link names: a page, and perhaps a part of it.
func spot(url, anchor string) string {
	page, in, found := strings.Cut(url, "#")
	if found {
		anchor = in
	}
	if page == "" {
		return ""
	}
	return news.LinkKey(page) + "#" + anchor
}

func withoutAnchor(url string) string {
	page, _, _ := strings.Cut(url, "#")
	return page
}
