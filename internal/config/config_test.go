package config

import (
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/feeds"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// builtIn are the defaults that the program has.
var builtIn = Defaults{Config: configs.Config, Sources: configs.Sources, Topics: feeds.Files}

// extract writes a txtar archive into a directory of its own and makes that the working
// directory, so that faults name files as a user would see them.
func extract(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load reads the configuration of an archive over the built-in defaults.
func load(t *testing.T, archive string, opts Options) (Config, string) {
	t.Helper()
	dir := extract(t, archive)
	opts.Defaults = builtIn
	cfg, err := Load(opts)
	if err != nil {
		t.Fatal(err)
	}
	return cfg, dir
}

func TestDefaults(t *testing.T) {
	cfg, dir := load(t, "", Options{})
	sources, topics := cfg.Sources, cfg.Topics
	cfg.Sources, cfg.Topics = nil, nil
	cfg.SourcePlaces, cfg.Settings, cfg.Warnings = nil, nil, nil
	cfg.Files, cfg.Words, cfg.Began = nil, nil, time.Time{}
	want := Config{
		Site: news.Site{
			Title:     "teletipo",
			PublicURL: "http://127.0.0.1:8080",
			Languages: []string{"en", "es"},
			Contact:   "https://github.com/teletipo/teletipo",
		},
		PublicURLDerived: true,

		Listen:      "127.0.0.1:8080",
		Admin:       "127.0.0.1:8081",
		Data:        filepath.Join(dir, "data"),
		Inbox:       filepath.Join(dir, "data", "inbox"),
		SweepEvery:  3 * time.Second,
		Window:      news.Extent{Least: 50, Span: 48 * time.Hour, Size: 1_000_000},
		WindowShare: 50, PerHour: 1000,
		MaxAge:        MaxAge{Fastest: 5 * time.Minute, Slowest: time.Hour},
		ShutdownGrace: 8 * time.Second,
		Fetch: Fetch{
			Contact: "https://github.com/teletipo/teletipo",
			Timeout: 30 * time.Second, MaxBytes: 10_000_000, Concurrency: 8,
			PerHost: 1, Pause: time.Second,
		},
		Push:    Push{MaxBytes: 1_000_000, UnderWay: 4_000_000, AtOnce: 16},
		Readers: Readers{Connections: 1000},
		Backup:  Backup{Keep: 7, To: filepath.Join(dir, "data", "backups")},
		Log:     Log{Level: slog.LevelInfo, Format: "text"},
	}
	if diff := cmp.Diff(want, cfg); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}

	wantSources := []news.Source{
		{
			ID: "inbox", Name: "Inbox", Kind: news.KindFolder, Path: want.Inbox,
			Every: 3 * time.Second, Rights: news.Full, Enabled: true,
		},
		{ID: "push", Name: "Pushed", Kind: news.KindPush, Rights: news.Full, Enabled: true},
		{
			ID: "nyt-americas", Name: "The New York Times – Americas", Kind: news.KindFeed,
			URL:  "https://rss.nytimes.com/services/xml/rss/nyt/Americas.xml",
			Lang: "en", Every: 15 * time.Minute, Rights: news.Excerpt, Enabled: true,
		},
		{
			ID: "us-state-press", Name: "U.S. Department of State – Press Releases",
			Kind: news.KindFeed, URL: "https://www.state.gov/rss-feed/press-releases/feed/",
			Lang: "en", Every: 30 * time.Minute, Rights: news.Excerpt, Enabled: true,
		},
		{
			ID: "us-embassy-mexico", Name: "U.S. Embassy & Consulates in Mexico",
			Kind: news.KindWordPress, URL: "https://mx.usembassy.gov/",
			Lang: "en", Every: time.Hour, Rights: news.Excerpt, Enabled: true,
		},
		{
			ID: "mx-presidencia", Name: "Presidencia de la República (México)", Kind: news.KindPage,
			URL:  "https://www.gob.mx/presidencia/archivo/prensa",
			Lang: "es", Every: time.Hour, Rights: news.Excerpt, Enabled: true, Follow: true,
			Rule: news.PageRule{Items: "article", Content: "div.article-body"},
		},
	}
	if diff := cmp.Diff(wantSources, sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	var ids []string
	for _, topic := range topics {
		ids = append(ids, topic.ID)
	}
	if want := []string{"border", "cartels", "us-mexico"}; !slices.Equal(ids, want) {
		t.Errorf("topics %v, want %v", ids, want)
	}
}

// TestEverySettingIsInTheFile holds configs/teletipo.yaml against the table of settings: each has
// a default there, and a comment above it.
func TestEverySettingIsInTheFile(t *testing.T) {
	l := &loader{places: make(map[string]place)}
	l.readSettings("teletipo.yaml", "", configs.Config)
	if len(l.faults) > 0 {
		t.Fatal(l.faults)
	}
	lines := strings.Split(string(configs.Config), "\n")
	for _, name := range settingNames("", l.settings()) {
		p, ok := l.places[name]
		if !ok {
			t.Errorf("%s is not in configs/teletipo.yaml", name)
			continue
		}
		line := p.line - 1
		if _, group := l.settings()[name].(fields); group {
			line-- // a group's place is its first setting, or the comment above that
			for strings.HasPrefix(strings.TrimSpace(lines[line]), "#") {
				line--
			}
		}
		if !strings.HasPrefix(strings.TrimSpace(lines[line-1]), "#") {
			t.Errorf("%s has no comment above it in configs/teletipo.yaml", name)
		}
	}
}

// settingNames lists the dotted names of all settings and of their groups.
func settingNames(prefix string, all fields) []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		names = append(names, prefix+key)
		if group, ok := all[key].(fields); ok {
			names = append(names, settingNames(prefix+key+".", group)...)
		}
	}
	return names
}

func TestOwnFileReplacesDefaultsKeyByKey(t *testing.T) {
	cfg, dir := load(t, `
-- etc/mine.yaml --
title: Redacción Norte
public_url: https://news.example/wire/
contact: desk@news.example
languages: [es]
data: ../var
inbox: ""
window_size: 7
window_span: 24h
window_bytes: 500kB
max_age: {slowest: 30m}
fetch:
  timeout: 5s
  max_size: 2 MiB
log: {level: debug, format: json}
sources: mine/sources.yaml
topics: mine/topics
-- etc/mine/sources.yaml --
sources:
  - {id: a, name: A, kind: feed, url: "file:///srv/a.xml", every: 24h, lang: ES-mx}
  - {id: b, name: B, kind: folder, path: b, topics: [chess], on_remove: withdraw}
-- etc/mine/topics/chess.yaml --
title: {en: Chess}
description: {en: The game.}
threshold: 2
terms: {any: {chess: 2}}
-- var/sources.yaml --
sources:
  - {id: a, name: A2, kind: feed, url: "https://news.example/a", enabled: false}
  - {id: c, name: C, kind: feed, url: "https://news.example/c", rights: headline, topics: [go]}
-- var/feeds/go.yaml --
title: {en: Go}
description: {en: The other game.}
threshold: 1.5
title_weight: 4
terms: {en: {gopher: 2, "911": 0}}
against: {en: {golf: 1}}
groups:
  us: {any: [gophers], es: [taltuzas]}
  them: {en: ["2024"]}
together:
  - {all: [us, them], weight: -1.5}
examples:
  match:
    - lang: en
      title: A gopher
      text: |
        First.

        Second.
  reject: [{text: Nothing}]
-- var/feeds/README.md --
not a topic
-- var/feeds/.hidden.yaml --
not: a topic
`, Options{File: "etc/mine.yaml", Listen: ":9000"})

	feedTopics := cfg.Topics
	cfg.Topics = nil
	want := Config{
		Site: news.Site{
			Title: "Redacción Norte", PublicURL: "https://news.example/wire",
			Languages: []string{"es"}, Contact: "desk@news.example",
		},
		Listen: ":9000", Admin: "127.0.0.1:8081", Data: filepath.Join(dir, "var"),
		SweepEvery: 3 * time.Second, ShutdownGrace: 8 * time.Second,
		Window:      news.Extent{Least: 7, Span: 24 * time.Hour, Size: 500_000},
		WindowShare: 50, PerHour: 1000,
		MaxAge: MaxAge{Fastest: 5 * time.Minute, Slowest: 30 * time.Minute},
		Fetch: Fetch{
			Contact: "desk@news.example", Timeout: 5 * time.Second, MaxBytes: 2 << 20, Concurrency: 8,
			PerHost: 1, Pause: time.Second,
		},
		Push:    Push{MaxBytes: 1_000_000, UnderWay: 4_000_000, AtOnce: 16},
		Readers: Readers{Connections: 1000},
		Backup:  Backup{Keep: 7, To: filepath.Join(dir, "var", "backups")},
		Log:     Log{Level: slog.LevelDebug, Format: "json"},
		Sources: []news.Source{
			{
				ID: "push", Name: "Pushed", Kind: news.KindPush, Rights: news.Full, Enabled: true,
			},
			{
				ID: "a", Name: "A2", Kind: news.KindFeed, URL: "https://news.example/a",
				Every: 15 * time.Minute, Rights: news.Excerpt,
			},
			{
				ID: "b", Name: "B", Kind: news.KindFolder, Enabled: true, Every: 3 * time.Second,
				Path: filepath.Join(dir, "etc", "mine", "b"), Rights: news.Full,
				Topics: []string{"chess"}, OnRemove: news.WithdrawArticles,
			},
			{
				ID: "c", Name: "C", Kind: news.KindFeed, URL: "https://news.example/c",
				Every: 15 * time.Minute, Rights: news.Headline, Enabled: true,
				Topics: []string{"go"},
			},
		},
		SourcePlaces: map[string]string{
			"inbox": "etc/mine.yaml:6",
			"a":     filepath.Join(dir, "var", "sources.yaml:2"),
			"b":     filepath.Join(dir, "etc", "mine", "sources.yaml:3"),
			"c":     filepath.Join(dir, "var", "sources.yaml:3"),
		},
		TopicDir: filepath.Join(dir, "etc", "mine", "topics"),
	}
	cfg.Settings, cfg.Warnings, cfg.Files = nil, nil, nil
	cfg.Words, cfg.Began = nil, time.Time{}
	if diff := cmp.Diff(want, cfg); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	wantTopics := []news.Topic{
		{
			ID: "chess", Titles: map[string]string{"en": "Chess"},
			Descriptions: map[string]string{"en": "The game."},
			Threshold:    2, TitleWeight: 3, Terms: []news.Term{{Text: "chess", Weight: 2}},
		},
		{
			ID: "go", Titles: map[string]string{"en": "Go"},
			Descriptions: map[string]string{"en": "The other game."},
			Threshold:    1.5, TitleWeight: 4,
			Terms: []news.Term{
				{Text: "gopher", Lang: "en", Weight: 2},
				{Text: "911", Lang: "en"},
				{Text: "golf", Lang: "en", Weight: -1},
			},
			Groups: []news.Group{
				{Name: "us", Words: []news.Word{{Text: "gophers"}, {Text: "taltuzas", Lang: "es"}}},
				{Name: "them", Words: []news.Word{{Text: "2024", Lang: "en"}}},
			},
			Together: []news.Together{{
				All: []string{"us", "them"}, Weight: -1.5,
				Where: filepath.ToSlash(dir) + "/var/feeds/go.yaml:11:5",
			}},
			Match: []news.Example{{
				Lang: "en", Title: "A gopher", Text: "First.\n\nSecond.",
				Where: filepath.ToSlash(dir) + "/var/feeds/go.yaml:14:7",
			}},
			Reject: []news.Example{{
				Text: "Nothing", Where: filepath.ToSlash(dir) + "/var/feeds/go.yaml:20:12",
			}},
		},
	}
	if diff := cmp.Diff(wantTopics, feedTopics, wordPlaces); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
}

func TestOptionsOverrideSettings(t *testing.T) {
	cfg, dir := load(t, "-- c.yaml --\nlisten: 0.0.0.0:80\ndata: x\n", Options{
		File: "c.yaml", Data: "y", Listen: "[::1]:0", Admin: "127.0.0.1:0",
	})
	if cfg.Listen != "[::1]:0" || cfg.Admin != "127.0.0.1:0" || cfg.Site.PublicURL != "" ||
		!cfg.PublicURLDerived {
		t.Errorf("listen %q, admin %q, public URL %q", cfg.Listen, cfg.Admin, cfg.Site.PublicURL)
	}
	if cfg.Data != filepath.Join(dir, "y") || cfg.Inbox != filepath.Join(dir, "y", "inbox") {
		t.Errorf("data %q, inbox %q", cfg.Data, cfg.Inbox)
	}
}

func TestPublicURL(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:8080":    "http://127.0.0.1:8080",
		"0.0.0.0:8080":      "http://127.0.0.1:8080",
		":8080":             "http://127.0.0.1:8080",
		"[::]:8080":         "http://127.0.0.1:8080",
		"[::1]:8080":        "http://[::1]:8080",
		"[::1]:80":          "http://[::1]",
		"news.example:80":   "http://news.example",
		"news.example:8443": "http://news.example:8443",
		"127.0.0.1:0":       "",
		"nonsense":          "",
	} {
		if got := PublicURL(listen); got != want {
			t.Errorf("PublicURL(%q) = %q, want %q", listen, got, want)
		}
	}
}

// TestFaults reads wrong configurations, one for each archive, and holds the whole list of faults
// against a golden file. The archive's comment has the options, as "config=c.yaml data=d".
func TestFaults(t *testing.T) {
	archives, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archive with faults: %v", err)
	}
	for _, file := range archives {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			archive, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := faultsOf(t, string(archive))
			newstest.Golden(t, "faults/"+name+".golden", []byte(got))
		})
	}
}

func faultsOf(t *testing.T, archive string) string {
	t.Helper()
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	defer t.Chdir(home) // where the golden files are
	dir := extract(t, archive)
	opts := Options{Defaults: builtIn}
	opts.Defaults.Topics = fstest.MapFS{"known.yaml": {Data: []byte(`
title: {en: Known}
description: {en: Known.}
threshold: 1
terms: {any: {known: 1}}
`)}}
	for _, word := range strings.Fields(string(txtar.Parse([]byte(archive)).Comment)) {
		switch key, v, _ := strings.Cut(word, "="); key {
		case "config":
			opts.File = v
		case "data":
			opts.Data = v
		case "listen":
			opts.Listen = v
		case "admin":
			opts.Admin = v
		default:
			t.Fatalf("unknown option %q", word)
		}
	}
	cfg, err := Load(opts)
	faults, ok := errors.AsType[Faults](err)
	if !ok || len(faults) == 0 {
		t.Fatalf("accepted: %+v, %v", cfg, err)
	}
	if news.KindOf(err) != news.Invalid {
		t.Errorf("kind %v, want %v", news.KindOf(err), news.Invalid)
	}
	got := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
	if strings.Contains(got, os.TempDir()) {
		t.Errorf("names a path outside the archive:\n%s", got)
	}
	return got + "\n"
}
