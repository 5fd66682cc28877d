package boilerplate

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestRead(t *testing.T) {
	dir := fstest.MapFS{
		"en.txt": {Data: []byte("# Words\n\n[leads on to the whole article]\nOn we go\n" +
			"[begins a sentence on where it appeared first]\nthe dispatch\n" +
			"[goes on in that sentence]\nwas first seen at\n" +
			"[below an article, as regular expressions]\n[0-9]+ stars\n")},
		"README.md": {Data: []byte("not read")},
	}
	words, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"It rained. <a href='/1'>On we go →</a>":                      "It rained.",
		"<p>It rained.</p><p>The dispatch T was first seen at D.</p>": "<p>It rained.</p>",
		"It rained. <a href='/1'>Read more</a>":                       "It rained. <a href='/1'>Read more</a>",
	} {
		if got := words.Strip(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := words.CutTail([]string{"T", "It rained.", "12 stars"}); !slices.Equal(got, []string{"T", "It rained."}) {
		t.Errorf("%q", got)
	}
	for text, want := range map[string]string{
		"more\n":               "x.txt:1: words without a heading",
		"# a\n[nothing]\nmore": "x.txt:2: [nothing] is none of [below an article], [",
		"[below an article, as regular expressions]\n(a": "x.txt:2: error parsing regexp",
	} {
		_, err := read(fstest.MapFS{"x.txt": {Data: []byte(text)}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// Every word of the built-in lists is written as it is looked up: else it would never be found.
func TestBuiltInWordsAreFound(t *testing.T) {
	words := BuiltIn()
	for _, section := range []string{belowArticle, buttons, otherArticles, ofSources} {
		for line := range words.lines[section] {
			if plainLine(line) != line {
				t.Errorf("[%s] %q is looked up as %q", section, line, plainLine(line))
			}
		}
	}
	for line := range words.lines[leadingOn] {
		if !words.LeadsOn("<a href='/1'>" + strings.ToUpper(line) + " »</a>") {
			t.Errorf("[%s] %q is not found", leadingOn, line)
		}
	}
	names, err := fs.Glob(files, "words/*.txt")
	if err != nil || len(names) < 2 {
		t.Errorf("%q, %v", names, err)
	}
}
