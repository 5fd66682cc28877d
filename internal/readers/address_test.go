package readers

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestAddress(t *testing.T) {
	proxies := []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"),
	}
	const listed, told = "X-Forwarded-For", "Forwarded"
	for _, test := range []struct {
		name, peer string
		header     http.Header
		want       string
	}{
		{"a stranger", "198.51.100.7:1234", nil, "198.51.100.7"},
		{"a stranger who makes hops up", "198.51.100.7:1", http.Header{listed: {"192.0.2.1"}}, "198.51.100.7"},
		{"a stranger with IPv6", "[2001:db8:1:2:3:4:5:6]:1", nil, "2001:db8:1:2::"},
		{"mapped", "[::ffff:198.51.100.7]:1", nil, "198.51.100.7"},
		{"our proxy", "10.1.1.1:1", http.Header{listed: {"192.0.2.1"}}, "192.0.2.1"},
		{"our proxy, silent", "10.1.1.1:1", nil, "10.1.1.1"},
		{"the rightmost that is not ours", "10.1.1.1:1", http.Header{listed: {"203.0.113.9, 192.0.2.1, 10.2.2.2"}}, "192.0.2.1"},
		{"several lines", "10.1.1.1:1", http.Header{listed: {"203.0.113.9", "192.0.2.1"}}, "192.0.2.1"},
		{"all ours", "10.1.1.1:1", http.Header{listed: {"10.3.3.3, 10.2.2.2"}}, "10.3.3.3"},
		{"nonsense ends the way", "10.1.1.1:1", http.Header{listed: {"192.0.2.1, unknown, 10.2.2.2"}}, "10.2.2.2"},
		{"with a port", "10.1.1.1:1", http.Header{listed: {"192.0.2.1:5555"}}, "192.0.2.1"},
		{"IPv6 hop", "[fd00::1]:1", http.Header{listed: {"2001:db8:1:2:3::4"}}, "2001:db8:1:2::"},
		{"Forwarded", "10.1.1.1:1", http.Header{told: {`for=192.0.2.1;proto=https`}}, "192.0.2.1"},
		{"Forwarded, quoted", "10.1.1.1:1", http.Header{told: {`proto=https; For="[2001:db8:1:2::9]:99", for=10.2.2.2`}}, "2001:db8:1:2::"},
		{"Forwarded, hidden", "10.1.1.1:1", http.Header{told: {`for=_hidden`}}, "10.1.1.1"},
		{"both agree", "10.1.1.1:1", http.Header{told: {`for=192.0.2.1`}, listed: {"192.0.2.1"}}, "192.0.2.1"},
		{"both do not", "10.1.1.1:1", http.Header{told: {`for=192.0.2.1`}, listed: {"192.0.2.2"}}, "10.1.1.1"},
		{"no address", "@", nil, "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: test.peer, Header: test.header}
		if got := address(r, proxies).String(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
