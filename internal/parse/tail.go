package parse

import (
	"strings"
	"unicode/utf8"
)

// cutTail cuts off what a web page has below its article and is copied along with it: the form
// for comments, buttons, links to other articles, the word about cookies. Only whole lines count,
// and only below the last line that is something else, so that a text that mentions such words
// keeps them. The first line, the title, is never cut.
func cutTail(lines []string) []string {
	first := 0
	for first < len(lines) && strings.TrimSpace(lines[first]) == "" {
		first++
	}
	end := len(lines)
	for certain := false; ; {
		cut, found := furnitureStart(lines[:end], first+1, certain)
		if teasers := teaserStart(lines[:cut], first+1); teasers < cut {
			cut, found = teasers, true
		}
		if cut == end || !found {
			return lines[:end]
		}
		end, certain = cut, true
	}
}

// furnitureStart finds where the furniture of a page at the end of lines begins. Words that an
// article could end with, such as "Facebook", count only beside lines that are certain.
func furnitureStart(lines []string, first int, certain bool) (start int, found bool) {
	start = len(lines)
	for i := len(lines) - 1; i >= first; i-- {
		line := strings.TrimSpace(lines[i])
		isCertain := isFurniture(line)
		if line != "" && !isCertain && !isControl(line) {
			break // the article
		}
		certain = certain || isCertain
		if line != "" {
			start = i
		}
	}
	if !certain {
		return len(lines), false
	}
	return start, true
}

const (
	maxTeaser  = 140 // characters of a headline that links to another article
	maxTeasers = 24  // lines of such headlines, with their dates and names
)

// teaserStart finds a heading such as "Related posts" with nothing but headlines below it.
func teaserStart(lines []string, first int) int {
	below := 0
	for i := len(lines) - 1; i >= first && below <= maxTeasers; i-- {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "":
			continue
		case teaserHeadings[plainLine(line)]:
			return i
		case utf8.RuneCountInString(line) > maxTeaser, isSourcesHeading(line),
			strings.HasSuffix(line, ".") && closes(line):
			return len(lines)
		}
		below++
	}
	return len(lines)
}

// isSourcesHeading reports whether a line stands over an article's sources, which are kept.
func isSourcesHeading(line string) bool {
	switch plainLine(line) {
	case "sources", "source", "references", "fuentes", "fuente", "referencias":
		return true
	}
	return false
}

// isFurniture reports whether a line is surely no part of an article: each of its sentences is one
// that pages put below articles.
func isFurniture(line string) bool {
	if len(line) > 1000 {
		return false
	}
	any := false
	for sentence := range strings.SplitSeq(line, ". ") {
		s := plainLine(sentence)
		if s == "" {
			continue
		}
		if !furniture[s] && !furniturePatterns.MatchString(s) {
			return false
		}
		any = true
	}
	return any
}

// isControl reports whether a line is the label of a button or of a field in a form.
func isControl(line string) bool { return controls[plainLine(line)] }

var plainQuotes = strings.NewReplacer("’", "'", "‘", "'", "“", "", "”", "", `"`, "")

// plainLine is a line in lower case without marks at its ends, to be looked up.
func plainLine(line string) string {
	line = strings.ToLower(strings.Join(strings.Fields(line), " "))
	return strings.Trim(plainQuotes.Replace(line), " *:.…!¡¿?-–—|•·»«<>()[]→←↑#")
}
