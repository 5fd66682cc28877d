package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// loadTopic loads one topic of these lines beside shared groups.
func loadTopic(t *testing.T, lines, shared string) (news.Topic, string) {
	t.Helper()
	dir := extract(t, `
-- d/feeds/t.yaml --
title: {en: T}
description: {en: T.}
threshold: 1
`+lines+`
-- d/feeds/groups/all.yaml --
`+shared)
	cfg, err := Load(Options{Data: "d", Defaults: builtIn})
	if err != nil {
		return news.Topic{}, strings.ReplaceAll(err.Error(), filepath.Join(dir, "d", "feeds")+"/", "")
	}
	for _, topic := range cfg.Topics {
		if topic.ID == "t" {
			return topic, ""
		}
	}
	t.Fatal("no topic")
	return news.Topic{}, ""
}

// wordsOf are the words of a topic's groups, by name.
func wordsOf(topic news.Topic) map[string]string {
	words := map[string]string{}
	for _, g := range topic.Groups {
		var list []string
		for _, w := range g.Words {
			list = append(list, w.Text)
		}
		words[g.Name] = strings.Join(list, " ")
	}
	return words
}

// TestSharedGroups: rules name groups of their own file or of those that all files share, and a
// group may be made of others.
func TestSharedGroups(t *testing.T) {
	topic, faults := loadTopic(t, `
groups: {here: {of: [us], en: [texas]}, mexico: {en: [own]}}
together: [{all: [here, mexico], weight: 2, in: sentence}, {all: [us, canada], weight: 1}]
anchors: [canada]
`, `
us: {any: [DEA], en: [trump, texas]}
mexico: {en: [sheinbaum]}
canada: {en: [carney]}
unused: {en: [nothing]}
`)
	if faults != "" {
		t.Fatal(faults)
	}
	words := wordsOf(topic)
	for name, want := range map[string]string{
		"here": "texas DEA trump texas", "mexico": "own", "us": "DEA trump texas", "canada": "carney",
		"unused": "",
	} {
		if name == "here" {
			want = "texas DEA trump" // each once
		}
		if words[name] != want {
			t.Errorf("group %s has %q: want %q", name, words[name], want)
		}
	}
	if r := topic.Together; !r[0].Sentence || r[1].Sentence || !strings.HasSuffix(r[1].Where, ":6:60") {
		t.Errorf("rules are %+v", r)
	}
	if len(topic.Anchors) != 1 || topic.Anchors[0] != "canada" {
		t.Errorf("anchors are %v", topic.Anchors)
	}
}

// TestTermsByPoints reads lists of terms of one weight, and the calibration.
func TestTermsByPoints(t *testing.T) {
	topic, faults := loadTopic(t, `
terms: {en: {5: [border wall, Title 42], 0: [Wall Street], river: 2}}
against: {en: {1.5: [film]}}
calibration: {slope: 0.8, middle: 5}
publish: 0.9
doubt: 0.6
`, "us: {en: [trump]}")
	if faults != "" {
		t.Fatal(faults)
	}
	weights := map[string]float64{}
	for _, term := range topic.Terms {
		weights[term.Text] = term.Weight
		if !strings.Contains(term.Where, "t.yaml:") {
			t.Errorf("%s stands at %q", term.Text, term.Where)
		}
	}
	for text, want := range map[string]float64{
		"border wall": 5, "Title 42": 5, "Wall Street": 0, "river": 2, "film": -1.5,
	} {
		if got, there := weights[text]; !there || got != want {
			t.Errorf("%s weighs %v: want %v", text, got, want)
		}
	}
	if topic.Calibration != (news.Calibration{Slope: .8, Middle: 5}) || topic.Publish != .9 ||
		topic.Doubt != .6 {
		t.Errorf("calibration is %+v, publish %v, doubt %v", topic.Calibration, topic.Publish, topic.Doubt)
	}
}

// TestGroupFaults tells what is wrong with groups and where.
func TestGroupFaults(t *testing.T) {
	for _, test := range []struct{ name, lines, shared, want string }{
		{
			"unknown", "together: [{all: [us, nobody], weight: 1}]", "us: {en: [trump]}",
			`t.yaml:4:23: together[0].all[1]: "nobody" is not among the groups of this file, ` +
				"nor in groups/*.yaml",
		},
		{
			"unknown part", "together: [{all: [us, mexico], weight: 1}]",
			"us: {of: [office]}\nmexico: {en: [tijuana]}",
			`groups/all.yaml:1:11: us.of[0]: "office" is not among the groups of this file, ` +
				"nor in groups/*.yaml",
		},
		{
			"circle", "together: [{all: [us, mexico], weight: 1}]",
			"us: {of: [mexico]}\nmexico: {of: [us]}",
			"goes round in a circle, each group made of the next: us, mexico, us",
		},
		{"empty", "terms: {en: {a: 1}}", "us: {en: []}", "groups/all.yaml:1:1: us: has no words"},
		{
			"until", "together: [{all: [us, mexico], weight: 1}]",
			"us: {en: [biden], until: {2025-07: [obama], summer: [biden]}}\nmexico: {en: [m]}",
			`groups/all.yaml:1:45: us.until.summer: "summer" is no month`,
		},
		{
			"until of another", "together: [{all: [us, mexico], weight: 1}]",
			"us: {en: [biden], until: {2025-07: [obama]}}\nmexico: {en: [m]}",
			`us: until: "obama" is not among the group's own words`,
		},
		{"no weight", "terms: {en: {a: [b]}}", "us: {en: [x]}", "has a list of terms: want their weight"},
		{"negative", "terms: {en: {-2: [b]}}", "us: {en: [x]}", "is negative"},
		{
			"scope", "together: [{all: [us, mexico], weight: 1, in: title}]",
			"us: {en: [x]}\nmexico: {en: [y]}", `"title" is unknown: want part, sentence`,
		},
		{
			"publish", "terms: {en: {a: 1}}\npublish: 0.9", "us: {en: [x]}",
			"t.yaml:5:10: publish: is a probability: it needs calibration",
		},
		{
			"doubt", "terms: {en: {a: 1}}\ncalibration: {slope: 1, middle: 2}\npublish: 0.6\ndoubt: 0.7",
			"us: {en: [x]}", "is not below publish",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, faults := loadTopic(t, test.lines, test.shared)
			if !strings.Contains(faults, test.want) {
				t.Errorf("faults are\n%s\nwant\n%s", faults, test.want)
			}
		})
	}
}
