package boilerplate

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Programs that make feeds leave markup and phrases of their own in the text of items: shortcodes
// that nobody has expanded, "Read more" at the end, "The post … appeared first on …".

// nearEnd is how many bytes at the end of a text may be such a phrase.
const nearEnd = 3000

// Strip takes them out of a text, which is HTML.
func (w *Words) Strip(text string) string { return w.withoutEnd(withoutShortcodes(text)) }

var (
	shortcode = regexp.MustCompile(`\[(/?)([a-zA-Z][\w-]*)` +
		`((?:\s+[\w-]+=(?:"[^"\[\]]*"|'[^'\[\]]*'|` +
		`&(?:quot|#8221|#8243);[^\[\]]*?&(?:quot|#8221|#8243);|` +
		`[“”″][^“”″\[\]]*[“”″]|[^\s\[\]"'<>]+))*)\s*/?\]`)
	alone = map[string]bool{
		"gallery": true, "playlist": true, "embed": true, "caption": true, "ad_1": true, "ad_2": true,
	}
)

// linkcode matches a shortcode that only has an address, which is what it would have shown.
var linkcode = regexp.MustCompile(
	`\[(?:embed\]|[a-z]{2,20}\s+)(https?://[^\s\[\]<>"']+)(?:\]|\[/embed\])`)

// withoutShortcodes takes out what WordPress and its builders would have expanded: [name a="b"],
// [/name], and [name] where its end stands as well. Whatever else is in brackets stays: [sic], [1],
// buf[read_len].
func withoutShortcodes(text string) string {
	if !strings.Contains(text, "[") {
		return text
	}
	text = linkcode.ReplaceAllString(text, `<a href="$1">$1</a>`)
	ended := map[string]bool{}
	found := false
	for _, m := range shortcode.FindAllStringSubmatch(text, -1) {
		if m[1] != "" {
			ended[m[2]] = true
		}
		found = found || m[1] != "" || strings.TrimSpace(m[3]) != "" || alone[m[2]]
	}
	if !found {
		return text
	}
	return shortcode.ReplaceAllStringFunc(text, func(code string) string {
		m := shortcode.FindStringSubmatch(code)
		if m[1] != "" || ended[m[2]] || strings.TrimSpace(m[3]) != "" || alone[m[2]] {
			return ""
		}
		return code
	})
}

var (
	lastLink = regexp.MustCompile(`(?is)<a\b[^<>]*>` +
		`((?:[^<]|<(?:/?(?:span|b|strong|em|i|small)\b)[^<>]*>)*)</a>` +
		`(?:\s|&nbsp;|&raquo;|&rarr;|[»→>.])*((?:\s*</?(?:p|div|span|br|em|strong)\b[^<>]*>)*)\s*$`)
	hidden   = regexp.MustCompile(`(?is)<span class="screen-reader-text">.*?</span>`)
	moreLink = regexp.MustCompile(
		`(?i)^<a\b[^<>]*\bclass=["'][^"']*\b(?:more-link|read-more|readmore)\b`)
)

// mayHaveAppeared reports whether a text may say where an article appeared first, so that the
// expression, which is a hundred times as dear, need not be tried on every text.
func (w *Words) mayHaveAppeared(text string) bool {
	return slices.ContainsFunc(w.verbs, func(verb string) bool {
		return strings.Contains(text, verb)
	})
}

// endsInLink reports whether nothing but markup and signs follows the last link of a text: where
// there is more, lastLink need not be tried.
func endsInLink(text string) bool {
	at := max(strings.LastIndex(text, "</a"), strings.LastIndex(text, "</A"))
	if at < 0 {
		return false
	}
	rest := text[at:]
	for rest != "" {
		i := strings.IndexAny(rest, "<&")
		if i < 0 {
			i = len(rest)
		}
		if strings.ContainsFunc(rest[:i], unicode.IsLetter) {
			return false
		}
		end := strings.IndexAny(rest[i:], ">;")
		if end < 0 {
			return i == len(rest)
		}
		rest = rest[i+end+1:]
	}
	return true
}

// marked matches text and what is marked up in it.
const marked = `(?:[^<]|</?(?:a|em|strong|b|i|span)\b[^<>]*>)`

// withoutEnd takes away what a text only leads on by at its end. Pictures and other markup without
// text that stands behind it is left.
func (w *Words) withoutEnd(text string) string {
	for range 3 {
		words, last := lastText(text)
		shown, behind := text[:last], text[last:]
		at := min(max(0, len(shown)-nearEnd), words)
		head, end := shown[:at], shown[at:]
		var m []int
		if endsInLink(end) {
			m = lastLink.FindStringSubmatchIndex(end)
		}
		switch {
		case w.mayHaveAppeared(end) && w.appeared.MatchString(end):
			shown = head + w.appeared.ReplaceAllString(end, "")
		case m != nil && (moreLink.MatchString(end[m[0]:]) ||
			w.isLastLink(end[:m[0]], hidden.ReplaceAllString(end[m[2]:m[3]], ""))):
			shown = head + end[:m[0]] + end[m[4]:m[5]]
		default:
			cut := w.lastWords(text[at:words])
			if cut < 0 {
				return text
			}
			shown = head + end[:cut] + text[words:last]
		}
		text = strings.TrimRight(shown, " \t\n") + behind
	}
	return text
}

// lastText returns where a text's last words end, and where the end tags end that follow them.
func lastText(text string) (words, tags int) {
	words, tags = len(text), len(text)
	for len(text)-words < nearEnd {
		rest := strings.TrimRight(text[:words], " \t\r\n")
		if rest, isSpace := strings.CutSuffix(rest, "&nbsp;"); isSpace {
			words = len(rest)
			continue
		}
		at := strings.LastIndexByte(rest, '<')
		if at < 0 || strings.IndexByte(rest[at:], '>') != len(rest)-at-1 {
			break // which is no tag
		}
		words = at
		if !strings.HasPrefix(rest[at:], "</") {
			tags = at
		}
	}
	return words, tags
}

// sentenceEnds are where words may begin that only lead on.
var sentenceEnds = regexp.MustCompile(`[.…!?»”"\])]\s|…|&#8230;|&hellip;|\.\.\.`)

// lastWords returns where the last words of a text begin if they only lead on, -1 if not.
func (w *Words) lastWords(end string) int {
	tail := max(0, len(end)-120)
	if strings.ContainsAny(end[tail:], "<>") {
		if i := strings.LastIndexAny(end, "<>"); i >= tail {
			tail = i + 1
		}
	}
	lastTag := max(0, strings.LastIndexByte(end[:tail], '<')) // the expression needs no more
	if blockTag.MatchString(end[lastTag:tail]) && w.LeadsOn(end[tail:]) {
		return tail
	}
	for _, found := range sentenceEnds.FindAllStringIndex(end[tail:], -1) {
		if at := tail + found[1]; w.LeadsOn(end[at:]) {
			return at
		}
	}
	return -1
}

// sentenceEnd matches a text at whose end nothing goes on.
var sentenceEnd = regexp.MustCompile(`(?:[.…!?»”"\])>;:]|^)\s*$`)

// blockTag matches a tag at the end of a text that parts it from what follows.
var blockTag = regexp.MustCompile(`(?i)</?(?:p|div|br|li|h[1-6]|section|button)\b[^<>]*>\s*$`)

var anyTag = regexp.MustCompile(`<[^<>]*>`)

// LeadsOn reports whether a text, HTML or plain, has no more in it than words by which links lead
// on to the whole article.
func (w *Words) LeadsOn(text string) bool {
	if len(text) > 500 {
		return false
	}
	return w.is(leadingOn, plainText(text))
}

// plainText is HTML without its tags, as a line to be looked up.
func plainText(text string) string {
	return plainLine(html.UnescapeString(anyTag.ReplaceAllString(text, " ")))
}

// isLastLink reports whether the text of a link at the end of another text is no part of it. A
// single word is part of the sentence that it stands in.
func (w *Words) isLastLink(before, text string) bool {
	if w.LeadsOn(text) {
		return strings.Contains(strings.TrimSpace(text), " ") || sentenceEnd.MatchString(before)
	}
	text = plainText(text)
	switch {
	case len(text) > 200:
		return false
	case w.is(belowArticle, text):
		return true
	}
	for words := range w.lines[leadingOnTo] {
		if strings.HasPrefix(text, words+" ") {
			return true
		}
	}
	return false
}
