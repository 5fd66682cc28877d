// Package boilerplate knows what programs that make pages and feeds put around articles: "Read
// more", "Leave a reply", "The post … appeared first on …". Its words are in files, one a language;
// words/en.txt says how they are written.
//
//	words := boilerplate.BuiltIn()
//	words.CutTail([]string{"The river rises", "It rained.", "Leave a Reply"}) // the first two
//	words.Strip("<p>It rained.</p><p><a href=/1>Read more</a></p>")           // the first paragraph
package boilerplate

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed words/*.txt
var files embed.FS

// The headings that stand in brackets over the words of a file.
const (
	belowArticle  = "below an article"
	belowForms    = "below an article, as regular expressions"
	buttons       = "buttons and fields"
	otherArticles = "headings of links to other articles"
	ofSources     = "headings of sources, which stay"
	leadingOn     = "leads on to the whole article"
	leadingOnTo   = "leads on, with a title or a place after it"
	appearedStart = "begins a sentence on where it appeared first"
	appearedVerbs = "goes on in that sentence"
	toAnother     = "leads to another article"
	labels        = "begins a line of names or dates"
	toFollow      = "calls to follow"
	instead       = "instead of an article: " // and of what
)

var sections = []string{
	belowArticle, belowForms, buttons, otherArticles, ofSources, leadingOn, leadingOnTo,
	appearedStart, appearedVerbs, toAnother, labels, toFollow,
	instead + Test, instead + Failure, instead + Missing, instead + NoResults, instead + Consent,
	instead + Subscription,
}

// Kinds of page that stand in the place of an article, as they are put to people.
const (
	Test         = "a test for people"
	Failure      = "an error"
	Missing      = "nothing at the address"
	NoResults    = "nothing found"
	Consent      = "consent to cookies"
	Subscription = "a subscription"
)

// excuse is what a page says that has no article.
type excuse struct{ kind, words string }

// Words are those of all languages together. They are safe for concurrent use.
type Words struct {
	lines    map[string]map[string]bool // by section
	forms    *regexp.Regexp             // of lines that no article ends with, but that vary
	appeared *regexp.Regexp             // a sentence at the end on where an article appeared first
	verbs    []string                   // two words of each verb of such a sentence
	excuses  []excuse
}

// BuiltIn returns the words that are part of the program.
var BuiltIn = sync.OnceValue(func() *Words {
	words, err := Load()
	if err != nil {
		panic(err) // which every test sees first
	}
	return words
})

// Load returns the built-in words with those of directories' files that end in .txt. An error is a
// *FileError where it is about a line.
func Load(dirs ...fs.FS) (*Words, error) {
	builtIn, err := fs.Sub(files, "words")
	if err != nil {
		return nil, err
	}
	return read(append([]fs.FS{builtIn}, dirs...)...)
}

// FileError says what is wrong with a line of a file.
type FileError struct {
	Name    string // of the file in its directory
	Line    int    // counted from 1
	Message string
}

func (e *FileError) Error() string { return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Message) }

func read(dirs ...fs.FS) (*Words, error) {
	all := make(map[string][]string)
	for _, dir := range dirs {
		names, err := fs.Glob(dir, "*.txt")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(dir, name)
			if err != nil {
				return nil, err
			}
			if err := readFile(all, name, string(text)); err != nil {
				return nil, err
			}
		}
	}
	return compile(all), nil
}

// compile makes words of the lines of each section.
func compile(all map[string][]string) *Words {
	w := &Words{lines: make(map[string]map[string]bool)}
	for _, section := range sections {
		w.lines[section] = make(map[string]bool)
		for _, line := range all[section] {
			w.lines[section][line] = true
		}
	}
	w.forms = regexp.MustCompile(`^(?:` + strings.Join(all[belowForms], "|") + `)$`)
	w.appeared = regexp.MustCompile(`(?is)(?:<p\b[^<>]*>)?\s*(?:` + anyOf(all[appearedStart]) + `)\s` +
		marked + `*?\s(?:` + anyOf(all[appearedVerbs]) + `)\s` + marked + `*(?:</p>)?\s*$`)
	for _, verb := range all[appearedVerbs] {
		verb := strings.Fields(verb)
		w.verbs = append(w.verbs, strings.Join(verb[max(0, len(verb)-2):], " "))
	}
	slices.Sort(w.verbs)
	w.verbs = slices.Compact(w.verbs)
	for _, section := range sections {
		if kind, ok := strings.CutPrefix(section, instead); ok {
			for _, line := range all[section] {
				w.excuses = append(w.excuses, excuse{kind, line})
			}
		}
	}
	return w
}

// readFile adds the words of a file to those of its sections.
func readFile(all map[string][]string, name, text string) error {
	section, number := "", 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		heading, isHeading := strings.CutPrefix(line, "[")
		switch {
		case line == "" || line[0] == '#':
		case isHeading && section != belowForms || slices.Contains(sections, strings.Trim(line, "[]")):
			if section = strings.TrimSuffix(heading, "]"); !slices.Contains(sections, section) {
				return &FileError{name, number, fmt.Sprintf("[%s] is none of [%s]", section,
					strings.Join(sections, "], ["))}
			}
		case section == "":
			return &FileError{name, number, "words without a heading in brackets over them"}
		case section == belowForms:
			if _, err := regexp.Compile(line); err != nil {
				return &FileError{name, number, err.Error()}
			}
			all[section] = append(all[section], line)
		default:
			all[section] = append(all[section], strings.ToLower(line))
		}
	}
	return nil
}

// anyOf is a regular expression for any of some texts.
func anyOf(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = regexp.QuoteMeta(text)
	}
	return strings.Join(quoted, "|")
}

// is reports whether a line stands in a section.
func (w *Words) is(section, line string) bool { return w.lines[section][line] }
