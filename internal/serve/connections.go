package serve

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

// tellEvery is how often at most it is logged that connections are refused.
const tellEvery = time.Minute

// Bounded is a listener that bounds how many connections each address has open at once, so that one
// client that is slow many times over leaves room for others. What is more is closed at once. An
// IPv6 address counts with its /64, which one client has as a whole. Most 0 bounds nothing, and
// networks in exempt are not counted: proxies, say, which have everybody's connections.
func Bounded(
	log *slog.Logger, l net.Listener, most int, exempt []netip.Prefix,
) net.Listener {
	if most <= 0 {
		return l
	}
	return &bounded{
		Listener: l, log: log, most: most, exempt: exempt, open: map[netip.Prefix]int{},
	}
}

type bounded struct {
	net.Listener
	log    *slog.Logger
	most   int
	exempt []netip.Prefix
	mu     sync.Mutex
	open   map[netip.Prefix]int
	told   time.Time
}

// Accept returns the next connection that is not one too many.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, counts := b.counted(conn.RemoteAddr())
		if !counts {
			return conn, nil
		}
		if b.enter(from) {
			return &boundedConn{Conn: conn, leave: sync.OnceFunc(func() { b.leave(from) })}, nil
		}
		conn.Close()
	}
}

// counted is what an address is counted as, and whether it is.
func (b *bounded) counted(addr net.Addr) (netip.Prefix, bool) {
	at, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return netip.Prefix{}, false // no address of the internet protocol
	}
	ip := at.Addr().Unmap().WithZone("")
	for _, network := range b.exempt {
		if network.Contains(ip) {
			return netip.Prefix{}, false
		}
	}
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(ip, bits).Masked(), true
}

// enter counts a connection, unless it is one too many.
func (b *bounded) enter(from netip.Prefix) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open[from] < b.most {
		b.open[from]++
		return true
	}
	if now := time.Now(); now.Sub(b.told) >= tellEvery {
		b.told = now
		b.log.Warn("connections of one address refused: it has too many open", "address", from.String(),
			"most", b.most)
	}
	return false
}

func (b *bounded) leave(from netip.Prefix) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open[from]--; b.open[from] == 0 {
		delete(b.open, from)
	}
}

// boundedConn gives its place up when it is closed.
type boundedConn struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *boundedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
