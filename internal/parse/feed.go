package parse

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// parseFeed reads RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 and JSON Feed. Each item is read by
// itself: one that cannot be read is a fault and costs no other. A document that is no feed is
// an error of kind Invalid that says what it looks like.
func parseFeed(doc news.Document) (items []news.Item, faults []error, err error) {
	items, _, faults, err = parseFeedBut(doc, nil)
	return items, faults, err
}

// parseFeedBut is parseFeed without the items that are known; see ParseNew.
func parseFeedBut(doc news.Document, known func(mark uint64) bool) (
	items []news.Item, passed []uint64, faults []error, err error,
) {
	defer func() {
		if cause := recover(); cause != nil {
			items, passed, faults = nil, nil, nil
			err = news.Errorf(news.Invalid, "parse %s: the feed made the parser fail: %v",
				placeOf(doc), cause)
		}
	}()
	if len(doc.Body) > maxDocument {
		return nil, nil, nil, tooMuch(doc, "%d bytes, more than %d", len(doc.Body), maxDocument)
	}
	text := decodeFeed(doc.Body, doc.MediaType)
	if start := bytes.TrimSpace(text); len(start) > 0 && start[0] == '{' {
		return parseJSONFeed(doc, text, known)
	}
	feed := mendFeed(text)
	feed.known = known
	switch {
	case feed.over != "":
		return nil, nil, nil, tooMuch(doc, "more than %s", feed.over)
	case feed.root == "":
		return nil, nil, nil, news.Errorf(news.Invalid, "parse %s: not a feed but %s",
			placeOf(doc), looksLike(doc.Body, text, feed.found))
	case feed.root == "feed":
		items, faults = parseAtom(doc, feed)
	default:
		items, faults = parseRSS(doc, feed)
	}
	in := cursor{text: text}
	for i, f := range faults {
		faults[i] = atLine(f, doc, &in)
	}
	return items, feed.passed, faults, nil
}

// FeedFormat names the format of a feed document; it is empty if the document is none.
func FeedFormat(doc news.Document) string {
	text := decodeFeed(doc.Body, doc.MediaType)
	if start := bytes.TrimSpace(text); len(start) > 0 && start[0] == '{' {
		return "JSON Feed"
	}
	switch mendFeed(text).root {
	case "":
		return ""
	case "feed":
		return "Atom"
	default:
		return "RSS"
	}
}

// unstated is the id of a feed that states neither an id nor any address: its own address is not
// ours to tell, it may hold a key.
func unstated(doc news.Document) string {
	if doc.URL == "" {
		return ""
	}
	return news.MintID("feed", doc.URL).URN()
}

// placeOf is what errors call a document.
func placeOf(doc news.Document) string {
	return cmp.Or(news.Shown(doc.URL), doc.Name, "document")
}

// itemFault is an item that could not be read.
type itemFault struct {
	number int // counted from 1
	at     int // byte in the document, negative if unknown
	cause  error
}

func (f *itemFault) Error() string { return f.cause.Error() }

// atLine turns an item's fault into an error that names document, item and line.
func atLine(fault error, doc news.Document, in *cursor) error {
	f, ok := fault.(*itemFault)
	if !ok {
		return fault
	}
	where := fmt.Sprintf("item %d", f.number)
	if f.at >= 0 {
		line, column := in.position(f.at)
		where += fmt.Sprintf(" at %d:%d", line, column)
	}
	return news.Errorf(news.Invalid, "parse %s: %s: %w", placeOf(doc), where, f.cause)
}

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]{0,200}>(.{0,500}?)</title`)

// looksLike says what a document that is no feed seems to be. Found is its first element.
func looksLike(raw, text []byte, found string) string {
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return "an empty document"
	case strings.EqualFold(found, "html"), isDoctypeHTML(text):
		return "an HTML page" + titled(text)
	case found != "" && bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")):
		return "an XML document whose first element is <" + clip(found) + ">"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(raw), ";")
	switch kind {
	case "text/plain":
		return "plain text that begins with " + fmt.Sprintf("%q", clip(string(text)))
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
	return fmt.Sprintf(" with the title %q", clip(title))
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 60
	s = strings.TrimSpace(s)
	if runes := []rune(s[:min(len(s), 4*most)]); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// resolve returns a reference as an address relative to a base. Where that does not work it gives
// the reference as it stands.
func resolve(base, ref string) string {
	ref = strings.ReplaceAll(strings.TrimSpace(ref), "&amp;", "&") // escaped twice
	for _, scheme := range []string{"http", "https"} {
		if rest, ok := strings.CutPrefix(ref, scheme+"//"); ok {
			ref = scheme + "://" + rest
		}
	}
	if base == "" || ref == "" {
		return cmp.Or(ref, base)
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	if namesHost(ref, b) {
		ref = "//" + ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// namesHost reports whether a reference without a scheme begins with a host: that of its base, or
// one that begins with www.
func namesHost(ref string, base *url.URL) bool {
	first, _, _ := strings.Cut(ref, "/")
	first = strings.ToLower(first)
	return first != "" && base.Host != "" && (strings.HasPrefix(first, "www.") ||
		strings.TrimPrefix(strings.ToLower(base.Host), "www.") == first)
}

// link returns an address that an item names, absolute if that can be; none for an empty one.
func link(base, ref string) string {
	if strings.TrimSpace(ref) == "" {
		return ""
	}
	return resolve(base, ref)
}

// isWeb reports whether a text is an address on the web.
func isWeb(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}
