package rawdoc

import (
	"cmp"
	"net/url"
	"strings"
)

// Resolve returns a reference as an address relative to a base. Where that does not work it gives
// the reference as it stands.
func Resolve(base, ref string) string {
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
