package parse

import (
	_ "embed"
	"html"
	"regexp"
	"strings"
)

//go:embed readmore.txt
var readMoreText string

// readMore are the words by which links lead on to the whole article, in lower case.
var readMore = func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(readMoreText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			words[line] = true
		}
	}
	return words
}()

var anyTag = regexp.MustCompile(`<[^<>]*>`)

// saysOnly reports whether a text, HTML or plain, has no more in it than words that lead on.
func saysOnly(text string) bool {
	if len(text) > 500 {
		return false
	}
	text = strings.ToLower(html.UnescapeString(anyTag.ReplaceAllString(text, " ")))
	text = strings.Trim(strings.Join(strings.Fields(text), " "), " .…»›→>[]()&;:")
	return readMore[text]
}
