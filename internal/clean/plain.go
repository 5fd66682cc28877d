package clean

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// plain makes plain text of what is text or HTML, nobody says which: tags that HTML knows go,
// entities are decoded. It looks a second time where the first look brings out what was clearly
// escaped twice, "&amp;amp;" or "&lt;em&gt;…&lt;/em&gt;". A bare "<" or "&" is text.
func plain(s string) string {
	s = unmark(withoutCDATA(s[:min(len(s), maxPlain)]))
	if hasEntity(s) || hasPair(s) {
		s = unmark(s)
	}
	return strings.TrimLeftFunc(fold(tidy(s)), unicode.IsMark)
}

// withoutCDATA unwraps a CDATA section that was escaped along with its text. HTML would take it
// for a comment.
func withoutCDATA(s string) string {
	if !strings.Contains(s, "<![CDATA[") {
		return s
	}
	return strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(s)
}

// unmark removes tags and decodes entities, once.
func unmark(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	if !hasTag(s) {
		return decodeEntities(s)
	}
	return withoutTags(s)
}

// withoutTags returns the text of HTML; blocks and line breaks part words, other tags don't.
func withoutTags(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	skip := "" // the element whose content is no text
	for l := (lexer{s: s}); ; {
		t := l.next()
		e := t.e
		switch {
		case t.kind == endOfInput:
			return b.String()
		case skip != "":
			if t.kind == endTag && t.name == skip {
				skip = ""
			}
		case t.kind == textToken:
			b.WriteString(decodeText(&t))
		case e == nil:
			b.WriteString(t.text)
		case t.kind == startTag && e.is(holdsText) && e.kind == kindDropped:
			l.skipText()
		case t.kind == startTag && noText[t.name] && !t.isSelfClosing():
			skip = t.name
		case e.kind != kindInline && e.kind != kindUnwrapped:
			b.WriteByte(' ')
		}
	}
}

// noText has the elements that hold elements whose text must never show up.
var noText = map[string]bool{"template": true, "svg": true, "math": true}

// hasTag reports whether s has a tag, or a comment, that HTML knows.
func hasTag(s string) bool {
	rest := s[:strings.LastIndexByte(s, '>')+1] // what is not closed is no tag
	for {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
		if strings.HasPrefix(rest, "!--") {
			return true
		}
		name := tagName(strings.TrimPrefix(rest, "/"))
		if elementOf(lowered(name)) != nil {
			return true
		}
	}
}

// tagName is the letters and digits that s begins with, if a tag could go on after them.
func tagName(s string) string {
	n := 0
	for n < len(s) && isAlnum(s[n]) {
		n++
	}
	if n == len(s) || n == 0 || !strings.ContainsRune(" \t\r\n/>", rune(s[n])) {
		return ""
	}
	return s[:n]
}

// hasPair reports whether s has a closing tag that HTML knows: nobody writes one in plain text.
func hasPair(s string) bool {
	for rest := s; ; {
		i := strings.Index(rest, "</")
		if i < 0 {
			return false
		}
		rest = rest[i+2:]
		if elementOf(lowered(tagName(rest))) != nil {
			return true
		}
	}
}

// hasEntity reports whether s has a character reference that HTML knows, semicolon and all.
func hasEntity(s string) bool { return decodeEntities(s) != s }

// decodeEntities decodes character references that end in a semicolon. html.UnescapeString alone
// would also make "R©" of "R&copy".
func decodeEntities(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		next := strings.IndexByte(s[i:], '&')
		if next < 0 {
			break
		}
		i += next
		n := referenceLen(s[i:])
		if n == 0 {
			i++
			continue
		}
		if b.Len() == 0 {
			b.Grow(len(s))
		}
		b.WriteString(s[done:i])
		b.WriteString(html.UnescapeString(s[i : i+n]))
		i += n
		done = i
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// referenceLen is the length of the character reference that s begins with, 0 if it is none.
func referenceLen(s string) int {
	n := 1
	if n < len(s) && s[n] == '#' {
		n++
	}
	for n < len(s) && n < 34 && isAlnum(s[n]) {
		n++
	}
	if n < 3 || n == len(s) || s[n] != ';' {
		return 0
	}
	return n + 1
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
