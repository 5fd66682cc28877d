package clean

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// newPolicy says which HTML an article may hold. The writer produces nothing else; the policy is
// the second lock on that door, and the one that a test holds the writer against.
//
// Links get no rel attribute: whoever shows an article in a new window adds noopener, and an
// article's own links are the desk's recommendation, so nofollow would be untrue.
func newPolicy() *bluemonday.Policy {
	number := regexp.MustCompile(`^[0-9]{1,5}$`)
	p := bluemonday.NewPolicy()
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowElements(bareElements...)
	p.AllowAttrs("href", "title").OnElements("a")
	p.AllowAttrs("title").OnElements("abbr")
	p.AllowAttrs("src", "srcset", "alt", "title").OnElements("img")
	p.AllowAttrs("width", "height").Matching(number).OnElements("img")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("colspan", "rowspan").Matching(number).OnElements("td", "th")
	return p
}

// bareElements are allowed without attributes.
var bareElements = []string{
	"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li",
	"dl", "dt", "dd", "figure", "figcaption", "pre", "hr", "br",
	"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th",
	"abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
	"small", "strong", "sub", "sup", "u", "var",
}
