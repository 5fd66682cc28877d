package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

var proxies = flag.Bool("proxies", false, "run TestProxies: it needs nginx, varnishd, squid and caddy")

// proxy is a real program in front of the daemon.
type proxy struct {
	name string
	// start writes its configuration into dir and gives the command that runs it in the foreground.
	start func(t *testing.T, dir, listen, origin string) *exec.Cmd
}

// nginxServer is what all configurations of nginx have alike.
const nginxServer = `daemon off; pid %[1]s/pid; error_log stderr warn; worker_processes 1;
events { worker_connections 64; }
http { access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f;
 uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; proxy_cache_path %[1]s/c keys_zone=c:1m;
 gzip on; gzip_proxied any; gzip_min_length 1; gzip_http_version 1.0;
 gzip_types application/rss+xml application/atom+xml application/feed+json;
 server { listen %[2]s; location / { proxy_pass http://%[3]s; proxy_http_version 1.1; %[4]s } } }
`

func nginx(extra string) func(t *testing.T, dir, listen, origin string) *exec.Cmd {
	return func(t *testing.T, dir, listen, origin string) *exec.Cmd {
		conf := write(t, filepath.Join(dir, "nginx.conf"),
			fmt.Sprintf(nginxServer, dir, listen, origin, extra))
		return exec.Command("nginx", "-c", conf, "-p", dir)
	}
}

var theProxies = []proxy{
	{"nothing", nil},
	{"nginx, gzip on", nginx("")},
	{"nginx, gzip on, coding kept from the origin", nginx(`proxy_set_header Accept-Encoding "";`)},
	{"nginx, gzip on, cache", nginx(`proxy_cache c; proxy_cache_revalidate on;
		proxy_cache_bypass $http_pragma;`)},
	{"varnish", func(t *testing.T, dir, listen, origin string) *exec.Cmd {
		vcl := write(t, filepath.Join(dir, "default.vcl"), fmt.Sprintf(`vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "%s"; }
sub vcl_recv { if (req.http.Pragma) { set req.hash_always_miss = true; } }
`, origin[strings.LastIndex(origin, ":")+1:]))
		return exec.Command("varnishd", "-F", "-j", "none", "-a", listen, "-f", vcl,
			"-n", filepath.Join(dir, "v"), "-s", "malloc,32m")
	}},
	{"squid", func(t *testing.T, dir, listen, origin string) *exec.Cmd {
		conf := write(t, filepath.Join(dir, "squid.conf"), fmt.Sprintf(`
http_port %s accel defaultsite=news.example no-vhost
cache_peer 127.0.0.1 parent %s 0 no-query originserver
http_access allow all
cache_mem 32 MB
access_log none
cache_log %s/cache.log
pid_filename none
coredump_dir %s
shutdown_lifetime 0 seconds
`, listen, origin[strings.LastIndex(origin, ":")+1:], dir, dir))
		return exec.Command("squid", "-N", "-f", conf)
	}},
	{"nginx, as the kit has it", func(t *testing.T, dir, listen, origin string) *exec.Cmd {
		return exec.Command("nginx", "-c", nginxOfKit(t, dir, listen, origin), "-p", dir)
	}},
	{"Caddy, as the kit has it", func(t *testing.T, dir, listen, origin string) *exec.Cmd {
		conf := write(t, filepath.Join(dir, "Caddyfile"), "{\nadmin off\nstorage file_system "+dir+"\n}\n"+
			fromFile(t, kit+"caddy/Caddyfile"))
		cmd := exec.Command("caddy", "run", "--adapter", "caddyfile", "--config", conf)
		cmd.Env = append(os.Environ(), "HOME="+dir, "SITE=http://"+listen, "UPSTREAM="+origin)
		return cmd
	}},
}

// TestProxies polls the feeds through real proxies as readers do: the right bytes in a coding that
// was asked for, 304 for what the proxy itself handed out as validators, new bytes after a change,
// and never a delta for who did not ask for one.
func TestProxies(t *testing.T) {
	if !*proxies {
		t.Skip("run it with -proxies; it needs nginx, varnish, squid and caddy")
	}
	_, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	token := addToken(t, flags, "proxies")
	eventually(t, "the feed's articles are published", func() bool {
		return len(d.titles("/feeds/all.atom")) == 2
	})
	for n, p := range theProxies {
		t.Run(p.name, func(t *testing.T) {
			base := d.public
			if p.start != nil {
				base = startProxy(t, p, strings.TrimPrefix(d.public, "http://"))
			}
			through(t, d, base, token, n)
		})
	}
	d.terminate()
}

// startProxy runs a proxy until the test ends, and gives its address.
func startProxy(t *testing.T, p proxy, origin string) string {
	t.Helper()
	dir := t.TempDir()
	for at := dir; at != "/"; at = filepath.Dir(at) { // programs give up their rights at start
		if info, err := os.Stat(at); err == nil && info.Mode().Perm()&0o007 == 0 {
			if err := os.Chmod(at, info.Mode().Perm()|0o007); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := l.Addr().String()
	l.Close()
	cmd := p.start(t, dir, listen, origin)
	var output syncBuffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Skipf("%s: %v", p.name, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		done := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		done.Stop()
	})
	eventually(t, p.name+" answers: "+output.String(), func() bool {
		resp, err := http.Get("http://" + listen + "/robots.txt")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return "http://" + listen
}

// through polls one after the other every feed format, in every coding, by way of a proxy.
func through(t *testing.T, d *running, base, token string, n int) {
	type held struct{ path, coding, tag, modified, body string }
	var kept []held
	full, conditional := 0, 0
	for _, format := range []string{"rss", "atom", "json"} {
		path := "/feeds/border." + format
		want := d.get(path).body
		for _, coding := range []string{"", "identity", "gzip", "br", "zstd", "gzip, br, zstd"} {
			a := d.get(base+path, "Accept-Encoding", coding)
			got := unpacked(t, a, coding)
			if a.status != http.StatusOK || got != want {
				t.Fatalf("%s, %q: status %d, %d bytes, want %d", path, coding, a.status, len(got), len(want))
			}
			full++
			h := held{path, coding, a.header.Get("Etag"), a.header.Get("Last-Modified"), got}
			if h.tag == "" || h.modified == "" {
				t.Errorf("%s, %q: ETag %q, Last-Modified %q", path, coding, h.tag, h.modified)
			}
			kept = append(kept, h)
		}
	}
	for _, h := range kept {
		for _, fields := range [][]string{
			{"If-None-Match", h.tag},
			{"If-None-Match", h.tag, "If-Modified-Since", h.modified},
			{"If-Modified-Since", h.modified},
		} {
			a := d.get(base+h.path, append(fields, "Accept-Encoding", h.coding)...)
			if a.status != http.StatusNotModified || a.body != "" {
				t.Errorf("%s, %q, %q: status %d with %d bytes, want 304", h.path, h.coding, fields,
					a.status, len(a.body))
			}
			conditional++
		}
	}
	change(t, d, token, n)
	deltas, renewed := 0, 0
	for _, h := range kept {
		want := d.get(h.path).body
		past := []string{"Accept-Encoding", h.coding, "Pragma", "no-cache", "Cache-Control", "no-cache"}
		a := d.get(base+h.path, append(past, "If-None-Match", h.tag, "A-IM", "feed")...)
		switch a.status {
		case http.StatusIMUsed:
			if body := unpacked(t, a, h.coding); len(body) >= len(want) || body == "" {
				t.Errorf("%s, %q: a delta of %d bytes, the feed has %d", h.path, h.coding, len(body), len(want))
			}
			deltas++
		case http.StatusOK:
			if unpacked(t, a, h.coding) != want {
				t.Errorf("%s, %q: after a change, other bytes than the feed's", h.path, h.coding)
			}
		default:
			t.Errorf("%s, %q: after a change, asked for a delta: status %d", h.path, h.coding, a.status)
		}
		a = d.get(base+h.path, append(past, "If-None-Match", h.tag)...)
		if a.status != http.StatusOK || unpacked(t, a, h.coding) != want {
			t.Errorf("%s, %q: after a change, asked with the old tag: status %d", h.path, h.coding, a.status)
			continue
		}
		renewed++
		again := d.get(base+h.path, "Accept-Encoding", h.coding, "If-None-Match", a.header.Get("Etag"))
		if again.status != http.StatusNotModified {
			t.Errorf("%s, %q: with the new tag: status %d, want 304", h.path, h.coding, again.status)
		}
		plain := d.get(base+h.path, "Accept-Encoding", h.coding)
		if plain.status != http.StatusOK || unpacked(t, plain, h.coding) != want {
			t.Errorf("%s, %q: without validators: status %d, or other bytes", h.path, h.coding, plain.status)
		}
	}
	t.Logf("%d of %d whole feeds right, %d conditional requests, after a change %d renewed, %d deltas",
		full, len(kept), conditional, renewed, deltas)
}

// change publishes one more article about the border, and waits for it.
func change(t *testing.T, d *running, token string, n int) {
	t.Helper()
	title := fmt.Sprintf("Border Patrol opens crossing number %d at Eagle Pass", n)
	content := "<p>The U.S. Border Patrol said that the crossing on the southern border with " +
		"Mexico opens today. " + strings.Repeat("Trucks wait. ", 200) + "</p>"
	d.push(http.MethodPost, "articles", token,
		fmt.Sprintf(`{"title": %q, "language": "en", "content_html": %q}`, title, content))
	for _, format := range []string{"rss", "atom", "json"} {
		path := "/feeds/border." + format
		eventually(t, "the change is published", func() bool {
			return slices.Contains(d.titles(path), title)
		})
	}
}

// unpacked undoes the coding of an answer, which must be one that was asked for.
func unpacked(t *testing.T, a answer, asked string) string {
	t.Helper()
	coding := a.header.Get("Content-Encoding")
	var r io.Reader = strings.NewReader(a.body)
	var err error
	switch coding {
	case "", "identity":
		return a.body
	case "gzip":
		r, err = gzip.NewReader(r)
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		var z *zstd.Decoder
		if z, err = zstd.NewReader(r); err == nil {
			defer z.Close()
			r = z
		}
	default:
		t.Fatalf("coding %q", coding)
	}
	if !strings.Contains(asked, coding) {
		t.Errorf("coding %q, asked for %q", coding, asked)
	}
	var b bytes.Buffer
	if err == nil {
		_, err = b.ReadFrom(r)
	}
	if err != nil {
		t.Errorf("coding %q: %v", coding, err)
	}
	return b.String()
}
