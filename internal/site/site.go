package site

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Site is who publishes at an address. The zero value is nobody.
type Site struct {
	// Domain is the registrable domain; of an address without one (an IP address, a name without a
	// dot) the host with its port, since each port may be somebody else's.
	Domain string
	// Path is what its addresses begin with on a host that many share, as /@ana; else empty.
	Path string
	// Common says that the address is of such a host as a whole, and so of nobody on it.
	Common bool
}

// String names the site as an address without its scheme.
func (s Site) String() string { return s.Domain + s.Path }

// Of is the site of an address on the web; the scheme may be missing. It is the zero Site if there
// is no sense in the address.
func Of(address string) Site {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return Site{}
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return withPath(u.Host, u.Path, 0)
	}
	domain, depth := registrable(host)
	return withPath(domain, u.Path, depth)
}

// registrable is the domain of a host, and how many segments of a path tell apart who shares it.
func registrable(host string) (domain string, depth int) {
	bare := strings.TrimPrefix(host, "www.")
	if depth, is := byPath[bare]; is {
		return bare, depth
	}
	if suffix, _ := publicsuffix.PublicSuffix(bare); suffix == bare && strings.Contains(bare, ".") {
		return bare, 1 // www.gob.mx: the host of everybody below that suffix
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host, 0
	}
	label, _, _ := strings.Cut(domain, ".")
	if !byName[domain] && label != "blogspot" {
		return domain, 0
	}
	if host == domain || bare == domain {
		return domain, 1
	}
	names := strings.TrimSuffix(host, "."+domain)
	return names[strings.LastIndexByte(names, '.')+1:] + "." + domain, 0
}

// withPath is the site of a path on a domain that so many of its segments tell apart. Everywhere a
// first segment such as ~ana or @ana is a person's own part of a host.
func withPath(domain, path string, depth int) Site {
	var segments []string
	for segment := range strings.SplitSeq(strings.ToLower(path), "/") {
		if segment != "" {
			segments = append(segments, segment)
		}
	}
	for len(segments) > 0 && isFeedWord(segments[0]) {
		segments = segments[1:] // medium.com/feed/@ana is the feed of medium.com/@ana
	}
	if depth == 0 && len(segments) > 0 && strings.ContainsRune("~@", rune(segments[0][0])) {
		depth = 1
	}
	s := Site{Domain: strings.ToLower(domain), Common: depth > len(segments)}
	if depth > 0 && !s.Common {
		segments = segments[:depth]
		for _, kind := range []string{".rss", ".atom", ".xml", ".json"} {
			segments[depth-1] = strings.TrimSuffix(segments[depth-1], kind)
		}
		s.Path = "/" + strings.Join(segments, "/")
	}
	return s
}

// isFeedWord reports whether a first segment only says that a feed follows.
func isFeedWord(segment string) bool {
	switch segment {
	case "feed", "feeds", "rss", "atom", "rss.xml", "feed.xml", "atom.xml", "feed.json":
		return true
	}
	return false
}

// Has reports whether an address is one of the site's.
func (s Site) Has(address string) bool {
	other := Of(address)
	if s.Domain == "" || s.Common || s.Domain != other.Domain {
		return false
	}
	return s.Path == "" || s.Path == other.Path
}

// Owned reports whether an address is one of a site that one of some addresses stands for.
func Owned(address string, of ...string) bool {
	for _, home := range of {
		if home != "" && Of(home).Has(address) {
			return true
		}
	}
	return false
}

// Same reports whether two addresses are of one site.
func Same(a, b string) bool {
	of := Of(a)
	return of.Domain != "" && !of.Common && of == Of(b)
}
