package render

import (
	"cmp"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// xmlChar reports whether XML 1.0 can carry a character (its production Char).
func xmlChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// printable drops what no document may hold: bytes that are not UTF-8, and characters that
// XML 1.0 can't carry even as a reference. encoding/xml would write them raw inside CDATA.
func printable(s string) string {
	bad := forbidden(s)
	if bad < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for bad >= 0 {
		b.WriteString(s[:bad])
		_, size := utf8.DecodeRuneInString(s[bad:])
		s = s[bad+size:]
		bad = forbidden(s)
	}
	b.WriteString(s)
	return b.String()
}

// forbidden finds the first byte that is not UTF-8 or begins a character that XML 1.0 can't
// carry, -1 if there is none.
func forbidden[T string | []byte](s T) int {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < 0x20 && !xmlChar(rune(c)) {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		if size == 1 || !xmlChar(r) {
			return i
		}
		i += size
	}
	return -1
}

// line is printable text on one line, without space at its ends: what titles and names are. Many
// readers take such text for HTML whatever its format says, and would swallow what looks like a
// tag. A word joiner, which nobody sees, makes an end tag or a reference look like none.
func line(s string) string {
	s = strings.Join(strings.Fields(printable(s)), " ")
	if !looksLikeHTML(s) {
		return s
	}
	return markup.ReplaceAllStringFunc(s, func(m string) string { return m[:1] + "\u2060" + m[1:] })
}

// markup is how an end tag begins, or a reference.
var markup = regexp.MustCompile(`</|&#?\w+;`)

// looksLikeHTML reports whether plain text has an end tag or a reference in it.
func looksLikeHTML(s string) bool {
	return (strings.Contains(s, "</") || strings.Contains(s, "&")) && markup.MatchString(s)
}

// block is printable text of any number of lines, each ended by LF alone: XML would read others
// as that, JSON would not.
func block(s string) string { return strings.TrimSpace(lineEnds.Replace(printable(s))) }

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// address is a web address as a feed may hold it: absolute, http or https, and only of
// characters that RFC 3986 knows. It is empty if raw is none.
func address(raw string) string {
	u, err := url.Parse(strings.TrimSpace(printable(raw)))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	s := escapeURI(u.String())
	if u, err = url.Parse(s); err != nil || u.Host == "" || badURI(s) >= 0 {
		return ""
	}
	return s
}

// escapeURI percent-encodes each byte that may not stand where it stands in an address.
func escapeURI(s string) string {
	if badURI(s) < 0 {
		return s
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+8)
	for bad := badURI(s); bad >= 0; bad = badURI(s) {
		b = append(b, s[:bad]...)
		b = append(b, '%', hex[s[bad]>>4], hex[s[bad]&15])
		s = s[bad+1:]
		// What follows is judged by itself: past the host, there are no brackets any more.
	}
	return string(append(b, s...))
}

// badURI finds the first byte that may not stand where it stands in an address (RFC 3986,
// appendix A): brackets belong to the host, and a percent sign to two hexadecimal digits.
func badURI(s string) int {
	host := 0 // where it ends
	if i := strings.Index(s, "://"); i >= 0 {
		host = i + 3
		host += max(strings.IndexAny(s[host:]+"/", "/?#"), 0)
	}
	for i, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9':
		case strings.IndexByte("-._~:/?#@!$&'()*+,;=", c) >= 0:
		case (c == '[' || c == ']') && i < host:
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
		default:
			return i
		}
	}
	return -1
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// iri is an absolute IRI (RFC 3987) such as ids are, unchanged but for space around it: ids are
// compared byte by byte. It is empty if raw is none.
func iri(raw string) string {
	s := strings.TrimSpace(printable(raw))
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() || len(s) == len(u.Scheme)+1 || strings.ContainsFunc(s, notIRI) {
		return ""
	}
	return s
}

// notIRI reports whether RFC 3987 leaves a character out of IRIs.
func notIRI(r rune) bool {
	return r <= ' ' || r >= 0x7F && r < 0xA0 || r == utf8.RuneError ||
		strings.ContainsRune("\"<>\\^`{|}", r)
}

// tagURI is a tag URI up to its specific part (RFC 4151, section 2.1).
var tagURI = regexp.MustCompile(
	`^(?i)tag:(?:[\w.-]+@)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?,\d{4}(?:-\d\d(?:-\d\d)?)?:`)

// feedID is the id of another's feed, empty if it is none: many make tag URIs without a date.
func feedID(raw string) string {
	id := iri(raw)
	if strings.HasPrefix(strings.ToLower(id), "tag:") && !tagURI.MatchString(id) {
		return ""
	}
	return id
}

// mailbox is a bare mail address, empty if raw is none.
func mailbox(raw string) string {
	raw = line(raw)
	if a, err := mail.ParseAddress(raw); err != nil || a.Address != raw {
		return ""
	}
	return raw
}

// language is a tag in the form that RFC 4287's schema asks for, or "und" (RFC 5646, section
// 4.1) for a text whose language is not known.
func language(tag string) string { return cmp.Or(languageTag(tag), undetermined) }

const undetermined = "und"

// languageTag is the tag, empty if it is none.
func languageTag(tag string) string {
	for i, part := range strings.Split(tag, "-") {
		if len(part) < 1 || len(part) > 8 {
			return ""
		}
		for _, c := range []byte(part) {
			letter := 'a' <= c|0x20 && c|0x20 <= 'z'
			digit := '0' <= c && c <= '9'
			if !letter && (!digit || i == 0) {
				return ""
			}
		}
	}
	return tag
}

// htmlText turns plain text into HTML that shows it.
var htmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
