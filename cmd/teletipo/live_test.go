package main

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// agentsTopic is a topic that one article of the fake web belongs to.
const agentsTopic = `title: {en: Agents}
description: {en: What agents do.}
threshold: 2
terms: {any: {agents: 4}}
`

// TestTopicsAreReplacedWhileServing: a broken topic file changes nothing, a good one adds a feed
// with the stored articles that belong to it, and no other feed changes.
func TestTopicsAreReplacedWhileServing(t *testing.T) {
	_, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	eventually(t, "the feed has been polled", func() bool {
		return slices.Contains(d.titles("/feeds/border.rss"), feedTitle)
	})
	data := dataDir(t, flags)
	topics := func() string {
		t.Helper()
		said, err := teletipo(t, append([]string{"topics"}, flags...)...)
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	eventually(t, "all is placed", func() bool { return strings.Contains(topics(), "placed by them") })
	before := d.validators()

	file := filepath.Join(data, "feeds", "agents.yaml")
	write(t, file, strings.ReplaceAll(agentsTopic, "threshold: 2", "threshold: many\ntittle: x"))
	eventually(t, "the fault is told", func() bool {
		return strings.Contains(topics(), "agents.yaml:3:12: threshold: ")
	})
	if said := topics(); !strings.Contains(said, "agents.yaml:4:1: tittle: ") ||
		!strings.Contains(said, "not in force") {
		t.Errorf("not all faults are told:\n%s", said)
	}
	if log := d.stderr.String(); !strings.Contains(log, "agents.yaml:3:12: threshold: ") {
		t.Errorf("the log does not tell the fault:\n%s", log)
	}
	if said, err := teletipo(t, append(append([]string{"health"}, flags...), "--admin", d.admin[7:])...); err != nil ||
		!strings.Contains(said, "ok") || !strings.Contains(said, "not in force") {
		t.Errorf("health: %v\n%s", err, said)
	}
	if page := d.get(d.admin + "/metrics").body; !strings.Contains(page, "\nteletipo_topic_files_good 0\n") {
		t.Errorf("metrics do not tell of the fault:\n%s", page)
	}
	if !maps.Equal(before, d.validators()) {
		t.Error("a broken file has changed feeds")
	}

	write(t, file, agentsTopic)
	eventually(t, "the new feed has its article", func() bool {
		return d.get("/feeds/agents.rss").status == http.StatusOK &&
			slices.Contains(d.titles("/feeds/agents.rss"), feedTitle)
	})
	eventually(t, "all is placed anew", func() bool {
		said := topics()
		return strings.Contains(said, "placed by them") && !strings.Contains(said, "not in force")
	})
	after := d.validators()
	for path, tag := range before {
		// The article tells its topics, so the feeds that it stands in have changed too.
		untouched := strings.HasPrefix(path, "/feeds/cartels")
		if untouched && after[path] != tag {
			t.Errorf("%s: %s before, %s after", path, tag, after[path])
		}
	}
	if page := d.get(d.admin + "/metrics").body; !strings.Contains(page, `topic="agents"`) ||
		!strings.Contains(page, `teletipo_reclassify_articles{changed="yes"} 1`) {
		t.Errorf("metrics do not know the new topic:\n%s", page)
	}
	if said := topics(); !strings.Contains(said, "agents     1 ") {
		t.Errorf("topics:\n%s", said)
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the feed is gone", func() bool {
		return d.get("/feeds/agents.rss").status == http.StatusGone
	})
	// A directory that is replaced as a whole goes on being watched.
	for range 2 {
		next := filepath.Join(data, "next")
		write(t, filepath.Join(next, "agents.yaml"), agentsTopic)
		dir := filepath.Dir(file)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the feed is gone with its directory", func() bool {
			return d.get("/feeds/agents.rss").status == http.StatusGone
		})
		if err := os.Rename(next, dir); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the feed is back", func() bool {
			return d.get("/feeds/agents.rss").status == http.StatusOK
		})
	}
	// So are the groups that topics share, and a topic that breaks its own example is not taken.
	write(t, file, agentsTopic+"together: [{all: [who, moves], weight: 1}]\n"+
		"groups: {who: {any: [agents]}}\n")
	eventually(t, "a group is missing", func() bool {
		return strings.Contains(topics(), `"moves" is not among the groups`)
	})
	write(t, filepath.Join(filepath.Dir(file), "groups", "all.yaml"), "moves: {en: [walk]}\n")
	eventually(t, "the group is there", func() bool { return !strings.Contains(topics(), "not in force") })
	write(t, file, agentsTopic+"examples: {match: [{lang: en, title: Nobody}]}\n")
	eventually(t, "the example is told", func() bool {
		return strings.Contains(topics(), "this example is to match, and is not placed")
	})
	d.terminate()
	if log := d.stderr.String(); strings.Contains(log, "panic") {
		t.Error(log)
	}
}

// dataDir is where the flags put the data.
func dataDir(t *testing.T, flags []string) string {
	t.Helper()
	for i, flag := range flags {
		if flag == "--data" {
			return flags[i+1]
		}
		if dir, is := strings.CutPrefix(flag, "--data="); is {
			return dir
		}
	}
	t.Fatal("no --data among the flags")
	return ""
}

// TestStartWithABrokenTopicFile: a daemon that is started again serves what it served, by the topics
// that were published last, and says what is wrong; once the file is mended it is in force.
func TestStartWithABrokenTopicFile(t *testing.T) {
	_, flags := setUp(t, web(t))
	file := filepath.Join(dataDir(t, flags), "feeds", "agents.yaml")
	write(t, file, "titel: {en: Agents}\n")
	if _, err := teletipo(t, append([]string{"serve"}, flags...)...); err == nil ||
		!strings.Contains(err.Error(), "agents.yaml:1:1") {
		t.Errorf("with nothing published before it starts: %v", err)
	}
	write(t, file, agentsTopic)
	d := startDaemon(t, flags...)
	eventually(t, "the articles are published", func() bool {
		return slices.Contains(d.titles("/feeds/agents.rss"), feedTitle)
	})
	eventually(t, "all is placed", func() bool {
		said, err := teletipo(t, append([]string{"topics"}, flags...)...)
		return err == nil && strings.Contains(said, "placed by them")
	})
	before := settledValidators(t, d)
	tag := d.get("/feeds/agents.rss").header.Get("ETag")
	d.terminate()
	write(t, file, "titel: {en: Agents}\n")
	d = startDaemon(t, flags...)
	if again := d.get("/feeds/agents.rss").header.Get("ETag"); again != tag {
		t.Errorf("the feed has the tag %s, had %s", again, tag)
	}
	if !maps.Equal(before, settledValidators(t, d)) {
		t.Error("the other feeds have changed")
	}
	if said := d.stdout.String() + d.stderr.String(); strings.Count(said, "agents.yaml:1:1") < 2 {
		t.Errorf("it does not say what is wrong:\n%s", said)
	}
	if said, err := teletipo(t, append([]string{"health"}, flags...)...); err != nil ||
		!strings.Contains(said, "not in force") {
		t.Errorf("health: %v\n%s", err, said)
	}
	write(t, file, strings.Replace(agentsTopic, "Agents", "Agentes", 1))
	eventually(t, "the mended file is in force", func() bool {
		return strings.Contains(d.get("/feeds/agents.rss").body, "Agentes")
	})
	d.terminate()
}
