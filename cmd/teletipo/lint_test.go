package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/lint"
	"github.com/teletipo/teletipo/internal/news"
)

// TestOurDocuments has the one judge of feeds judge what the renderer writes: of ordinary articles,
// of hostile ones, of nothing, and archives.
func TestOurDocuments(t *testing.T) {
	judged := 0
	for _, format := range news.Formats {
		files, err := filepath.Glob("../../internal/render/testdata/*." + string(format))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.Contains(file, "schema") {
				continue
			}
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := judgeSample(file, body) // the samples are in no order
			r.Lines = slices.DeleteFunc(r.Lines, func(l lint.Line) bool { return l.Name == "item-order" })
			faultless(t, r, strings.Contains(file, "hostile"))
			judged++
		}
	}
	if judged < 20 {
		t.Errorf("%d documents judged", judged)
	}
}

// faultless wants a report without a fault, and without a doubt if the articles are not hostile:
// whether what looks like markup in a title is any, nobody can tell.
func faultless(t *testing.T, r lint.Report, hostile bool) {
	t.Helper()
	for _, line := range r.Lines {
		for _, f := range line.Findings {
			if f.Doubt && hostile {
				continue
			}
			t.Errorf("%s: %s: %s: %s: %s", r.Name, line.Result, line.Name, f.Where, f.Message)
		}
	}
}

// TestOurFeeds has it judge every feed of a daemon, as its server hands it out, with its archives.
func TestOurFeeds(t *testing.T) {
	data, began, looked := t.TempDir(), time.Now(), map[string]bool{}
	for n := range 130 {
		age := time.Duration(n) * time.Minute
		if n >= 60 {
			age += 100 * time.Hour // history, which stands in archives
		}
		date := began.Add(-age).Format(time.RFC3339)
		text := fmt.Sprintf("title: Agents count %d migrants on the Rio Grande\nlang: en\ntags: [water]\n"+
			"date: %s\n---\nBorder Patrol agents counted *%d migrants* at the border with Mexico, near "+
			"[Laredo](https://wire.example/%d).\n", n, date, n, n)
		if n%2 == 1 {
			text = fmt.Sprintf("title: La Patrulla Fronteriza cuenta %d migrantes\nlang: es\n"+
				"authors: [Ana Ruiz]\ndate: %s\n---\nAgentes de la Patrulla Fronteriza contaron %d migrantes "+
				"en la frontera con México.\n", n, date, n)
		}
		write(t, filepath.Join(data, "inbox", fmt.Sprint(n, ".md")), "---\n"+text)
	}
	config := write(t, filepath.Join(data, "teletipo.yaml"), "sources: none.yaml\n")
	write(t, filepath.Join(data, "none.yaml"), "sources: []\n")
	d := startDaemon(t, "--config", config, "--data", data, "--listen", "127.0.0.1:0",
		"--admin", "127.0.0.1:0")
	defer d.terminate()
	eventually(t, "the articles are published", func() bool {
		return reached(t, d, "all") == 130 && reached(t, d, "border") == 130 &&
			reached(t, d, "border.en") == 65 && reached(t, d, "all.es") == 65
	})
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	for _, topic := range []string{news.All, "border"} {
		for _, lang := range []string{"", "en", "es"} {
			for _, format := range news.Formats {
				path := news.FeedPath(news.FeedKey{Topic: topic, Lang: lang}, format)
				r, err := lint.Probe(t.Context(), client, "test", d.public+path)
				if err != nil {
					t.Fatal(err)
				}
				faultless(t, r, false)
				for _, line := range r.Lines {
					looked[line.Name] = looked[line.Name] || line.Result != lint.Skipped
				}
			}
		}
	}
	for _, line := range []string{"item-order", "ids-stay", "delta-asked", "archive-links", "archive-chain"} {
		if !looked[line] {
			t.Errorf("%s was never looked at", line)
		}
	}
}

// reached counts the articles of a feed's document and its archives.
func reached(t *testing.T, d *running, feed string) int {
	t.Helper()
	ids := map[string]bool{}
	for path := "/feeds/" + feed + ".json"; path != ""; {
		p, err := readPage(news.JSON, []byte(d.get(path).body))
		if err != nil {
			return 0 // it is not made yet
		}
		for id := range p.entries {
			ids[id] = true
		}
		path = strings.TrimPrefix(p.prev, d.public)
	}
	return len(ids)
}
