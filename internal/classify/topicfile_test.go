package classify_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/teletipo/teletipo/internal/news"
)

// topicFile is a topic file as YAML has it; package config reads them for the program, and
// checks what this leaves unchecked.
type topicFile struct {
	Title       map[string]string             `yaml:"title"`
	Description map[string]string             `yaml:"description"`
	Threshold   float64                       `yaml:"threshold"`
	TitleWeight float64                       `yaml:"title_weight"`
	Terms       map[string]map[string]float64 `yaml:"terms"`
	Against     map[string]map[string]float64 `yaml:"against"`
	Groups      map[string]map[string][]string
	Together    []news.Together
	Examples    struct{ Match, Reject []news.Example }
	Aliases     []string
	Parent      string
	All         []string
	Langs       []string
	Sources     []string
	Tags        []string
	Medtop      string
}

// topics reads the topic files in feeds/.
func topics(t testing.TB) []news.Topic {
	t.Helper()
	files, err := filepath.Glob("../../feeds/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no topic files in feeds/: %v", err)
	}
	var list []news.Topic
	for _, name := range files {
		list = append(list, readTopic(t, name))
	}
	return list
}

// readTopic reads one topic file.
func readTopic(t testing.TB, name string) news.Topic {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var f topicFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		t.Fatalf("%s:\n%v", name, err)
	}
	topic := news.Topic{
		ID:     strings.TrimSuffix(filepath.Base(name), ".yaml"),
		Titles: f.Title, Descriptions: f.Description,
		Threshold: f.Threshold, TitleWeight: f.TitleWeight, Together: f.Together,
		Match: f.Examples.Match, Reject: f.Examples.Reject,
		Aliases: f.Aliases, Parent: f.Parent, All: f.All,
		Langs: f.Langs, Sources: f.Sources, Tags: f.Tags, Medtop: f.Medtop,
	}
	addTerms(&topic, f.Terms, 1)
	addTerms(&topic, f.Against, -1)
	for _, name := range slices.Sorted(maps.Keys(f.Groups)) {
		g := news.Group{Name: name}
		for _, lang := range slices.Sorted(maps.Keys(f.Groups[name])) {
			for _, w := range f.Groups[name][lang] {
				g.Words = append(g.Words, news.Word{Text: w, Lang: language(lang)})
			}
		}
		topic.Groups = append(topic.Groups, g)
	}
	return topic
}

// addTerms adds the terms of one list, each weight times sign.
func addTerms(topic *news.Topic, list map[string]map[string]float64, sign float64) {
	for _, lang := range slices.Sorted(maps.Keys(list)) {
		for _, text := range slices.Sorted(maps.Keys(list[lang])) {
			topic.Terms = append(topic.Terms,
				news.Term{Text: text, Lang: language(lang), Weight: sign * list[lang][text]})
		}
	}
}

// language is the language of a list: "any" is none.
func language(name string) string {
	if name == "any" {
		return ""
	}
	return name
}
