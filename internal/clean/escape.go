package clean

import (
	"strings"
	"unicode/utf8"
)

var (
	escaper     = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescaper   = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
	attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")
)

// appendEscaped appends text to HTML.
func appendEscaped(out, text []byte) []byte {
	done := 0
	for i, c := range text {
		reference := ""
		switch c {
		case '&':
			reference = "&amp;"
		case '<':
			reference = "&lt;"
		case '>':
			reference = "&gt;"
		default:
			continue
		}
		out = append(append(out, text[done:i]...), reference...)
		done = i + 1
	}
	return append(out, text[done:]...)
}

// cutEscaped cuts escaped text to at most n bytes, after a word if it can.
func cutEscaped(s string, n int) string {
	s = s[:n]
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		return s[:i]
	}
	if i := strings.LastIndexByte(s, '&'); i >= 0 && !strings.Contains(s[i:], ";") {
		s = s[:i]
	}
	for s != "" {
		if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size != 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return s
}

// isSpace reports whether r parts words.
func isSpace(r rune) bool {
	switch {
	case r <= ' ':
		return r == ' ' || r == '\n' || r == '\t'
	case r < 0x1680:
		return r == 0xa0
	}
	return r == 0x1680 || r >= 0x2000 && r <= 0x200a || r == 0x2028 || r == 0x2029 ||
		r == 0x202f || r == 0x205f || r == 0x3000
}
