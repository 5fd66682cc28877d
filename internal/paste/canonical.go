package paste

import (
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// canonical is the address that a page says it has, if that is one of the site that the page came
// from: else any page could take the place of another site's. A file came from no site, so its
// word is all there is.
func canonical(stated, from string) string {
	if stated == "" || from == "" {
		return stated
	}
	base, err := url.Parse(from)
	if err != nil {
		return stated
	}
	u, err := base.Parse(stated)
	if err != nil || siteOf(u) != siteOf(base) {
		return ""
	}
	return stated
}

// siteOf is the registered domain of an address, or its host where there is none, as of a number.
func siteOf(u *url.URL) string {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}
