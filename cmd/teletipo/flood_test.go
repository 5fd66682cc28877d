package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAFloodPushesNobodyOutOfAFeed has one source bring 600 articles about the border at once, beside
// one that brings 12: all 12 stay in a document that has room for about 80, and the flood is there
// too, as far as its hour and its share go.
func TestAFloodPushesNobodyOutOfAFeed(t *testing.T) {
	feed := func(name string, n int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "<rss version=\"2.0\"><channel><title>%[1]s</title><link>https://%[1]s.example/</link>", name)
		for i := range n {
			fmt.Fprintf(&b, "<item><title>%[1]s %[2]d: Border Patrol counts migrants in Texas</title>"+
				"<link>https://%[1]s.example/%[2]d</link><guid isPermaLink=\"false\">%[1]s-%[2]d</guid>"+
				"<pubDate>%[3]s</pubDate><description>Agents of the U.S. Border Patrol counted migrants at "+
				"the border with Mexico.</description></item>", name, i, time.Now().UTC().Format(time.RFC1123Z))
		}
		return b.String() + "</channel></rss>"
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		if r.URL.Path == "/flood" {
			fmt.Fprint(w, feed("flood", 600))
			return
		}
		fmt.Fprint(w, feed("quiet", 12))
	}))
	t.Cleanup(web.Close)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "sources.yaml"), fmt.Sprintf(`sources:
  - {id: quiet, name: Quiet, kind: feed, url: "%[1]s/quiet"}
  - {id: flood, name: Flood, kind: feed, url: "%[1]s/flood"}
`, web.URL))
	config := write(t, filepath.Join(dir, "c.yaml"), "public_url: https://news.example\n"+
		"sources: sources.yaml\nwindow_bytes: 120kB\nper_hour: 400\nfetch: {pause: 0s}\n")
	flags := []string{"--config", config, "--data", filepath.Join(dir, "data")}
	for _, source := range []string{"quiet", "flood"} {
		out, err := teletipo(t, append([]string{"ingest", "--allow", "127.0.0.1/32", source}, flags...)...)
		if err != nil {
			t.Fatal(out, err)
		}
		if source == "flood" && strings.Count(out, "deferred") < 200 {
			t.Errorf("%d of 600 are deferred, want 200", strings.Count(out, "deferred"))
		}
	}
	d := startDaemon(t, append(flags, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")...)
	for _, path := range []string{"/feeds/border.rss", "/feeds/all.atom", "/feeds/all.en.json"} {
		counts := map[string]int{}
		for _, title := range d.titles(path) {
			name, _, _ := strings.Cut(title, " ")
			counts[name]++
		}
		if counts["quiet"] != 12 || counts["flood"] < 20 {
			t.Errorf("%s has %v", path, counts)
		}
	}
	listed, err := teletipo(t, append([]string{"sources"}, flags...)...)
	if err != nil || !strings.Contains(listed, "200 wait for the next (quota)") ||
		!strings.Contains(listed, "stand behind others' news") {
		t.Errorf("sources: %v\n%s", err, listed)
	}
	d.terminate()
}
