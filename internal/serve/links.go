package serve

import (
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// feedLinks is the Link header of a feed document (RFC 8288): itself, its other formats, and its
// page. Addresses are full ones, as in the document.
func feedLinks(site news.Site, key news.FeedKey, format news.Format) []string {
	var b strings.Builder
	base := site.PublicURL
	writeLink(&b, base+news.FeedPath(key, format), "self", format.MediaType())
	for _, other := range news.Formats {
		if other != format {
			writeLink(&b, base+news.FeedPath(key, other), "alternate", other.MediaType())
		}
	}
	writeLink(&b, base+news.TopicPath(key.Topic), "alternate", "text/html")
	return []string{b.String()}
}

// archiveLinks is the Link header of an archive document (RFC 5005, section 4): as that of a feed,
// with the feed and the archives before and after it. There always is a next: that of the newest
// archive leads to the feed until it is closed.
func archiveLinks(site news.Site, key news.FeedKey, format news.Format, number int) []string {
	var b strings.Builder
	base := site.PublicURL
	writeLink(&b, base+news.ArchivePath(key, number, format), "self", format.MediaType())
	for _, other := range news.Formats {
		if other != format {
			writeLink(&b, base+news.ArchivePath(key, number, other), "alternate", other.MediaType())
		}
	}
	writeLink(&b, base+news.FeedPath(key, format), "current", "")
	if number > 1 {
		writeLink(&b, base+news.ArchivePath(key, number-1, format), "prev-archive", "")
	}
	writeLink(&b, base+news.ArchivePath(key, number+1, format), "next-archive", "")
	return []string{b.String()}
}

// writeLink adds a link to a list.
func writeLink(b *strings.Builder, address, relation, mediaType string) {
	if b.Len() > 0 {
		b.WriteString(", ")
	}
	b.WriteString("<" + address + `>; rel="` + relation + `"`)
	if mediaType != "" {
		b.WriteString(`; type="` + mediaType + `"`)
	}
}

// caching is what caches may do with an edition (RFC 9111, section 5.2.2, and RFC 5861).
func caching(e *news.Edition) string {
	s := directive("max-age", e.MaxAge)
	if e.StaleFor > 0 {
		s += ", " + directive("stale-while-revalidate", e.StaleFor)
	}
	if e.StaleOnError > 0 {
		s += ", " + directive("stale-if-error", e.StaleOnError)
	}
	return s
}

// directive writes a part of a Cache-Control field that has a number of seconds.
func directive(name string, d time.Duration) string {
	return name + "=" + strconv.FormatInt(int64(d/time.Second), 10)
}
