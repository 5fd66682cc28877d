package clean

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"github.com/teletipo/teletipo/internal/news"
)

// URL returns the canonical form of a web address, empty if raw is none (http or https, at most
// maxURL bytes). Two spellings of one address (RFC 3986, section 6.2.2) become one: scheme and
// host in lower case, no default port, no dot segments, no needless escapes; and what does not
// name the page is dropped: user, fragment, and parameters that only track readers. The order of
// the others is kept, and http and https remain two addresses.
func URL(raw string) string {
	if isPlainAddress(raw) {
		page, query, found := strings.Cut(raw, "?")
		if !found {
			return raw
		}
		if query = withoutTracking(query); query != "" {
			page += "?" + query
		}
		return page
	}
	u := parseURL(raw)
	if u == nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := canonicalHost(u)
	if host == "" {
		return ""
	}
	path := withoutDots(normaliseEscapes(u.EscapedPath()))
	s := u.Scheme + "://" + host + path
	if query := withoutTracking(normaliseEscapes(u.RawQuery)); query != "" {
		s += "?" + query
	}
	if len(s) > maxURL {
		return ""
	}
	return s
}

// parseURL reads an address as people and programs write them: with spaces around it, line
// breaks within, or a percent sign that escapes nothing. It returns nil if there is no sense in it.
func parseURL(raw string) *url.URL {
	raw = strings.TrimSpace(raw)
	if strings.ContainsAny(raw, "\t\n\r") {
		raw = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(raw)
	}
	if raw == "" || len(raw) > maxURL {
		return nil
	}
	raw = strings.ReplaceAll(strip(raw), " ", "%20")
	u, err := url.Parse(raw)
	if err != nil {
		if u, err = url.Parse(escapeStrayPercent(raw)); err != nil {
			return nil
		}
	}
	u.RawQuery = escapeQuery(u.RawQuery)
	return u
}

// canonicalHost is the host of u in lower-case ASCII, with its port unless that is the default.
func canonicalHost(u *url.URL) string {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		name = ascii
	}
	if name == "" || strings.ContainsAny(name, " \"<>\\^`{|}%") {
		return ""
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	port := u.Port()
	if port == "" || port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		return name
	}
	return name + ":" + port
}

// normaliseEscapes writes escapes in upper case, and unreserved characters without one.
func normaliseEscapes(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || !isEscape(s[i:]) {
			b.WriteByte(s[i])
			continue
		}
		c := unhex(s[i+1])<<4 | unhex(s[i+2])
		if isAlnum(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(s[i : i+3]))
		}
		i += 2
	}
	return b.String()
}

// withoutDots removes the segments "." and ".." from a path (RFC 3986, section 5.2.4).
func withoutDots(path string) string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	kept := segments[:0]
	for i, segment := range segments {
		isDots := segment == "." || segment == ".."
		if segment == ".." && len(kept) > 0 {
			kept = kept[:len(kept)-1]
		}
		if !isDots {
			kept = append(kept, segment)
		} else if i == len(segments)-1 {
			kept = append(kept, "") // "/a/." is the directory "/a/"
		}
	}
	return "/" + strings.Join(kept, "/")
}

// escapeStrayPercent escapes each percent sign that does not begin an escape.
func escapeStrayPercent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if s[i] == '%' && !isEscape(s[i:]) {
			b.WriteString("25")
		}
	}
	return b.String()
}

// escapeQuery escapes what may not stand in a query (RFC 3986, section 3.4), and no more.
func escapeQuery(s string) string {
	if s == "" {
		return ""
	}
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case isAlnum(c), strings.IndexByte("-._~!$&'()*+,;=:@/?[]|", c) >= 0,
			c == '%' && isEscape(s[i:]):
			b.WriteByte(c)
		default:
			b.WriteString(string([]byte{'%', hexDigits[c>>4], hexDigits[c&15]}))
		}
	}
	return b.String()
}

func isEscape(s string) bool { return len(s) >= 3 && isHex(s[1]) && isHex(s[2]) }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// withoutTracking drops the parameters of a query that say where a reader came from.
func withoutTracking(query string) string {
	if !hasTracking(query) {
		return query
	}
	var kept []string
	for param := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(strings.ToLower(param), "=")
		if param == "" || isTracking(key, value) {
			continue
		}
		kept = append(kept, param)
	}
	return strings.Join(kept, "&")
}

// hasTracking reports whether a query has something that withoutTracking would drop.
func hasTracking(query string) bool {
	for param := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(lowered(param), "=")
		if param == "" || isTracking(key, value) {
			return true
		}
	}
	return false
}

func isTracking(key, value string) bool {
	for _, prefix := range []string{"utm_", "mtm_", "_hs", "hsa_", "oly_", "wt."} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return tracking[key] || key == "partner" && value == "rss"
}

// tracking has parameters that never name a page, whatever the site.
var tracking = map[string]bool{
	"__twitter_impression": true, "_ga": true, "_gl": true, "at_campaign": true,
	"at_medium": true, "cmp": true, "cmpid": true, "dclid": true, "emc": true, "fbclid": true,
	"ftag": true, "gbraid": true, "gclid": true, "gclsrc": true, "guccounter": true,
	"guce_referrer": true, "guce_referrer_sig": true, "hsctatracking": true, "icid": true,
	"igsh": true, "igshid": true, "li_fat_id": true, "mc_cid": true, "mc_eid": true,
	"mkt_tok": true, "msclkid": true, "ncid": true, "ns_campaign": true, "ns_linkname": true,
	"ns_mchannel": true, "ns_source": true, "ocid": true, "pk_campaign": true, "pk_kwd": true,
	"pk_medium": true, "pk_source": true, "rb_clickid": true, "ref_src": true, "ref_url": true,
	"s_cid": true, "smid": true, "smprod": true, "smtyp": true, "sr_share": true, "taid": true,
	"trk": true, "ttclid": true, "twclid": true, "vero_id": true, "wbraid": true, "xtor": true,
	"yclid": true,
}

// resolve makes a reference absolute: http, https or mailto, empty if it is nothing of these. It
// keeps what URL would drop, for a reference may need it.
func resolve(base *url.URL, raw string) string {
	if s, ok := resolvePlain(base, raw); ok {
		return s
	}
	return resolveAny(base, raw)
}

func resolveAny(base *url.URL, raw string) string {
	u := parseURL(raw)
	if u == nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	} else if u.Scheme == "" && u.Host != "" {
		u.Scheme = "https" // "//host/path", with no document to take the scheme from
	}
	switch u.Scheme {
	case "http", "https":
		u.User = nil
		if u.Host = canonicalHost(u); u.Host == "" {
			return ""
		}
	case "mailto":
		if !isMail(u.Opaque) || !isSimple(u.Opaque) {
			return ""
		}
	default:
		return ""
	}
	s := u.String()
	if again, err := url.Parse(s); err != nil || again.String() != s || len(s) > maxURL {
		return ""
	}
	return s
}

// addresses are the canonical link of an item, the part of the page that it names, and what the
// item's relative references resolve against: its base, else its link, else the address of its
// source. The base is nil if there is none.
func addresses(item news.Item, src news.Source) (page, anchor string, base *url.URL) {
	base = absolute(nil, news.Base(src.URL))
	base = absolute(base, item.Base)
	link := resolve(base, item.URL)
	if item.Base == "" {
		base = absolute(base, link)
	}
	if page = URL(link); page != "" {
		anchor = anchorOf(link)
	}
	return page, anchor, base
}

// anchorOf is the fragment of an address, empty if that names no part of the page: its top, a text
// to be marked, or where a reader came from.
func anchorOf(address string) string {
	_, fragment, _ := strings.Cut(address, "#")
	switch {
	case strings.EqualFold(fragment, "top"), strings.HasPrefix(fragment, ":~:"):
		return ""
	}
	return withoutTracking(fragment)
}

// absolute resolves a reference to a web address; what is none leaves the base as it is.
func absolute(base *url.URL, raw string) *url.URL {
	s := resolve(base, raw)
	if !isWeb(s) {
		return base
	}
	u, err := url.Parse(s)
	if err != nil {
		return base
	}
	return u
}
