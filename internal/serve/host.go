package serve

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forHosts answers what is asked under an address, a name of this machine itself, or one of some
// names, in lower case, and turns away the rest with 421 (RFC 9110, section 15.5.20). Whoever has a
// name may have it lead to this machine, and have a page in the browser of somebody who works here
// ask under it, and read the answer (DNS rebinding). No page can be had from a bare address that is
// not this machine's, and programs of HTTP/1.0 that state no host are no browsers.
func forHosts(names []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostOf(r.Host)
		if host == "" || isLocal(host) || slices.Contains(names, host) {
			next.ServeHTTP(w, r)
			return
		}
		say(w, http.StatusMisdirectedRequest, noStore, fmt.Sprintf("This listener does not answer to "+
			"the name %q. Ask under its address, or add the name to the setting admin_hosts.\n", host))
	})
}

// hostOf is the host of a Host header in lower case, without port, brackets and the root's dot.
func hostOf(header string) string {
	host := header
	if h, _, err := net.SplitHostPort(header); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// isLocal reports whether a host is an address, or a name that never leaves the machine (RFC 6761,
// section 6.3).
func isLocal(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost")
}
