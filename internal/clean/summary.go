package clean

import (
	"html"
	"strings"
	"unicode/utf8"
)

// summaryOf returns a source's own summary as plain text, without the footer that WordPress adds.
func summaryOf(raw, title string) string {
	text := plain(raw)
	if !strings.Contains(text, "The post ") && !strings.Contains(text, "La entrada ") {
		return text
	}
	for _, start := range footers(title) {
		if i := strings.LastIndex(text, start); i >= 0 {
			text = strings.TrimSpace(text[:i])
		}
	}
	return text
}

// footers are the beginnings of the line that WordPress puts under each entry of its feeds,
// "The post TITLE appeared first on SITE." None without a title to know it by.
func footers(title string) []string {
	if title == "" {
		return nil
	}
	return []string{
		"The post " + title + " appeared first on ",
		"The post " + title + " first appeared on ",
		"La entrada " + title + " se publicó primero en ",
		"La entrada " + title + " apareció primero en ",
		"La entrada " + title + " aparece primero en ",
	}
}

// isContent reports whether a summary is the article itself: long, or written in blocks.
func isContent(raw, text string) bool {
	return utf8.RuneCountInString(text) > maxSummary || hasBlock(raw)
}

// hasBlock reports whether HTML has markup that plain text would lose: a block or an image.
func hasBlock(raw string) bool {
	if !hasTag(raw) {
		return false
	}
	for rest := raw; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
		e := elementOf(lowered(tagName(rest)))
		if e != nil && e.kind != kindInline && e.kind != kindUnwrapped && e.kind != kindDropped {
			return true
		}
	}
}

// asContent makes HTML of a summary that is the article: plain text gets its paragraphs.
func asContent(raw string) string {
	if hasTag(raw) {
		return raw
	}
	var b strings.Builder
	text := strings.ReplaceAll(decodeEntities(raw), "\r\n", "\n")
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		b.WriteString("<p>" + html.EscapeString(paragraph) + "</p>")
	}
	return b.String()
}
