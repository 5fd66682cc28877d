package robots

import "strings"

// pattern puts a rule's path into the form that addresses are compared in. Only a $ at its end
// means something. A path that does not begin with a slash is taken as if it did.
func pattern(text string) string {
	text, anchored := strings.CutSuffix(text, "$")
	if !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "*") {
		text = "/" + text
	}
	text = normal(text, "$")
	if anchored {
		text += "$"
	}
	return text
}

const hex = "0123456789ABCDEF"

// reserved are the characters that mean something else when they are escaped (RFC 3986, section
// 2.2), and the others that stand in an address as they are.
const reserved = ":/?#[]@!$&'()*+,;=%"

// normal escapes what is not ASCII, or may not stand in an address, and the characters of special;
// it undoes escapes that mean the same without (RFC 9309, section 2.2.2).
func normal(path, special string) string {
	var b strings.Builder
	b.Grow(len(path))
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2]) {
			c = value(path[i+1])<<4 | value(path[i+2])
			i += 2
			if isUnreserved(c) {
				b.WriteByte(c)
				continue
			}
		} else if isUnreserved(c) ||
			strings.IndexByte(reserved, c) >= 0 && strings.IndexByte(special, c) < 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func isHex(c byte) bool { return strings.IndexByte(hex, upper(c)) >= 0 }

func value(c byte) byte { return byte(strings.IndexByte(hex, upper(c))) }

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// isUnreserved reports whether a character means the same escaped or not (RFC 3986, section 2.3).
func isUnreserved(c byte) bool {
	u := upper(c)
	return u >= 'A' && u <= 'Z' || c >= '0' && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// matches reports whether a path begins as a pattern says, in which * stands for anything and $ for
// the path's end. Each part between stars is taken where it comes first, which loses no match: the
// work is that of one search for each.
func matches(pattern, path string) bool {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	if len(parts) == 1 {
		return !anchored || rest == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			return false
		}
		rest = after
	}
	if anchored {
		return strings.HasSuffix(rest, parts[last])
	}
	return strings.Contains(rest, parts[last])
}
