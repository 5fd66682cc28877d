package rawdoc

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
)

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]{0,200}>(.{0,500}?)</title`)

// LooksLike says what a document that is no feed seems to be. Found is its first element.
func LooksLike(raw, text []byte, found string) string {
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return "an empty document"
	case strings.EqualFold(found, "html"), isDoctypeHTML(text):
		return "an HTML page" + titled(text)
	case found != "" && bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")):
		return "an XML document whose first element is <" + Clip(found) + ">"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(raw), ";")
	switch kind {
	case "text/plain":
		return "plain text that begins with " + fmt.Sprintf("%q", Clip(string(text)))
	case "text/html":
		return "an HTML page" + titled(text)
	case "application/octet-stream":
		return "binary data"
	case "text/xml":
		return "an XML document without elements"
	}
	return "binary data (" + kind + ")"
}

func isDoctypeHTML(text []byte) bool {
	start := bytes.ToLower(text[:min(len(text), 512)])
	return bytes.Contains(start, []byte("<!doctype html"))
}

// titled returns the title of an HTML page in a form to add to what it is called.
func titled(text []byte) string {
	m := htmlTitle.FindSubmatch(text[:min(len(text), 64<<10)])
	if m == nil {
		return ""
	}
	title := strings.Join(strings.Fields(html.UnescapeString(string(m[1]))), " ")
	if title == "" {
		return ""
	}
	return fmt.Sprintf(" with the title %q", Clip(title))
}

// Clip shortens a text for a message.
func Clip(s string) string {
	const most = 60
	s = strings.TrimSpace(s)
	if runes := []rune(s[:min(len(s), 4*most)]); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
