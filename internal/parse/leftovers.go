package parse

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/teletipo/teletipo/internal/news"
)

// Programs that make feeds leave markup and phrases of their own in the text of items: shortcodes
// that nobody has expanded, "Read more" at the end, "The post … appeared first on …".

// nearEnd is how many bytes at the end of a text may be such a phrase.
const nearEnd = 3000

// withoutLeftovers takes them out of an item's summary and content.
func withoutLeftovers(item *news.Item) {
	item.Summary = withoutEnd(withoutShortcodes(item.Summary))
	item.Content = withoutEnd(withoutShortcodes(item.Content))
}

var (
	shortcode = regexp.MustCompile(
		`\[(/?)([a-zA-Z][\w-]*)((?:\s+[\w-]+=(?:"[^"\[\]]*"|'[^'\[\]]*'|&(?:quot|#8221|#8243);[^\[\]]*?` +
			`&(?:quot|#8221|#8243);|[“”″][^“”″\[\]]*[“”″]|[^\s\[\]"'<>]+))*)\s*/?\]`)
	alone = map[string]bool{"gallery": true, "playlist": true, "embed": true, "caption": true}
)

// withoutShortcodes takes out what WordPress and its builders would have expanded: [name a="b"],
// [/name], and [name] where its end stands as well. Whatever else is in brackets stays: [sic], [1].
func withoutShortcodes(text string) string {
	if !strings.Contains(text, "[") {
		return text
	}
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
	appeared = regexp.MustCompile(`(?is)(?:<p\b[^<>]*>)?\s*` +
		`(?:The post|This post|The article|La entrada|El post|La nota|La noticia|El artículo|` +
		`La publicación|El cargo|O post|L'article|Der Beitrag)\s` + words + `*?\s` +
		`(?:` + strings.Join(appearing, "|") + `)\s` + words + `*(?:</p>)?\s*$`)
)

// appearing are the verbs of a sentence that only says where an item was published first.
var appearing = []string{
	"appeared first on", "first appeared on", "apareció primero en", "aparece primero en",
	"se publicó primero en", "fue publicado primero en", "fue publicada primero en",
	"apareceu primeiro em", "est apparu en premier sur", "erschien zuerst auf",
}

// mayHaveAppeared reports whether a text may have such a verb, so that the expression, which is a
// hundred times as dear, need not be tried on every text.
func mayHaveAppeared(text string) bool {
	has := func(part string) bool { return strings.Contains(text, part) }
	return has("ppeared ") || has("primero en") || has("primeiro em") || has("premier sur") ||
		has("zuerst auf")
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

// words are text and what is marked up in it.
const words = `(?:[^<]|</?(?:a|em|strong|b|i|span)\b[^<>]*>)`

// withoutEnd takes away what a text only leads on by at its end.
func withoutEnd(text string) string {
	for range 3 {
		at := max(0, len(text)-nearEnd)
		head, end := text[:at], text[at:]
		var m []int
		if endsInLink(end) {
			m = lastLink.FindStringSubmatchIndex(end)
		}
		switch {
		case mayHaveAppeared(end) && appeared.MatchString(end):
			text = head + appeared.ReplaceAllString(end, "")
		case m != nil && (moreLink.MatchString(end[m[0]:]) ||
			saysOnly(hidden.ReplaceAllString(end[m[2]:m[3]], ""))):
			text = head + end[:m[0]] + end[m[4]:m[5]]
		default:
			cut := lastWords(end)
			if cut < 0 {
				return text
			}
			text = head + end[:cut]
		}
		text = strings.TrimRight(text, " \t\n")
	}
	return text
}

// sentenceEnds are where words may begin that only lead on.
var sentenceEnds = regexp.MustCompile(`[.…!?»”"\])]\s|…|&#8230;|&hellip;|\.\.\.`)

// lastWords returns where the last words of a text begin if they only lead on, -1 if not.
func lastWords(end string) int {
	tail := max(0, len(end)-120)
	if strings.ContainsAny(end[tail:], "<>") {
		if i := strings.LastIndexAny(end, "<>"); i >= tail {
			tail = i + 1
		}
	}
	found := sentenceEnds.FindAllStringIndex(end[tail:], -1)
	for i := len(found) - 1; i >= 0; i-- {
		if at := tail + found[i][1]; strings.TrimSpace(end[at:]) != "" {
			if saysOnly(end[at:]) {
				return at
			}
			return -1
		}
	}
	return -1
}
