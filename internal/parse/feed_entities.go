package parse

import (
	"bytes"
	"html"
	"strings"
)

var cdataStart, cdataEnd = []byte("<![CDATA["), []byte("]]>")

// longestEntity is how many bytes after a "&" its ";" is looked for.
const longestEntity = 64

// unescape decodes the entities of an attribute's value.
func unescape(value []byte) string {
	if bytes.IndexByte(value, '&') < 0 {
		return string(value)
	}
	return string(appendDecoded(nil, value))
}

// appendDecoded appends a text with its entities decoded, HTML's among them: feeds use those too.
// Only what ends in ";" is one, so that "?a=1&copy=2" stays an address.
func appendDecoded(out, text []byte) []byte {
	for {
		amp := bytes.IndexByte(text, '&')
		if amp < 0 {
			return append(out, text...)
		}
		out = append(out, text[:amp]...)
		text = text[amp:]
		decoded, size := entity(text)
		out = append(out, decoded...)
		text = text[size:]
	}
}

// entity decodes the entity at the start of a text, a "&" if it is none, and returns its length.
func entity(text []byte) (decoded string, size int) {
	end := bytes.IndexByte(text[:min(len(text), longestEntity)], ';')
	if end < 0 || bytes.ContainsAny(text[1:end], " \t\r\n&") {
		return "&", 1
	}
	switch string(text[1:end]) {
	case "lt":
		return "<", end + 1
	case "gt":
		return ">", end + 1
	case "amp":
		return "&", end + 1
	case "quot":
		return `"`, end + 1
	case "apos":
		return "'", end + 1
	}
	whole := string(text[:end+1])
	decoded = html.UnescapeString(whole)
	if strings.HasSuffix(decoded, ";") && decoded == html.UnescapeString(whole[:end])+";" {
		return "&", 1
	}
	return decoded, end + 1
}
