package parse

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/teletipo/teletipo/internal/news"
)

// guise is what a document looks like.
type guise int

const (
	guiseText     guise = iota
	guiseBinary         // nothing that people write, or nothing at all
	guiseFeed           // RSS, Atom or JSON Feed
	guisePage           // an HTML document
	guiseFragment       // a piece of HTML
	guiseData           // XML or JSON that is no feed
)

// lookAt is how many bytes of a document are looked at.
const lookAt = 4 << 10

// guiseOf looks at the beginning of a document.
func guiseOf(doc news.Document) guise {
	start := doc
	start.Body = doc.Body[:min(len(doc.Body), lookAt)]
	text := strings.TrimSpace(decodeText(start))
	kind := http.DetectContentType(start.Body)
	switch {
	case text == "", strings.HasPrefix(text, `{\rtf`), strings.ContainsRune(text, 0),
		kind == "application/octet-stream" && !isMostlyText(text),
		kind != "application/octet-stream" && !strings.HasPrefix(kind, "text/"):
		return guiseBinary
	case text[0] == '{':
		return guiseOfJSON(doc, text)
	case text[0] == '<':
		return guiseOfMarkup(text)
	}
	return guiseText
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

func guiseOfJSON(doc news.Document, start string) guise {
	last := strings.TrimSpace(string(doc.Body[max(0, len(doc.Body)-lookAt):]))
	switch {
	case strings.Contains(start+last, "jsonfeed.org/version"):
		return guiseFeed
	case strings.HasSuffix(last, "}") && strings.HasPrefix(strings.TrimSpace(start[1:]), `"`):
		return guiseData
	}
	return guiseText
}

func guiseOfMarkup(text string) guise {
	root := rootOf(text)
	local := strings.ToLower(root[strings.LastIndexByte(root, ':')+1:])
	switch {
	case local == "rss", local == "rdf", local == "feed":
		return guiseFeed
	case local == "html", local == "!doctype html", local == "head", local == "body":
		return guisePage
	case slices.Contains(fragmentStarts, atom.Lookup([]byte(local))):
		return guiseFragment
	case local != "" && (strings.HasPrefix(text, "<?xml") || strings.HasPrefix(text, "<!DOCTYPE")):
		return guiseData
	}
	return guiseText
}

// fragmentStarts has the elements that a piece of HTML may begin with.
var fragmentStarts = []atom.Atom{
	atom.A, atom.Article, atom.Aside, atom.B, atom.Blockquote, atom.Center, atom.Div, atom.Dl,
	atom.Em, atom.Figure, atom.Font, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
	atom.Header, atom.Hr, atom.I, atom.Img, atom.Link, atom.Main, atom.Meta, atom.Ol, atom.P,
	atom.Pre, atom.Script, atom.Section, atom.Span, atom.Strong, atom.Style, atom.Table,
	atom.Title, atom.Ul,
}

// rootOf is the name of a document's first element, "!doctype html" if it declares itself HTML,
// empty if it does not begin with an element. Comments and instructions before it do not count.
func rootOf(text string) string {
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
