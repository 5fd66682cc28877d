package clean

import (
	"net/url"
	"strings"
)

// resolvePlain is resolve for a reference in which nothing could be spelled otherwise, as most
// are; it reports false if this is none.
func resolvePlain(base *url.URL, raw string) (string, bool) {
	if raw == "" {
		return "", true
	}
	if isPlainAddress(raw) {
		return raw, true
	}
	if base == nil || base.Scheme != "https" && base.Scheme != "http" || !isPlainHost(base.Host) ||
		base.User != nil || !isPlainPath(raw) {
		return "", false
	}
	dir := ""
	switch {
	case raw[0] == '/' && (len(raw) == 1 || raw[1] != '/'):
	case isAlnum(raw[0]) && base.RawPath == "" && base.Opaque == "":
		dir = base.Path[:strings.LastIndexByte(base.Path, '/')+1]
		if dir == "" || dir[0] != '/' || !isPlainPath(dir) {
			return "", false
		}
	default:
		return "", false
	}
	s := base.Scheme + "://" + base.Host + dir + raw
	return s, len(s) <= maxURL
}

// isPlainAddress reports whether s is a web address in which nothing could be spelled otherwise.
// It spares most addresses a parser.
func isPlainAddress(s string) bool {
	host, isHTTPS := strings.CutPrefix(s, "https://")
	if !isHTTPS {
		var isHTTP bool
		if host, isHTTP = strings.CutPrefix(s, "http://"); !isHTTP {
			return false
		}
	}
	n := strings.IndexByte(host, '/')
	return n > 0 && len(s) <= maxURL && isPlainHost(host[:n]) && isPlainPath(host[n:])
}

// isPlainHost reports whether s is a host of ASCII letters in lower case, digits, and single dots
// and hyphens between them, with a port that is nobody's default or none.
func isPlainHost(s string) bool {
	s, port, hasPort := strings.Cut(s, ":")
	if hasPort && (len(port) < 4 || len(port) > 5 || port[0] == '0' || !isNumber(port)) {
		return false
	}
	wasAlnum := false
	for i := range len(s) {
		c := s[i]
		isAlnum := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !isAlnum && (!wasAlnum || c != '.' && c != '-') {
			return false
		}
		wasAlnum = isAlnum
	}
	return wasAlnum
}

// isPlainPath reports whether s is a path, and a query if it has one, of characters that are never
// escaped, without segments that are dots.
func isPlainPath(s string) bool {
	for i := range len(s) {
		switch c := plainByte[s[i]]; {
		case c == isPlain:
		case c == isPlainInQuery && strings.IndexByte(s[:i], '?') >= 0:
		case s[i] == '?' && i+1 < len(s) && strings.IndexByte(s[:i], '?') < 0:
		default:
			return false
		}
	}
	path, _, _ := strings.Cut(s, "?")
	return !strings.Contains(path, "/.")
}

// plainByte says of each byte whether it is never escaped.
var plainByte = func() (is [256]byte) {
	for c := range is {
		if isAlnum(byte(c)) || strings.IndexByte("/-._~", byte(c)) >= 0 {
			is[c] = isPlain
		}
	}
	is['='], is['&'] = isPlainInQuery, isPlainInQuery
	return is
}()

const (
	isPlain        = 1
	isPlainInQuery = 2
)
