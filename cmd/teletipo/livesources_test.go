package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/newstest"
)

// TestSourcesAreReplacedWhileServing: what is added, changed, disabled and removed takes effect in
// a running daemon, what is new is looked at at once, and of a faulty file the last good one stays.
func TestSourcesAreReplacedWhileServing(t *testing.T) {
	wire, second := web(t), newstest.Web(t, `
-- /feed.xml --
Content-Type: application/rss+xml

<rss version="2.0"><channel><title>Second</title><link>https://second.example/</link><description>d</description>
<item><title>A second wire reports from the border</title><link>https://second.example/1</link>
<description>Border Patrol agents at the U.S.-Mexico border.</description></item></channel></rss>
`)
	dir, flags := setUp(t, wire)
	d := startDaemon(t, flags...)
	own := filepath.Join(dataDir(t, flags), "sources.yaml")
	ask := func(args ...string) string {
		t.Helper()
		out, err := teletipo(t, append(args, flags...)...)
		if err != nil {
			t.Fatalf("%v: %s%v\n%s", args, out, err, d.stderr.String())
		}
		return out
	}
	row := func(id string) string {
		for line := range strings.Lines(ask("sources")) {
			if strings.HasPrefix(line, id+" ") {
				return line
			}
		}
		return ""
	}

	out := ask("sources", "add", second.URL+"/feed.xml", "--id", "second", "--every", "1h")
	if !strings.Contains(out, "added second in "+own) || !strings.Contains(out, "the daemon has looked at it: ok") {
		t.Errorf("add says %s", out)
	}
	eventually(t, "its article is published", func() bool {
		return slices.Contains(d.titles("/feeds/border.rss"), "A second wire reports from the border")
	})
	if n := len(second.Requests()); n != 1 {
		t.Errorf("a source just added was asked %d times", n)
	}

	out = ask("sources", "disable", "second")
	if !strings.HasPrefix(out, "disabled second in ") || !strings.Contains(row("second"), " off ") {
		t.Errorf("disable says %s, sources says %s", out, row("second"))
	}
	ask("sources", "enable", "second")
	ask("sources", "retry", "second")
	if n := len(second.Requests()); n < 2 || n > 3 {
		t.Errorf("after enabling and retrying it was asked %d times", n)
	}

	good, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	write(t, own, string(good)+"  - {id: third, kind: fed}\n")
	eventually(t, "the fault is told", func() bool {
		return strings.Contains(ask("health"), `sources[1].kind: "fed" is unknown`)
	})
	if row("second") == "" || row("third") != "" {
		t.Errorf("a faulty file has changed the sources in force:\n%s", ask("sources"))
	}
	folder := filepath.Join(dir, "desk")
	write(t, filepath.Join(folder, "tunnel.txt"), tunnel)
	write(t, own, string(good)+"  - {id: desk, name: Desk, kind: folder, path: "+folder+"}\n"+
		"  - {id: partner, name: Partner, kind: push}\n")
	eventually(t, "a folder that was added is swept", func() bool {
		return slices.Contains(d.titles("/feeds/border.rss"),
			"Agents find a smuggling tunnel under the border at Nogales")
	})
	if out := ask("health"); out != "ok\n" {
		t.Errorf("health says %s", out)
	}
	token := strings.TrimSpace(ask("token", "add", "them", "--source", "partner"))
	if a := d.get("/api/v1/articles/none", "Authorization", "Bearer "+token); a.status != http.StatusNotFound {
		t.Errorf("a push source that was added: status %d: %s", a.status, a.body)
	}

	write(t, filepath.Join(dir, "sources.yaml"), "sources: []\n")
	eventually(t, "a source that was taken out is gone", func() bool { return row("wire") == "" })
	if out := ask("sources", "remove", "second"); !strings.Contains(out, "its articles stay") || row("second") != "" {
		t.Errorf("remove says %s", out)
	}
	if !slices.Contains(d.titles("/feeds/border.rss"), "A second wire reports from the border") {
		t.Error("the articles of a source that was removed are gone")
	}
	d.terminate()
	if log := d.stderr.String(); strings.Contains(log, "panic") {
		t.Error(log)
	}
}

// TestSettingsAreReplacedWhileServing: what can take effect does, and what can't is told.
func TestSettingsAreReplacedWhileServing(t *testing.T) {
	_, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	settings, err := os.ReadFile(flags[1])
	if err != nil {
		t.Fatal(err)
	}
	write(t, flags[1], string(settings)+"title: The Evening Wire\nlanguages: [en, es, fr]\n"+
		"shutdown_grace: 7s\nlog: {level: debug}\n")
	eventually(t, "the new title is in the feeds", func() bool {
		return strings.Contains(d.get("/feeds/all.rss").body, "The Evening Wire")
	})
	if a := d.get("/feeds/all.fr.rss"); a.status != http.StatusOK {
		t.Errorf("a feed in a new language: status %d", a.status)
	}
	eventually(t, "the log tells what waits", func() bool {
		return strings.Contains(d.stderr.String(), "setting=shutdown_grace value=7s")
	})
	write(t, flags[1], string(settings))
	eventually(t, "the old title is back, and the language gone", func() bool {
		return !strings.Contains(d.get("/feeds/all.rss").body, "The Evening Wire") &&
			d.get("/feeds/all.fr.rss").status != http.StatusOK
	})
	d.terminate()
}
