package fetch

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/teletipo/teletipo/internal/news"
)

func TestGuardForbids(t *testing.T) {
	for addr, want := range map[string]string{ // part of what it is; empty if it is public
		"0.0.0.0": "unspecified", "0.1.2.3": "this very network",
		"10.0.0.1": "private", "10.255.255.255": "private", "9.255.255.255": "", "11.0.0.0": "",
		"100.63.255.255": "", "100.64.0.0": "carrier", "100.100.100.200": "carrier",
		"100.127.255.255": "carrier", "100.128.0.0": "",
		"126.255.255.255": "", "127.0.0.1": "loopback", "127.255.255.254": "loopback", "128.0.0.0": "",
		"168.63.129.15": "", "168.63.129.16": "internal service",
		"169.253.255.255": "", "169.254.169.254": "link-local", "169.254.0.1": "link-local",
		"172.15.255.255": "", "172.16.0.0": "private", "172.31.255.255": "private", "172.32.0.0": "",
		"192.0.0.192": "protocols", "192.0.1.1": "", "192.0.2.1": "documentation",
		"192.88.99.1": "reserved", "192.167.255.255": "", "192.168.1.1": "private",
		"198.17.255.255": "", "198.18.0.1": "benchmarks", "198.19.255.255": "benchmarks",
		"198.20.0.0": "", "198.51.100.7": "documentation", "203.0.113.7": "documentation",
		"223.255.255.255": "", "224.0.0.1": "multicast", "239.255.255.255": "multicast",
		"240.0.0.1": "reserved", "255.255.255.254": "reserved", "255.255.255.255": "broadcast",
		"8.8.8.8": "", "93.184.215.14": "",

		"::": "unspecified", "::1": "loopback", "::2": "reserved", "::7f00:1": "reserved",
		"::ffff:127.0.0.1": "loopback", "::ffff:a9fe:a9fe": "link-local", "::ffff:8.8.8.8": "",
		"::ffff:0:127.0.0.1": "reserved", "64:ff9b::8.8.8.8": "",
		"64:ff9b::127.0.0.1":       "a way to 127.0.0.1, a loopback address",
		"64:ff9b::10.1.2.3":        "a way to 10.1.2.3, a private address",
		"64:ff9b::169.254.169.254": "link-local", "64:ff9b:1::8.8.8.8": "reserved",
		"100::1": "discards", "100:0:0:1::1": "reserved",
		"2001::1": "protocols", "2001:0:4136:e378:8000:63bf:3fff:fdd2": "protocols",
		"2001:1ff::1": "protocols", "2001:200::1": "", "2001:db8::1": "documentation",
		"2001:4860:4860::8888": "", "2606:4700::1111": "", "3fff:fff::1": "documentation",
		"3fff:1000::1": "", "4000::1": "reserved", "5f00::1": "reserved",
		"2002:7f00:1::1":    "a way to 127.0.0.1, a loopback address",
		"2002:c0a8:101::1":  "a way to 192.168.1.1, a private address",
		"2002:a9fe:a9fe::1": "link-local", "2002:808:808::1": "",
		"fbff::1": "reserved", "fc00::1": "private", "fd00:ec2::254": "private",
		"fdff:ffff::1": "private", "fe00::1": "reserved", "fe80::1": "link-local",
		"fe80::1%eth0": "link-local", "febf::1": "link-local", "fec0::1": "private",
		"ff02::1": "multicast", "ff0e::1": "multicast",
	} {
		got := newGuard(nil).forbids(netip.MustParseAddr(addr))
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
		everything := []netip.Prefix{
			netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0"),
		}
		if got := newGuard(everything).forbids(netip.MustParseAddr(addr)); got != "" {
			t.Errorf("%s: %q though everything is allowed", addr, got)
		}
	}
}

func TestGuardAllows(t *testing.T) {
	for _, c := range []struct{ network, addr, want string }{
		{"10.1.0.0/16", "10.1.2.3", ""},
		{"10.1.0.0/16", "::ffff:10.1.2.3", ""},
		{"10.1.0.0/16", "64:ff9b::10.1.2.3", ""},
		{"10.1.0.0/16", "2002:a01:203::", ""},
		{"10.1.0.0/16", "10.2.0.0", "private"},
		{"10.1.0.0/16", "127.0.0.1", "loopback"},
		{"10.1.2.3/8", "10.9.9.9", ""}, // what is beyond the length of a network means nothing
		{"::ffff:10.1.0.0/112", "10.1.2.3", ""},
		{"::ffff:10.1.0.0/112", "10.2.0.0", "private"},
		{"fd00::/8", "fd12::1", ""},
		{"fe80::/10", "fe80::1%eth0", ""},
		{"::1/128", "127.0.0.1", "loopback"},
		{"2002:a01:203::/48", "2002:a01:203::5", ""},
	} {
		g := newGuard([]netip.Prefix{netip.MustParsePrefix(c.network)})
		got := g.forbids(netip.MustParseAddr(c.addr))
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s, %s allowed: %q, want %q", c.addr, c.network, got, c.want)
		}
	}
}

func TestFetchRefusesWhatIsNotPublic(t *testing.T) {
	var asked atomic.Int32
	open := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
		}
	})
	_, port, _ := strings.Cut(strings.TrimPrefix(open, "http://"), ":")

	c := New(slog.New(slog.DiscardHandler), Options{})
	t.Cleanup(c.Close)
	for _, host := range []string{"127.0.0.1", "[::ffff:127.0.0.1]"} {
		_, err := c.Fetch(t.Context(), news.Request{URL: "http://" + host + ":" + port})
		wantError(t, err, news.Refused, "127.0.0.1 is a loopback address",
			"write allow: [127.0.0.1] at its source, or ", "in fetch.allow of the configuration")
	}
	_, err := c.Fetch(t.Context(), news.Request{URL: "http://localhost:" + port})
	wantError(t, err, news.Refused, "host localhost is at ", ", which is a loopback address")
	if asked.Load() != 0 {
		t.Errorf("asked all the same")
	}

	for to, want := range map[string]string{
		"http://127.0.0.2:" + port + "/":           "127.0.0.2 is a loopback address",
		"http://169.254.169.254/latest/meta-data/": "169.254.169.254 is a link-local address",
		"http://[::1]:" + port + "/":               "::1 is a loopback address",
	} {
		_, err := client(t, Options{}).Fetch(t.Context(), news.Request{
			URL: open + "/?to=" + url.QueryEscape(to),
		})
		wantError(t, err, news.Refused, "fetch "+to+": ", want)
	}
}

// names is a DNS server that gives each query for an IPv4 address the next answer.
type names struct {
	answers []string
	asked   int
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{
		PreferGo: true,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe() // the resolver speaks to it as over TCP
			go func() {
				defer there.Close()
				for n.answer(there) == nil {
				}
			}()
			return here, nil
		},
	}
}

func (n *names) answer(conn net.Conn) error {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return err
	}
	query := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, query); err != nil {
		return err
	}
	var msg dnsmessage.Message
	if err := msg.Unpack(query); err != nil {
		return err
	}
	msg.Response, msg.Additionals = true, nil
	if q := msg.Questions[0]; q.Type == dnsmessage.TypeA {
		ip := netip.MustParseAddr(n.answers[min(n.asked, len(n.answers)-1)])
		n.asked++
		msg.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.AResource{A: ip.As4()},
		}}
	}
	packed, err := msg.Pack()
	if err != nil {
		return err
	}
	_, err = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...))
	return err
}

func TestFetchNoticesWhenANameChangesItsAddress(t *testing.T) {
	var asked atomic.Int32
	open := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	_, port, _ := strings.Cut(strings.TrimPrefix(open, "http://"), ":")
	dns := &names{answers: []string{"127.0.0.1", "127.0.0.2"}}
	dialer := newGuard([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}).dialer()
	dialer.Resolver = dns.resolver()
	c := newClient(slog.New(slog.DiscardHandler), Options{}, dialer.DialContext)
	t.Cleanup(c.Close)

	req := news.Request{URL: "http://feeds.example:" + port + "/"}
	if _, err := c.Fetch(t.Context(), req); err != nil || asked.Load() != 1 {
		t.Fatalf("at its first address: asked %d times, %v", asked.Load(), err)
	}
	c.Close() // the connection, not the client: the name is looked up again
	_, err := c.Fetch(t.Context(), req)
	wantError(t, err, news.Refused, "host feeds.example is at 127.0.0.2, which is a loopback address")
	if asked.Load() != 1 || dns.asked != 2 {
		t.Errorf("asked the server %d times and for its name %d times", asked.Load(), dns.asked)
	}
}

func TestFetchUsesNoProxy(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"} {
		t.Setenv(name, "http://proxy.example:3128")
	}
	dialled := ""
	c := newClient(slog.New(slog.DiscardHandler), Options{},
		func(_ context.Context, _, address string) (net.Conn, error) {
			dialled = address
			return nil, net.ErrClosed
		})
	_, err := c.Fetch(t.Context(), news.Request{URL: "http://x.example/"})
	wantError(t, err, news.Unreachable)
	if dialled != "x.example:80" {
		t.Errorf("connected to %s", dialled)
	}
}

// TestAllowancesBelongToWhoNeedsThem opens an address to one source, and to one host, and has others
// ask for it, straight and by redirects, while a connection to it is kept open.
func TestAllowancesBelongToWhoNeedsThem(t *testing.T) {
	var asked atomic.Int32
	inside := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
		}
	})
	_, port, _ := strings.Cut(strings.TrimPrefix(inside, "http://"), ":")
	at := func(host, path string) string { return "http://" + host + ":" + port + path }
	c := New(slog.New(slog.DiscardHandler), Options{
		Hosts: map[string][]netip.Prefix{"LocalHost": {netip.MustParsePrefix("127.0.0.0/8")}},
	})
	t.Cleanup(c.Close)
	network := news.Allowance{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	for _, ask := range []struct {
		name, url string
		allow     news.Allowance
		want      bool
	}{
		{"the source that has the network", at("127.0.0.1", "/"), network, true},
		{"another source", at("127.0.0.1", "/"), news.Allowance{}, false},
		{"a source that has the host", at("127.0.0.1", "/"), news.Allowance{Hosts: []string{"127.0.0.1"}}, true},
		{"a source that has another host", at("127.0.0.1", "/"), news.Allowance{Hosts: []string{"cms.example"}}, false},
		{"anybody, of a host that is open", at("localhost", "/"), news.Allowance{}, true},
		{"a redirect of that host elsewhere", at("localhost", "/?to="+url.QueryEscape(at("127.0.0.1", "/"))), news.Allowance{}, false},
		{"a redirect of the source's own", at("127.0.0.1", "/?to="+url.QueryEscape(at("127.0.0.1", "/"))), network, true},
		{"a redirect out of its network", at("127.0.0.1", "/?to="+url.QueryEscape(at("127.0.0.2", "/"))), network, false},
	} {
		_, err := c.Fetch(t.Context(), news.Request{URL: ask.url, Allow: ask.allow})
		if ask.want && err != nil {
			t.Errorf("%s: %v", ask.name, err)
		} else if !ask.want {
			wantError(t, err, news.Refused, "not public")
		}
	}
	if asked.Load() != 7 { // the three first hops of redirects among them
		t.Errorf("asked %d times", asked.Load())
	}
}
