package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/internal/news"
)

// small has one topic and one built-in source.
func small(dir string) Options {
	return Options{Data: dir, Defaults: Defaults{
		Config: configs.Config,
		Sources: []byte("sources:\n" +
			"  - {id: wire, name: Wire, kind: feed, url: 'https://wire.example/feed'}\n"),
		Topics: fstest.MapFS{"border.yaml": {Data: []byte("title: {en: Border}\n" +
			"description: {en: The border}\nthreshold: 1\ntitle_weight: 2\nterms: {en: {border: 1}}\n")}},
	}}
}

// full is a source that says everything, in words that YAML could take for something else.
var full = news.Source{
	ID: "all", Name: `Yes: "A & <B>" #1 \u0026 – ñ`, Kind: news.KindFeed,
	URL: "https://a.example/f?a=1&b=%20#x", Lang: "es-MX", Every: 90 * time.Minute,
	Rights: news.Headline, Topics: []string{"border"}, Tags: []string{"a, b", "no", "- c", "12"},
}

func TestAddSources(t *testing.T) {
	plain := news.Source{
		ID: "plain", Name: "Plain", Kind: news.KindFeed, URL: "https://p.example/", Enabled: true,
		Every: defaultEvery, Rights: news.Excerpt,
	}
	for name, old := range map[string]string{
		"no file":            "",
		"comments only":      "# mine\n",
		"a list":             "# mine\nsources: # all\n  - id: old # first\n    name: Old\n    kind: feed\n    url: https://old.example/\n\n# the end\n",
		"not indented":       "sources:\n- {id: old, name: Old, kind: feed, url: 'https://old.example/'}\n",
		"far in":             "sources:\n      -  id: old\n         name: Old\n         kind: feed\n         url: https://old.example/\n",
		"no line's end":      "sources:\n  - {id: old, name: Old, kind: feed, url: 'https://old.example/'}",
		"Windows":            "sources:\r\n  - id: old\r\n    name: Old\r\n    kind: feed\r\n    url: https://old.example/\r\n",
		"a mark of Windows'": "\ufeffsources:\n  - {id: old, name: Old, kind: feed, url: 'https://old.example/'}\n",
	} {
		t.Run(name, func(t *testing.T) {
			opts := small(t.TempDir())
			file := filepath.Join(opts.Data, OwnSourcesFile)
			if name != "no file" {
				if err := os.WriteFile(file, []byte(old), 0o604); err != nil {
					t.Fatal(err)
				}
			}
			before, err := Load(opts)
			if err != nil {
				t.Fatal(err)
			}
			if err := AddSources(opts, []news.Source{plain, full}); err != nil {
				t.Fatal(err)
			}
			after, err := Load(opts)
			if err != nil {
				t.Fatal(err)
			}
			want := append(before.Sources, plain, full)
			if diff := cmp.Diff(want, after.Sources); diff != "" {
				t.Errorf("sources (-want +got):\n%s", diff)
			}
			checkKept(t, file, old)
			again := plain
			again.ID = "again"
			if err := AddSources(opts, []news.Source{again}); err != nil {
				t.Errorf("adding once more: %v", err)
			}
		})
	}
}

// checkKept holds that a file begins with what it was, has its mode, and one kind of line ends.
func checkKept(t *testing.T, file, old string) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(got), old) {
		t.Errorf("what was there is gone:\n%s", got)
	}
	if strings.Contains(old, "\r") && strings.Count(string(got), "\n") != strings.Count(string(got), "\r\n") {
		t.Errorf("line ends are mixed: %q", got)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if old != "" && info.Mode().Perm() != 0o604 {
		t.Errorf("mode %v, want that of before", info.Mode())
	}
	if names, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}

func TestAddSourcesRefuses(t *testing.T) {
	good := news.Source{
		ID: "new", Name: "New", Kind: news.KindFeed, URL: "https://n.example/", Enabled: true,
	}
	const list = "sources:\n  - {id: old, name: Old, kind: feed, url: 'https://old.example/'}\n"
	for _, test := range []struct {
		name, old, says string
		change          func(*news.Source)
	}{
		{"an id of the list", list, "id \"old\"", func(s *news.Source) { s.ID = "old" }},
		{"an id of the built-in ones", list, "would change", func(s *news.Source) { s.ID = "wire" }},
		{"an id that is none", list, "is no id", func(s *news.Source) { s.ID = "A B" }},
		{"a second list in the id", list, "is not YAML", func(s *news.Source) { s.ID = "x\nsources: []" }},
		{"no web address", list, "no web address", func(s *news.Source) { s.URL = "gopher://x/" }},
		{"no such topic", list, "is no topic", func(s *news.Source) { s.Topics = []string{"x"} }},
		{"a list in brackets", "sources: [{id: old, name: O, kind: push}]\n", "in brackets", func(*news.Source) {}},
		{"a broken list", "sources:\n  - [\n", "YAML", func(*news.Source) {}},
		{"a list with faults", "sources:\n  - {id: old}\n", "has no name", func(*news.Source) {}},
		{"more after the list", list + "---\nx: 1\n", "second document", func(*news.Source) {}},
		{"a marked end", list + "...\n", "", func(*news.Source) {}},
	} {
		opts := small(t.TempDir())
		file := filepath.Join(opts.Data, OwnSourcesFile)
		if err := os.WriteFile(file, []byte(test.old), 0o600); err != nil {
			t.Fatal(err)
		}
		src := good
		test.change(&src)
		err := AddSources(opts, []news.Source{src})
		if err == nil || !strings.Contains(err.Error(), test.says) || news.KindOf(err) != news.Invalid {
			t.Errorf("%s: %v, want %q", test.name, err, test.says)
		}
		if got, _ := os.ReadFile(file); string(got) != test.old {
			t.Errorf("%s: the list has changed:\n%s", test.name, got)
		}
	}
}

func TestAListThatChangesMeanwhileIsLeft(t *testing.T) {
	file := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(file, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := replaceFile(file, []byte("as we read it"), []byte("ours"))
	if news.KindOf(err) != news.Busy {
		t.Errorf("%v, want busy", err)
	}
	if got, _ := os.ReadFile(file); string(got) != "theirs" {
		t.Errorf("the list is %q now", got)
	}
}

func TestALinkStaysOne(t *testing.T) {
	opts := small(t.TempDir())
	elsewhere := filepath.Join(t.TempDir(), "shared.yaml")
	if err := os.WriteFile(elsewhere, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(opts.Data, OwnSourcesFile)); err != nil {
		t.Skip(err)
	}
	if err := AddSources(opts, []news.Source{full}); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(elsewhere); !strings.Contains(string(got), "id: all") {
		t.Errorf("the list that the link leads to: %q", got)
	}
}
