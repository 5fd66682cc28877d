package rawdoc

import (
	"bytes"
	"mime"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// wideEncodings are told by the first bytes of a document: a byte order mark, or the zeros around
// a first character that can only be "<" or "{".
var wideEncodings = []struct {
	first []byte
	enc   encoding.Encoding
}{
	{[]byte{0xFF, 0xFE, 0, 0}, utf32.UTF32(utf32.LittleEndian, utf32.ExpectBOM)},
	{[]byte{0, 0, 0xFE, 0xFF}, utf32.UTF32(utf32.BigEndian, utf32.ExpectBOM)},
	{[]byte{0xFF, 0xFE}, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)},
	{[]byte{0xFE, 0xFF}, unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)},
	{[]byte{'<', 0, 0, 0}, utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{[]byte{0, 0, 0, '<'}, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{[]byte{'<', 0}, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{[]byte{0, '<'}, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{[]byte{'{', 0}, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{[]byte{0, '{'}, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
}

// declarationWithin is how many bytes from the start an XML declaration is looked for.
const declarationWithin = 1024

var (
	utf8Mark      = []byte{0xEF, 0xBB, 0xBF}
	encodingInXML = regexp.MustCompile(
		`<\?xml\s[^>]{0,200}?encoding\s*=\s*["']\s*([^"'<>\s]{1,40})\s*["']`)
)

// DecodeFeed turns a document into UTF-8 that XML 1.0 can carry. It believes, in this order, a
// byte order mark, bytes that are UTF-8 beyond doubt, the server, and the XML declaration.
func DecodeFeed(body []byte, mediaType string) []byte {
	for _, wide := range wideEncodings {
		if bytes.HasPrefix(body, wide.first) {
			return stripForbidden(convert(body, wide.enc))
		}
	}
	if marked, ok := bytes.CutPrefix(body, utf8Mark); ok {
		return stripForbidden(bytes.ToValidUTF8(marked, []byte("\uFFFD")))
	}
	stated, isUTF8 := statedEncoding(body, mediaType)
	switch {
	case utf8.Valid(body) && (stated == nil || bytes.IndexByte(body, 0x1B) < 0):
		// Escape bytes belong to ISO-2022-JP, which looks like ASCII.
		return stripForbidden(body)
	case stated != nil:
		return stripForbidden(convertMixed(body, stated, "<>"))
	case isUTF8 && hasMultibyte(body):
		return stripForbidden(mendUTF8(body, "<>"))
	default:
		return stripForbidden(convertMixed(body, guess(body), "<>"))
	}
}

// statedEncoding finds what the server or else the document says, nil if neither names an
// encoding other than UTF-8.
func statedEncoding(body []byte, mediaType string) (enc encoding.Encoding, isUTF8 bool) {
	var labels []string
	if _, params, err := mime.ParseMediaType(mediaType); err == nil {
		labels = append(labels, params["charset"])
	}
	start := body[:min(len(body), declarationWithin)]
	if m := encodingInXML.FindSubmatch(start); m != nil {
		labels = append(labels, string(m[1]))
	}
	for _, label := range labels {
		enc, name := charset.Lookup(label)
		switch {
		case enc == nil || name == "replacement" || strings.HasPrefix(name, "utf-16"):
			// Unknown, dangerous, or refuted by a declaration that reads as ASCII.
		case name == "utf-8":
			isUTF8 = true
		default:
			return enc, isUTF8
		}
	}
	return nil, isUTF8
}

func convert(body []byte, enc encoding.Encoding) []byte {
	text, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return text
}

// hasMultibyte reports whether some characters beyond ASCII are proper UTF-8, so that the bytes
// that are not must be damage and no other encoding.
func hasMultibyte(body []byte) bool {
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRune(body[i:])
		if size > 1 {
			return true
		}
		i += size
	}
	return false
}

// stripForbidden takes away the characters that XML 1.0 cannot carry, and references to such. Two
// references to the halves of a character beyond the first plane are made that character. It gives
// back the text itself if there are none.
func stripForbidden(text []byte) []byte {
	var out []byte
	from := 0
	for i := 0; i < len(text); {
		if !suspects[text[i]] {
			i++
			continue
		}
		size, instead := forbidden(text[i:])
		if size == 0 {
			i++
			continue
		}
		out = append(append(out, text[from:i]...), instead...)
		i += size
		from = i
	}
	if from == 0 {
		return text
	}
	return append(out, text[from:]...)
}

// suspects are the bytes that something forbidden may begin with.
var suspects = func() (table [256]bool) {
	for c := range 0x20 {
		table[c] = c != '\t' && c != '\n' && c != '\r'
	}
	table[0xEF], table['&'] = true, true
	return table
}()

// forbidden returns the length of the forbidden character, or reference to one, at the start, and
// what to write instead.
func forbidden(text []byte) (size int, instead string) {
	switch b := text[0]; {
	case b < 0x20 && b != '\t' && b != '\n' && b != '\r':
		return 1, ""
	case b == 0xEF && len(text) > 2 && text[1] == 0xBF && text[2] >= 0xBE: // U+FFFE, U+FFFF
		return 3, ""
	case b != '&':
		return 0, ""
	}
	r, size := reference(text)
	switch {
	case size == 0:
	case utf16.IsSurrogate(r):
		low, more := reference(text[size:])
		if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
			return size + more, string(whole)
		}
		return size, ""
	case r < 0x20 && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF:
		return size, ""
	}
	return 0, ""
}

// reference reads a reference such as &#8; or &#x1F; at the start; its length is 0 for none.
func reference(text []byte) (r rune, size int) {
	end := bytes.IndexByte(text[:min(len(text), 12)], ';')
	if end < 0 || !bytes.HasPrefix(text, []byte("&#")) {
		return 0, 0
	}
	digits, base := string(text[2:end]), 10
	if hex := strings.TrimLeft(digits, "xX"); hex != digits {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	if err != nil {
		return 0, 0
	}
	return rune(n), end + 1
}
