package store

import (
	"html"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// An item under the guid or link of a known article that says something wholly different is another
// article, under names that its publisher uses anew, if all of this holds:
//
//   - it is somebody else's: an article of the desk's own is what its name says, however it is
//     rewritten;
//   - of guid and link it has but one in common with the known article, or another date, or none;
//   - its title shares less than a quarter of its telling words with the known one's, and its text
//     less than one in twenty sequences of three words. A text of less than fewTriples sequences
//     says nothing: then the titles must not share a word, and the dates must differ, by a day if
//     guid and link are the same.
//
// Anything less is an update. The new article takes over the names.
const (
	reuseAfter = 24 * time.Hour
	titleShare = 0.25
	textShare  = 0.05
	fewTriples = 8
	mostText   = 64 << 10 // bytes of a text that are compared
)

// reused reports whether a candidate that a name leads to a known article is another.
func (r reading) reused(known *record, a *news.Article, sure sureness) (bool, error) {
	same := sameDate(&known.Article, a)
	if a.Own || known.Status == news.Withdrawn || sure == sameTitle || sure == paired && same {
		return false, nil
	}
	titles, _ := share(telling(known.Title), telling(a.Title))
	if titles >= titleShare {
		return false, nil
	}
	body, ok, err := r.readable(known.key)
	if err != nil || !ok {
		return false, err
	}
	texts, of := share(triples(known.Summary+" "+body), triples(a.Summary+" "+a.Content))
	if of < fewTriples {
		same = same || sure == paired && a.Published.Sub(known.Published).Abs() < reuseAfter
		return titles == 0 && !same, nil
	}
	return texts < textShare, nil
}

// alike reports whether a candidate says for the most part what a known article says.
func (r reading) alike(known *record, a *news.Article) (bool, error) {
	body, ok, err := r.readable(known.key)
	return ok && alike(known.Summary+" "+body, a.Summary+" "+a.Content), err
}

// share is what part of the smaller set is in the other, and the size of the smaller.
func share(a, b map[string]bool) (part float64, of int) {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return 0, 0
	}
	both := 0
	for s := range a {
		if b[s] {
			both++
		}
	}
	return float64(both) / float64(len(a)), len(a)
}

// telling are the words of a title without the short ones, which every title has; all of them if
// there is no other.
func telling(title string) map[string]bool {
	set, all := map[string]bool{}, map[string]bool{}
	for _, word := range words(title) {
		all[word] = true
		if utf8.RuneCountInString(word) >= 4 {
			set[word] = true
		}
	}
	if len(set) == 0 {
		return all
	}
	return set
}

// triples are the sequences of three words in safe HTML.
func triples(content string) map[string]bool {
	list := words(untagged(limited(content)))
	set := make(map[string]bool, len(list))
	for i := 0; i+3 <= len(list); i++ {
		set[strings.Join(list[i:i+3], " ")] = true
	}
	return set
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
}

// untagged is the text of safe HTML, in which every < begins a tag.
func untagged(content string) string {
	var b strings.Builder
	for content != "" {
		text, rest, _ := strings.Cut(content, "<")
		b.WriteString(text)
		b.WriteByte(' ')
		_, content, _ = strings.Cut(rest, ">")
	}
	return html.UnescapeString(b.String())
}
