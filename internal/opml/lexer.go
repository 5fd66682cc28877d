package opml

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// Lists are edited by hand and written by programs that never heard of escaping. A lexer that
// knows how they go wrong reads what an XML parser refuses, names each place, and reads what is
// right as XML does.

const (
	maxAttribute = 64 << 10 // bytes of the value of an attribute
	maxQuotes    = 32       // within it that should not be there
	maxName      = 160      // bytes of an attribute's name and what is around it
	maxFaults    = 50       // places that are named
)

// kind says what a token is.
type kind int

const (
	ended kind = iota // the document is at its end
	startTag
	endTag
	characters
)

// token is a tag, or text between tags with its references resolved.
type token struct {
	kind       kind
	name, text string
	attributes []Attribute
	closed     bool // "/>"
}

// lexer cuts a document into tokens.
type lexer struct {
	text   string
	pos    int
	line   int // of counted
	upTo   int // lines are counted up to here
	faults []error
}

// fault names a place that is not as it should be; it costs no more than is said.
func (l *lexer) fault(pos int, format string, args ...any) {
	if pos > l.upTo { // tokens come in order
		l.line += strings.Count(l.text[l.upTo:pos], "\n")
		l.upTo = pos
	}
	switch n := len(l.faults); {
	case n < maxFaults:
		l.faults = append(l.faults, news.Errorf(news.Invalid, "line %d: %s",
			l.line+1, fmt.Sprintf(format, args...)))
	case n == maxFaults:
		l.faults = append(l.faults, news.Errorf(news.Invalid, "more than %d places are wrong", maxFaults))
	}
}

// next returns the next token.
func (l *lexer) next() token {
	for l.pos < len(l.text) {
		rest := l.text[l.pos:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			l.skip("-->")
		case strings.HasPrefix(rest, "<![CDATA["):
			l.pos += len("<![CDATA[")
			start := l.pos
			l.skip("]]>")
			text := strings.TrimSuffix(l.text[start:l.pos], "]]>")
			return token{kind: characters, text: l.clean(start, text)}
		case strings.HasPrefix(rest, "<!"):
			l.declaration()
		case strings.HasPrefix(rest, "<?"):
			l.skip("?>")
		case strings.HasPrefix(rest, "</"):
			if end := strings.IndexByte(rest, '>'); end > 0 {
				l.pos += end + 1
				return token{kind: endTag, name: strings.TrimSpace(rest[2:end])}
			}
			l.pos = len(l.text)
		case len(rest) > 1 && rest[0] == '<' && nameLen(rest[1:]) > 0:
			if t, whole := l.tag(); whole {
				return t
			}
		default:
			return l.characters(rest)
		}
	}
	return token{}
}

// skip goes past what ends a comment and the like.
func (l *lexer) skip(end string) {
	if i := strings.Index(l.text[l.pos:], end); i >= 0 {
		l.pos += i + len(end)
		return
	}
	l.pos = len(l.text)
}

// declaration goes past a declaration, of which nothing is ever expanded.
func (l *lexer) declaration() {
	depth := 0
	for ; l.pos < len(l.text); l.pos++ {
		switch l.text[l.pos] {
		case '<', '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth--; depth <= 0 {
				l.pos++
				return
			}
		}
	}
}

// characters is text up to the next "<".
func (l *lexer) characters(rest string) token {
	end := strings.IndexByte(rest[1:], '<') + 1
	if end == 0 {
		end = len(rest)
	}
	start := l.pos
	l.pos += end
	return token{kind: characters, text: l.clean(start, resolve(rest[:end]))}
}

var (
	// reference is one that ends in a semicolon; addresses are full of bare ampersands.
	reference = regexp.MustCompile(`&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[a-zA-Z][a-zA-Z0-9]{1,31});`)
	// follows is what comes after the quote that ends a value.
	follows = regexp.MustCompile(`^\s*(?:/?>|</?\pL|[\pL_:][\pL\pN_:.\-]{0,127}\s*=\s*["']|$)`)
	// opens is the end of a value whose own quote is missing: the name of the next attribute.
	opens = regexp.MustCompile(`\s[\pL_:][\pL\pN_:.\-]{0,127}\s*=\s*$`)
)

// resolve replaces references to characters, those that HTML has names for too.
func resolve(text string) string {
	if !strings.Contains(text, "&") {
		return text
	}
	return reference.ReplaceAllStringFunc(text, html.UnescapeString)
}

// clean drops what XML can't carry.
func (l *lexer) clean(pos int, text string) string {
	bad := func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff'
	}
	if i := strings.IndexFunc(text, bad); i < 0 {
		return text
	}
	l.fault(pos, "control characters, left out")
	return strings.Map(func(r rune) rune {
		if bad(r) {
			return -1
		}
		return r
	}, text)
}

// nameLen is how many bytes of a text are a name of XML, 0 if it begins with none.
func nameLen(text string) int {
	for i, r := range text {
		switch {
		case r == '_', r == ':', unicode.IsLetter(r):
		case i > 0 && (r == '-' || r == '.' || unicode.IsDigit(r)):
		default:
			return i
		}
	}
	return len(text)
}

// tag reads the start tag at the lexer's position; not whole if the document ends within.
func (l *lexer) tag() (t token, whole bool) {
	start := l.pos
	n := nameLen(l.text[start+1:])
	t = token{kind: startTag, name: l.text[start+1 : start+1+n]}
	l.pos += 1 + n
	for {
		l.pos += len(l.text[l.pos:]) - len(strings.TrimLeftFunc(l.text[l.pos:], unicode.IsSpace))
		rest := l.text[l.pos:]
		switch {
		case rest == "":
			l.fault(start, "the document ends inside <%s>, which is left out", t.name)
			return t, false
		case rest[0] == '>':
			l.pos++
			return t, true
		case strings.HasPrefix(rest, "/>"):
			l.pos += 2
			t.closed = true
			return t, true
		case rest[0] == '<' && nameLen(rest[1:]) > 0:
			l.fault(start, "<%s> has no end before the next tag", t.name)
			return t, true
		}
		l.attribute(&t)
	}
}

// attribute reads what should be an attribute, of equal ones the first.
func (l *lexer) attribute(t *token) {
	start := l.pos
	n := nameLen(l.text[start:])
	rest := strings.TrimLeftFunc(l.text[start+n:], unicode.IsSpace)
	if n == 0 || !strings.HasPrefix(rest, "=") {
		if n == 0 {
			_, n = utf8.DecodeRuneInString(l.text[start:])
		}
		l.fault(start, "%.20q in <%s> is no attribute, left out", l.text[start:start+n], t.name)
		l.pos += n
		return
	}
	rest = strings.TrimLeftFunc(rest[1:], unicode.IsSpace)
	at := len(l.text) - len(rest)
	raw := l.value(rest, at)
	a := Attribute{l.text[start : start+n], l.clean(at, resolve(raw))}
	for _, b := range t.attributes[:min(len(t.attributes), maxAttributes)] {
		if b.Name == a.Name {
			return
		}
	}
	t.attributes = append(t.attributes, a)
}

// value reads the value at the beginning of rest, and goes past it. A quote inside a value is told
// from the one that ends it by what follows.
func (l *lexer) value(rest string, at int) string {
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		end := strings.IndexFunc(rest, func(r rune) bool { return r == '>' || unicode.IsSpace(r) })
		if end < 0 {
			end = len(rest)
		}
		if strings.HasPrefix(rest[end:], ">") {
			end = len(strings.TrimSuffix(rest[:end], "/"))
		}
		l.fault(at, "the value %.40q has no quotes", rest[:end])
		l.pos = at + end
		return rest[:end]
	}
	quote := rest[:1]
	rest = rest[1:min(len(rest), maxAttribute)]
	for end, tried := 0, 0; tried < maxQuotes; end, tried = end+1, tried+1 {
		i := strings.Index(rest[end:], quote)
		if i < 0 {
			break
		}
		end += i
		if follows.MatchString(rest[end+1:]) {
			if strings.Contains(rest[:end], quote) {
				l.fault(at, "the value %.60q has quotes in it that should be &quot;", rest[:end])
			}
			l.pos = at + 1 + end + 1
			return rest[:end]
		}
		near := max(0, end-maxName)
		if name := opens.FindStringIndex(rest[near:end]); name != nil {
			value := rest[:near+name[0]]
			l.fault(at, "the value %.60q has no quote at its end", value)
			l.pos = at + 1 + len(value)
			return value
		}
	}
	end := strings.IndexByte(rest, '>')
	if end < 0 {
		end = len(rest)
	}
	l.fault(at, "a value has no quote at its end, and is left out")
	l.pos = at + 1 + end
	return ""
}
