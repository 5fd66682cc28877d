package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// publishedDaemon is a daemon in a process of its own that is killed and started again, and all
// that a reader ever got from it.
type publishedDaemon struct {
	t       *testing.T
	flags   []string
	data    string
	command *exec.Cmd
	public  string
	got     map[string][]got // by path, the newest last
}

// got is an answer in gzip, as a reader remembers it.
type got struct {
	tag, body string
	modified  time.Time
}

// TestKillPublisher kills a daemon at random points while articles come in, and asks it for feeds
// as soon as it answers again: no state ever comes back that another has followed, the same tag
// always has the same bytes and date, and each later state has a later date. In the end a daemon
// that has to make everything anew gives the same tags.
//
//	go test ./cmd/teletipo -run 'TestKillPublisher$' -v -kill=100 -timeout 20m
func TestKillPublisher(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "none.yaml"), "sources: []\n")
	config := write(t, filepath.Join(dir, "teletipo.yaml"),
		"public_url: https://news.example\nsources: none.yaml\n")
	d := &publishedDaemon{
		t: t, data: filepath.Join(dir, "data"), got: map[string][]got{},
		flags: []string{"--config", config, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"},
	}
	for n := range *kills {
		d.start()
		d.look()
		for i := range 3 {
			write(t, filepath.Join(d.data, "inbox", fmt.Sprintf("a%d-%d.md", n, i)), fmt.Sprintf(
				"---\ntitle: Agents count migrants, report %d-%d\nlang: en\n---\nBorder Patrol agents "+
					"counted migrants at the border with Mexico.\n", n, i))
			time.Sleep(rand.N(150 * time.Millisecond))
		}
		fuse := time.Now().Add(rand.N(700 * time.Millisecond))
		for time.Now().Before(fuse) {
			d.look()
		}
		_ = d.command.Process.Kill()
		_ = d.command.Wait()
	}
	d.start()
	eventually(t, "all articles are published", func() bool {
		d.look()
		list := d.got["/feeds/all.json"]
		return strings.Count(list[len(list)-1].body, `"id": "urn:`) >= min(3**kills, 50)
	})
	time.Sleep(2500 * time.Millisecond) // so that nothing waits for its stamp
	d.look()
	d.stop()
	last := map[string]string{}
	states := 0
	for path, list := range d.got {
		last[path] = list[len(list)-1].tag
		states += len(list)
	}
	if err := os.RemoveAll(filepath.Join(d.data, "cache")); err != nil {
		t.Fatal(err)
	}
	d.start()
	d.look()
	d.stop()
	for path, list := range d.got {
		if tag := list[len(list)-1].tag; tag != last[path] {
			t.Errorf("%s: made anew it has tag %s, was %s", path, tag, last[path])
		}
	}
	t.Logf("killed %d times, %d states seen", *kills, states)
}

// start starts the daemon and waits until it answers.
func (d *publishedDaemon) start() {
	d.t.Helper()
	var out syncBuffer
	args := slices.Concat([]string{"--data", d.data}, d.flags, []string{"serve"})
	d.command = exec.Command("teletipo", args...)
	d.command.Stdout, d.command.Stderr = &out, &out
	if err := d.command.Start(); err != nil {
		d.t.Fatal(err)
	}
	eventually(d.t, "the daemon is ready", func() bool {
		m := readyAt.FindStringSubmatch(out.String())
		if m != nil {
			d.public = "http://" + m[1]
		}
		return m != nil
	})
}

func (d *publishedDaemon) stop() {
	d.t.Helper()
	_ = d.command.Process.Signal(syscall.SIGTERM)
	if err := d.command.Wait(); err != nil {
		d.t.Fatalf("the daemon ended with %v", err)
	}
}

// look asks for some feeds, and holds the answers against all before.
func (d *publishedDaemon) look() {
	d.t.Helper()
	client := running{t: d.t, public: d.public}
	for _, path := range []string{"/feeds/all.rss", "/feeds/all.json", "/feeds/border.en.atom"} {
		a := client.get(path)
		modified, err := http.ParseTime(a.header.Get("Last-Modified"))
		now := got{a.header.Get("Etag"), a.body, modified}
		if a.status != http.StatusOK || err != nil || now.tag == "" {
			d.t.Fatalf("%s: status %d, %v", path, a.status, err)
		}
		if date, err := http.ParseTime(a.header.Get("Date")); err != nil || modified.After(date) {
			d.t.Fatalf("%s: modified %s, on %s", path, modified, date)
		}
		list := d.got[path]
		if len(list) == 0 {
			d.got[path] = []got{now}
			continue
		}
		switch last := list[len(list)-1]; {
		case now.tag == last.tag && now == last:
		case now.tag == last.tag:
			d.t.Fatalf("%s: tag %s of other bytes, or another date", path, now.tag)
		case !now.modified.After(last.modified):
			d.t.Fatalf("%s: modified %s, after a state of %s", path, now.modified, last.modified)
		case slices.ContainsFunc(list, func(g got) bool { return g.tag == now.tag }):
			d.t.Fatalf("%s: the state of tag %s is back", path, now.tag)
		default:
			d.got[path] = append(list, now)
		}
	}
}
