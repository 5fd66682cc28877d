package source

import (
	"bytes"
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// How many feeds that a page names are looked at, and what of the page.
const (
	maxNamed = 4
	maxPage  = 1_000_000 // bytes
)

// feedPaths are where sites have their feed if they do not say, tried in this order.
var feedPaths = []string{
	"/feed", "/feed/", "/rss", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml", "/feed.json",
}

// linkTypes are the types of feeds that pages name, the best first: Atom says most about dates
// and authors. A page's own order decides between two of one type.
var linkTypes = []string{
	"application/atom+xml", "application/rss+xml", "application/feed+json", "application/rdf+xml",
	"application/json", "application/xml", "text/xml",
}

// discover finds the feed of a site from one of its pages, reads it, and remembers where it is:
// the feeds that the page names, those of comments last, then the usual paths.
func (r *Reader) discover(
	ctx context.Context, src news.Source, page news.Document, mark *feedMark,
) (news.Reading, error) {
	site, err := url.Parse(cmp.Or(page.URL, src.URL))
	if err != nil {
		return news.Reading{}, news.Errorf(news.Invalid,
			"fetch %s: its address can't be read", news.Shown(page.URL))
	}
	named := namedFeeds(site, page.Body)
	named = named[:min(len(named), maxNamed)]
	named = append(named, usualFeeds(site)...)
	asked := map[string]bool{site.String(): true}
	status := 0
	for _, address := range named {
		if asked[address] {
			continue
		}
		asked[address] = true
		src.URL = address
		reading, _, err := r.ask(ctx, src, news.Validators{})
		if ctx.Err() != nil || reading.RetryAfter > 0 && err != nil {
			return reading, err // it has had enough of us
		}
		status = cmp.Or(reading.Status, status)
		if err == nil && len(reading.Documents) == 1 && isFeed(reading.Documents[0].Body) {
			*mark = feedMark{For: mark.For, Found: address}
			return reading, nil
		}
	}
	return news.Reading{Status: status}, news.Errorf(news.Invalid,
		"fetch %s: a page, and no feed where it and most sites have one (%d addresses tried): "+
			"name the feed's address", news.Shown(site.String()), len(asked)-1)
}

// namedFeed is a feed that a page names.
type namedFeed struct {
	url  string
	rank int
}

// namedFeeds lists the feeds that a page names, the best first: by link rel=alternate, then by
// links of a feed's type or scheme in its text.
func namedFeeds(site *url.URL, body []byte) []string {
	base := site
	var found []namedFeed
	tokens := html.NewTokenizer(bytes.NewReader(body[:min(len(body), maxPage)]))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break // the end of the page
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		token := tokens.Token()
		attrs := make(map[string]string, len(token.Attr))
		for _, a := range token.Attr {
			attrs[a.Key] = strings.TrimSpace(a.Val)
		}
		switch token.Data {
		case "base":
			if u, err := site.Parse(attrs["href"]); err == nil && attrs["href"] != "" {
				base = u
			}
		case "link", "a":
			if feed, ok := asFeed(base, token.Data, attrs); ok {
				found = append(found, feed)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b namedFeed) int { return cmp.Compare(a.rank, b.rank) })
	addresses := make([]string, len(found))
	for i, f := range found {
		addresses[i] = f.url
	}
	return slices.Compact(addresses)
}

// refreshed is where a page sends its readers at once by meta refresh, empty if nowhere.
func refreshed(doc news.Document) string {
	site, err := url.Parse(doc.URL)
	if err != nil || !isPage(doc.Body) {
		return ""
	}
	tokens := html.NewTokenizer(bytes.NewReader(doc.Body[:min(len(doc.Body), maxPage)]))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		token := tokens.Token()
		if token.Data != "meta" || kind == html.EndTagToken {
			continue
		}
		content, isRefresh := "", false
		for _, a := range token.Attr {
			isRefresh = isRefresh || a.Key == "http-equiv" && strings.EqualFold(a.Val, "refresh")
			if a.Key == "content" {
				content = a.Val
			}
		}
		const soon = 10 // seconds; what takes longer brings the same page again, or an advertisement
		wait, to, _ := strings.Cut(content, ";")
		seconds, err := strconv.ParseFloat(strings.TrimSpace(wait), 64)
		key, ref, ok := strings.Cut(to, "=")
		if !isRefresh || err != nil || seconds > soon || !ok ||
			!strings.EqualFold(strings.TrimSpace(key), "url") {
			continue
		}
		u, err := site.Parse(strings.Trim(strings.TrimSpace(ref), `'"`))
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			return u.String()
		}
	}
	return ""
}

// asFeed reads a link element or a link in the text, not ok if it names no feed.
func asFeed(base *url.URL, element string, attrs map[string]string) (feed namedFeed, ok bool) {
	mediaType, _, _ := strings.Cut(strings.ToLower(attrs["type"]), ";")
	rank := slices.Index(linkTypes, strings.TrimSpace(mediaType))
	rels := strings.Fields(strings.ToLower(attrs["rel"]))
	isNamed := rank >= 0 && slices.Contains(rels, "alternate")
	if element == "a" { // of any type, JSON say, it may lead anywhere
		isNamed = rank >= 0 && rank < slices.Index(linkTypes, "application/json") ||
			strings.HasPrefix(strings.ToLower(attrs["href"]), "feed:")
		rank = max(rank, 0) + len(linkTypes)
	}
	if !isNamed || attrs["href"] == "" {
		return namedFeed{}, false
	}
	u, err := base.Parse(news.FeedAddress(attrs["href"]))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return namedFeed{}, false
	}
	u.Fragment = ""
	said := strings.ToLower(u.Path + " " + u.RawQuery + " " + attrs["title"])
	switch {
	case strings.Contains(said, "wp-json") || strings.Contains(said, "oembed"):
		return namedFeed{}, false // JSON, but about the page
	case strings.Contains(said, "comment") || strings.Contains(said, "comentario"):
		rank += 2 * len(linkTypes)
	}
	return namedFeed{u.String(), rank}, true
}

// isFeed reports whether a body begins as a feed does.
func isFeed(body []byte) bool {
	start := body[:min(len(body), 4096)]
	for _, root := range []string{"<rss", "<feed", "<rdf:RDF", "<RDF", "<atom:feed"} {
		if bytes.Contains(start, []byte(root)) {
			return true
		}
	}
	return bytes.HasPrefix(trimmed(body), []byte("{")) && bytes.Contains(body, []byte(`"items"`))
}
