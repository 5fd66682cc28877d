package rawdoc

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// Programs put texts of several origins into one document without asking what they are encoded in,
// so that some are UTF-8 and others are not.

// convertMixed decodes a document in a charset of single bytes text by text, as separators part
// them: what is UTF-8 beyond doubt is left, the rest is in the charset.
func convertMixed(body []byte, enc encoding.Encoding, separators string) []byte {
	if !isSingleByte(enc) {
		return convert(body, enc)
	}
	return eachText(body, separators, func(text []byte) []byte {
		if utf8.Valid(text) && isLatinUTF8(text) {
			return text
		}
		return convert(text, enc)
	})
}

// isSingleByte reports whether an encoding has a byte for each character: those that take two put
// these together, or have no such.
func isSingleByte(enc encoding.Encoding) bool {
	for _, sample := range []string{"\xb1a", "\xe1a"} {
		text := bytes.Runes(convert([]byte(sample), enc))
		if len(text) != 2 || text[0] == utf8.RuneError || text[1] != 'a' {
			return false
		}
	}
	return true
}

// mendUTF8 repairs a document in UTF-8 text by text: one in which little beyond ASCII is UTF-8 is
// in Windows-1252, in any other what is not UTF-8 is damage.
func mendUTF8(body []byte, separators string) []byte {
	return eachText(body, separators, func(text []byte) []byte {
		if good, bad := countUTF8(text); good >= bad {
			return bytes.ToValidUTF8(text, []byte("\uFFFD"))
		}
		return convert(text, charmap.Windows1252)
	})
}

// eachText puts together what decode makes of each text that has characters beyond ASCII.
func eachText(body []byte, separators string, decode func([]byte) []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/16)
	for len(body) > 0 {
		end := bytes.IndexAny(body, separators)
		if end < 0 {
			end = len(body)
		}
		if slices.ContainsFunc(body[:end], func(b byte) bool { return b >= utf8.RuneSelf }) {
			out = append(out, decode(body[:end])...)
		} else {
			out = append(out, body[:end]...)
		}
		if body = body[end:]; len(body) > 0 {
			out, body = append(out, body[0]), body[1:]
		}
	}
	return out
}

// isLatinUTF8 reports whether all characters beyond ASCII begin as those of Western languages do in
// UTF-8. In a charset of single bytes that would be "Ã", "Â", "Å" or "â" before every one of them.
func isLatinUTF8(text []byte) bool {
	for _, b := range text {
		if b >= 0xC0 && bytes.IndexByte([]byte{0xC2, 0xC3, 0xC4, 0xC5, 0xE2}, b) < 0 {
			return false
		}
	}
	return true
}
