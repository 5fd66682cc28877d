package clean

import "strings"

// isAllowed tells whether HTML is, without any doubt, what the policy would leave as it is: tags
// of the elements that it allows with only the attributes that it allows, in their plainest
// spelling, and text. False says nothing. It spares most articles a second tokenizer.
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

// isPlainText tells whether text needs no escaping that it does not have. Quotation marks may
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
				!strings.HasPrefix(rest, "&gt;") {
				return false
			}
		}
	}
	return true
}

// bareTags has the elements that the policy allows without attributes.
var bareTags = func() map[string]bool {
	tags := map[string]bool{}
	for _, name := range bareElements {
		tags[name], tags["/"+name] = true, true
	}
	tags["br/"], tags["hr/"], tags["/a"] = true, true, true
	return tags
}()

// allowedTag gives the length of the allowed tag that s begins with, 0 if it is none for sure.
func allowedTag(s string) int {
	end := strings.IndexByte(s, '>')
	if end < 0 {
		return 0
	}
	tag := s[1:end]
	switch rest, isLink := strings.CutPrefix(tag, `a href="`); {
	case bareTags[tag]:
		return end + 1
	case isLink:
		rest, ok := allowedAddress(rest)
		if ok && rest != "" {
			rest, ok = allowedLabel(rest, ` title="`)
		}
		if !ok || rest != "" {
			return 0
		}
		return end + 1
	}
	rest, isImage := strings.CutPrefix(tag, `img src="`)
	if !isImage {
		return 0
	}
	rest, ok := allowedAddress(rest)
	for _, name := range []string{` alt="`, ` title="`, ` width="`, ` height="`} {
		if ok && strings.HasPrefix(rest, name) {
			if name[1] == 'w' || name[1] == 'h' {
				rest, ok = allowedNumber(rest[len(name):])
			} else {
				rest, ok = allowedLabel(rest, name)
			}
		}
	}
	if !ok || rest != "/" {
		return 0
	}
	return end + 1
}

// allowedAddress takes a web address and its closing quotation mark off the front of s. Whatever
// could be spelt in two ways, as a host in capitals or a path with escapes, is not for it.
func allowedAddress(s string) (rest string, ok bool) {
	value, rest, found := strings.Cut(s, `"`)
	value, isHTTPS := strings.CutPrefix(value, "https://")
	value, isHTTP := strings.CutPrefix(value, "http://")
	if !found || isHTTPS == isHTTP || len(value) > maxURL {
		return "", false
	}
	n := strings.IndexByte(value, '/')
	if n < 1 {
		return "", false
	}
	host, port, _ := strings.Cut(value[:n], ":")
	if host == "" || strings.Trim(port, "0123456789") != "" || strings.HasSuffix(value[:n], ":") {
		return "", false
	}
	for i := range len(host) {
		if c := host[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return "", false
		}
	}
	path, query, _ := strings.Cut(value[n:], "?")
	for i := range len(path) {
		if c := path[i]; !isAlnum(c) && strings.IndexByte("/-._~", c) < 0 {
			return "", false
		}
	}
	for i := 0; i < len(query); i++ {
		switch c := query[i]; {
		case isAlnum(c), strings.IndexByte("=-._~/", c) >= 0:
		case strings.HasPrefix(query[i:], "&amp;"):
			i += len("&amp;") - 1
		default:
			return "", false
		}
	}
	return rest, query != "" || !strings.HasSuffix(value, "?")
}

// allowedLabel takes an attribute that people read off the front of s.
func allowedLabel(s, name string) (rest string, ok bool) {
	s, ok = strings.CutPrefix(s, name)
	value, rest, found := strings.Cut(s, `"`)
	return rest, ok && found && isPlainText(value, false)
}

// allowedNumber takes a number of one to five digits and a quotation mark off the front of s.
func allowedNumber(s string) (rest string, ok bool) {
	value, rest, found := strings.Cut(s, `"`)
	for i := range len(value) {
		ok = value[i] >= '0' && value[i] <= '9'
		if !ok {
			return "", false
		}
	}
	return rest, found && ok && len(value) <= 5
}
