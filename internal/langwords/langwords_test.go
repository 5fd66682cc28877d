package langwords

import (
	"slices"
	"strings"
	"testing"
)

// Each word stands once in its language, in lower case; none is both English and Spanish.
func TestWords(t *testing.T) {
	languages := map[string]string{}
	for _, language := range []string{"en", "es", "rest"} {
		w := Of(language)
		seen := map[string]bool{}
		for _, word := range slices.Concat(w.Sure, w.Loose) {
			if seen[word] || word != strings.ToLower(word) {
				t.Errorf("%s: %q stands twice, or is not in lower case", language, word)
			}
			seen[word] = true
			if other := languages[word]; other != "" && language == "es" {
				t.Errorf("%q is %s and %s", word, other, language)
			}
			languages[word] = language
		}
	}
	if len(words) != 3 || !slices.Contains(Of("en").Sure, "the") ||
		!slices.Contains(Of("es").Loose, "son") || languages["una"] != "rest" {
		t.Errorf("languages %d: words are missing", len(words))
	}
}
