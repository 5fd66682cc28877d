package clean

import (
	"strings"

	"golang.org/x/net/html"
)

type tokenKind int

const (
	endOfInput tokenKind = iota
	textToken
	startTag
	endTag
)

// token is a tag or the text between two. Its strings are parts of the input.
type token struct {
	kind  tokenKind
	text  string // of a text, with its references; of a start tag, all of it
	isRaw bool   // the text has no references, as that of a script
	name  string // of a tag, in lower case
	e     *element
	attrs string // what a start tag has behind its name; see nextAttr
	start int    // where it begins in the input
}

// isSelfClosing reports whether a start tag ends in "/>".
func (t *token) isSelfClosing() bool { return strings.HasSuffix(t.text, "/>") }

// lexer cuts HTML into tokens as section 13.2.5 of the WHATWG's standard says, without comments.
// It copies nothing: the tokenizer of golang.org/x/net, which the tests hold it against, keeps a
// table of each tag's attributes, many times the bytes of a tag that is nothing but attributes.
type lexer struct {
	s   string
	pos int
	raw string // the element whose content is text up to its end tag; empty in markup
}

// next returns the next token. What the input breaks off within, a tag or a comment, is none.
func (l *lexer) next() token {
	if l.raw != "" {
		if t := l.rawText(); t.text != "" {
			return t
		}
	}
	for start := l.pos; ; {
		n := strings.IndexByte(l.s[l.pos:], '<')
		if n < 0 || l.pos+n+1 >= len(l.s) {
			l.pos = len(l.s)
			return l.textFrom(start)
		}
		at := l.pos + n
		c := l.s[at+1]
		isEnd := c == '/'
		if isEnd && at+2 < len(l.s) {
			c = l.s[at+2]
		}
		switch {
		case isEnd && at+2 == len(l.s), !isEnd && !isLetter(c) && c != '!' && c != '?':
			l.pos = at + 1 // an angle bracket in text
			continue
		case at > start:
			l.pos = at
			return l.textFrom(start)
		case isLetter(c):
			return l.tag(at, isEnd)
		}
		l.pos = l.commentEnd(at, isEnd)
		start = l.pos
	}
}

func (l *lexer) textFrom(start int) token {
	if start == l.pos {
		return token{}
	}
	return token{kind: textToken, text: l.s[start:l.pos], start: start}
}

// tag reads the tag at a position.
func (l *lexer) tag(at int, isEnd bool) token {
	nameStart := at + 1
	if isEnd {
		nameStart++
	}
	i := nameStart
	for i < len(l.s) && !isTagSpace(l.s[i]) && l.s[i] != '/' && l.s[i] != '>' {
		i++
	}
	t := token{kind: startTag, name: lowered(l.s[nameStart:i]), start: at}
	t.e = elementOf(t.name)
	attrs := i
	for i < len(l.s) && l.s[i] != '>' {
		_, _, n := nextAttr(l.s[i:])
		i += n
	}
	if i == len(l.s) {
		l.pos = i
		return token{}
	}
	l.pos = i + 1
	t.text, t.attrs = l.s[at:l.pos], l.s[attrs:i]
	if isEnd {
		t.kind = endTag
	} else if t.e.is(holdsText) {
		l.raw = t.name
	}
	return t
}

// commentEnd is where a comment ends, or what HTML takes for one: "<!x>", "<?x>", "</ x>".
func (l *lexer) commentEnd(at int, isEnd bool) int {
	rest := l.s[at+2:]
	if isEnd || !strings.HasPrefix(l.s[at:], "<!--") {
		if n := strings.IndexByte(rest, '>'); n >= 0 {
			return at + 2 + n + 1
		}
		return len(l.s)
	}
	i := at + len("<!--")
	switch rest = l.s[i:]; {
	case strings.HasPrefix(rest, ">"):
		return i + 1
	case strings.HasPrefix(rest, "->"):
		return i + 2
	}
	for {
		n := strings.Index(l.s[i:], "--")
		if n < 0 {
			return len(l.s)
		}
		i += n
		switch rest = l.s[i+2:]; {
		case strings.HasPrefix(rest, ">"):
			return i + 3
		case strings.HasPrefix(rest, "!>"):
			return i + 4
		}
		i++
	}
}

// rawText reads the content of an element that holds text only, up to its end tag.
func (l *lexer) rawText() token {
	name, start := l.raw, l.pos
	l.raw = ""
	if name == "plaintext" {
		l.pos = len(l.s)
	} else {
		l.pos += rawEnd(l.s[start:], name)
	}
	t := l.textFrom(start)
	t.isRaw = name != "textarea" && name != "title"
	return t
}

// rawEnd is where the end tag of an element begins that holds text only, else the length of s. In
// a script that is commented out a second script may begin and end.
func rawEnd(s, name string) int {
	commentEnd, inSecond := 0, false
	for i := 0; ; i++ {
		n := strings.IndexByte(s[i:], '<')
		if n < 0 {
			return len(s)
		}
		if i += n; i >= commentEnd {
			inSecond = false
		}
		switch rest := s[i+1:]; {
		case name == "script" && i >= commentEnd && strings.HasPrefix(rest, "!--"):
			if end := strings.Index(rest[1:], "-->"); end >= 0 {
				commentEnd = i + 2 + end
			} else {
				commentEnd = len(s)
			}
		case i < commentEnd && isTagOf(rest, name):
			inSecond = true
		case strings.HasPrefix(rest, "/") && isTagOf(rest[1:], name):
			if !inSecond {
				return i
			}
			inSecond = false
		}
	}
}

// isTagOf reports whether s begins with the rest of a tag of a name.
func isTagOf(s, name string) bool {
	if len(s) <= len(name) || !strings.EqualFold(s[:len(name)], name) {
		return false
	}
	c := s[len(name)]
	return isTagSpace(c) || c == '/' || c == '>'
}

// nextAttr reads the attribute that the rest of a tag begins with, and how many bytes it has with
// what parts it from the next. The value has its references; the key is empty if there is none.
func nextAttr(s string) (key, value string, n int) {
	i := 0
	for i < len(s) && (isTagSpace(s[i]) || s[i] == '/') {
		i++
	}
	start := i
	for i < len(s) && !isTagSpace(s[i]) && s[i] != '/' && s[i] != '>' && (s[i] != '=' || i == start) {
		i++
	}
	key = s[start:i]
	for i < len(s) && isTagSpace(s[i]) {
		i++
	}
	if key == "" || i == len(s) || s[i] != '=' {
		return key, "", i
	}
	for i++; i < len(s) && isTagSpace(s[i]); {
		i++
	}
	if i == len(s) {
		return key, "", i
	}
	if quote := s[i]; quote == '"' || quote == '\'' {
		i++
		end := strings.IndexByte(s[i:], quote)
		if end < 0 {
			return key, s[i:], len(s)
		}
		return key, s[i : i+end], i + end + 1
	}
	start = i
	for i < len(s) && !isTagSpace(s[i]) && s[i] != '>' {
		i++
	}
	return key, s[start:i], i
}

// skipText passes over the content and the end tag of an element that holds text only.
func (l *lexer) skipText() {
	l.rawText()
	l.next()
}

// maxValue is how many bytes an attribute may have that anything is made of.
const maxValue = 64 << 10

// attr is the value of an attribute of a start tag, its references decoded; empty without it, or
// if it is longer than anything an article needs.
func (t *token) attr(name string) string {
	for rest := t.attrs; rest != ""; {
		key, value, n := nextAttr(rest)
		if len(key) == len(name) && strings.EqualFold(key, name) {
			if len(value) > maxValue {
				return ""
			}
			return decodeValue(value)
		}
		rest = rest[n:]
	}
	return ""
}

// decodeValue decodes the references of an attribute's value: other than in text, a name without
// its semicolon is none before "=" or a letter, as in "?a=1&copy=2".
func decodeValue(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return withoutCR(s)
	}
	s = withoutCR(s)
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := 1
		if n < len(s) && s[n] == '#' {
			n++
		}
		for n < len(s) && isAlnum(s[n]) {
			n++
		}
		if n == 1 {
			b.WriteByte('&')
			s = s[1:]
			continue
		}
		last := n - 1
		if n < len(s) && s[n] == ';' {
			n++
		}
		decoded := html.UnescapeString(s[:n])
		isWhole := s[1:2] == "#" || !strings.HasSuffix(decoded, s[last:n])
		if isWhole && s[n-1] != ';' && s[1:2] != "#" && n < len(s) && s[n] == '=' {
			isWhole = false
		}
		if isWhole {
			b.WriteString(decoded)
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
}

// decodeText decodes the references of text.
func decodeText(t *token) string {
	s := withoutCR(t.text)
	if t.isRaw || strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(s)
}

// withoutCR makes of each line end one "\n".
func withoutCR(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return newlines.Replace(s)
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// lowered is s with its ASCII letters in lower case.
func lowered(s string) string {
	for i := range len(s) {
		if isUpper(s[i]) {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if isUpper(b[j]) {
					b[j] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// isTagSpace reports whether c parts what is in a tag.
func isTagSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'
}
