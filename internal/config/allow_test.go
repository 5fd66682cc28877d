package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestAllow reads who may be asked although it is not public.
func TestAllow(t *testing.T) {
	sources := func(allow string) string {
		return "-- d/sources.yaml --\nsources:\n" +
			"  - {id: a, name: A, kind: feed, url: \"http://10.0.0.5:8080/feed\"" + allow + "}\n" +
			"  - {id: b, name: B, kind: feed, url: \"http://cms.example/feed\"}\n"
	}
	for _, c := range []struct {
		settings, source string
		a, b, hosts      string
	}{
		{"{}", "", "", "", "map[]"},
		{"[10.0.0.0/8, 127.0.0.1]", "", "10.0.0.5/32", "", "map[]"},
		{"[127.0.0.1]", "", "", "", "map[]"},
		{"{CMS.example: 10.0.0.0/8}", "", "", "", "map[cms.example:[10.0.0.0/8]]"},
		{"{cms.example: [10.0.0.1, 10.1.0.0/16]}", "", "", "", "map[cms.example:[10.0.0.1/32 10.1.0.0/16]]"},
		{"{}", ", allow: [10.0.0.5, Cms.example]", "cms.example 10.0.0.5/32", "", "map[]"},
	} {
		cfg, _ := load(t, "-- c.yaml --\nfetch: {allow: "+c.settings+"}\n"+sources(c.source),
			Options{File: "c.yaml", Data: "d"})
		got := map[string]string{}
		for _, src := range cfg.Sources {
			got[src.ID] = src.Allow.String()
		}
		if got["a"] != c.a || got["b"] != c.b || fmt.Sprint(cfg.Fetch.Hosts) != c.hosts {
			t.Errorf("%s, %q: a has %q, b %q, hosts %v", c.settings, c.source, got["a"], got["b"],
				cfg.Fetch.Hosts)
		}
	}
	cfg, _ := load(t, "-- c.yaml --\nfetch: {allow: [127.0.0.0/8]}\n-- d/sources.yaml --\nsources:\n"+
		"  - {id: a, name: A, kind: feed, url: \"http://LocalHost:8080/feed\"}\n",
		Options{File: "c.yaml", Data: "d"})
	if a := cfg.Sources[len(cfg.Sources)-1]; a.Allow.String() != "127.0.0.1/32" {
		t.Errorf("localhost has %q", a.Allow)
	}
	for settings, want := range map[string]string{
		"{10.0.0.0/8: 10.0.0.0/8}": "is no host", "{cms.example: x}": "is no network", "x": "want keys",
		"[cms.example]": "is no network",
	} {
		extract(t, "-- c.yaml --\nfetch: {allow: "+settings+"}\n")
		_, err := Load(Options{File: "c.yaml", Defaults: builtIn})
		var faults Faults
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", settings, err, want)
		}
	}
}
