package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/news"
)

// FuzzTopicFile reads any bytes as a topic file beside two others. It is refused with the place of
// every fault; or else any text can be placed by it, and Explain agrees with Place.
func FuzzTopicFile(f *testing.F) {
	head := "title: {en: T}\ndescription: {en: T.}\n"
	f.Add(head+"all: [rain, river]\nlangs: [es]\nmedtop: 20000639\naliases: [old]", "rain, river", "es")
	f.Add(head+"parent: rain\nthreshold: 1\nterms: {any: {a: 1, 'a a': 0}}\ntags: [x]", "a a", "")
	f.Add(head+"threshold: 1\nterms: {any: {--: 1, Cártel: 1, cartels: 2}}", "a a", "")
	f.Add(head+"threshold: 1\ngroups: {g: {en: [a]}, h: {es: [b, US]}}\n"+
		"together: [{all: [g, h], weight: 2}]", "a b, US", "")
	simple := func(id string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(head + "threshold: 1\nterms: {any: {" + id + ": 1}}")}
	}
	none := filepath.Join(f.TempDir(), "none")
	f.Fuzz(func(t *testing.T, file, text, lang string) {
		cfg, err := config.Load(config.Options{
			Data: none, CheckTopics: compileFaults,
			Defaults: config.Defaults{Config: configs.Config, Topics: fstest.MapFS{
				"fuzzed.yaml": {Data: []byte(file)}, "rain.yaml": simple("rain"),
				"river.yaml": simple("river"),
			}},
		})
		if err != nil {
			holdFaults(t, file, err)
			return
		}
		c, err := classify.New(cfg.Topics)
		if err != nil {
			t.Fatalf("accepted, and not to be compiled: %v", err)
		}
		a := news.Article{Title: text, Summary: file, Lang: lang, Tags: strings.Fields(text)}
		passages := []news.Passage{{Heading: true, Text: text}, {Text: file}, {Text: text}}
		var placed []news.Placement
		for _, v := range c.Explain(a, []string{"rain"}, passages) {
			if v.Placed {
				placed = append(placed, v.Placement)
			}
		}
		if diff := gocmp.Diff(placed, c.Place(a, []string{"rain"}, passages)); diff != "" {
			t.Errorf("Place differs from Explain: %s", diff)
		}
	})
}

// holdFaults holds that every fault says where it is and what.
func holdFaults(t *testing.T, file string, err error) {
	t.Helper()
	faults, ok := errors.AsType[config.Faults](err)
	if !ok || len(faults) == 0 {
		t.Fatalf("no list of faults: %v", err)
	}
	last := strings.Count(file, "\n") + strings.Count(file, "\r") + 2
	for _, fault := range faults {
		if fault.Message == "" || fault.File != "feeds/fuzzed.yaml" || fault.Line > last {
			t.Errorf("file of %d lines: fault %+v", last, fault)
		}
	}
}

// TestTopicsInTheDocumentation holds that every topic file in docs/topics.md is one, and that its
// examples are right.
func TestTopicsInTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/topics.md")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, block := range strings.Split(string(page), "```yaml\n# feeds/")[1:] {
		name, rest, _ := strings.Cut(block, "\n")
		text, _, closed := strings.Cut(rest, "```")
		if !closed || files[name] != nil {
			t.Fatalf("example %s does not end, or is there twice", name)
		}
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	if len(files) != 5 {
		t.Errorf("%d topic files in the documentation: want 5", len(files))
	}
	cfg, err := config.Load(config.Options{
		Data: t.TempDir(), CheckTopics: compileFaults,
		Defaults: config.Defaults{Config: configs.Config, Topics: files},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := classify.New(cfg.Topics)
	if err != nil {
		t.Fatal(err)
	}
	for i, topic := range cfg.Topics {
		for _, e := range append(topic.Match, topic.Reject...) {
			want := slices.Contains(topic.Match, e)
			a := news.Article{Lang: e.Lang, Title: e.Title, Summary: e.Text}
			if v := c.Explain(a, nil, nil)[i]; v.Placed != want {
				t.Errorf("%s: %q is placed: %v\n%v", topic.ID, e.Title, v.Placed, v.Evidence)
			}
		}
	}
}

// TestTopicInTheReadme holds that the topic in README.md does with its example what stands there.
func TestTopicInTheReadme(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, file, found := strings.Cut(string(page), "\n    title: {en: Rivers")
	file, _, closed := strings.Cut("    title: {en: Rivers"+file, "\n\n")
	_, line, said := strings.Cut(string(page), "\n    accepted   ")
	line, _, _ = strings.Cut(line, "\n")
	_, line, _ = strings.Cut(line, "…  ")
	if !found || !closed || !said || line == "" {
		t.Fatal("README.md has no topic, or no line of ingest any more")
	}
	data, story := t.TempDir(), filepath.Join(t.TempDir(), "story.txt")
	write(t, filepath.Join(data, "feeds", "rivers.yaml"), strings.ReplaceAll(file, "\n    ", "\n")[4:])
	write(t, story, "The river floods the old town\n\nIt rose all night.\n")
	got, err := teletipo(t, "--data", data, "ingest", story)
	if err != nil || !strings.Contains(got, "  "+line+"\n") {
		t.Errorf("ingest says %q, %v: README.md has %q", got, err, line)
	}
}
