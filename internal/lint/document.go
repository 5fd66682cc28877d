package lint

import (
	"bytes"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Format is what a document turned out to be.
type Format string

// The formats.
const (
	RSS     Format = "RSS 2.0"
	Atom    Format = "Atom 1.0"
	JSON    Format = "JSON Feed"
	Unknown Format = "no feed"
)

// Document is a feed as it was read.
type Document struct {
	Name      string // a file's name, or the address that it was read from
	URL       string // the same address; empty for a file, whose own address nobody knows
	MediaType string // as its server says, with parameters; empty for a file
	Body      []byte
	Asked     time.Time // when it was read; zero if that is not known
}

// Judge judges a document alone.
func Judge(doc Document) Report {
	n := newNotes(doc.Name)
	n.document(doc)
	return n.report()
}

// relations are the links of a document that lead to others of its feed.
type relations struct {
	current, prev, next string // of an archive; prev of a subscription document too
	archive             bool
	items               []item
}

// document judges one document and tells where it leads.
func (n *notes) document(doc Document) relations {
	rel := n.body(doc)
	if n.format != Unknown {
		n.items(rel.items, doc.Asked)
	}
	return rel
}

// body judges what a document says in its format.
func (n *notes) body(doc Document) relations {
	body := bytes.TrimLeft(doc.Body, " \t\r\n")
	if bytes.HasPrefix(body, []byte("{")) || bytes.HasPrefix(body, []byte("\uFEFF{")) {
		n.format = JSON
		return n.json(doc)
	}
	n.look("well-formed")
	n.encoding(doc.Body)
	root, err := parseXML(doc.Body)
	if err != nil {
		n.fault("well-formed", "document", "%v", err)
		n.format = Unknown
		return relations{}
	}
	switch {
	case root.is("", "rss"):
		n.format = RSS
		n.mediaType(doc, "application/rss+xml", "application/xml", "text/xml")
		return n.rss(root, doc)
	case root.is(nsAtom, "feed"):
		n.format = Atom
		n.mediaType(doc, "application/atom+xml", "application/xml", "text/xml")
		return n.atom(root, doc)
	}
	n.format = Unknown
	n.fault("well-formed", root.where(), "<%s> is neither RSS 2.0 nor Atom 1.0", root.name.Local)
	return relations{}
}

// encoding looks at what a parser may let pass.
func (n *notes) encoding(body []byte) {
	if !utf8Declared(body) {
		return // the parser decodes it
	}
	if bytes.Contains(body[:min(len(body), 2000)], []byte("<!DOCTYPE")) {
		n.doubt("well-formed", "document", "has a document type, which many readers refuse")
	}
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			n.fault("well-formed", place(body, i), "byte %#02x is not UTF-8", body[i])
			return
		}
		i += size
	}
}

// utf8Declared reports whether a document is in UTF-8 as far as it says.
func utf8Declared(body []byte) bool {
	m := declared.FindSubmatch(body[:min(len(body), 200)])
	return m == nil || strings.EqualFold(string(m[1]), "utf-8")
}

var declared = regexp.MustCompile(`^\s*<\?xml[^>]*encoding=["']([^"']+)["']`)

// place is where a byte stands, for a person.
func place(body []byte, i int) string {
	line := 1 + bytes.Count(body[:i], []byte("\n"))
	column := i - bytes.LastIndexByte(body[:i], '\n')
	return position(line, column)
}

// mediaType holds what the server says against what the document is. The first is the best.
func (n *notes) mediaType(doc Document, best string, others ...string) {
	if doc.MediaType == "" {
		return
	}
	n.look("media-type")
	got, _, err := mime.ParseMediaType(doc.MediaType)
	if err != nil {
		n.fault("media-type", "Content-Type", "%q is no media type", doc.MediaType)
		return
	}
	if got == best {
		return
	}
	for _, other := range others {
		if got == other {
			n.doubt("media-type", "Content-Type", "%s: %s says more", got, best)
			return
		}
	}
	n.fault("media-type", "Content-Type", "%s is not %s", got, best)
}

// absolute reports whether s is an absolute web address.
func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// iri reports whether s is an absolute IRI, of any scheme.
func iri(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && len(s) > len(u.Scheme)+1 && !strings.ContainsAny(s, " \t\n<>\"")
}

// sameAddress compares addresses as a reader would: the fragment says nothing.
func sameAddress(a, b string) bool {
	cut := func(s string) string { s, _, _ = strings.Cut(s, "#"); return s }
	return cut(a) == cut(b)
}

// isRFC3339 holds a date to RFC 3339 with an upper-case T and Z (RFC 4287, section 3.3).
func isRFC3339(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil && strings.ToUpper(s) == s
}

var (
	markup   = regexp.MustCompile(`<[a-zA-Z/!][^<>]*>`)
	escaped  = regexp.MustCompile(`&(amp|lt|gt|quot|#[0-9]+|#x[0-9a-fA-F]+);`)
	relative = regexp.MustCompile(`(?i)<[^<>]+\s(?:href|src|poster)\s*=\s*["']?([^"'\s<>]*)`)
)

// relativeIn finds a relative reference in HTML, "" if there is none.
func relativeIn(html string) string {
	for _, m := range relative.FindAllStringSubmatch(html, -1) {
		ref := m[1]
		if u, err := url.Parse(ref); ref != "" && (err != nil || !u.IsAbs()) && ref[0] != '#' {
			return ref
		}
	}
	return ""
}
