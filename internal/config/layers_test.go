package config

import (
	"slices"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestTopicsOnTop: topic files that are only being judged come last, or are all there is; who
// wants no more than the settings does not stumble over topics.
func TestTopicsOnTop(t *testing.T) {
	const topic = "title: {en: Border}\ndescription: {en: d}\nthreshold: 1\nterms: {en: {fence: 1}}\n"
	archive := "-- data/feeds/broken.yaml --\nnothing\n-- new/border.yaml --\n" + topic +
		"-- new/ferries.yaml --\n" + topic
	extract(t, archive)
	ids := func(opts Options) (ids []string, faults error) {
		opts.Defaults = builtIn
		cfg, err := Load(opts)
		for _, t := range cfg.Topics {
			ids = append(ids, t.ID)
		}
		return ids, err
	}
	if got, err := ids(Options{Settings: true, Data: "data"}); err != nil || len(got) > 0 {
		t.Errorf("settings only: %v, %v", got, err)
	}
	if got, err := ids(Options{Data: "data"}); news.KindOf(err) != news.Invalid {
		t.Errorf("a broken topic file: %v, %v", got, err)
	}
	got, err := ids(Options{Data: "other", Topics: "new"})
	if want := []string{"border", "cartels", "ferries", "us-mexico"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("on top: %v, %v", got, err)
	}
	got, err = ids(Options{Data: "data", Topics: "new", TopicsOnly: true})
	if want := []string{"border", "ferries"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("alone: %v, %v", got, err)
	}
	if _, err := ids(Options{Data: "other", Topics: "no-such"}); news.KindOf(err) != news.Invalid {
		t.Errorf("no directory: %v", err)
	}
}
