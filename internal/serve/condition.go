package serve

import (
	"iter"
	"regexp"
	"strings"
	"time"
)

// anyTag reports whether If-None-Match is "*", which every document matches.
func anyTag(lines []string) bool {
	return len(lines) == 1 && blankless(lines[0]) == "*"
}

// listed reports whether a strong tag of ours is in If-None-Match, given as its lines, by weak
// comparison (RFC 9110, section 8.8.3.2). What is no tag is passed over.
func listed(lines []string, etag string) bool {
	for _, rest := range lines {
		for rest != "" {
			var tag string
			if tag, rest = nextTag(rest); tag == etag {
				return true
			}
		}
	}
	return false
}

// nextTag cuts the first tag off a list, without its W/ but with its quotes; it is empty where
// the list has something else. A comma inside the quotes belongs to the tag.
func nextTag(list string) (tag, rest string) {
	list = strings.TrimPrefix(strings.TrimLeft(list, " \t,"), "W/")
	if len(list) > 0 && list[0] == '"' {
		if end := strings.IndexByte(list[1:], '"'); end >= 0 {
			return list[:end+2], list[end+2:]
		}
	}
	_, rest, _ = strings.Cut(list, ",")
	return "", rest
}

// codingSuffix is what servers put behind a tag when they compress: Apache -gzip and ;gzip, Jetty
// --gzip, Caddy the name of whatever coding.
var codingSuffix = regexp.MustCompile(`^(.+?)(?:--?|;|:)(?:x-)?(?:gzip|br|zstd|deflate|df)$`)

// longestTag is how many bytes a tag of ours has at most, whatever is around it.
const longestTag = 100

// mayBeBent reports whether a field has anything in it but tags as they should be. It costs next to
// nothing, for most readers send what they were given.
func mayBeBent(lines []string) bool {
	for _, rest := range lines {
		for rest != "" {
			var tag string
			if tag, rest = nextTag(rest); tag == "" {
				return true
			}
			for _, end := range [...]string{`gzip"`, `br"`, `zstd"`, `deflate"`, `df"`} {
				if strings.HasSuffix(tag, end) {
					return true
				}
			}
		}
	}
	return false
}

// bentTags yields the tags of If-None-Match, given as its lines, that clients and proxies have
// bent: without their quotes, with other ones, with w/, with the name of a coding behind them.
// Each comes as it was listed and as the strong tag that it may have been. None of that is RFC
// 9110's; whoever sends it has the document all the same.
func bentTags(lines []string) iter.Seq2[string, string] {
	return func(yield func(listed, tag string) bool) {
		for _, line := range lines {
			for element := range elements(line) {
				tag := strings.TrimSpace(element)
				if len(tag) > longestTag {
					continue
				}
				listed := strings.TrimPrefix(tag, "W/")
				if len(tag) > 1 && strings.EqualFold(tag[:2], "w/") {
					tag = tag[2:]
				}
				tag = strings.Trim(tag, `"'\ `)
				if m := codingSuffix.FindStringSubmatch(tag); m != nil {
					tag = strings.TrimRight(m[1], `"'\`)
				}
				if tag = `"` + tag + `"`; tag != listed && !yield(listed, tag) {
					return
				}
			}
		}
	}
}

// elements cuts a list at the commas that are outside quotes.
func elements(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		quoted, start := false, 0
		for i := range len(list) {
			switch {
			case list[i] == '"':
				quoted = !quoted
			case list[i] == ',' && !quoted:
				if !yield(list[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(list[start:])
	}
}

// foreignForms are forms of a date that are not HTTP's.
var foreignForms = []string{
	"Mon, _2 Jan 2006 15:04:05 -0700", "_2 Jan 2006 15:04:05 -0700",
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00",
}

// foreignDate reads a date in a form that programs make of Last-Modified, zero if it is in none.
// It counts only where it is exactly the same moment: a program that knows HTTP's dates may name
// any, one that doesn't gives back what it got.
func foreignDate(text string) time.Time {
	text, _, _ = strings.Cut(text, ";") // "; length=123", of old proxies
	text = strings.Trim(text, `"' `)
	for _, zone := range []string{" GMT", " UTC"} {
		if n := len(text) - len(zone); n > 0 && strings.EqualFold(text[n:], zone) {
			text = text[:n] + " +0000"
		}
	}
	for _, form := range foreignForms {
		if t, err := time.Parse(form, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
