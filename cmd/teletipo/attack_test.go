package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/desk"
)

// The tests of this file attack a daemon in a process of its own. .ci/attack has them attack the
// program that people run, at length and under a limit of memory.
var (
	attacked = flag.String("attack", "",
		"program that TestAttack… attack at length; without it they attack this one, in short")
	attackData = flag.Int("attack-data", 512<<20,
		"bytes of memory that the program may have for its data (prlimit --data)")
	attackDisk = flag.String("attack-disk", "", "file system of a few MB that TestAttackDisk fills")
)

// victim is a daemon in a process of its own.
type victim struct {
	t             *testing.T
	flags         []string
	data          string
	public, admin string
	token         string
	command       *exec.Cmd
	out           syncBuffer
	ended         chan error
	client        *http.Client
}

// newVictim starts a daemon with settings and sources, in a directory.
func newVictim(t *testing.T, dir, settings, sources string) *victim {
	t.Helper()
	write(t, filepath.Join(dir, "sources.yaml"), sources)
	config := write(t, filepath.Join(dir, "teletipo.yaml"), "public_url: https://news.example\n"+
		"sources: sources.yaml\nsweep_every: 1s\n"+settings)
	v := &victim{t: t, data: filepath.Join(dir, "data"), client: &http.Client{Timeout: 2 * time.Minute}}
	v.flags = []string{
		"--config", config, "--data", v.data, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
	}
	v.start()
	v.token = strings.TrimSpace(v.teletipo("token", "add", "cms"))
	return v
}

// start starts the daemon, with no more memory than it may have.
func (v *victim) start() {
	v.t.Helper()
	program, prefix := *attacked, []string{"prlimit", fmt.Sprint("--data=", *attackData), "--"}
	if program == "" {
		program, prefix = "teletipo", nil
	}
	args := slices.Concat(prefix, []string{program}, v.flags, []string{"serve"})
	v.command = exec.Command(args[0], args[1:]...)
	v.out = syncBuffer{}
	v.command.Stdout, v.command.Stderr = &v.out, &v.out
	if err := v.command.Start(); err != nil {
		v.t.Fatal(err)
	}
	v.ended = make(chan error, 1)
	go func() { v.ended <- v.command.Wait() }()
	v.t.Cleanup(func() { _ = v.command.Process.Kill() })
	v.eventually("it serves", func() bool {
		m := readyAt.FindStringSubmatch(v.out.String())
		if m != nil {
			v.public, v.admin = "http://"+m[1], "http://"+m[2]
		}
		return m != nil
	})
}

// eventually waits until something holds, as long as the daemon lives.
func (v *victim) eventually(what string, holds func() bool) {
	v.t.Helper()
	for deadline := time.Now().Add(2 * patience); !holds(); time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-v.ended:
			v.t.Fatalf("the daemon ended: %v\n%s", err, lastOf(v.out.String()))
		default:
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("it never came to this: %s\n%s", what, lastOf(v.out.String()))
		}
	}
}

// lastOf is the end of a log, from the word that the program died of if there is one.
func lastOf(s string) string {
	for _, word := range []string{"fatal error:", "panic:"} {
		if i := strings.Index(s, word); i >= 0 {
			return s[i:min(i+1000, len(s))]
		}
	}
	return s[max(0, len(s)-2000):]
}

// stop ends the daemon as systemd does.
func (v *victim) stop() {
	v.t.Helper()
	_ = v.command.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-v.ended:
		if err != nil {
			v.t.Fatalf("the daemon ended with %v\n%s", err, lastOf(v.out.String()))
		}
	case <-time.After(2 * patience):
		v.t.Fatalf("the daemon does not end\n%s", lastOf(v.out.String()))
	}
}

// teletipo runs a command beside the daemon.
func (v *victim) teletipo(args ...string) string {
	v.t.Helper()
	var out, errs bytes.Buffer
	if err := run(v.t.Context(), slices.Concat(v.flags, args), noEnv, &out, &errs); err != nil {
		v.t.Fatalf("teletipo %s: %v\n%s", strings.Join(args, " "), err, &errs)
	}
	return out.String()
}

// get asks for an address, and returns the status, 0 if there was no answer.
func (v *victim) get(address string) (status int, body string) {
	resp, err := v.client.Get(address)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

// put pushes an article, and returns the status, 0 if there was no answer.
func (v *victim) put(name string, fields map[string]string) (status int, header http.Header) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(fields); err != nil {
		v.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPut,
		v.public+"/api/v1/articles/"+name, &body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+v.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := v.client.Do(req)
	if err != nil {
		return 0, http.Header{}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, resp.Header
}

// honest is a title that the topic border takes.
func honest(name string) string {
	return "Canary " + name + ": Border Patrol counts fewer crossings at the southern border with Mexico"
}

// published waits until an honest article is.
func (v *victim) published(name string) {
	v.t.Helper()
	v.eventually(name+" is published", func() bool {
		_, body := v.get(v.public + "/feeds/all.json")
		return strings.Contains(body, "Canary "+name+":")
	})
}

// canary wants an article that is pushed now to be taken and published.
func (v *victim) canary(name string) {
	v.t.Helper()
	if status, _ := v.put(name, map[string]string{"title": honest(name)}); status != http.StatusCreated {
		v.t.Errorf("%s: an honest push gets %d\n%s", name, status, lastOf(v.out.String()))
	}
	v.published(name)
}

// usage is what the process has taken so far: the most memory at once, and time of the processor.
// Where the system does not tell it is nothing.
func (v *victim) usage() (peakMB int, cpu time.Duration) {
	dir := fmt.Sprintf("/proc/%d/", v.command.Process.Pid)
	status, _ := os.ReadFile(dir + "status")
	if m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		kb, _ := strconv.Atoi(string(m[1]))
		peakMB = kb / 1024
	}
	stat, _ := os.ReadFile(dir + "stat")
	if _, rest, ok := strings.Cut(string(stat), ") "); ok {
		fields := strings.Fields(rest)
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		cpu = time.Duration(user+system) * (time.Second / 100) // USER_HZ is 100 everywhere
	}
	return peakMB, cpu
}

// heavy are documents that are short and much work, each as long as is asked for.
var heavy = []struct {
	name string
	html bool // else Markdown
	make func(n int) string
}{
	{"open <b id=N> before each <p>", true, func(n int) string {
		var b strings.Builder
		b.WriteString("<p>")
		for i := 0; i < 400 && b.Len() < n/2; i++ { // a stack that tree builders still take
			fmt.Fprintf(&b, "<b id=%d>", i)
		}
		return b.String() + strings.Repeat("<p>x", (n-b.Len())/4)
	}},
	{"a row of <td>", true, func(n int) string { return "<table><tr>" + strings.Repeat("<td>", n/4) }},
	{"tables in tables", true, func(n int) string { return strings.Repeat("<table><tr><td>", n/15) }},
	{"open <div>", true, func(n int) string { return strings.Repeat("<div>", n/5) + "x" }},
	{"open <a href>", true, func(n int) string { return strings.Repeat("<a href=/x>y", n/12) }},
	{"mixed <i><b></i></b>", true, func(n int) string { return strings.Repeat("<i><b>x</i></b>", n/15) }},
	{"one tag of many attributes", true, func(n int) string {
		var b strings.Builder
		b.WriteString("<p")
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, " a%d=1", i)
		}
		return b.String() + ">x"
	}},
	{"&amp; and <", true, func(n int) string { return strings.Repeat("&ampamp;<", n/9) }},
	{"open <!--", true, func(n int) string { return strings.Repeat("<!--", n/4) }},
	{"plain sentences in HTML", true, func(n int) string {
		return "<p>" + strings.Repeat("The Rio Grande rose at the border. ", n/35)
	}},
	{"one long word in HTML", true, func(n int) string { return "<p>" + strings.Repeat("border", n/6) }},
	{"plain sentences", false, func(n int) string {
		return strings.Repeat("The Rio Grande rose at the border. ", n/35)
	}},
	{"a Markdown table", false, func(n int) string {
		columns := n / 8
		return "|" + strings.Repeat("a|", columns) + "\n|" + strings.Repeat("-|", columns) +
			"\n" + strings.Repeat("|\n", (n-4*columns)/2)
	}},
	{"quotes in quotes", false, func(n int) string { return strings.Repeat(">", n) + "x" }},
	{"lists in lists", false, func(n int) string { return strings.Repeat("- ", n/2) + "x" }},
	{"[a](", false, func(n int) string { return strings.Repeat("[a](", n/4) }},
	{"![[[", false, func(n int) string { return strings.Repeat("![", n/2) }},
	{"**a and _b", false, func(n int) string { return strings.Repeat("**a _b ", n/7) }},
	{"front matter of [[[[", false, func(n int) string {
		return "---\ntitle: x\ntags: " + strings.Repeat("[", n) + "\n---\nx\n"
	}},
	{"front matter of aliases", false, func(n int) string {
		return "---\ntitle: &a x\nauthors: [" + strings.Repeat("*a, ", n/4) + "*a]\n---\nx\n"
	}},
}

// sizes are how long heavy documents are: in the long form twice, four times as long.
func attackSizes() []int {
	if *attacked == "" {
		return []int{20 << 10}
	}
	return []int{50 << 10, 200 << 10, 800 << 10}
}

// linear wants four times the bytes to cost about four times the work; only in the long form.
func linear(t *testing.T, name string, cost []time.Duration) {
	t.Helper()
	for i := 1; i < len(cost); i++ {
		if cost[i] > 8*cost[i-1]+time.Second/2 {
			t.Errorf("%s: four times the bytes took %v", name, cost)
		}
	}
}

// TestAttackPush pushes heavy documents: they are taken or refused, and what is honest goes on.
func TestAttackPush(t *testing.T) {
	t.Parallel()
	v := newVictim(t, t.TempDir(), "", "sources: []\n")
	v.canary("before")
	for i, d := range heavy {
		if !d.html {
			continue
		}
		var cost []time.Duration
		for _, size := range attackSizes() {
			_, before := v.usage()
			name := fmt.Sprintf("heavy-%d-%d", i, size)
			status, _ := v.put(name, map[string]string{"title": d.name, "content_html": d.make(size)})
			peak, after := v.usage()
			cost = append(cost, after-before)
			t.Logf("PUT    %-32s %7d bytes  %4d  %6v  peak %4d MB", d.name, size, status, after-before, peak)
			if status == 0 || status >= 500 {
				t.Errorf("%s of %d bytes: %d\n%s", d.name, size, status, lastOf(v.out.String()))
			}
		}
		linear(t, d.name, cost)
	}
	v.canary("after")
	v.stop()
}

// TestAttackInbox drops heavy documents into the inbox.
func TestAttackInbox(t *testing.T) {
	t.Parallel()
	v := newVictim(t, t.TempDir(), "", "sources: []\n")
	drop := func(name, content string) {
		t.Helper()
		part := filepath.Join(v.data, "inbox", name+".part")
		old := time.Now().Add(-time.Minute)
		err := os.WriteFile(part, []byte(content), 0o600)
		if err == nil {
			err = os.Chtimes(part, old, old)
		}
		if err == nil {
			err = os.Rename(part, strings.TrimSuffix(part, ".part"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, d := range heavy {
		var cost []time.Duration
		for _, size := range attackSizes() {
			_, before := v.usage()
			name := fmt.Sprintf("heavy-%d-%d", i, size)
			content, ending := d.make(size), ".md"
			if d.html {
				content, ending = "<html><body><h1>"+name+"</h1>"+content, ".html"
			}
			drop(name+ending, content)
			if *attacked == "" {
				continue // all together
			}
			drop(name+"-honest.txt", honest(name)+"\n\nIt sings.\n")
			v.published(name)
			peak, after := v.usage()
			cost = append(cost, after-before)
			t.Logf("inbox  %-32s %7d bytes        %6v  peak %4d MB", d.name, size, after-before, peak)
		}
		linear(t, d.name, cost)
	}
	drop("zz-honest.txt", honest("last")+"\n\nIt sings.\n")
	v.published("last")
	peak, cpu := v.usage()
	t.Logf("inbox  all read: %v, peak %d MB", cpu, peak)
	v.stop()
}

// TestAttackSource polls feeds of heavy documents, and an honest one beside them.
func TestAttackSource(t *testing.T) {
	t.Parallel()
	feeds := http.NewServeMux()
	web := httptest.NewServer(feeds)
	defer web.Close()
	var sources strings.Builder
	sources.WriteString("sources:\n")
	add := func(id, content string) {
		fmt.Fprintf(&sources, "  - {id: %s, name: %s, kind: feed, url: \"%s/%s\", rights: full}\n",
			id, id, web.URL, id)
		feeds.HandleFunc("/"+id, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>%[1]s</title><link>https://%[1]s.example/</link>`+
				`<description>d</description><item><title>%[3]s</title><guid>%[1]s</guid>`+
				`<link>https://%[1]s.example/1</link><description><![CDATA[%[2]s]]></description></item>`+
				`</channel></rss>`, id, content, honest(id))
		})
	}
	n := 1
	for i, d := range heavy {
		if d.html {
			for _, size := range attackSizes() {
				add(fmt.Sprintf("heavy-%d-%d", i, size), d.make(size))
				n++
			}
		}
	}
	add("honest", "<p>It sings.</p>")
	v := newVictim(t, t.TempDir(), "fetch: {allow: [127.0.0.0/8], pause: 0s, concurrency: 4}\n",
		sources.String())
	v.eventually("all sources are read, well or not", func() bool { return v.read() == n })
	v.published("honest")
	v.canary("after")
	peak, cpu := v.usage()
	t.Logf("feeds  %d sources read, %v, peak %d MB", n, cpu, peak)
	v.stop()
}

// read counts the sources that were looked at.
func (v *victim) read() (n int) {
	client, ok := desk.Dial(v.t.Context(), v.data)
	if !ok {
		return 0
	}
	defer client.Close()
	list, err := desk.Sources.Ask(v.t.Context(), client, desk.None{})
	if err != nil {
		return 0
	}
	for _, s := range list {
		if s.State.Polls > 0 && s.Source.Kind.Polled() {
			n++
		}
	}
	return n
}

// TestAttackFlood pushes as much at once as it can, and opens as many connections.
func TestAttackFlood(t *testing.T) {
	t.Parallel()
	pushes, size, connections := 8, 100<<10, 60
	if *attacked != "" {
		pushes, size, connections = 64, 900<<10, 2000
	}
	v := newVictim(t, t.TempDir(), "connections_per_address: 80\ntrusted_proxies: [127.0.0.3]\n",
		"sources: []\n")
	text := strings.Repeat("<p>The border is long, and so is the river. ", size/44)
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for i := range pushes {
		all.Go(func() {
			status, header := v.put(fmt.Sprint("flood-", i), map[string]string{
				"title": fmt.Sprint("Flood ", i), "content_html": text,
			})
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
			if status == http.StatusTooManyRequests && header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
		})
	}
	all.Wait()
	for status := range statuses {
		if !slices.Contains([]int{http.StatusCreated, http.StatusTooManyRequests}, status) {
			t.Errorf("pushes at once got %v", statuses)
		}
	}
	peak, cpu := v.usage()
	t.Logf("flood  %d pushes of %d KB at once: %v, %v, peak %d MB", pushes, size>>10, statuses, cpu, peak)
	v.canary("after-pushes")
	v.slowly("127.0.0.1", "127.0.0.2", connections)
	v.canary("after-connections")
	v.stop()
}

// slowly opens connections from one address that send half a request and wait. There must be room
// for another address, and for one of a proxy of ours.
func (v *victim) slowly(from, other string, connections int) {
	v.t.Helper()
	address := strings.TrimPrefix(v.public, "http://")
	dial := func(ip string) (net.Conn, error) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}, Timeout: patience}
		return d.DialContext(v.t.Context(), "tcp", address)
	}
	probe, err := dial(other)
	if err != nil {
		v.t.Logf("connections not tried: %v", err) // only Linux has all of 127.0.0.0/8
		return
	}
	probe.Close()
	v.client.CloseIdleConnections()
	var open []net.Conn
	for range connections {
		conn, err := dial(from)
		if err != nil {
			break
		}
		_, _ = io.WriteString(conn, "GET /feeds/all.rss HTTP/1.1\r\nHost: x\r\nX: ")
		open = append(open, conn)
	}
	for _, ip := range []string{other, "127.0.0.3"} {
		conn, err := dial(ip)
		if err != nil {
			v.t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "GET /feeds/all.rss HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.Contains(line, "200") {
			v.t.Errorf("%s beside %d slow connections of %s gets %q, %v", ip, len(open), from, line, err)
		}
		conn.Close()
	}
	cut := 0
	for _, conn := range open {
		_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		if _, err := conn.Read(make([]byte, 1)); err != nil && !os.IsTimeout(err) {
			cut++
		}
		conn.Close()
	}
	v.t.Logf("flood  %d slow connections of one address: %d cut off, other addresses served",
		len(open), cut)
	if want := connections - 80; cut < want {
		v.t.Errorf("%d of %d connections were cut off, want %d", cut, len(open), want)
	}
}

// TestAttackDisk fills the disk. What was acknowledged is there afterwards, readers are served, and
// the operator hears of it. It needs a small file system, which .ci/attack makes.
func TestAttackDisk(t *testing.T) {
	if *attackDisk == "" {
		t.Skip("needs a small file system: see .ci/attack")
	}
	v := newVictim(t, *attackDisk, "", "sources: []\n")
	v.canary("before")
	// Text that does not compress.
	var noise strings.Builder
	for i := range uint64(30_000) {
		fmt.Fprintf(&noise, "%x ", i*0x9E3779B97F4A7C15)
	}
	var kept []string
	failed := 0
	for i := 0; failed == 0 && i < 1000; i++ {
		name := fmt.Sprint("disk-", i)
		status, _ := v.put(name, map[string]string{"title": name, "content_text": name + noise.String()})
		switch {
		case status == http.StatusCreated:
			kept = append(kept, name)
		case status == 0 || status < 500:
			t.Fatalf("a push to a full disk gets %d\n%s", status, lastOf(v.out.String()))
		default:
			failed = status
		}
	}
	if failed == 0 {
		t.Fatal("the disk does not fill up")
	}
	if status, _ := v.get(v.public + "/feeds/all.rss"); status != http.StatusOK {
		t.Errorf("readers get %d", status)
	}
	if _, body := v.get(v.admin + "/readyz"); !strings.Contains(body, "nothing can be stored") {
		t.Errorf("/readyz says %s", body)
	}
	peak, cpu := v.usage()
	t.Logf("disk   full after %d articles: %d; %v, peak %d MB", len(kept), failed, cpu, peak)
	v.stop()
	v.start()
	for _, name := range kept {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			v.public+"/api/v1/articles/"+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+v.token)
		resp, err := v.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s was acknowledged and is answered %d after a restart", name, resp.StatusCode)
		}
	}
	v.stop()
}
