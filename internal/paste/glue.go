package paste

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSeams is how many places of a text are looked at that may lack a space.
const maxSeams = 100

// unglue parts two names that lost the space between them when the text was copied, as in
// "The Daily ExampleMayor’s Plan". It does so only where the words before the seam, two or more,
// stand by themselves elsewhere in the text: then they are a name, and not half of a "McAllen".
// What parts them is what parts the names in the list's other items. The whole text is searched for
// each seam, so only so many are tried.
func (w *textWriter) unglue(item string, list []block) string {
	before := ' '
	for i, r := range item {
		if unicode.IsUpper(r) && unicode.IsLower(before) && strings.Contains(item[:i], " ") {
			if w.seams++; w.seams > maxSeams {
				break
			}
			if name := item[:i]; standsAlone(name, w.source) {
				return name + seam(list) + item[i:]
			}
		}
		before = r
	}
	return item
}

// standsAlone reports whether a name occurs in a text with no letter right after or before it.
func standsAlone(name, text string) bool {
	for {
		i := strings.Index(text, name)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(name):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return true
		}
		text = text[i+len(name):]
	}
}

// seam is what parts a name from what follows it in a list: the mark that most items have, or a
// space if none has.
func seam(list []block) string {
	best, most := " ", 0
	for _, mark := range []string{" – ", " — ", " - ", ": ", ", "} {
		n := 0
		for _, item := range list {
			if strings.Contains(item.text(), mark) {
				n++
			}
		}
		if n > most {
			best, most = mark, n
		}
	}
	return best
}
