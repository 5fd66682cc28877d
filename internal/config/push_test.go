package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestPushSources(t *testing.T) {
	cfg, _ := load(t, `
-- c.yaml --
sources: s.yaml
push: {max_size: 4MB}
-- s.yaml --
sources:
  - {id: desk, name: Desk, kind: push, lang: es, topics: [border]}
  - {id: agency, name: Agency, kind: push, rights: excerpt}
`, Options{File: "c.yaml"})
	want := []news.Source{
		{ID: "push", Name: "Pushed", Kind: news.KindPush, Rights: news.Full, Enabled: true},
		{
			ID: "desk", Name: "Desk", Kind: news.KindPush, Lang: "es", Rights: news.Full,
			Enabled: true, Topics: []string{"border"},
		},
		{ID: "agency", Name: "Agency", Kind: news.KindPush, Rights: news.Excerpt, Enabled: true},
	}
	if diff := cmp.Diff(want, cfg.Sources[1:]); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if cfg.Push.MaxBytes != 4_000_000 {
		t.Errorf("push.max_size is %d", cfg.Push.MaxBytes)
	}
}

func TestPushSourcesAreNotLookedAt(t *testing.T) {
	extract(t, `
-- c.yaml --
sources: s.yaml
-- s.yaml --
sources:
  - {id: a, name: A, kind: push, url: "https://a.example/"}
  - {id: b, name: B, kind: push, every: 1h}
  - {id: push, name: C, kind: push}
`)
	_, err := Load(Options{File: "c.yaml", Defaults: builtIn})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"s.yaml:2:", "s.yaml:3:", "s.yaml:4:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault at %s in\n%v", want, err)
		}
	}
}
