package serve

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// arrivals is a listener that connections arrive at from addresses, one after the other.
type arrivals struct {
	net.Listener
	from []string
}

type arrived struct {
	net.Conn
	from   net.Addr
	closed bool
}

func (a *arrivals) Accept() (net.Conn, error) {
	if len(a.from) == 0 {
		return nil, io.EOF
	}
	next := a.from[0]
	a.from = a.from[1:]
	return &arrived{from: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(next))}, nil
}

func (a *arrived) RemoteAddr() net.Addr { return a.from }
func (a *arrived) Close() error         { a.closed = true; return nil }

// TestBounded counts what each address has open, and lets in what is within the bound.
func TestBounded(t *testing.T) {
	var log bytes.Buffer
	source := &arrivals{}
	l := Bounded(slog.New(slog.NewTextHandler(&log, nil)), source, 2,
		[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	var open []net.Conn
	arrive := func(from ...string) (in []string) {
		source.from = from
		for {
			conn, err := l.Accept()
			if err != nil {
				return in
			}
			open = append(open, conn)
			in = append(in, conn.RemoteAddr().String())
		}
	}
	for _, step := range []struct {
		name       string
		from, want []string
	}{
		{"two of one address", []string{"192.0.2.1:1", "192.0.2.1:2"}, []string{"192.0.2.1:1", "192.0.2.1:2"}},
		{"a third, in either form", []string{"192.0.2.1:3", "[::ffff:192.0.2.1]:4"}, nil},
		{"another", []string{"192.0.2.1:5", "192.0.2.2:1"}, []string{"192.0.2.2:1"}},
		{"one client has a /64", []string{
			"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1",
			"[2001:db8:0:1::1]:1",
		}, []string{"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8:0:1::1]:1"}},
		{"a proxy", []string{"10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3"}, []string{
			"10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3",
		}},
	} {
		if got := arrive(step.from...); strings.Join(got, " ") != strings.Join(step.want, " ") {
			t.Errorf("%s: %v were let in, want %v", step.name, got, step.want)
		}
	}
	for range 2 { // closing twice makes room once
		open[0].Close()
	}
	if got := arrive("192.0.2.1:6", "192.0.2.1:7"); len(got) != 1 {
		t.Errorf("after one was closed %v were let in, want one", got)
	}
	if n := strings.Count(log.String(), "192.0.2.1/32"); n != 1 {
		t.Errorf("told %d times, want once a minute:\n%s", n, &log)
	}
	for _, conn := range open {
		conn.Close()
	}
	if b := l.(*bounded); len(b.open) != 0 {
		t.Errorf("still counted: %v", b.open)
	}
	if l := Bounded(slog.New(slog.DiscardHandler), source, 0, nil); l != net.Listener(source) {
		t.Error("without a bound nothing is to be counted")
	}
}
