package paste

import (
	"encoding/json"
	"io"
	"regexp"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// frontKind is the language that front matter is written in.
type frontKind int

const (
	noFront frontKind = iota
	yamlFront
	tomlFront
)

// frontMatter is what a file says about itself at its top.
type frontMatter struct {
	kind frontKind
	text string
	line int // number of its first line
}

// fences are the lines that front matter stands between, and how it is written there.
var fences = map[string]frontKind{
	"---": yamlFront, "---yaml": yamlFront, "---yml": yamlFront, "---json": yamlFront,
	"---toml": tomlFront, "+++": tomlFront,
}

// frontLine matches a line of front matter: of YAML, of TOML, of Org mode and reStructuredText.
var (
	yamlLine  = regexp.MustCompile(`^\s*["']?([A-Za-z][\w-]*)["']?[ \t]*:(?:\s|$)`)
	tomlLine  = regexp.MustCompile(`^\s*["']?([A-Za-z][\w-]*)["']?[ \t]*=`)
	otherLine = regexp.MustCompile(`^\s*(?:#\+|:)([A-Za-z][\w-]*):(?:\s|$)`)
)

// fieldOf returns the field that a line states, in lower case; empty if it states none.
func fieldOf(line string) string {
	for _, form := range []*regexp.Regexp{yamlLine, tomlLine, otherLine} {
		if m := form.FindStringSubmatch(line); m != nil {
			return strings.ToLower(m[1])
		}
	}
	return ""
}

// cutFrontMatter parts a file into its front matter and the rest: YAML between two lines of "---",
// TOML between two of "+++", JSON, or, in HTML, a comment at the beginning whose first line is a
// field. A text that only begins with a line of dashes has none. What a person would take for
// metadata and can't be read as such is Invalid, with file and line: published, it would be a
// headline, and its embargo nothing.
func cutFrontMatter(name, text string) (f frontMatter, rest string, err error) {
	blank := len(text) - len(strings.TrimLeft(text, " \t\n"))
	line := strings.Count(text[:blank], "\n") + 1
	first, after, _ := strings.Cut(text[blank:], "\n")
	first = strings.TrimRight(first, " \t")
	kind := fences[strings.ToLower(strings.ReplaceAll(first, " ", ""))]
	switch {
	case kind != noFront:
		if body, rest, ok := fenced(after, first[:3]); ok {
			return frontMatter{kind, body, line + 1}, rest, nil
		}
		if fieldOf(firstLine(after)) != "" {
			return f, "", misplaced(name, line, "front matter that is not closed: end it with a line of "+
				first[:3]+" that is not indented")
		}
	case strings.HasPrefix(first, "<!--"):
		comment, after, found := strings.Cut(text[blank+len("<!--"):], "-->")
		yaml := strings.TrimLeft(comment, " \t\n")
		if field := fieldOf(firstLine(yaml)); found && isFrontField(field) {
			line += strings.Count(comment[:len(comment)-len(yaml)], "\n")
			return frontMatter{yamlFront, yaml, line}, after, nil
		}
	case strings.HasPrefix(first, "{") && strings.Trim(first[1:min(2, len(first))], "{%:#") != "" ||
		first == "{":
		d := json.NewDecoder(strings.NewReader(text[blank:]))
		var fields map[string]json.RawMessage
		if err := d.Decode(&fields); err == nil && knows(fields) {
			end := blank + int(d.InputOffset())
			return frontMatter{yamlFront, text[blank:end], line}, text[end:], nil
		} else if err != nil && err != io.EOF && strings.HasPrefix(strings.TrimSpace(after), `"`) {
			return f, "", misplaced(name, line, "front matter in JSON that can't be read: "+err.Error())
		}
	}
	return f, text, looseFront(name, line, text[blank:])
}

// fenced cuts what stands before the line that closes front matter.
func fenced(text, fence string) (body, rest string, ok bool) {
	for at := 0; at < len(text); {
		end := at + len(text[at:])
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		mark := strings.TrimRight(text[at:end], " \t\n")
		if mark == fence || mark == "..." && fence == "---" {
			return text[:at], text[end:], true
		}
		at = end
	}
	return "", "", false
}

// knows reports whether an object has a field of front matter.
func knows(fields map[string]json.RawMessage) bool {
	for name := range fields {
		if isFrontField(strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// firstLine returns the first line that is not blank.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(text, " \t\n"), "\n")
	return line
}

func misplaced(name string, line int, what string) error {
	return news.Errorf(news.Invalid, "%s:%d:1: %s", name, line, what)
}

// looseFront is the error for metadata that no fence marks: in a block of code, or bare lines of
// fields, at least two of which are known.
func looseFront(name string, line int, text string) error {
	lines := strings.SplitN(text, "\n", 12)
	if start := strings.TrimLeft(lines[0], "`~"); len(lines[0])-len(start) >= 3 && len(lines) > 1 {
		within := firstLine(strings.Join(lines[1:], "\n"))
		if fences[strings.TrimSpace(within)] != noFront || isFrontField(fieldOf(within)) {
			return misplaced(name, line, "front matter in a block of code: take the lines of "+
				lines[0][:3]+" away")
		}
		return nil
	}
	known := 0
	for _, l := range lines {
		field := fieldOf(l)
		if field == "" {
			break
		}
		if isFrontField(field) {
			known++
		}
	}
	if known >= 2 {
		return misplaced(name, line, "looks like front matter: put it between two lines of ---")
	}
	return nil
}
