package rawdoc

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
)

// Resolve returns a reference as an address relative to a base. Where that does not work it gives
// the reference as it stands.
func Resolve(base, ref string) string {
	ref = mended(ref)
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

var (
	// misspelt matches the beginning of an address of the web as people write it: http//, http:/,
	// https:///, htp://, with a feed: before it, or twice.
	misspelt = regexp.MustCompile(`(?i)^(?:feed:/*)?(?:h{0,2}t{1,3}ps?(?::[/\\]*|[/\\]{2,}))*` +
		`h{0,2}t{1,3}p(s?)(?::[/\\]*|[/\\]{2,})`)
	feedScheme = regexp.MustCompile(`(?i)^feed:/{2}`)
	breaks     = regexp.MustCompile(`\s*[\r\n\t]+\s*`)
)

// mended returns a reference without what only a mistake can have put into it.
func mended(ref string) string {
	if ref = strings.TrimSpace(ref); strings.ContainsAny(ref, "\r\n\t") {
		ref = breaks.ReplaceAllString(ref, "")
	}
	ref = strings.ReplaceAll(ref, "&amp;", "&") // escaped twice
	if m := misspelt.FindStringSubmatch(ref[:min(len(ref), 40)]); m != nil {
		ref = "http" + strings.ToLower(m[1]) + "://" + ref[len(m[0]):]
	} else if feedScheme.MatchString(ref) {
		ref = "https" + ref[len("feed"):]
	}
	if address, query, _ := strings.Cut(ref, "?"); strings.Contains(address, `\`) {
		ref = strings.ReplaceAll(address, `\`, "/") + ref[len(address):len(ref)-len(query)] + query
	}
	return ref
}

// namesHost reports whether a reference without a scheme begins with a host: that of its base, or
// one that begins with www.
func namesHost(ref string, base *url.URL) bool {
	first, _, _ := strings.Cut(ref, "/")
	first = strings.ToLower(first)
	return first != "" && base.Host != "" && (strings.HasPrefix(first, "www.") ||
		strings.TrimPrefix(strings.ToLower(base.Host), "www.") == first)
}

// Link returns an address that an item names, absolute if that can be; none for an empty one.
func Link(base, ref string) string {
	if strings.TrimSpace(ref) == "" {
		return ""
	}
	return Resolve(base, ref)
}

// IsWeb reports whether a text is an address on the web.
func IsWeb(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}
