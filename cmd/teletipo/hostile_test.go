package main

import (
	"bufio"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// hostile are servers that misbehave, each with what the daemon's log must say of it. One that is
// told of nothing still has its connection when the daemon ends.
var hostile = []struct {
	name   string
	answer func(conn net.Conn, addr string)
	says   string
}{
	{"hanging", func(conn net.Conn, _ string) { waitForEnd(conn) }, ""},
	{"trickling", func(conn net.Conn, _ string) {
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss>")
		for {
			if _, err := fmt.Fprint(conn, " "); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}, ""},
	{"looping", func(conn net.Conn, addr string) {
		fmt.Fprintf(conn, "HTTP/1.1 302 Found\r\nLocation: http://%s/feed.xml\r\n"+
			"Content-Length: 0\r\n\r\n", addr)
		waitForEnd(conn)
	}, "redirects go round in a circle"},
	{"endless", func(conn net.Conn, addr string) {
		fmt.Fprintf(conn, "HTTP/1.1 302 Found\r\nLocation: http://%s/%d\r\n"+
			"Content-Length: 0\r\nConnection: close\r\n\r\n", addr, time.Now().UnixNano())
	}, "more than 10 redirects"},
	{"lying about its length", func(conn net.Conn, _ string) {
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>")
	}, "breaks off after 5 bytes"},
	{"lying about its coding", func(conn net.Conn, _ string) {
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 9\r\n\r\n\x00\x01\x02 none.")
	}, "is not in the coding"},
	{"lying about its type", func(conn net.Conn, _ string) {
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"+
			"Content-Length: 12\r\n\r\n\x89PNG\r\n\x1a\n\x00\x00\x00\r")
	}, "not a feed but binary data"},
	{"silent", func(net.Conn, string) {}, "closed the connection without an answer"},
}

// waitForEnd reads until the other side has gone.
func waitForEnd(conn net.Conn) {
	for b := make([]byte, 1000); ; {
		if _, err := conn.Read(b); err != nil {
			return
		}
	}
}

// TestNothingIsLeftBehind runs the daemon against servers that misbehave, ends it while two of them
// still keep it waiting, and looks for goroutines.
func TestNothingIsLeftBehind(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) }) // once all servers are closed
	wire := web(t)
	dir, flags := setUp(t, wire)
	var sources strings.Builder
	fmt.Fprintf(&sources, "sources:\n  - {id: wire, name: Wire, kind: feed, url: %q, every: 15m}\n",
		wire.URL+"/feed.xml")
	for i, server := range hostile {
		l := misbehave(t, fmt.Sprintf("127.0.0.%d:0", i+2), server.answer)
		fmt.Fprintf(&sources, "  - {id: hostile-%d, name: %q, kind: feed, every: 15m, "+
			"url: \"http://%s/feed.xml\"}\n", i, server.name, l.Addr())
	}
	write(t, filepath.Join(dir, "sources.yaml"), sources.String())
	write(t, filepath.Join(dir, "teletipo.yaml"), "public_url: https://news.example\n"+
		"sources: sources.yaml\nshutdown_grace: 1s\nfetch: {allow: [127.0.0.0/8], pause: 0s}\n")
	d := startDaemon(t, flags...)
	for i, server := range hostile {
		if server.says == "" {
			continue
		}
		eventually(t, server.name+" is found out", func() bool {
			for line := range strings.Lines(d.stderr.String()) {
				if strings.Contains(line, fmt.Sprintf("source=hostile-%d ", i)) &&
					strings.Contains(line, server.says) {
					return true
				}
			}
			return false
		})
	}
	eventually(t, "the good source's articles are out", func() bool {
		return len(d.guids("/feeds/border.atom")) > 0
	})
	d.terminate()
}

// misbehave serves connections, one request each.
func misbehave(t *testing.T, addr string, answer func(net.Conn, string)) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Skip("no other loopback addresses here:", err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				for { // the head of the request
					if line, err := r.ReadString('\n'); err != nil || line == "\r\n" {
						break
					}
				}
				answer(conn, l.Addr().String())
			}()
		}
	}()
	return l
}

// TestAHostThatAsksForAPauseIsLeftAlone has two sources on a host that wants to be left alone.
func TestAHostThatAsksForAPauseIsLeftAlone(t *testing.T) {
	dir, flags := setUp(t, web(t))
	var asked atomic.Int32
	l := misbehave(t, "127.0.0.20:0", func(conn net.Conn, _ string) {
		asked.Add(1)
		fmt.Fprint(conn, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 600\r\n"+
			"Content-Length: 0\r\nConnection: close\r\n\r\n")
	})
	var sources strings.Builder
	sources.WriteString("sources:\n")
	for _, id := range []string{"one", "two"} {
		fmt.Fprintf(&sources, "  - {id: %s, name: %s, kind: feed, every: 1m, url: \"http://%s/%s\"}\n",
			id, id, l.Addr(), id)
	}
	write(t, filepath.Join(dir, "sources.yaml"), sources.String())
	d := startDaemon(t, flags...)
	var table string
	eventually(t, "both sources wait", func() bool {
		var err error
		if table, err = teletipo(t, append([]string{"sources"}, flags...)...); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(table, "its host told another source to wait 10m") &&
			strings.Contains(table, "the server asked for 10m")
	})
	if n := asked.Load(); n != 1 {
		t.Errorf("the host was asked %d times\n%s", n, table)
	}
	d.terminate()
}
