package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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

// TestOurFeeds has it judge every feed of a daemon, as its server hands it out.
func TestOurFeeds(t *testing.T) {
	data := t.TempDir()
	for name, text := range map[string]string{
		"a.md": "---\ntitle: Agents count migrants on the Rio Grande\nlang: en\ndate: 2026-03-02T10:00:00Z\ntags: [water]\n---\n" +
			"Border Patrol agents counted *migrants* at the border with Mexico, near " +
			"[Laredo](https://wire.example/laredo).\n",
		"b.md": "---\ntitle: La Patrulla Fronteriza cuenta migrantes\nlang: es\ndate: 2026-03-02T09:00:00Z\nauthors: [Ana Ruiz]\n---\n" +
			"Agentes de la Patrulla Fronteriza contaron migrantes en la frontera con México.\n",
	} {
		write(t, filepath.Join(data, "inbox", name), text)
	}
	config := write(t, filepath.Join(data, "teletipo.yaml"), "sources: none.yaml\n")
	write(t, filepath.Join(data, "none.yaml"), "sources: []\n")
	d := startDaemon(t, "--config", config, "--data", data, "--listen", "127.0.0.1:0",
		"--admin", "127.0.0.1:0")
	defer d.terminate()
	eventually(t, "the articles are published", func() bool {
		return strings.Count(d.get("/feeds/all.json").body, `"title": "`) > 2
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
			}
		}
	}
}
