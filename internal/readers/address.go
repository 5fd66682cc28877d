package readers

import (
	"net/http"
	"net/netip"
	"strings"
)

// address finds who asks: the peer or, if that is one of our own proxies, the last hop before
// ours that they tell of in X-Forwarded-For or Forwarded (RFC 7239). If a request has both fields
// and they do not agree, one of them may be the reader's own invention, and the peer it is.
// A reader with IPv6 has a whole /64, so that counts as one.
func address(r *http.Request, proxies []netip.Prefix) netip.Addr {
	port, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	peer := port.Addr().Unmap().WithZone("")
	if !within(peer, proxies) {
		return network(peer)
	}
	list, listed := hop(r.Header["X-Forwarded-For"], peer, proxies, plainHop)
	forwarded, told := hop(r.Header["Forwarded"], peer, proxies, forHop)
	switch {
	case listed && told && list != forwarded:
		return network(peer)
	case listed:
		return network(list)
	case told:
		return network(forwarded)
	}
	return network(peer)
}

// hop goes through a list of hops from its end to the first that is none of ours. What can't be
// read ends the way: the one who told of it is as far as we know.
func hop(
	lines []string, peer netip.Addr, proxies []netip.Prefix, parse func(string) (netip.Addr, bool),
) (last netip.Addr, ok bool) {
	last = peer
	for i := len(lines) - 1; i >= 0; i-- {
		rest := lines[i]
		for more := true; more; {
			element := rest
			if comma := strings.LastIndexByte(rest, ','); comma >= 0 {
				rest, element = rest[:comma], rest[comma+1:]
			} else {
				more = false
			}
			at, ok := parse(strings.Trim(element, " \t"))
			if !ok {
				return last, true
			}
			if last = at; !within(at, proxies) {
				return last, true
			}
		}
	}
	return last, len(lines) > 0
}

// plainHop reads an element of X-Forwarded-For, with or without a port.
func plainHop(s string) (netip.Addr, bool) {
	if port, err := netip.ParseAddrPort(s); err == nil {
		return port.Addr().Unmap().WithZone(""), true
	}
	at, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return at.Unmap().WithZone(""), err == nil
}

// forHop reads an element of Forwarded: its "for". Names such as "unknown" or "_hidden" are none.
func forHop(s string) (netip.Addr, bool) {
	for s != "" {
		var pair string
		pair, s, _ = strings.Cut(s, ";")
		key, value, _ := strings.Cut(pair, "=")
		if strings.EqualFold(strings.Trim(key, " \t"), "for") {
			return plainHop(strings.Trim(value, " \t\""))
		}
	}
	return netip.Addr{}, false
}

func within(at netip.Addr, networks []netip.Prefix) bool {
	for _, n := range networks {
		if n.Contains(at) {
			return true
		}
	}
	return false
}

// network is the address itself, or the /64 of an IPv6 address.
func network(at netip.Addr) netip.Addr {
	if at.Is6() {
		if p, err := at.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return at
}
