package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// edit enables, disables or removes a source of a list, and returns the list.
func edit(t *testing.T, list, what, id string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, OwnSourcesFile)
	if list != "" {
		if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	opts := Options{Data: dir, Defaults: builtIn}
	var err error
	if what == "remove" {
		_, err = RemoveSource(opts, id)
	} else {
		_, err = EnableSource(opts, id, what == "enable")
	}
	got, _ := os.ReadFile(file)
	if _, loadErr := Load(opts); loadErr != nil {
		t.Errorf("%s %s leaves a file that can't be read: %v\n%s", what, id, loadErr, got)
	}
	return string(got), err
}

const edited3 = `# Ours.
sources:
  # The first.
  - id: a # permanent
    name: A   # "enabled: false" is no key here
    kind: feed
    url: https://a.example/

  # The second, in braces.
  - {id: b, name: B, kind: feed, url: "https://b.example/"} # end

  -
    id: c
    enabled: false # until May
    name: C
    kind: feed
    url: https://c.example/
  # After all.
`

// TestEditSources: only what was asked for changes, byte for byte.
func TestEditSources(t *testing.T) {
	for _, test := range []struct{ what, id, from, to string }{
		{"disable", "a", "    url: https://a.example/\n", "    url: https://a.example/\n    enabled: false\n"},
		{"disable", "b", `b.example/"}`, `b.example/", enabled: false}`},
		{"enable", "c", "enabled: false # until May", "enabled: true # until May"},
		{
			"remove", "a", `  - id: a # permanent
    name: A   # "enabled: false" is no key here
    kind: feed
    url: https://a.example/
`, "",
		},
		{"remove", "b", `  - {id: b, name: B, kind: feed, url: "https://b.example/"} # end` + "\n", ""},
		{"remove", "c", `  -
    id: c
    enabled: false # until May
    name: C
    kind: feed
    url: https://c.example/
`, ""},
	} {
		for _, ends := range []string{"\n", "\r\n"} {
			end := func(s string) string { return strings.ReplaceAll(s, "\n", ends) }
			got, err := edit(t, end(edited3), test.what, test.id)
			if want := end(strings.Replace(edited3, test.from, test.to, 1)); err != nil || got != want {
				t.Errorf("%s %s: %v, got\n%q\nwant\n%q", test.what, test.id, err, got, want)
			}
		}
	}
}

// TestTheLastSourceGoes: a list that is empty stays one that can be read and added to.
func TestTheLastSourceGoes(t *testing.T) {
	got, err := edit(t, "sources: # mine\n- id: a\n  name: A\n  kind: feed\n  url: https://a.example/", "remove", "a")
	if err != nil || got != "sources: [] # mine\n" {
		t.Fatalf("%q, %v", got, err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, OwnSourcesFile), []byte(got), 0o600); err != nil {
		t.Fatal(err)
	}
	opts := Options{Data: dir, Defaults: builtIn}
	err = AddSources(opts, []news.Source{{
		ID: "b", Name: "B", Kind: news.KindFeed, URL: "https://b.example/", Enabled: true,
	}})
	if err != nil {
		t.Fatal(err)
	}
	list, _ := os.ReadFile(filepath.Join(dir, OwnSourcesFile))
	if !strings.HasPrefix(string(list), "sources: # mine\n  - id: b\n") {
		t.Errorf("added to an empty list:\n%s", list)
	}
}

// TestBuiltInSources: one that comes with the program is switched by a copy of the desk's own.
func TestBuiltInSources(t *testing.T) {
	got, err := edit(t, "", "disable", "us-embassy-mexico")
	if err != nil || !strings.Contains(got, "  - id: us-embassy-mexico\n") ||
		!strings.Contains(got, "    every: 1h\n") || !strings.Contains(got, "    enabled: false\n") {
		t.Fatalf("%v\n%s", err, got)
	}
	if got, err = edit(t, got, "enable", "us-embassy-mexico"); err != nil || !strings.Contains(got, "enabled: true\n") {
		t.Errorf("%v\n%s", err, got)
	}
	if got, err = edit(t, got, "remove", "us-embassy-mexico"); err != nil || !strings.HasSuffix(got, "sources: []\n") {
		t.Errorf("%v\n%s", err, got)
	}
	for _, test := range []struct {
		what, id string
		want     news.Kind
	}{
		{"remove", "us-embassy-mexico", news.Refused},
		{"remove", "inbox", news.Refused},
		{"disable", "push", news.Refused},
		{"disable", "nobody", news.NotFound},
		{"enable", "us-embassy-mexico", news.Invalid},
		{"enable", "mx-presidencia", news.Invalid},
	} {
		if got, err := edit(t, "", test.what, test.id); news.KindOf(err) != test.want || got != "" {
			t.Errorf("%s %s: %v\n%s", test.what, test.id, err, got)
		}
	}
}

// TestEditsThatWouldChangeMore are refused, and change nothing.
func TestEditsThatWouldChangeMore(t *testing.T) {
	for _, list := range []string{
		"sources: [{id: a, name: A, kind: feed, url: 'https://a.example/'}]\n",
		"sources:\n  - {id: a, name: A, kind: feed, url: 'https://a.example/',\n     enabled: true, lang: en\n     # {\n     }\n" +
			"  - id: b\n    name: 'x enabled: true'\n    kind: feed\n    url: https://b.example/\n",
	} {
		got, err := edit(t, list, "disable", "a")
		if err != nil && got != list {
			t.Errorf("refused, and changed:\n%s", got)
		}
	}
}
