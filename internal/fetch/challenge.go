package fetch

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// A page with no more text than this is a challenge if its title or its code looks like one.
// Articles and lists of articles have more.
const (
	littleText = 1500 // bytes
	aFewWords  = 400
	nextToNone = 200
	maxTest    = 100_000 // bytes of the whole page
)

// cookieWall names a page that only those get past who take its cookies.
const cookieWall = "cookie wall"

// consentHosts and consentPaths are parts of addresses that redirects to such a page lead to.
var (
	consentHosts = []string{"consent.", "cookiewall.", "privacy-gate.", "myprivacy."}
	consentPaths = []string{
		"/cookiewall", "/cookie-wall", "/collectconsent", "/privacy-gate",
		"/cookie-consent", "/privacygate",
	}
)

// challenged reports whether an answer is a challenge or a cookie wall, by its address too, and
// whose.
func challenged(
	target *url.URL, status int, header http.Header, body []byte,
) (name string, ok bool) {
	if name, ok = Challenged(status, header, body); ok {
		return name, true
	}
	host, path := strings.ToLower(target.Hostname()), strings.ToLower(target.Path)
	begins := func(part string) bool { return strings.HasPrefix(host, part) }
	has := func(part string) bool { return strings.Contains(path, part) }
	if (status < 300 || deniesOnly(status)) && isPage(body) &&
		(slices.ContainsFunc(consentHosts, begins) || slices.ContainsFunc(consentPaths, has)) {
		return cookieWall, true
	}
	return "", false
}

// challenger is one who puts a page that only browsers get past before those of others.
type challenger struct {
	name   string
	field  string   // of the header, that only a challenge has
	titles []string // what the title of a challenge begins with, in lower case
	marks  []string // parts of its source, in lower case, that no other page has
	common []string // parts that the pages behind it may have as well
}

var challengers = []challenger{
	{
		name: "Cloudflare", field: "Cf-Mitigated",
		titles: []string{
			"just a moment", "attention required!", "un momento", "please wait... | cloudflare",
		},
		marks:  []string{"_cf_chl_opt", "cf-browser-verification", "cf_captcha_kind"},
		common: []string{"/cdn-cgi/challenge-platform/"},
	},
	{
		name:   "Akamai",
		titles: []string{"challenge validation"},
		marks: []string{
			"/_sec/cp_challenge/", "sec-if-cpt-container", "/_sec/verify?", "bm-verify",
			"errors.edgesuite.net",
		},
	},
	{
		name:   "Imperva",
		titles: []string{"pardon our interruption"},
		marks:  []string{"incapsula incident id", "iframe id=\"main-iframe\" src=\"/_incapsula_"},
		common: []string{"/_incapsula_resource"},
	},
	{
		name:  "DataDome",
		marks: []string{"captcha-delivery.com/"},
	},
	{
		name:   "HUMAN",
		titles: []string{"access to this page has been denied"},
		marks:  []string{"id=\"px-captcha\"", "window._pxappid"},
	},
	{
		name: "AWS WAF", field: "X-Amzn-Waf-Action",
		common: []string{"awswafcookiedomainlist", ".token.awswaf.com/"},
	},
	{name: "Vercel", field: "X-Vercel-Mitigated", titles: []string{"vercel security checkpoint"}},
	{
		name: "Sucuri", titles: []string{"sucuri website firewall"},
		marks: []string{"sucuri_cloudproxy_js"},
	},
	{name: "DDoS-Guard", titles: []string{"ddos-guard"}, marks: []string{"/.well-known/ddos-guard/"}},
	{
		name: cookieWall,
		titles: []string{
			"before you continue", "antes de continuar", "cookie consent", "cookies required",
			"cookies are required", "cookie wall", "enable cookies", "please enable cookies",
			"consentimiento de cookies", "aviso de cookies", "activa las cookies",
			"habilita las cookies", "privacy gate", "your privacy choices", "tu privacidad",
		},
		marks: []string{"/v2/collectconsent", "//consent.google.", "//myprivacy."},
	},
	{
		name: "a page that checks who asks",
		titles: []string{
			"access denied", "acceso denegado", "checking your browser", "verifying your browser",
			"one moment, please", "security check", "human verification", "bot verification",
			"client challenge", "verificación de seguridad", "are you a robot",
		},
	},
}

// Challenged reports whether an answer is a page that wants to know whether a person is asking, in
// place of the document, and whose it is. Such pages come as 200 too; among the answers that are
// no errors only those with next to no text are taken for one, and never a feed.
func Challenged(status int, header http.Header, body []byte) (name string, ok bool) {
	for _, c := range challengers {
		switch strings.ToLower(header.Get(c.field)) {
		case "challenge", "captcha", "block", "deny":
			return c.name, true
		}
	}
	denied := deniesOnly(status)
	if len(body) > maxTest || !denied && (status >= 300 || !isPage(body)) {
		return "", false
	}
	title, words := look(body)
	text := len(words)
	if !denied && text > littleText {
		return "", false
	}
	source := bytes.ToLower(body)
	has := func(mark string) bool { return bytes.Contains(source, []byte(mark)) }
	titled := func(start string) bool {
		rest, ok := strings.CutPrefix(title, start)
		return ok && (denied || endsTitle(rest))
	}
	for _, c := range challengers {
		if slices.ContainsFunc(c.titles, titled) || slices.ContainsFunc(c.marks, has) ||
			text <= nextToNone && slices.ContainsFunc(c.common, has) {
			return c.name, true
		}
	}
	if text <= aFewWords && wantsCookies(words) && !has("alternate") {
		return cookieWall, true
	}
	return "", false
}

// wantsCookies reports whether a text in lower case asks for cookies to be taken.
func wantsCookies(text string) bool {
	if !strings.Contains(text, "cookie") {
		return false
	}
	has := func(word string) bool { return strings.Contains(text, word) }
	return slices.ContainsFunc([]string{
		"enable", "accept", "allow", "require", "consent", "turn on",
		"activ", "acept", "habilit", "permit", "consient",
	}, has)
}

// deniesOnly reports whether a status keeps a document from those that may not have it. Other
// errors are what they say, on whatever page they say it.
func deniesOnly(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed,
		http.StatusNotAcceptable, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return false
}

// endsTitle reports whether nothing comes after the words of a title but the site's name.
func endsTitle(rest string) bool {
	rest = strings.TrimLeft(rest, " .…!")
	return rest == "" || strings.HasPrefix(rest, "|") || strings.HasPrefix(rest, "-") ||
		strings.HasPrefix(rest, "before accessing")
}

// isPage reports whether a body is HTML and no feed.
func isPage(body []byte) bool {
	if !strings.HasPrefix(http.DetectContentType(body), "text/html") {
		return false
	}
	start := bytes.ToLower(body[:min(len(body), 4096)])
	for _, root := range []string{"<rss", "<feed", "<rdf:"} {
		if bytes.Contains(start, []byte(root)) {
			return false
		}
	}
	return true
}

// look returns the title of a page and the text that it shows, in lower case.
func look(body []byte) (title, text string) {
	var shown strings.Builder
	hidden := "" // the element that the tokens are in, if it is one that shows nothing
	for z := html.NewTokenizer(bytes.NewReader(body)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return title, shown.String()
		case html.StartTagToken, html.EndTagToken:
			raw, _ := z.TagName()
			switch name := string(raw); {
			case kind == html.EndTagToken && name == hidden:
				hidden = ""
			case kind == html.StartTagToken && hidden == "":
				switch name {
				case "title", "script", "style", "template", "noscript", "iframe":
					hidden = name
				}
			}
		case html.TextToken:
			if words := bytes.ToLower(bytes.Join(bytes.Fields(z.Text()), []byte(" "))); hidden == "" {
				shown.Write(words)
			} else if hidden == "title" && title == "" {
				title = html.UnescapeString(string(words))
			}
		}
	}
}

// challenge is the error for an answer that is one.
func challenge(target *url.URL, code int, name string) error {
	what := fmt.Sprintf("a bot challenge (%s)", name)
	if name == cookieWall {
		what = "a cookie wall: a page that goes away for those who take its cookies"
	}
	return news.Errorf(news.Refused, "fetch %s: challenged: the server answers %s with %s",
		shown(target), status(code), what)
}
