package source

import (
	"bytes"
	"errors"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// ErrChallenged is wrapped by the errors for pages that want to know whether a person is asking.
// They are recorded and never worked around.
var ErrChallenged = errors.New("a bot challenge in place of a feed")

// maxChallenge is how many bytes such a page has at most; real pages are longer.
const maxChallenge = 100_000

var pageTitle = regexp.MustCompile(`(?is)<title[^>]{0,200}>(.{0,300}?)</title`)

// challengeTitles are what the titles of such pages begin with, in lower case.
var challengeTitles = []string{
	"challenge validation", "just a moment", "attention required!", "one moment, please",
	"checking your browser", "ddos-guard", "pardon our interruption", "access denied",
	"human verification", "security check", "client challenge", "verifying your browser",
	"bot verification", "un momento", "verificación de seguridad",
}

// challengeMarks are parts of the scripts of those who make such pages: Cloudflare, Akamai,
// Imperva, DataDome, HUMAN, Amazon, Sucuri.
var challengeMarks = []string{
	"/cdn-cgi/challenge-platform/", "_cf_chl_opt", "/_sec/cp_challenge/", "sec-if-cpt-container",
	"bm-verify", "_incapsula_resource", "captcha-delivery.com", "px-captcha",
	"awswafcookiedomainlist", "sucuri_cloudproxy_js",
}

// challenge gives an error if an answer is a bot challenge that passes for a document.
func challenge(resp news.Response) error {
	body := resp.Document.Body
	if len(body) > maxChallenge || !isPage(body) {
		return nil
	}
	title := ""
	if m := pageTitle.FindSubmatch(body); m != nil {
		title = strings.Join(strings.Fields(html.UnescapeString(string(m[1]))), " ")
	}
	for _, start := range challengeTitles {
		if strings.HasPrefix(strings.ToLower(title), start) {
			return challenged(resp, "a page with the title \""+title+"\"")
		}
	}
	lower := bytes.ToLower(body)
	for _, mark := range challengeMarks {
		if bytes.Contains(lower, []byte(mark)) {
			return challenged(resp, "a page with "+mark)
		}
	}
	return nil
}

func challenged(resp news.Response, what string) error {
	return news.Errorf(news.Refused, "fetch %s: the server answers %d with %w: %s",
		resp.Document.URL, resp.Status, ErrChallenged, what)
}

// isPage tells whether a body is HTML and no feed.
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
