package rawdoc

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// DecodeText turns a file into UTF-8 with plain line ends. It believes a byte order mark (UTF-8
// or UTF-16), then bytes that are UTF-16 or UTF-8. Of bytes that are neither it takes a few for
// damage within UTF-8; else it believes the media type's charset or an HTML meta element, and last
// what guess says, in which every byte is valid.
func DecodeText(body []byte, mediaType string) string {
	var text string
	switch marked, isUTF8 := bytes.CutPrefix(body, utf8Mark); {
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		text = string(convert(body, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)))
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		text = string(convert(body, unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)))
	case isWide(body, 1):
		text = string(convert(body, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)))
	case isWide(body, 0):
		text = string(convert(body, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)))
	case isUTF8, utf8.Valid(body):
		text = string(marked)
	case isDamagedUTF8(body):
		text = string(mendUTF8(body, "\n\r"))
	default:
		enc, _, stated := charset.DetermineEncoding(body, mediaType)
		start := bytes.ToLower(body[:min(len(body), declarationWithin)])
		if !stated && !bytes.Contains(start, []byte("charset")) {
			enc = guess(body)
		}
		text = string(convertMixed(body, enc, "\n\r"))
	}
	text = strings.ToValidUTF8(text, "\ufffd")
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return lineEnds.Replace(text)
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// isDamagedUTF8 reports whether far more characters beyond ASCII are proper UTF-8 than are not: in
// any other encoding it would be the other way round.
func isDamagedUTF8(body []byte) bool {
	good, bad := countUTF8(body)
	return good > 4*bad
}

// countUTF8 counts the characters beyond ASCII that are proper UTF-8, and the bytes that are not.
func countUTF8(body []byte) (good, bad int) {
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		body = body[size:]
	}
	return good, bad
}

// isWide reports whether a text without a mark is UTF-16, as the zeros show that stand in every
// second byte, from zero on, and nowhere else.
func isWide(body []byte, zero int) bool {
	body = body[:min(len(body), lookAt)]
	zeros := 0
	for i, b := range body {
		switch {
		case b != 0:
		case i%2 != zero:
			return false
		default:
			zeros++
		}
	}
	return zeros > 0 && zeros*10 >= len(body)/2
}
