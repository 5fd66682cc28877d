package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

var kills = flag.Int("kill", 3, "how often TestKill kills an ingest, TestKillDaemon a daemon, and TestKillRestore a backup and a restore")

var damages = flag.Int("damages", 3, "at how many places TestBadBackups damages a backup")

// What TestKill ingests: a folder of files of one article each, every other one by its name as
// well, and files that are feeds.
const (
	killFiles     = 60
	killFeeds     = 6
	killFeedItems = 100
	killArticles  = killFiles + killFeeds*killFeedItems
	// mostKills is how often one ingest is killed before it may end.
	mostKills = 8
)

// TestKill kills an ingest at random points and starts it again until it ends by itself. Then the
// store must hold what an ingest that nobody disturbed leaves behind: every article, accepted
// once, and the same feeds. It goes on with new stores until it has killed as often as -kill says.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	args := killLoad(t, dir)
	start := time.Now()
	calm := filepath.Join(dir, "calm")
	if !ingestUntil(t, args, calm, nil) {
		t.Fatal("the undisturbed ingest was killed")
	}
	took := time.Since(start)
	want := whatIsStored(t, calm, killArticles)
	killed, stores := 0, 0
	for killed < *kills {
		data := filepath.Join(dir, fmt.Sprint("data", stores))
		for n := 0; ; n++ {
			var fuse *time.Timer
			if killed < *kills && n < mostKills {
				fuse = time.NewTimer(rand.N(took))
			}
			if ingestUntil(t, args, data, fuse) {
				break
			}
			killed++
			killedByHand(t, data)
		}
		stores++
		if diff := cmp.Diff(want, whatIsStored(t, data, killArticles)); diff != "" {
			t.Fatalf("after %d kills, a store is not as without them (-calm +killed):\n%s",
				killed, diff)
		}
		if err := os.RemoveAll(data); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("killed %d times, %d stores of %d articles, an undisturbed ingest took %s",
		killed, stores, killArticles, took.Round(time.Millisecond))
}

// killLoad writes what is ingested, and gives the arguments that do so but for the data directory.
func killLoad(t *testing.T, dir string) []string {
	t.Helper()
	// Half an hour apart from where an article stops being news, for runs to agree about each.
	now := time.Now().UTC().Truncate(time.Second).Add(-30 * time.Minute)
	what := []string{"desk"}
	for f := range killFeeds {
		what = append(what, write(t, filepath.Join(dir, fmt.Sprintf("wire%d.xml", f)), killFeed(f, now)))
	}
	texts := filepath.Join(dir, "texts")
	for i := range killFiles {
		written := now.Add(-time.Duration(i) * 2 * time.Hour)
		path := write(t, filepath.Join(texts, fmt.Sprintf("story%d.md", i)), fmt.Sprintf(
			"---\ntitle: Ministers sign treaty %d on the Rio Grande\ndate: %s\n---\n"+
				"Mexico and the United States signed a water treaty for the border river, the %d. of "+
				"its kind.\n", i, written.Format(time.RFC3339), i))
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 { // by name, beside what the folder has
			what = append(what, path)
		}
	}
	write(t, filepath.Join(dir, "sources.yaml"), fmt.Sprintf(
		"sources:\n  - {id: desk, name: Desk, kind: folder, path: %q, rights: full}\n", texts))
	config := write(t, filepath.Join(dir, "teletipo.yaml"),
		"public_url: https://news.example\nsources: sources.yaml\n")
	return append([]string{"--config", config, "ingest"}, what...)
}

// killFeed writes a feed whose items lie three hours apart.
func killFeed(f int, now time.Time) string {
	var feed strings.Builder
	fmt.Fprintf(&feed, `<rss version="2.0"><channel><title>Wire %d</title>`+
		`<link>https://wire%d.example/</link><description>News</description>`, f, f)
	for i := range killFeedItems {
		fmt.Fprintf(&feed, `<item><guid>%d-%d</guid><link>https://wire%d.example/%d</link>`+
			`<title>Border Patrol report %d of wire %d</title><pubDate>%s</pubDate><description>`+
			`Agents of the U.S. Border Patrol counted migrants at the southern border with `+
			`Mexico, report %d says.</description></item>`, f, i, f, i, i, f,
			now.Add(-time.Duration(i*3+f)*time.Hour).Format(time.RFC1123Z), i)
	}
	feed.WriteString(`</channel></rss>`)
	return feed.String()
}

// ingestUntil runs a command in a process of its own, which it kills when the fuse has burnt down.
// It reports whether the command came to its end.
func ingestUntil(t *testing.T, args []string, data string, fuse *time.Timer) bool {
	t.Helper()
	var out strings.Builder
	command := exec.Command("teletipo", append([]string{"--data", data}, args...)...)
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	var burnt <-chan time.Time
	if fuse != nil {
		defer fuse.Stop()
		burnt = fuse.C
	}
	var err error
	select {
	case err = <-ended:
	case <-burnt:
		_ = command.Process.Kill() // it may just have ended
		err = <-ended
	}
	if err == nil {
		return true
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || fuse == nil || exit.ExitCode() >= 0 {
		t.Fatalf("the ingest failed by itself: %v\n%s", err, out.String())
	}
	return false
}

// contents is what a store has, but for stamps and sequences, which tell when.
type contents struct {
	Created, Changes, Articles int
	Feeds                      map[string][]string // title and JSON of each entry, in order
}

// whatIsStored checks that a store is sound and reads all of it.
func whatIsStored(t *testing.T, data string, articles int) contents {
	t.Helper()
	has := contents{Feeds: map[string][]string{}}
	var feeds []news.FeedKey
	for _, name := range []string{"teletipo.db", "poll.db"} {
		db, err := bolt.Open(filepath.Join(data, name), 0o600, &bolt.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		err = db.View(func(tx *bolt.Tx) error {
			for fault := range tx.Check() {
				t.Errorf("%s: %v", name, fault)
			}
			if name == "teletipo.db" {
				feeds, err = has.count(tx)
			}
			return err
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if has.Created != articles || has.Articles != articles {
		t.Errorf("%d articles, accepted %d times; want %d", has.Articles, has.Created, articles)
	}
	s, err := store.Open(slog.New(slog.DiscardHandler), data, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, key := range feeds {
		window, err := s.Window(key, articles)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range window.Entries {
			e.Seq, e.FirstSeen, e.Updated = 0, time.Time{}, time.Time{}
			text, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			has.Feeds[key.String()] = append(has.Feeds[key.String()],
				fmt.Sprintf("%s: %s %q", e.Title, text, e.Content))
		}
	}
	if len(has.Feeds) == 0 {
		t.Error("no article is in any feed")
	}
	return has
}

// count reads the change log, the articles and the names of the feeds.
func (c *contents) count(tx *bolt.Tx) (feeds []news.FeedKey, err error) {
	ids := map[string]bool{}
	err = tx.Bucket([]byte("change")).ForEach(func(_, value []byte) error {
		value = value[:len(value)-4] // without its checksum
		var change struct {
			Kind string `json:"kind"`
			ID   string `json:"id"`
		}
		if err := json.Unmarshal(value, &change); err != nil {
			return err
		}
		if change.ID != "" { // how often archives close and editions are stamped, commits decide
			c.Changes++
		}
		if change.Kind == "create" {
			if c.Created++; ids[change.ID] {
				return fmt.Errorf("article %s was accepted twice", change.ID)
			}
			ids[change.ID] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.Articles = tx.Bucket([]byte("article")).Stats().KeyN
	return feeds, tx.Bucket([]byte("feed")).ForEachBucket(func(name []byte) error {
		feeds = append(feeds, news.ParseFeedKey(string(name)))
		return nil
	})
}
