// Package signals reads what a site states about the use of an article: in the header of its page
// and in the page itself. What its robots.txt states is read by package robots, and what is made of
// all of it is decided in package clean.
package signals

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// Bounds on what is read and kept.
const (
	maxPage  = 1 << 20 // bytes of a page
	maxValue = 300     // bytes of a statement
	maxKept  = 20      // statements
)

// fields are those of a header: Content-Usage (aipref), Content-Signal, those of TDMRep, and
// X-Robots-Tag.
var fields = map[string]string{
	"Content-Usage": "content-usage", "Content-Signal": "content-signal",
	"Tdm-Reservation": "tdm-reservation", "Tdm-Policy": "tdm-policy", "X-Robots-Tag": "robots",
}

// OfPage reads what an answer states about the article on its page.
func OfPage(header map[string][]string, body []byte) (found []news.Signal) {
	for field, name := range fields {
		for _, value := range header[field] {
			if name == "robots" && !isForUs(value) {
				continue
			}
			found = add(found, news.Signal{Name: name, Value: value, From: "header"})
		}
	}
	for _, link := range header[http.CanonicalHeaderKey("Link")] {
		for part := range strings.SplitSeq(link, ",") {
			target, params, _ := strings.Cut(part, ";")
			if isLicense(params) {
				found = add(found, news.Signal{
					Name: "license", Value: strings.Trim(strings.TrimSpace(target), "<>"), From: "header",
				})
			}
		}
	}
	slices.SortFunc(found, func(a, b news.Signal) int {
		return strings.Compare(a.Name+a.Value, b.Name+b.Value)
	})
	return inPage(found, body)
}

// isForUs reports whether an X-Robots-Tag is for every robot or for us: another's begins with its
// name and a colon.
func isForUs(value string) bool {
	name, _, named := strings.Cut(value, ":")
	name = strings.ToLower(strings.TrimSpace(name))
	return !named || name == "teletipo" || name == "unavailable_after" ||
		strings.ContainsAny(name, ",- ")
}

func isLicense(params string) bool {
	for param := range strings.SplitSeq(strings.ToLower(params), ";") {
		key, value, _ := strings.Cut(param, "=")
		if strings.TrimSpace(key) == "rel" &&
			slices.Contains(strings.Fields(strings.Trim(strings.TrimSpace(value), `"`)), "license") {
			return true
		}
	}
	return false
}

// inPage adds what meta and link elements state.
func inPage(found []news.Signal, body []byte) []news.Signal {
	tokens := html.NewTokenizer(bytes.NewReader(body[:min(len(body), maxPage)]))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tag, more := tokens.TagName()
		isMeta, isLink := string(tag) == "meta", string(tag) == "link"
		if !more || !isMeta && !isLink {
			continue
		}
		attrs := map[string]string{}
		for more && len(attrs) < 10 {
			var key, value []byte
			key, value, more = tokens.TagAttr()
			attrs[string(key)] = strings.TrimSpace(string(value))
		}
		name := strings.ToLower(attrs["name"])
		switch {
		case isLink && slices.Contains(strings.Fields(strings.ToLower(attrs["rel"])), "license"):
			found = add(found, news.Signal{Name: "license", Value: attrs["href"], From: "page"})
		case isMeta && (name == "robots" || name == "teletipo"):
			found = add(found, news.Signal{Name: "robots", Value: attrs["content"], From: "page"})
		case isMeta && (name == "tdm-reservation" || name == "tdm-policy" || name == "content-usage"):
			found = add(found, news.Signal{Name: name, Value: attrs["content"], From: "page"})
		}
	}
	return found
}

// Union is what two lists state.
func Union(a, b []news.Signal) []news.Signal {
	for _, s := range b {
		a = add(slices.Clip(a), s) // others may have what is behind it
	}
	return a
}

// add adds a statement that is not among others yet.
func add(found []news.Signal, s news.Signal) []news.Signal {
	s.Value = s.Value[:min(len(s.Value), maxValue)]
	s.Value = strings.Join(strings.Fields(strings.ToValidUTF8(s.Value, "")), " ")
	if s.Value == "" || len(found) >= maxKept || slices.Contains(found, s) {
		return found
	}
	return append(found, s)
}
