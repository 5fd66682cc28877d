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

// withoutTags gives the text of HTML; blocks and line breaks part words, other tags don't.
func withoutTags(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(maxRaw)
	skip := "" // the element whose content is no text
	for {
		switch token := z.Next(); token {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == "" {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			e, known := elements[string(name)]
			switch {
			case skip != "":
				if string(name) == skip && token == html.EndTagToken {
					skip = ""
				}
			case !known:
				b.WriteString(raw)
			case rawText[string(name)] && token == html.StartTagToken:
				skip = string(name)
			case e.kind != kindInline && e.kind != kindUnwrapped:
				b.WriteByte(' ')
			}
		}
	}
}

// rawText has the elements whose content must never show up as text.
var rawText = map[string]bool{
	"script": true, "style": true, "title": true, "textarea": true,
	"iframe": true, "noembed": true, "noframes": true, "template": true, "svg": true, "math": true,
}

// hasTag tells whether s has a tag, or a comment, that HTML knows.
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
		if _, known := elements[strings.ToLower(name)]; known {
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

// hasPair tells whether s has a closing tag that HTML knows: nobody writes one in plain text.
func hasPair(s string) bool {
	for rest := s; ; {
		i := strings.Index(rest, "</")
		if i < 0 {
			return false
		}
		rest = rest[i+2:]
		if _, known := elements[strings.ToLower(tagName(rest))]; known {
			return true
		}
	}
}

// hasEntity tells whether s has a character reference that HTML knows, semicolon and all.
func hasEntity(s string) bool { return decodeEntities(s) != s }

// decodeEntities decodes character references that end in a semicolon. html.UnescapeString alone
// would also make "R©" of "R&copy".
func decodeEntities(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := referenceLen(s)
		if n == 0 {
			n = 1
			b.WriteByte('&')
		} else {
			b.WriteString(html.UnescapeString(s[:n]))
		}
		s = s[n:]
	}
	if b.Len() == 0 {
		return s
	}
	b.WriteString(s)
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
