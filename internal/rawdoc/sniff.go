// Package rawdoc knows what all raw documents have in common, whatever is in them: how their bytes
// are encoded, what they look like, where in them something is, and what an address in them means.
// It believes what it sees over what a document says it is.
//
//	if rawdoc.Sniff(body, mediaType) == rawdoc.Plain {
//		fmt.Println(rawdoc.DecodeText(body, mediaType))
//	}
package rawdoc

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// Type is what a document looks like.
type Type int

// The types that Sniff tells.
const (
	Plain    Type = iota
	Binary        // nothing that people write, or nothing at all
	Feed          // RSS, Atom or JSON Feed
	Page          // an HTML document
	Fragment      // a piece of HTML
	Data          // XML or JSON that is no feed
)

// lookAt is how many bytes of a document are looked at.
const lookAt = 4 << 10

// Sniff looks at the beginning of a document. The media type only helps to decode it.
func Sniff(body []byte, mediaType string) Type {
	start := body[:min(len(body), lookAt)]
	text := strings.TrimSpace(DecodeText(start, mediaType))
	kind := http.DetectContentType(start)
	switch {
	case text == "", strings.HasPrefix(text, `{\rtf`), strings.ContainsRune(text, 0),
		kind == "application/octet-stream" && !isMostlyText(text),
		kind != "application/octet-stream" && !strings.HasPrefix(kind, "text/"):
		return Binary
	case text[0] == '{':
		return sniffJSON(body, text)
	case text[0] == '<':
		return sniffMarkup(text)
	}
	return Plain
}

// isMostlyText reports whether a text has few control characters: text with some damage.
func isMostlyText(text string) bool {
	odd := 0
	for _, r := range text {
		if r < ' ' && !strings.ContainsRune("\t\n\r\f\v\x1b", r) || r == '\ufffd' {
			odd++
		}
	}
	return odd*20 <= len(text)
}

func sniffJSON(body []byte, start string) Type {
	last := strings.TrimSpace(string(body[max(0, len(body)-lookAt):]))
	switch {
	case strings.Contains(start+last, "jsonfeed.org/version"):
		return Feed
	case strings.HasSuffix(last, "}") && strings.HasPrefix(strings.TrimSpace(start[1:]), `"`):
		return Data
	}
	return Plain
}

func sniffMarkup(text string) Type {
	root := Root(text)
	local := strings.ToLower(root[strings.LastIndexByte(root, ':')+1:])
	switch {
	case local == "rss", local == "rdf", local == "feed":
		return Feed
	case local == "html", local == "!doctype html", local == "head", local == "body":
		return Page
	case slices.Contains(fragmentStarts, atom.Lookup([]byte(local))):
		return Fragment
	case local != "" && (strings.HasPrefix(text, "<?xml") || strings.HasPrefix(text, "<!DOCTYPE")):
		return Data
	}
	return Plain
}

// fragmentStarts has the elements that a piece of HTML may begin with.
var fragmentStarts = []atom.Atom{
	atom.A, atom.Article, atom.Aside, atom.B, atom.Blockquote, atom.Center, atom.Div, atom.Dl,
	atom.Em, atom.Figure, atom.Font, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
	atom.Header, atom.Hr, atom.I, atom.Img, atom.Link, atom.Main, atom.Meta, atom.Ol, atom.P,
	atom.Pre, atom.Script, atom.Section, atom.Span, atom.Strong, atom.Style, atom.Table,
	atom.Title, atom.Ul,
}

// Root is the name of a document's first element, "!doctype html" if it declares itself HTML,
// empty if it does not begin with an element. Comments and instructions before it do not count.
func Root(text string) string {
	for {
		text = strings.TrimSpace(text)
		end := ""
		switch {
		case strings.HasPrefix(text, "<!--"):
			end = "-->"
		case strings.HasPrefix(text, "<?"):
			end = "?>"
		case strings.HasPrefix(text, "<!"):
			if len(text) >= 14 && strings.EqualFold(text[:14], "<!doctype html") {
				return "!doctype html"
			}
			end = ">"
		case strings.HasPrefix(text, "<"):
			n := strings.IndexAny(text, " \t\r\n/>")
			if n < 0 {
				return ""
			}
			return text[1:n]
		default:
			return ""
		}
		_, rest, found := strings.Cut(text, end)
		if !found {
			return ""
		}
		text = rest
	}
}
