package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var beside = flag.Bool("nginx", false, "run TestBesideNginx: it needs nginx and wrk")

// TestExportBehindNginx has nginx serve what was exported, by the configuration that was written
// with it: every feed as the daemon gives it, coded, typed, and 304 for who asks again.
func TestExportBehindNginx(t *testing.T) {
	dir, flags := exportedSite(t)
	base := startNginx(t, dir)
	d := startDaemon(t, flags...)
	for _, path := range []string{
		"/feeds/border.rss", "/feeds/border.en.atom", "/feeds/all.json", "/feeds.opml", "/robots.txt",
		"/sitemap-news.xml", "/topics/border", "/", "/feeds/border/archive/1.rss",
		"/feeds/border/archive/1.atom", "/feeds/border/archive/1.json",
	} {
		eventually(t, path+" is the same", func() bool { return d.get(path).body == d.get(base+path).body })
		want := d.get(path, "Accept-Encoding", "gzip")
		got := d.get(base+path, "Accept-Encoding", "gzip")
		if got.status != http.StatusOK || unpacked(t, got, "gzip") != unpacked(t, want, "gzip") {
			t.Errorf("%s: status %d, or other bytes", path, got.status)
		}
		for _, name := range []string{"Content-Type", "Cache-Control", "Link", "Access-Control-Allow-Origin"} {
			if got.header.Get(name) != want.header.Get(name) {
				t.Errorf("%s: %s %q, want %q", path, name, got.header.Get(name), want.header.Get(name))
			}
		}
		if coding := got.header.Get("Content-Encoding"); coding != "gzip" {
			t.Errorf("%s: coding %q, want gzip", path, coding)
		}
		for _, header := range [][]string{
			{"If-None-Match", got.header.Get("Etag")},
			{"If-Modified-Since", got.header.Get("Last-Modified")},
		} {
			a := d.get(base+path, append(header, "Accept-Encoding", "gzip")...)
			if a.status != http.StatusNotModified {
				t.Errorf("%s, %s: status %d, want 304", path, header, a.status)
			}
		}
	}
	d.terminate()
}

// TestWhoWasAwayHasEverything walks over HTTP from each subscription document back through the
// archives, and meets every article.
func TestWhoWasAwayHasEverything(t *testing.T) {
	_, flags := exportedSite(t)
	d := startDaemon(t, flags...)
	crossing := regexp.MustCompile(`opens crossing (\d+) at`)
	for format, back := range map[string]*regexp.Regexp{
		"rss":  regexp.MustCompile(`<[^>]*href="https://news\.example([^"]*)" rel="prev-archive"`),
		"atom": regexp.MustCompile(`<[^>]*href="https://news\.example([^"]*)" rel="prev-archive"`),
		"json": regexp.MustCompile(`"next_url": ?"https://news\.example([^"]*)"`),
	} {
		met, asked := map[string]bool{}, map[string]bool{}
		for path := "/feeds/border." + format; path != ""; {
			if asked[path] {
				t.Fatalf("%s leads to itself", path)
			}
			asked[path] = true
			a := d.get(path)
			if a.status != http.StatusOK {
				t.Fatalf("%s: status %d", path, a.status)
			}
			for _, m := range crossing.FindAllStringSubmatch(a.body, -1) {
				met[m[1]] = true
			}
			path = ""
			if m := back.FindStringSubmatch(a.body); m != nil {
				path = m[1]
			}
		}
		if len(met) != 120 || len(asked) < 2 {
			t.Errorf("%s: %d articles in %d documents, want 120 in several", format, len(met), len(asked))
		}
	}
	d.terminate()
}

// exportedSite stores 120 long articles and exports the site, before any daemon runs.
func exportedSite(t *testing.T) (dir string, flags []string) {
	t.Helper()
	home, flags := setUp(t, web(t))
	write(t, filepath.Join(home, "sources.yaml"), "sources: []\n") // nothing else comes
	args := []string{"ingest"}
	for n := range 120 {
		args = append(args, write(t, filepath.Join(home, fmt.Sprintf("crossing-%d.md", n)), fmt.Sprintf(
			"---\ntitle: Border Patrol opens crossing %d at Eagle Pass\nlang: en\ndate: %s\n---\n"+
				"The U.S. Border Patrol said that crossing %d on the southern border with Mexico opens. %s\n",
			n, time.Now().Add(-time.Duration(n)*time.Hour).UTC().Format(time.RFC3339), n,
			strings.Repeat(fmt.Sprintf("Truck %d waits for lane %d. ", n*7919%997, n*31%13), 100))))
	}
	dir = filepath.Join(t.TempDir(), "site")
	for _, args := range [][]string{args, {"export", dir}} {
		var out, errs bytes.Buffer
		if err := run(t.Context(), slices.Concat(args, flags), noEnv, &out, &errs); err != nil {
			t.Fatalf("%s: %v\n%s", args[0], err, errs.String())
		}
	}
	return dir, flags
}

// startNginx has nginx serve an exported directory until the test ends.
func startNginx(t *testing.T, dir string) string {
	t.Helper()
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("nginx is not installed")
	}
	open(t, dir)
	return startProxy(t, proxy{"nginx", func(t *testing.T, tmp, listen, _ string) *exec.Cmd {
		conf := write(t, filepath.Join(tmp, "nginx.conf"), fmt.Sprintf(`daemon off; pid %[1]s/pid;
error_log stderr warn; worker_processes 2; events { worker_connections 256; }
http { access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f;
 uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; keepalive_requests 100000000; sendfile on; tcp_nopush on;
 open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s; include %[2]s/teletipo.nginx.conf;
 server { listen %[3]s; root %[2]s; include %[2]s/teletipo.server.conf; } }
`, tmp, dir, listen))
		return exec.Command("nginx", "-c", conf, "-p", tmp)
	}}, "")
}

// open lets every user read a directory, since nginx gives up its rights at start.
func open(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			err = os.Chmod(name, 0o755)
		}
		return err
	})
	for at := filepath.Dir(dir); at != "/" && err == nil && at != os.TempDir(); at = filepath.Dir(at) {
		err = os.Chmod(at, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// rival is a server of the same feed.
type rival struct {
	name, base string
	spent      func() time.Duration // processor time, user's and system's
	asked      int
	cpu        time.Duration
	rates      []float64
}

// TestBesideNginx says how many requests a second we answer, and at what cost, beside nginx with
// the exported files and a bare net/http handler with the same bytes, driven by wrk in turns.
func TestBesideNginx(t *testing.T) {
	if !*beside {
		t.Skip("run it with -nginx; it needs nginx and wrk")
	}
	dir, flags := exportedSite(t)
	files := startNginx(t, dir)
	d := startDaemon(t, flags...)
	defer d.terminate()
	const path = "/feeds/border.rss"
	want := d.get(path, "Accept-Encoding", "gzip")
	bare := startBare(t, want)
	self := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	for _, status := range []int{http.StatusNotModified, http.StatusOK} {
		rivals := []*rival{
			{name: "teletipo", base: d.public, spent: self},
			{name: "bare net/http", base: bare, spent: self},
			{name: "nginx", base: files, spent: func() time.Duration { return nginxTime(t, files) }},
		}
		for turn := range 9 { // the first to warm up
			for i := range rivals {
				drive(t, rivals[(i+turn)%3], path, status, turn > 0)
			}
		}
		for _, r := range rivals {
			slices.Sort(r.rates)
			t.Logf("%d %-14s %7.0f requests/s (median turn), %5.1f µs of CPU each", status, r.name,
				r.rates[len(r.rates)/2], r.cpu.Seconds()*1e6/float64(r.asked))
		}
	}
	t.Logf("the feed has %d bytes in gzip", len(want.body))
}

// startBare serves one answer over and over, with nothing looked at but whether there is a tag.
func startBare(t *testing.T, a answer) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(a.body)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, name := range []string{
			"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cache-Control", "Etag",
			"Last-Modified", "Vary",
		} {
			h.Set(name, a.header.Get(name))
		}
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		for _, name := range []string{
			"Content-Encoding", "Content-Length", "Content-Type", "Link", "X-Content-Type-Options",
		} {
			h.Set(name, a.header.Get(name))
		}
		_, _ = w.Write(body)
	})}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return "http://" + l.Addr().String()
}

var wrkSaid = regexp.MustCompile(`(?s)(\d+) requests in .*Requests/sec: *([0-9.]+)`)

// drive has wrk ask one server for a second over 16 connections.
func drive(t *testing.T, r *rival, path string, status int, counts bool) {
	t.Helper()
	d := &running{t: t, public: r.base}
	header := []string{"Accept-Encoding", "gzip"}
	if status == http.StatusNotModified {
		header = append(header, "If-None-Match", d.get(path, header...).header.Get("Etag"))
	}
	if a := d.get(path, header...); a.status != status {
		t.Fatalf("%s: status %d, want %d", r.name, a.status, status)
	}
	args := []string{"-t1", "-c16", "-d1s"}
	for pair := range slices.Chunk(header, 2) {
		args = append(args, "-H", pair[0]+": "+pair[1])
	}
	before := r.spent()
	out, err := exec.Command("wrk", append(args, r.base+path)...).CombinedOutput()
	cpu := r.spent() - before
	m := wrkSaid.FindSubmatch(out)
	if err != nil || m == nil || bytes.Contains(out, []byte("Non-2xx")) {
		t.Fatalf("%s: %v\n%s", r.name, err, out)
	}
	if !counts {
		return
	}
	n, _ := strconv.Atoi(string(m[1]))
	rate, _ := strconv.ParseFloat(string(m[2]), 64)
	r.asked, r.cpu, r.rates = r.asked+n, r.cpu+cpu, append(r.rates, rate)
}

// nginxTime is the processor time of the nginx that listens at an address, all workers together.
func nginxTime(t *testing.T, base string) (sum time.Duration) {
	t.Helper()
	master := 0
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	type process struct{ parent, ticks int }
	all := map[int]process{}
	for _, name := range names {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		command, rest, _ := strings.Cut(string(stat), ") ")
		f := strings.Fields(rest) // from the third field on, see proc(5)
		if !strings.HasSuffix(command, "(nginx") || len(f) < 13 {
			continue
		}
		parent, _ := strconv.Atoi(f[1])
		user, _ := strconv.Atoi(f[11])
		system, _ := strconv.Atoi(f[12])
		all[pid] = process{parent, user + system}
		if parent == os.Getpid() {
			master = pid
		}
	}
	for _, p := range all {
		if p.parent == master {
			sum += time.Duration(p.ticks) * time.Second / 100
		}
	}
	if master == 0 {
		t.Fatalf("no nginx of ours serves %s", base)
	}
	return sum
}
