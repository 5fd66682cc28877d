package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/store"
)

// polledDaemon is a daemon in a process of its own that polls feeds of ours, and may be killed.
type polledDaemon struct {
	t     *testing.T
	flags []string
	data  string
}

// TestKillDaemon kills a daemon at random points while it polls, and starts it again until it has
// read every source. Then the store must hold what a daemon that nobody disturbed has stored. It
// goes on with new stores until it has killed as often as -kill says.
func TestKillDaemon(t *testing.T) {
	dir := t.TempDir()
	d := polledDaemon{t: t, flags: killSources(t, dir)}
	const articles = killFeeds * killFeedItems
	d.data = filepath.Join(dir, "calm")
	start := time.Now()
	if !d.runUntil(nil) {
		t.Fatal("the undisturbed daemon was killed")
	}
	took := time.Since(start)
	want := d.stored(articles)
	killed, stores := 0, 0
	for killed < *kills {
		d.data = filepath.Join(dir, fmt.Sprint("data", stores))
		for n := 0; ; n++ {
			var fuse *time.Timer
			if killed < *kills && n < mostKills {
				fuse = time.NewTimer(rand.N(took))
			}
			if d.runUntil(fuse) {
				break
			}
			killed++
			d.endLeases()
			killedByHand(t, d.data)
		}
		stores++
		if diff := cmp.Diff(want, d.stored(articles)); diff != "" {
			t.Fatalf("after %d kills, a store is not as without them (-calm +killed):\n%s", killed, diff)
		}
		if err := os.RemoveAll(d.data); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("killed %d times, %d stores of %d articles, an undisturbed daemon took %s",
		killed, stores, articles, took.Round(time.Millisecond))
}

// killSources serves feeds, and writes the configuration of a daemon that polls them.
func killSources(t *testing.T, dir string) (flags []string) {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second).Add(-30 * time.Minute)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var f int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &f); err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, f))
		fmt.Fprint(w, killFeed(f, now))
	}))
	t.Cleanup(web.Close)
	var sources strings.Builder
	sources.WriteString("sources:\n")
	for f := range killFeeds {
		fmt.Fprintf(&sources, "  - {id: wire%d, name: Wire %d, kind: feed, url: \"%s/%d\", every: 1h}\n",
			f, f, web.URL, f)
	}
	write(t, filepath.Join(dir, "sources.yaml"), sources.String())
	config := write(t, filepath.Join(dir, "teletipo.yaml"), "public_url: https://news.example\n"+
		"sources: sources.yaml\nfetch: {allow: [127.0.0.0/8], pause: 0s}\n")
	return []string{"--config", config, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}
}

// runUntil runs the daemon until it has read every source, and ends it as systemd does, or kills
// it when the fuse has burnt down. It reports whether it came to its end.
func (d *polledDaemon) runUntil(fuse *time.Timer) bool {
	d.t.Helper()
	var out syncBuffer
	command := exec.Command("teletipo",
		slices.Concat([]string{"--data", d.data}, d.flags, []string{"serve"})...)
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		d.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	var burnt <-chan time.Time
	if fuse != nil {
		defer fuse.Stop()
		burnt = fuse.C
	}
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(patience); ; {
		select {
		case err := <-ended:
			d.t.Fatalf("the daemon ended by itself: %v\n%s", err, out.String())
		case <-burnt:
			_ = command.Process.Kill()
			<-ended
			return false
		case <-look.C:
		}
		if d.hasRead() {
			break
		}
		if time.Now().After(deadline) {
			_ = command.Process.Kill()
			<-ended
			d.t.Fatalf("the daemon never read all of its sources\n%s", out.String())
		}
	}
	_ = command.Process.Signal(syscall.SIGTERM)
	if err := <-ended; err != nil {
		d.t.Fatalf("the daemon ended with %v\n%s", err, out.String())
	}
	return true
}

// hasRead reports whether the daemon has read every source.
func (d *polledDaemon) hasRead() bool {
	client, ok := desk.Dial(d.t.Context(), d.data)
	if !ok {
		return false
	}
	defer client.Close()
	list, err := desk.Sources.Ask(d.t.Context(), client, desk.None{})
	if err != nil {
		return false
	}
	read := 0
	for _, s := range list {
		if strings.HasPrefix(s.Source.ID, "wire") && !s.State.LastSuccess.IsZero() {
			read++
		}
	}
	return read == killFeeds
}

// endLeases has those sources due that were being read when the daemon was killed: in a quarter of
// an hour they would be anyhow.
func (d *polledDaemon) endLeases() {
	d.t.Helper()
	if _, err := os.Stat(d.data); errors.Is(err, os.ErrNotExist) {
		return // it was killed before it had begun
	}
	polls, err := store.OpenPolls(slog.New(slog.DiscardHandler), d.data, store.Options{})
	if err != nil {
		d.t.Fatal(err)
	}
	defer polls.Close()
	for f := range killFeeds {
		source := fmt.Sprint("wire", f)
		st, err := polls.State(source)
		if err == nil && st.Polls == 0 {
			st.Due = time.Now()
			err = polls.Save(source, st)
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
}

// stored is what the store has. In which order sources were read is the kills' doing, and with it
// the order of entries.
func (d *polledDaemon) stored(articles int) contents {
	d.t.Helper()
	has := whatIsStored(d.t, d.data, articles)
	for _, entries := range has.Feeds {
		slices.Sort(entries)
	}
	return has
}
