package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// harbour is a topic file of a test's own.
const harbour = `title: {en: Harbours}
description: {en: News of harbours}
threshold: 4
title_weight: 2
terms: {en: {harbour: 4}}
examples: {match: [{lang: en, title: The harbour reopens}], reject: [{lang: en, title: A soup}]}
`

// TestReaders asks a daemon as readers do and then asks who did.
func TestReaders(t *testing.T) {
	dir, flags := setUp(t, web(t))
	if _, err := teletipo(t, append([]string{"readers"}, flags...)...); err == nil ||
		news.KindOf(err) != news.Unreachable || !strings.Contains(err.Error(), "no daemon runs") {
		t.Fatalf("without a daemon: %v", err)
	}
	config := strings.TrimSuffix(flags[1], ".yaml") + "-limited.yaml"
	write(t, config, `public_url: https://news.example
sources: `+filepath.Join(dir, "sources.yaml")+`
fetch: {allow: [127.0.0.0/8], pause: 0s}
trusted_proxies: [127.0.0.0/8]
readers: {full_per_hour: 2}
`)
	flags[1] = config
	d := startDaemon(t, flags...)
	const agent, feed = "NewsReader/1.0 (+https://reader.example/; 42 subscribers)", "/feeds/border.atom"
	first := d.get(feed, "User-Agent", agent, "X-Forwarded-For", "192.0.2.1")
	d.get(feed, "User-Agent", agent, "X-Forwarded-For", "192.0.2.1")
	refused := d.get(feed, "User-Agent", agent, "X-Forwarded-For", "192.0.2.1")
	if refused.status != http.StatusTooManyRequests || refused.header.Get("Retry-After") == "" {
		t.Errorf("third time: status %d, %v", refused.status, refused.header)
	}
	if a := d.get(feed, "User-Agent", agent, "X-Forwarded-For", "192.0.2.2"); a.status != http.StatusOK {
		t.Errorf("another reader behind the same proxy: status %d", a.status)
	}
	a := d.get(feed, "User-Agent", agent, "X-Forwarded-For", "192.0.2.1",
		"If-None-Match", first.header.Get("ETag"))
	if a.status != http.StatusNotModified && a.status != http.StatusOK {
		t.Errorf("with a validator: status %d", a.status)
	}
	out, err := teletipo(t, append([]string{"readers", "--json"}, flags...)...)
	if err != nil {
		t.Fatal(err)
	}
	var list []news.Readership
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	got := list[0]
	if got.Family != "NewsReader" || got.Total.Requests != 5 || got.Total.Limited != 1 ||
		got.Feeds["border.atom"].Subscribers != 42 || got.Total.Bytes < int64(3*len(first.body)) {
		t.Errorf("got %+v", got)
	}
	out, err = teletipo(t, append([]string{"readers"}, flags...)...)
	if err != nil || !strings.Contains(out, "NewsReader  5 ") {
		t.Errorf("table: %v\n%s", err, out)
	}
	d.terminate()
}

// TestTopicsMoveAndGo: a topic that is renamed leads on, and one that is taken away is gone, also
// after a restart.
func TestTopicsMoveAndGo(t *testing.T) {
	_, flags := setUp(t, web(t))
	topics := t.TempDir()
	write(t, filepath.Join(topics, "harbours.yaml"), harbour)
	write(t, filepath.Join(topics, "docks.yaml"), strings.ReplaceAll(harbour, "arbour", "dock"))
	config := write(t, filepath.Join(topics, "conf", "teletipo.yaml"),
		"public_url: https://news.example\nsources: ../../sources.yaml\ntopics: ..\n")
	write(t, filepath.Join(topics, "..", "sources.yaml"), "sources: []\n")
	flags[1] = config
	d := startDaemon(t, flags...)
	if a := d.get("/feeds/harbours.rss"); a.status != http.StatusOK {
		t.Fatalf("status %d", a.status)
	}
	d.terminate()

	moved := t.TempDir()
	write(t, filepath.Join(moved, "ports.yaml"), "aliases: [harbours]\n"+harbour)
	write(t, config, "public_url: https://news.example\nsources: ../../sources.yaml\ntopics: "+moved+"\n")
	d = startDaemon(t, flags...)
	for path, want := range map[string]int{
		"/feeds/ports.rss": http.StatusOK, "/feeds/harbours.en.rss": http.StatusMovedPermanently,
		"/topics/harbours": http.StatusMovedPermanently, "/feeds/docks.atom": http.StatusGone,
		"/topics/docks": http.StatusGone, "/feeds/never.rss": http.StatusNotFound,
		"/feeds/all.json": http.StatusOK,
	} {
		if a := d.get(path); a.status != want {
			t.Errorf("%s: status %d, want %d: %s", path, a.status, want, a.body)
		}
	}
	if a := d.get("/feeds/harbours.en.rss"); a.header.Get("Location") != "ports.en.rss" {
		t.Errorf("leads to %s", a.header.Get("Location"))
	}
	d.terminate()
}
