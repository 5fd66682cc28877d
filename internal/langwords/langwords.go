// Package langwords has the function words that tell languages apart. What follows from how many
// of them a text has is up to who counts them.
//
//	for _, w := range langwords.Of("es").Sure { … }
package langwords

import (
	_ "embed"
	"strings"
)

// Words are function words of a language, in lower case.
type Words struct {
	Sure  []string // that are nothing else
	Loose []string // that are also something else: for whole texts
}

//go:embed words.txt
var file string

var words = read(file)

// Of returns the words of a language: "en" or "es", or "rest" for those of French, Italian,
// Portuguese, Catalan and German together.
func Of(language string) Words { return words[language] }

// read reads rows of a language and its words; those that begin with spaces go on with the row
// before.
func read(file string) map[string]Words {
	all := map[string]Words{}
	row := ""
	for line := range strings.Lines(file) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if !strings.HasPrefix(line, " ") {
			row, fields = fields[0], fields[1:]
		}
		language, loose := strings.CutSuffix(row, "?")
		w := all[language]
		if loose {
			w.Loose = append(w.Loose, fields...)
		} else {
			w.Sure = append(w.Sure, fields...)
		}
		all[language] = w
	}
	return all
}
