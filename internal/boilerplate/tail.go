package boilerplate

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// CutTail cuts off what a web page has below its article and is copied along with it: the form
// for comments, buttons, links to other articles, the word about cookies. Only whole lines count,
// and only below the last line that is something else, so that a text that mentions such words
// keeps them. The first line, the title, is never cut.
func (w *Words) CutTail(lines []string) []string {
	first := 0
	for first < len(lines) && strings.TrimSpace(lines[first]) == "" {
		first++
	}
	end := len(lines)
	for certain := false; ; {
		cut, found := w.tailStart(lines[:end], first+1, certain)
		if teasers := w.teaserStart(lines[:cut], first+1); teasers < cut {
			cut, found = teasers, true
		}
		if cut == end || !found {
			return lines[:end]
		}
		end, certain = cut, true
	}
}

// tailStart finds where the boilerplate of a page at the end of lines begins. Words that an
// article could end with, such as "Facebook", count only beside lines that are certain.
func (w *Words) tailStart(lines []string, first int, certain bool) (start int, found bool) {
	start = len(lines)
	for i := len(lines) - 1; i >= first; i-- {
		line := strings.TrimSpace(lines[i])
		isCertain := w.IsBelow(line)
		if line != "" && !isCertain && !w.is(buttons, plainLine(line)) {
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
func (w *Words) teaserStart(lines []string, first int) int {
	below := 0
	for i := len(lines) - 1; i >= first && below <= maxTeasers; i-- {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "":
			continue
		case w.is(otherArticles, plainLine(line)):
			return i
		case utf8.RuneCountInString(line) > maxTeaser, w.is(ofSources, plainLine(line)),
			strings.HasSuffix(line, ".") && !initials.MatchString(line):
			return len(lines)
		}
		below++
	}
	return len(lines)
}

// initials match the end of a line that no sentence need have ended with: "Talks with the U.S."
var initials = regexp.MustCompile(`.\.\p{Lu}\.$`)

// IsBelow reports whether a line is surely no part of an article: each of its sentences is one that
// pages put below articles.
func (w *Words) IsBelow(line string) bool {
	if len(line) > 1000 {
		return false
	}
	any := false
	for sentence := range strings.SplitSeq(line, ". ") {
		s := plainLine(sentence)
		if s == "" {
			continue
		}
		if !w.is(belowArticle, s) && !w.forms.MatchString(s) {
			return false
		}
		any = true
	}
	return any
}

var plainQuotes = strings.NewReplacer("’", "'", "‘", "'", "“", "", "”", "", `"`, "")

// plainLine is a line in lower case without marks at its ends, to be looked up.
func plainLine(line string) string {
	line = strings.ToLower(strings.Join(strings.Fields(line), " "))
	return strings.Trim(plainQuotes.Replace(line), " *:;.…!¡¿?-–—|•·»«›‹<>()[]→←↑#&")
}
