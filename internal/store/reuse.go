package store

import (
	"html"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// A candidate that is known by its guid or link but says something wholly different is another
// article, under names that its publisher uses anew, if all of this holds:
//
//   - it is somebody else's: an article of the desk's own is what its name says, however it is
//     rewritten;
//   - it is dated at least a day after the known one;
//   - its title shares less than a quarter of its telling words with the known one's, and its text
//     less than one in twenty sequences of three words. A text of less than fewTriples sequences
//     says nothing: then the titles must not share a word.
//
// Anything less is an update. The new article takes over the names; its id is minted from its
// guid, or if that id is taken from the guid and the article's fingerprint, so that it stays unique
// and two ingesters still mint the same. Should the old text turn up again under the name, with
// its old date, it is the old article and changes nothing.
const (
	reuseAfter = 24 * time.Hour
	titleShare = 0.25
	textShare  = 0.05
	fewTriples = 8
	mostText   = 64 << 10 // bytes of a text that are compared
)

// reused decides about a candidate that differs from the article that its names lead to.
func (r reading) reused(known *record, a *news.Article) (verdict, error) {
	update := verdict{act: actUpdate, known: known}
	apart := a.Published.Sub(known.Published)
	if a.Own || apart.Abs() < reuseAfter {
		return update, nil
	}
	if unlike, err := r.unlike(known, a); err != nil || !unlike {
		return update, err
	}
	second := news.MintID(a.Source, a.GUID+"\x00"+a.Fingerprint)
	for _, id := range []news.ID{a.ID, second} {
		key := toNumber(r.Bucket(bucketAlias).Get(aliasID(id)))
		switch {
		case key == known.key:
		case key == 0:
			if apart > 0 {
				return verdict{act: actCreate, known: known, id: id}, nil
			}
		default:
			other, err := r.record(key)
			if err != nil {
				return verdict{}, err
			}
			if other.Source == a.Source && other.Fingerprint == a.Fingerprint {
				v := verdict{act: actNothing, result: unchanged(other, a)}
				v.result.Reason = "its guid or link has since passed to another article"
				return v, nil
			}
		}
	}
	return update, nil
}

// unlike reports whether a candidate has neither title nor text in common with a known article.
func (r reading) unlike(known *record, a *news.Article) (bool, error) {
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
		return titles == 0, nil
	}
	return texts < textShare, nil
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
	list := words(untagged(content[:min(len(content), mostText)]))
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
