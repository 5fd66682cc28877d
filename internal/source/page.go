package source

import (
	"bytes"
	"net/http"
	"strings"
)

// isPage reports whether a body is HTML and no feed.
func isPage(body []byte) bool {
	if !strings.HasPrefix(http.DetectContentType(body), "text/html") {
		return false
	}
	start := body[:min(len(body), 4096)]
	for _, root := range []string{"<rss", "<feed", "<rdf:", "<RDF"} {
		if bytes.Contains(start, []byte(root)) {
			return false
		}
	}
	return true
}
