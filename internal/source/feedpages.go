package source

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// How far the pages of a feed are followed at the first look.
const (
	maxPages     = 10         // the first among them
	maxPageItems = 1000       // no page is read once there are so many
	maxPageBytes = 20_000_000 // nor once they have so many bytes together
)

var (
	linkTag  = regexp.MustCompile(`(?is)<(?:[a-z0-9]+:)?link\s[^<>]{0,1000}>`)
	linkAttr = regexp.MustCompile(`(?is)\s(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	itemTag  = regexp.MustCompile(`(?i)<(?:[a-z0-9]+:)?(?:item|entry)[\s>]`)
	itemEnd  = regexp.MustCompile(`(?i)</(?:[a-z0-9]+:)?(?:item|entry)\s*>`)
)

// pages follows a feed to its older pages (RFC 5005, sections 3 and 4; next_url of JSON Feed) on
// the same host, and gives all documents, the oldest first: where two have the same item the
// newer one counts. A page that can't be read ends that, and is a fault.
func (r *Reader) pages(
	ctx context.Context, src news.Source, first news.Document,
) ([]news.Document, []error) {
	docs := []news.Document{first}
	seen := map[string]bool{first.URL: true}
	items, size := 0, 0
	var faults []error
	for doc := first; len(docs) < maxPages; {
		next, n := nextPage(doc)
		items += n
		size += len(doc.Body)
		if next == "" || seen[next] || items >= maxPageItems || size >= maxPageBytes {
			break
		}
		seen[next] = true
		older := src
		older.URL = next
		reading, _, err := r.ask(ctx, older, news.Validators{})
		if err == nil && (len(reading.Documents) == 0 || !isFeed(reading.Documents[0].Body)) {
			err = news.Errorf(news.Invalid, "fetch %s: not a feed", news.Shown(next))
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("older pages of the feed: %w", err))
			break
		}
		doc = reading.Documents[0]
		if seen[doc.URL] && doc.URL != next {
			break // redirected to what has been read
		}
		seen[doc.URL] = true
		docs = append(docs, doc)
	}
	slices.Reverse(docs)
	return docs, faults
}

// nextPage is the address of the page before a document in time, empty if it has none on its own
// host, and how many items the document has.
func nextPage(doc news.Document) (next string, items int) {
	if bytes.HasPrefix(trimmed(doc.Body), []byte("{")) {
		var feed struct {
			Next  string            `json:"next_url"`
			Items []json.RawMessage `json:"items"`
		}
		if json.Unmarshal(trimmed(doc.Body), &feed) != nil {
			return "", 0
		}
		return onHost(doc.URL, feed.Next), len(feed.Items)
	}
	spans := itemTag.FindAllIndex(doc.Body, -1)
	head := doc.Body
	if len(spans) > 0 {
		head = head[:spans[0][0]]
	}
	links := make(map[string]string)
	for _, tag := range linkTag.FindAll(head, -1) {
		attrs := make(map[string]string)
		for _, m := range linkAttr.FindAllSubmatch(tag, -1) {
			attrs[strings.ToLower(string(m[1]))] = string(m[2]) + string(m[3])
		}
		links[strings.ToLower(attrs["rel"])] = html.UnescapeString(attrs["href"])
	}
	for _, rel := range []string{"prev-archive", "next"} {
		if next := onHost(doc.URL, links[rel]); next != "" {
			return next, len(spans)
		}
	}
	return "", len(spans)
}

// onHost resolves a reference, empty if it leads to another host.
func onHost(base, ref string) string {
	from, err := url.Parse(base)
	if err != nil || strings.TrimSpace(ref) == "" {
		return ""
	}
	to, err := from.Parse(strings.TrimSpace(ref))
	if err != nil || to.Host != from.Host || to.Scheme != "http" && to.Scheme != "https" {
		return ""
	}
	to.Fragment = ""
	return to.String()
}
