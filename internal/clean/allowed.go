package clean

import (
	"net/url"
	"strings"
)

// check takes the value of an attribute and reports whether it may stand in an article.
type check func(value string) bool

// attrRule is an attribute that an element may have.
type attrRule struct {
	name    string
	isValid check
}

// bareElements are allowed without attributes.
var bareElements = strings.Fields(`p h1 h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd figure
	figcaption pre table caption thead tbody tfoot tr td th abbr b cite code del em i ins kbd mark
	q s samp small strong sub sup u var`)

// rules has the elements that an article may hold, each with the attributes that it may have, in
// the order in which they must stand.
var rules = func() map[string][]attrRule {
	rules := map[string][]attrRule{
		"br": nil, "hr": nil,
		"a": {{"href", isReference}, {"title", isLabel}},
		"img": {
			{"src", isWebAddress},
			{"srcset", isSrcset},
			{"alt", isLabel},
			{"title", isLabel},
			{"width", isNumber},
			{"height", isNumber},
		},
	}
	for _, name := range bareElements {
		rules[name] = nil
	}
	span := []attrRule{{"colspan", isNumber}, {"rowspan", isNumber}}
	rules["td"], rules["th"] = span, span
	rules["ol"] = []attrRule{{"start", isNumber}}
	rules["abbr"] = []attrRule{{"title", isLabel}}
	return rules
}()

// isAllowed reports whether HTML is nothing but text and tags of the elements that an article may
// hold, with the attributes that they may have, in the one spelling that the writer gives them.
// It knows nothing of the writer, whose mistakes it is there to find.
func isAllowed(s string) bool {
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			i = len(s)
		}
		if !isPlainText(s[:i], true) {
			return false
		}
		if s = s[i:]; s == "" {
			break
		}
		n := allowedTag(s)
		if n == 0 {
			return false
		}
		s = s[n:]
	}
	return true
}

// isPlainText reports whether text needs no escaping that it does not have. Quotation marks may
// stand in text, but not in an attribute.
func isPlainText(s string, quotes bool) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '<', '>', '\r', 0:
			return false
		case '"':
			if !quotes {
				return false
			}
		case '&':
			rest := s[i:]
			if !strings.HasPrefix(rest, "&amp;") && !strings.HasPrefix(rest, "&lt;") &&
				!strings.HasPrefix(rest, "&gt;") && (quotes || !strings.HasPrefix(rest, "&#34;")) {
				return false
			}
		}
	}
	return true
}

// allowedTag returns the length of the allowed tag that s begins with, 0 if it is none.
func allowedTag(s string) int {
	end := strings.IndexByte(s, '>')
	if end < 0 {
		return 0
	}
	tag, isEnd := strings.CutPrefix(s[1:end], "/")
	n := 0
	for n < len(tag) && isAlnum(tag[n]) {
		n++
	}
	name := tag[:n]
	allowed, ok := rules[name]
	isVoid := name == "br" || name == "hr" || name == "img"
	rest := tag[n:]
	if !ok || isEnd && (isVoid || rest != "") {
		return 0
	}
	if isEnd {
		return end + 1
	}
	isFirst := true
	for _, rule := range allowed {
		value, after, found := cutAttr(rest, rule.name)
		if found && !rule.isValid(value) {
			return 0
		}
		if !found && isFirst && (name == "a" || name == "img") {
			return 0 // it links or shows nothing
		}
		rest, isFirst = after, false
	}
	if isVoid && rest == "/" || !isVoid && rest == "" {
		return end + 1
	}
	return 0
}

// cutAttr takes an attribute off the front of the rest of a tag.
func cutAttr(s, name string) (value, rest string, found bool) {
	n := len(name)
	if len(s) < n+4 || s[0] != ' ' || s[1:1+n] != name || s[1+n:3+n] != `="` {
		return "", s, false
	}
	if value, rest, found = strings.Cut(s[3+n:], `"`); !found {
		return "", s, false
	}
	return value, rest, true
}

func isLabel(s string) bool { return isPlainText(s, false) }

// isNumber reports whether s is a number of one to five digits.
func isNumber(s string) bool {
	return s != "" && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}

// isReference reports whether s is what a link may lead to: the web, or a mail address.
func isReference(s string) bool {
	if strings.HasPrefix(s, "mailto:") {
		return isSpelled(s)
	}
	return isWebAddress(s)
}

func isWebAddress(s string) bool {
	if !isWeb(s) || !isPlainText(s, false) {
		return false
	}
	return isPlainAddress(strings.ReplaceAll(s, "&amp;", "&")) || isSpelled(s)
}

// isSpelled reports whether s is an address in the spelling that Go gives it, escaped for HTML.
func isSpelled(s string) bool {
	if !isPlainText(s, false) || strings.ContainsAny(s, " \t\n") {
		return false
	}
	s = unescaper.Replace(s)
	u, err := url.Parse(s)
	return err == nil && u.String() == s && strings.TrimSpace(s) == s
}

// isSrcset reports whether s lists addresses of one image, each with its width or density.
func isSrcset(s string) bool {
	for candidate := range strings.SplitSeq(s, ", ") {
		address, size, hasSize := strings.Cut(candidate, " ")
		if !isWebAddress(address) || hasSize && !descriptor.MatchString(size) {
			return false
		}
	}
	return true
}
