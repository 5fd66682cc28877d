package yamldepth

import (
	"strings"
	"testing"
)

func TestExceeds(t *testing.T) {
	for text, want := range map[string]int{ // the line, or -1
		"": -1, "a: 1\nb: [1, [2, {c: 3}]]\n": -1,
		"a:\n  b:\n    - d\n":                      -1,
		"a: \"[[[[[[[[[\"\nb: '{{{{{{{{{'\n":       -1,
		"a: it's [\nb: it's [\nc: [\nd: [\ne: [\n": -1, // each field by itself
		"a: 1\nb: " + strings.Repeat("[", 9):       1,
		strings.Repeat("{a: ", 9):                  0,
		strings.Repeat("- ", 9) + "a":              0,
		"a:\n b:\n  c:\n   d:\n    e:\n":           4,
		"a: [\n[\n[\n[\n[":                         3,
	} {
		line, deep := Exceeds(text, 4)
		if deep != (want >= 0) || deep && line != want {
			t.Errorf("%q: line %d, %v; want %d", text, line, deep, want)
		}
	}
}
