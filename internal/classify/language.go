package classify

import (
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/langwords"
)

// lang numbers the languages that terms are bound to.
type lang uint8

const (
	anyLang  lang = iota // of a term: for texts of any language; of a text: unknown
	noLang               // of a text: one that no term is bound to
	firstOwn             // the first of those that terms name
)

// lang numbers the language of a term.
func (b *builder) lang(name string) lang {
	if name == "" {
		return anyLang
	}
	name = primary(name)
	l, known := b.c.langs[name]
	if !known {
		l = firstOwn + lang(min(len(b.c.langs), maxLangs))
		b.c.langs[name] = l
	}
	return l
}

// langOf numbers the language of a text.
func (c *Classifier) langOf(name string) lang {
	if name == "" || name == "und" {
		return anyLang
	}
	if l, known := c.langs[primary(name)]; known {
		return l
	}
	return noLang
}

// primary cuts a language tag to the language itself: "es" for "es-MX".
func primary(tag string) string {
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	return strings.ToLower(tag)
}

// maxLangs is how many languages terms may be bound to.
const maxLangs = 200

// speaking are the languages that passages are told by, by their function words.
var speaking = []string{"en", "es"}

// A passage is read in another language than its article's when so many of its function words
// are of that one, and so many times as many as of the article's: an English report may carry a
// statement in Spanish, and the rules for Spanish are those for that.
const (
	foreignWords = 4
	foreignTimes = 3
)

// addFunctionWords makes words tell languages, of those that terms are bound to.
func (b *builder) addFunctionWords() {
	for _, name := range speaking {
		l, known := b.c.langs[name]
		if !known {
			continue
		}
		b.c.speaking = append(b.c.speaking, l)
		b.scan.reset(strings.Join(langwords.Of(name).Sure, " "))
		for w, _, ok := b.scan.next(); ok; w, _, ok = b.scan.next() {
			ids := b.words[string(w.text)]
			ids.speaks = l
			b.words[string(w.text)] = ids
		}
	}
}

// passageLang is the language of the passage in r.ids: the article's, unless the passage's words
// speak for another one.
func (r *matcher) passageLang() lang {
	if !slices.Contains(r.c.speaking, r.lang) {
		return r.lang
	}
	best := r.lang
	for _, l := range r.c.speaking {
		if n := r.spoken[l]; n >= foreignWords && n > r.spoken[best] &&
			n >= foreignTimes*r.spoken[r.lang] {
			best = l
		}
	}
	return best
}
