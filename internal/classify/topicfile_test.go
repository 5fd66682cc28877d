package classify_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/teletipo/teletipo/internal/news"
)

// topicFile is a topic file as YAML has it; package config reads them for the program, and
// checks what this leaves unchecked.
type topicFile struct {
	Title       map[string]string         `yaml:"title"`
	Description map[string]string         `yaml:"description"`
	Threshold   float64                   `yaml:"threshold"`
	TitleWeight float64                   `yaml:"title_weight"`
	Terms       map[string]map[string]any `yaml:"terms"`
	Against     map[string]map[string]any `yaml:"against"`
	Groups      groupFile
	Anchors     []string
	Together    []struct {
		All    []string
		Weight float64
		In     string
	}
	Calibration struct{ Slope, Middle float64 }
	Publish     float64
	Doubt       float64
	Examples    struct{ Match, Reject []news.Example }
	Aliases     []string
	Parent      string
	All         []string
	Langs       []string
	Sources     []string
	Tags        []string
	Medtop      string
}

// groupFile has words by language by group, and under "of" other groups. It leaves "until" aside:
// articles in tests have no date.
type groupFile map[string]map[string]any

// list is a list of words or groups.
func list(of any) (words []string) {
	values, _ := of.([]any)
	for _, v := range values {
		words = append(words, fmt.Sprint(v))
	}
	return words
}

// add adds a group's words to a topic's group, those of the topic's file before shared ones.
func (own groupFile) add(t testing.TB, g *news.Group, name string, shared groupFile) {
	words := own[name]
	if words == nil {
		words = shared[name]
	}
	if words == nil {
		t.Fatalf("there is no group %s", name)
	}
	for _, lang := range slices.Sorted(maps.Keys(words)) {
		for _, w := range list(words[lang]) {
			if lang != "of" {
				g.Words = append(g.Words, news.Word{Text: w, Lang: language(lang)})
			}
		}
	}
	for _, other := range list(words["of"]) {
		own.add(t, g, other, shared)
	}
}

// sharedGroups reads the files in feeds/groups.
func sharedGroups(t testing.TB) groupFile {
	t.Helper()
	files, err := filepath.Glob("../../feeds/groups/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no groups in feeds/groups: %v", err)
	}
	all := groupFile{}
	for _, name := range files {
		var f groupFile
		read(t, name, &f)
		maps.Copy(all, f)
	}
	return all
}

// read reads a YAML file.
func read(t testing.TB, name string, dst any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, dst, yaml.Strict()); err != nil {
		t.Fatalf("%s:\n%v", name, err)
	}
}

// topics reads the topic files in feeds/.
func topics(t testing.TB) []news.Topic {
	t.Helper()
	files, err := filepath.Glob("../../feeds/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no topic files in feeds/: %v", err)
	}
	var list []news.Topic
	shared := sharedGroups(t)
	for _, name := range files {
		list = append(list, readTopic(t, name, shared))
	}
	return list
}

// readTopic reads one topic file.
func readTopic(t testing.TB, name string, shared groupFile) news.Topic {
	t.Helper()
	var f topicFile
	read(t, name, &f)
	topic := news.Topic{
		ID:     strings.TrimSuffix(filepath.Base(name), ".yaml"),
		Titles: f.Title, Descriptions: f.Description,
		Threshold: f.Threshold, TitleWeight: f.TitleWeight, Anchors: f.Anchors,
		Calibration: news.Calibration(f.Calibration), Publish: f.Publish, Doubt: f.Doubt,
		Match: f.Examples.Match, Reject: f.Examples.Reject,
		Aliases: f.Aliases, Parent: f.Parent, All: f.All,
		Langs: f.Langs, Sources: f.Sources, Tags: f.Tags, Medtop: f.Medtop,
	}
	addTerms(&topic, f.Terms, 1)
	addTerms(&topic, f.Against, -1)
	for _, rule := range f.Together {
		topic.Together = append(topic.Together, news.Together{
			All: rule.All, Weight: rule.Weight, Sentence: rule.In == "sentence",
		})
	}
	named := slices.Clone(f.Anchors)
	for _, rule := range f.Together {
		named = append(named, rule.All...)
	}
	for _, name := range named {
		has := func(g news.Group) bool { return g.Name == name }
		if !slices.ContainsFunc(topic.Groups, has) {
			g := news.Group{Name: name}
			f.Groups.add(t, &g, name, shared)
			topic.Groups = append(topic.Groups, g)
		}
	}
	return topic
}

// addTerms adds the terms of one list, each weight times sign.
func addTerms(topic *news.Topic, list map[string]map[string]any, sign float64) {
	for _, lang := range slices.Sorted(maps.Keys(list)) {
		for _, key := range slices.Sorted(maps.Keys(list[lang])) {
			words, byPoints := list[lang][key].([]any)
			weight := key
			if !byPoints {
				words, weight = []any{key}, fmt.Sprint(list[lang][key])
			}
			points, err := strconv.ParseFloat(weight, 64)
			if err != nil {
				panic(err)
			}
			for _, w := range words {
				topic.Terms = append(topic.Terms, news.Term{
					Text: fmt.Sprint(w), Lang: language(lang), Weight: sign * points,
				})
			}
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
