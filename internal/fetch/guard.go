package fetch

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// guard decides which addresses may be connected to. It is asked after the name was looked up and
// before each connection, so neither a redirect nor a name that changes its address gets past it.
type guard struct {
	allow []netip.Prefix            // networks that are open although they are not public
	hosts map[string][]netip.Prefix // and those that are for one host, by its name
}

// everywhere is every network there is.
var everywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// newGuard opens networks, those that are written as IPv4 in IPv6 (::ffff:10.0.0.0/104) as well.
func newGuard(allow []netip.Prefix) guard { return guard{allow: unmapped(allow)} }

func unmapped(networks []netip.Prefix) (plain []netip.Prefix) {
	for _, p := range networks {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		plain = append(plain, p)
	}
	return plain
}

// with is the guard of requests that may ask more.
func (g guard) with(more news.Allowance) guard {
	g.allow = append(slices.Clone(g.allow), unmapped(more.Networks)...)
	g.hosts = maps.Clone(g.hosts)
	if g.hosts == nil {
		g.hosts = map[string][]netip.Prefix{}
	}
	for _, host := range more.Hosts {
		g.hosts[bare(host)] = everywhere
	}
	return g
}

// dial connects to a host, if its address is one that the guard lets through.
func (g guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, _, err := net.SplitHostPort(address); err == nil {
		g.allow = append(slices.Clone(g.allow), g.hosts[bare(host)]...)
	}
	return g.dialer().DialContext(ctx, network, address)
}

// dialer makes connections to the addresses that the guard lets through. It knows no proxy.
func (g guard) dialer() *net.Dialer {
	return &net.Dialer{KeepAlive: 30 * time.Second, ControlContext: g.control}
}

// forbidden is the error for an address that must not be connected to.
type forbidden struct {
	addr netip.Addr
	what string // it is, with its article
}

func (f *forbidden) Error() string { return fmt.Sprintf("%s is %s", f.addr, f.what) }

// control is called with the address of each connection that is about to be made.
func (g guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%q is no address to connect to: %w", address, err)
	}
	if what := g.forbids(at.Addr()); what != "" {
		return &forbidden{at.Addr().Unmap(), what}
	}
	return nil
}

// special is a network whose addresses are not those of a server on the public internet.
type special struct {
	network netip.Prefix
	what    string
}

// specials follow IANA's registries of special-purpose addresses (RFC 6890), and add what cloud
// providers put at addresses that look public. Of two networks the narrower comes first.
var specials = []special{
	{netip.MustParsePrefix("0.0.0.0/32"), "the unspecified address"},
	{netip.MustParsePrefix("0.0.0.0/8"), "an address of this very network"},
	{netip.MustParsePrefix("10.0.0.0/8"), "a private address"},
	{netip.MustParsePrefix("100.64.0.0/10"), "an address behind a carrier's NAT"},
	{netip.MustParsePrefix("127.0.0.0/8"), "a loopback address"},
	{netip.MustParsePrefix("168.63.129.16/32"), "a cloud provider's internal service"},
	{netip.MustParsePrefix("169.254.0.0/16"), "a link-local address, as of a metadata service"},
	{netip.MustParsePrefix("172.16.0.0/12"), "a private address"},
	{netip.MustParsePrefix("192.0.0.0/24"), "an address reserved for protocols"},
	{netip.MustParsePrefix("192.0.2.0/24"), "an address for documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "a reserved address"},
	{netip.MustParsePrefix("192.168.0.0/16"), "a private address"},
	{netip.MustParsePrefix("198.18.0.0/15"), "an address for benchmarks"},
	{netip.MustParsePrefix("198.51.100.0/24"), "an address for documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "an address for documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "a multicast address"},
	{netip.MustParsePrefix("255.255.255.255/32"), "the broadcast address"},
	{netip.MustParsePrefix("240.0.0.0/4"), "a reserved address"},

	{netip.MustParsePrefix("::/128"), "the unspecified address"},
	{netip.MustParsePrefix("::1/128"), "a loopback address"},
	{netip.MustParsePrefix("100::/64"), "an address that discards everything"},
	{netip.MustParsePrefix("2001::/23"), "an address reserved for protocols"}, // Teredo is in it
	{netip.MustParsePrefix("2001:db8::/32"), "an address for documentation"},
	{netip.MustParsePrefix("3fff::/20"), "an address for documentation"},
	{netip.MustParsePrefix("fc00::/7"), "a private address"},
	{netip.MustParsePrefix("fe80::/10"), "a link-local address"},
	{netip.MustParsePrefix("fec0::/10"), "a private address"},
	{netip.MustParsePrefix("ff00::/8"), "a multicast address"},
}

// What IPv6 has of servers: addresses in use today, and two forms that lead to an IPv4 address.
var (
	globalIPv6 = netip.MustParsePrefix("2000::/3")
	sixToFour  = netip.MustParsePrefix("2002::/16")    // RFC 3056
	nat64      = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052
)

// forbids says what an address is that must not be connected to, nothing if it may be.
func (g guard) forbids(addr netip.Addr) (what string) {
	addr = addr.Unmap().WithZone("")
	for _, p := range g.allow {
		if p.Contains(addr) {
			return ""
		}
	}
	for _, s := range specials {
		if s.network.Contains(addr) {
			return s.what
		}
	}
	if inner, ok := embedded(addr); ok {
		if what := g.forbids(inner); what != "" {
			return fmt.Sprintf("a way to %s, %s", inner, what)
		}
		return ""
	}
	if addr.Is6() && !globalIPv6.Contains(addr) {
		return "a reserved address"
	}
	return ""
}

// embedded returns the IPv4 address that an IPv6 one leads to.
func embedded(addr netip.Addr) (inner netip.Addr, ok bool) {
	bytes := addr.As16()
	switch {
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(bytes[2:6])), true
	case nat64.Contains(addr):
		return netip.AddrFrom4([4]byte(bytes[12:16])), true
	}
	return inner, false
}
