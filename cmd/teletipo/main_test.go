package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/teletipo/teletipo/internal/newstest"
)

// patience is how long a test waits for something that must happen, on the slowest machine.
const patience = 30 * time.Second

// syncBuffer is a buffer that one goroutine writes and another reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// running is a running `teletipo serve` or `demo`.
type running struct {
	t      testing.TB
	public string // URL of the public listener
	admin  string
	stdout syncBuffer
	stderr syncBuffer
	ended  chan error
}

var noEnv []string // no variable is set

// readyAt is how a daemon says where it listens.
var readyAt = regexp.MustCompile(`msg=ready .*public=(\S+) operator=(\S+)`)

// startDaemon runs the program as main does, signals included, and waits until it serves.
func startDaemon(t testing.TB, args ...string) *running {
	t.Helper()
	d := start(t, append([]string{"serve"}, args...)...)
	m := d.says(&d.stderr, readyAt)
	d.public, d.admin = "http://"+m[1], "http://"+m[2]
	return d
}

// start runs the program as main does, signals included, to the end of the test at most.
func start(t testing.TB, args ...string) *running {
	d := &running{t: t, ended: make(chan error, 1)}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	go func() {
		d.ended <- run(ctx, args, noEnv, &d.stdout, &d.stderr)
		close(d.ended)
		stop()
	}()
	t.Cleanup(func() {
		stop()
		select {
		case <-d.ended:
		case <-time.After(patience):
			t.Errorf("the daemon does not end\n%s", d.stderr.String())
		}
	})
	return d
}

// says waits until the program has said something, and returns the submatches.
func (d *running) says(output *syncBuffer, what *regexp.Regexp) (found []string) {
	d.t.Helper()
	eventually(d.t, "the daemon is ready", func() bool {
		select {
		case err := <-d.ended:
			d.t.Fatalf("the daemon ended: %v\n%s", err, d.stderr.String())
		default:
		}
		found = what.FindStringSubmatch(output.String())
		return found != nil
	})
	return found
}

// terminate sends the process SIGTERM, as systemd and Docker do, and waits for the daemon's end.
func (d *running) terminate() {
	d.t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	select {
	case err := <-d.ended:
		if err != nil {
			d.t.Fatalf("the daemon ended with %v\n%s", err, d.stderr.String())
		}
	case <-time.After(patience):
		d.t.Fatalf("the daemon does not end\n%s", d.stderr.String())
	}
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
}

// get asks for a path with headers given as name, value, name, value.
func (d *running) get(path string, headers ...string) answer {
	d.t.Helper()
	url := path
	if strings.HasPrefix(path, "/") {
		url = d.public + path
	}
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// feed reads and parses a feed.
func (d *running) feed(path string) *gofeed.Feed {
	d.t.Helper()
	a := d.get(path)
	if a.status != http.StatusOK {
		d.t.Fatalf("%s: status %d: %s", path, a.status, a.body)
	}
	parsed, err := gofeed.NewParser().ParseString(a.body)
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", path, err, a.body)
	}
	return parsed
}

// titles lists the titles of a feed.
func (d *running) titles(path string) []string {
	d.t.Helper()
	var titles []string
	for _, item := range d.feed(path).Items {
		titles = append(titles, item.Title)
	}
	slices.Sort(titles)
	return titles
}

// guids lists the ids of a feed.
func (d *running) guids(path string) []string {
	d.t.Helper()
	var ids []string
	for _, item := range d.feed(path).Items {
		ids = append(ids, item.GUID)
	}
	slices.Sort(ids)
	return ids
}

// validators lists the ETag and Last-Modified of every feed in every format and coding.
func (d *running) validators() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	for _, topic := range []string{"all", "border", "cartels", "us-mexico"} {
		for _, lang := range []string{"", ".en", ".es"} {
			for _, format := range []string{".rss", ".atom", ".json"} {
				for _, coding := range []string{"identity", "gzip", "br", "zstd"} {
					path := "/feeds/" + topic + lang + format
					a := d.get(path, "Accept-Encoding", coding)
					if got := a.header.Get("Content-Encoding"); a.status != http.StatusOK ||
						got != coding && got+coding != "identity" {
						d.t.Fatalf("%s in %s: status %d, in %q", path, coding, a.status, got)
					}
					all[path+" "+coding] = a.header.Get("ETag") + " " + a.header.Get("Last-Modified")
				}
			}
		}
	}
	return all
}

// teletipo runs one command to its end and gives its output.
func teletipo(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = run(t.Context(), args, noEnv, &out, &errs)
	if errs.Len() > 0 {
		t.Logf("teletipo %s: %s", strings.Join(args, " "), errs.String())
	}
	return out.String(), err
}

func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	feedTitle   = "Border Patrol reports fewer crossings at Eagle Pass"
	cartelTitle = "Cae en Culiacán un operador del Cártel de Sinaloa buscado por la DEA"
	inboxTitle  = "Ministers sign a water treaty for the Rio Grande"
)

// web is a publisher's feed: two articles for topics of ours, one for none, one that is broken.
func web(t *testing.T) *newstest.Server {
	return newstest.Web(t, `
-- /feed.xml --
Content-Type: application/rss+xml
ETag: "v1"
Last-Modified: Sun, 22 Nov 2026 08:00:00 GMT

<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>The Desert Wire</title><link>https://wire.example/</link>
<description>All the news</description><language>en</language>
<item><title>`+feedTitle+`</title><link>https://wire.example/eagle-pass?utm_source=rss</link>
<guid isPermaLink="false">wire-1</guid><description>Agents of the U.S. Border Patrol counted the
fewest migrants crossing the southern border from Mexico in a decade.</description></item>
<item><title>`+cartelTitle+`</title><link>https://wire.example/culiacan</link>
<guid isPermaLink="false">wire-2</guid><description>La Fiscalía General de la República detuvo en
Sinaloa a un presunto jefe del Cártel de Sinaloa que traficaba fentanilo.</description></item>
<item><title>A soup for cold evenings</title><link>https://wire.example/soup</link>
<guid isPermaLink="false">wire-3</guid><description>Beans, carrots and patience.</description></item>
<item></item>
</channel></rss>
`)
}

// setUp writes a configuration with the fake web as its only source, and gives the flags that go
// with it.
func setUp(t *testing.T, web *newstest.Server) (dir string, flags []string) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "sources.yaml"), fmt.Sprintf(`sources:
  - id: wire
    name: The Desert Wire
    kind: feed
    url: %s/feed.xml
    lang: en
    every: 15m
    rights: excerpt
`, web.URL))
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o750); err != nil {
		t.Fatal(err)
	}
	config := write(t, filepath.Join(dir, "teletipo.yaml"), `public_url: https://news.example
sources: sources.yaml
sweep_every: 1s
fetch: {allow: [127.0.0.0/8], pause: 0s}
`)
	return dir, []string{
		"--config", config, "--data", filepath.Join(dir, "data"),
		"--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
	}
}

func TestTheMainJob(t *testing.T) {
	wire := web(t)
	dir, flags := setUp(t, wire)
	inbox := filepath.Join(dir, "data", "inbox")
	write(t, filepath.Join(inbox, "treaty.md"), `---
title: `+inboxTitle+`
date: 2026-11-21T15:00:00Z
lang: en
authors: [Ana Ruiz]
---
The United States and Mexico signed a new **water treaty** on Friday. Mexico's foreign minister
and the U.S. secretary of state met in El Paso.

<script>alert(1)</script>
`)
	d := startDaemon(t, flags...)
	for _, want := range []string{"https://news.example/feeds/border.rss", "us-mexico", "inbox", "no article yet: 1 sources"} {
		if !strings.Contains(d.stdout.String(), want) {
			t.Errorf("the greeting lacks %q:\n%s", want, d.stdout.String())
		}
	}
	eventually(t, "the feed's and the inbox's articles are published", func() bool {
		return len(d.titles("/feeds/all.atom")) == 3
	})

	for topic, want := range map[string][]string{
		"border": {feedTitle}, "cartels": {cartelTitle}, "us-mexico": {inboxTitle},
		"all": {feedTitle, cartelTitle, inboxTitle},
	} {
		for _, title := range want {
			for _, format := range []string{".rss", ".atom", ".json"} {
				if got := d.titles("/feeds/" + topic + format); !slices.Contains(got, title) {
					t.Errorf("%s%s lacks %q: %q", topic, format, title, got)
				}
			}
		}
	}
	if got := d.titles("/feeds/all.es.rss"); !slices.Equal(got, []string{cartelTitle}) {
		t.Errorf("all.es has %q, want only %q", got, cartelTitle)
	}
	ids := d.guids("/feeds/all.rss")
	for _, format := range []string{".atom", ".json"} {
		if got := d.guids("/feeds/all" + format); !slices.Equal(got, ids) {
			t.Errorf("ids differ between formats: %q, %q", ids, got)
		}
	}
	atom := d.get("/feeds/us-mexico.atom").body
	if strings.Contains(atom, "script") || !strings.Contains(atom, "water treaty&lt;/strong&gt;") {
		t.Errorf("the desk's own article is not there in full, or not clean:\n%s", atom)
	}
	if strings.Contains(atom, "127.0.0.1") {
		t.Errorf("an address that is not the public one:\n%s", atom)
	}
	checkConditional(t, d)
	checkHealth(t, d, flags)

	before := d.validators()
	d.terminate()
	d = startDaemon(t, flags...)
	after := d.validators()
	for name, want := range before {
		if after[name] != want {
			t.Errorf("after a restart %s has %s, before %s", name, after[name], want)
		}
	}
	d.terminate()
	checkPolledOnce(t, wire)
}

// checkConditional asks again with what was given: 304 for the same representation only.
func checkConditional(t *testing.T, d *running) {
	t.Helper()
	plain := d.get("/feeds/border.rss")
	zipped := d.get("/feeds/border.rss", "Accept-Encoding", "gzip")
	r, err := gzip.NewReader(strings.NewReader(zipped.body))
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(r)
	if err != nil || string(unzipped) != plain.body {
		t.Errorf("the gzip representation is not the identity's: %v", err)
	}
	for _, test := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"its tag", []string{"If-None-Match", plain.header.Get("ETag")}, 304},
		{"its date", []string{"If-Modified-Since", plain.header.Get("Last-Modified")}, 304},
		{"the other coding's tag", []string{"If-None-Match", zipped.header.Get("ETag")}, 200},
		{
			"the tag of the coding asked for",
			[]string{"If-None-Match", zipped.header.Get("ETag"), "Accept-Encoding", "gzip"},
			304,
		},
	} {
		if got := d.get("/feeds/border.rss", test.headers...); got.status != test.want {
			t.Errorf("asked with %s: status %d, want %d", test.name, got.status, test.want)
		} else if test.want == 304 && (got.body != "" || got.header.Get("ETag") == "") {
			t.Errorf("asked with %s: body %q, headers %v", test.name, got.body, got.header)
		}
	}
}

func checkHealth(t *testing.T, d *running, flags []string) {
	t.Helper()
	for _, path := range []string{"/healthz", "/readyz"} {
		if a := d.get(d.admin + path); a.status != http.StatusOK {
			t.Errorf("%s: status %d: %s", path, a.status, a.body)
		}
		if a := d.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s is answered in public: status %d", path, a.status)
		}
	}
	out, err := teletipo(t, append([]string{"health"}, flags...)...)
	if err != nil || !strings.Contains(out, "ok") {
		t.Errorf("teletipo health: %q, %v", out, err)
	}
}

// checkPolledOnce holds the requests that the publisher saw against what a polite reader sends.
func checkPolledOnce(t *testing.T, wire *newstest.Server) {
	t.Helper()
	requests := wire.Requests()
	if len(requests) != 1 {
		t.Errorf("the source was asked %d times within its cadence, want once", len(requests))
	}
	agent := requests[0].Header.Get("User-Agent")
	if !regexp.MustCompile(`^Mozilla/5\.0 \(compatible; teletipo/[\d.]+; \+\S+\)$`).MatchString(agent) {
		t.Errorf("User-Agent %q", agent)
	}
}

func TestIngestBesideARunningDaemon(t *testing.T) {
	wire := web(t)
	dir, flags := setUp(t, wire)
	d := startDaemon(t, flags...)
	article := write(t, filepath.Join(dir, "tunnel.txt"), tunnel)

	out, err := teletipo(t, append([]string{"ingest", article}, flags...)...)
	if err != nil || !strings.HasPrefix(out, "accepted") {
		t.Fatalf("ingest: %q, %v", out, err)
	}
	id := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).FindString(out)
	eventually(t, "the article is in its feed", func() bool {
		return slices.Contains(d.guids("/feeds/border.rss"), "urn:uuid:"+id)
	})
	before := d.validators()

	out, err = teletipo(t, append([]string{"ingest", article}, flags...)...)
	if err != nil || !strings.HasPrefix(out, "unchanged  "+id) {
		t.Fatalf("ingest again: %q, %v", out, err)
	}
	if after := d.validators(); !maps.Equal(before, after) {
		t.Errorf("ingesting again changed validators: %v, then %v", before, after)
	}

	write(t, article, strings.Replace(tunnel, "a mile", "two miles", 1))
	out, err = teletipo(t, append([]string{"ingest", article}, flags...)...)
	if err != nil || !strings.HasPrefix(out, "updated    "+id) {
		t.Fatalf("ingest of an edited file: %q, %v", out, err)
	}
	eventually(t, "the edit is in the feed", func() bool {
		return strings.Contains(d.get("/feeds/border.atom").body, "two miles")
	})

	if out, err = teletipo(t, append([]string{"withdraw", id}, flags...)...); err != nil {
		t.Fatalf("withdraw: %q, %v", out, err)
	}
	eventually(t, "the article has left every feed", func() bool {
		for name := range before {
			path, _, _ := strings.Cut(name, " ")
			if slices.Contains(d.guids(path), "urn:uuid:"+id) { // Atom has a tombstone of it
				return false
			}
		}
		return true
	})
	if a := d.get("/articles/" + id); a.status != http.StatusGone {
		t.Errorf("the page of a withdrawn article: status %d, want 410", a.status)
	}
	out, err = teletipo(t, append([]string{"ingest", article}, flags...)...)
	if err != nil || !strings.Contains(out, "withdrawn") {
		t.Errorf("ingest of a withdrawn article: %q, %v", out, err)
	}
	d.terminate()
}

const tunnel = `Agents find a smuggling tunnel under the border at Nogales

U.S. Border Patrol agents have found a tunnel of a mile under the border fence between Nogales,
Arizona, and Nogales, Sonora, the agency said on Saturday.

What was inside

The tunnel had rails, light and air, and ended in a house on the Mexican side of the border.
`
