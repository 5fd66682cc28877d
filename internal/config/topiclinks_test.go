package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/teletipo/teletipo/internal/news"
)

// wordPlaces leaves the places of terms and words aside.
var wordPlaces = cmp.Options{
	cmpopts.IgnoreFields(news.Term{}, "Where"), cmpopts.IgnoreFields(news.Word{}, "Where"),
}

// TestTopicsThatBuildOnOthers reads every key that says how a topic stands to others, and what it
// is limited to.
func TestTopicsThatBuildOnOthers(t *testing.T) {
	cfg, _ := load(t, `
-- d/sources.yaml --
sources:
  - {id: wire, name: Wire, kind: feed, url: https://wire.example/rss, topics: [frontier, trade]}
-- d/feeds/americas.yaml --
title: {en: Americas}
description: {en: Everything below.}
-- d/feeds/trade.yaml --
title: {en: Trade}
description: {en: Trade.}
threshold: 2
terms: {any: {tariff: 1}}
aliases: [commerce, "2024"]
parent: americas
medtop: 20000377
-- d/feeds/border.yaml --
title: {en: Border}
description: {en: Border.}
threshold: 2
terms: {any: {border: 1}}
aliases:
  - frontier
parent: americas
langs: [en, es]
sources: [wire, inbox, push, file]
tags: [Texas]
medtop: medtop:11000000
-- d/feeds/border-trade.yaml --
title: {en: Trade across the border}
description: {en: Both.}
all: [border, trade]
`, Options{Data: "d"})
	var got []news.Topic
	for _, topic := range cfg.Topics {
		if topic.ID != "cartels" && topic.ID != "us-mexico" { // those that come with the program
			got = append(got, topic)
		}
	}
	want := []news.Topic{
		{ID: "americas", Threshold: 1, TitleWeight: 3},
		{
			ID: "border", Threshold: 2, TitleWeight: 3,
			Terms:   []news.Term{{Text: "border", Weight: 1}},
			Aliases: []string{"frontier"}, Parent: "americas", Langs: []string{"en", "es"},
			Sources: []string{"wire", "inbox", "push", "file"}, Tags: []string{"Texas"},
			Medtop: "medtop:11000000",
		},
		{ID: "border-trade", Threshold: 2, TitleWeight: 3, All: []string{"border", "trade"}},
		{
			ID: "trade", Threshold: 2, TitleWeight: 3,
			Terms:   []news.Term{{Text: "tariff", Weight: 1}},
			Aliases: []string{"commerce", "2024"}, Parent: "americas", Medtop: "medtop:20000377",
		},
	}
	words := cmpopts.IgnoreFields(news.Topic{}, "Titles", "Descriptions")
	if diff := cmp.Diff(want, got, words, wordPlaces); diff != "" {
		t.Error(diff)
	}
	for _, src := range cfg.Sources {
		if src.ID != "wire" {
			continue
		}
		if diff := cmp.Diff([]string{"border", "trade"}, src.Topics); diff != "" {
			t.Errorf("a source may go on using a topic's old name: %s", diff)
		}
	}
}

func TestMedtop(t *testing.T) {
	for code, good := range map[string]bool{
		"01000000": true, "17000000": true, "medtop:20000639": true, "00000000": false,
		"18000000": false, "2000063": false, "200006390": false, "11000001": false,
	} {
		got, err := medtop(code)
		if (err == nil) != good {
			t.Errorf("%s: %q, %v", code, got, err)
		}
	}
}

// TestWhatCompilingFinds holds that what whoever compiles topics finds comes with its place among
// the other faults, and without one only if there are no others.
func TestWhatCompilingFinds(t *testing.T) {
	check := func(topics []news.Topic) []TopicFault {
		faults := []TopicFault{{Topic: "t", Message: "as a whole"}}
		for _, topic := range topics {
			for _, term := range topic.Terms {
				if topic.ID == "t" {
					faults = append(faults, TopicFault{topic.ID, term.Where, "term " + term.Text})
				}
			}
			for _, g := range topic.Groups {
				if topic.ID == "t" {
					faults = append(faults, TopicFault{topic.ID, g.Words[0].Where, "word"})
				}
			}
		}
		return faults
	}
	for _, test := range []struct{ threshold, term, want string }{
		{"1", "two", "t.yaml: as a whole\nt.yaml:4:17: term two\nt.yaml:5:21: word"},
		{"0", "two", "t.yaml:3:12: threshold: want a number from 0.01 to 10000\n" +
			"t.yaml:4:17: term two\nt.yaml:5:21: word"},
		{"1", `""`, "t.yaml:4:17: terms.any.: is empty: want text\nt.yaml:5:21: word"},
	} {
		dir := extract(t, `
-- d/feeds/t.yaml --
title: {en: T}
description: {en: T.}
threshold: `+test.threshold+`
terms: {any: {  `+test.term+`: 2}}
groups: {one: {en: [word]}}
`)
		_, err := Load(Options{Data: "d", CheckTopics: check, Defaults: builtIn})
		if err == nil {
			t.Fatal("accepted")
		}
		got := strings.ReplaceAll(err.Error(), filepath.Join(dir, "d", "feeds")+"/", "")
		if got != test.want {
			t.Errorf("faults are\n%s\nwant\n%s", got, test.want)
		}
	}
}
