package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestExplainAddress holds that an address is explained as `ingest` would read it, and that
// nothing of it is stored.
func TestExplainAddress(t *testing.T) {
	wire := web(t)
	_, flags := setUp(t, wire)
	for _, address := range []string{wire.URL + "/feed.xml"} {
		out, err := teletipo(t, append([]string{"--json", "explain", address}, flags...)...)
		if err != nil && strings.HasSuffix(address, "other") {
			continue // the fake web knows no queries
		}
		if err != nil {
			t.Fatal(err)
		}
		placed := map[string]bool{}
		var all []news.Explanation
		if err := json.Unmarshal([]byte(out), &all); err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			for _, v := range e.Verdicts {
				if v.Placed {
					placed[e.Title+" in "+v.Topic] = len(v.Contexts) > 0
				}
			}
		}
		for _, want := range []string{feedTitle + " in border", cartelTitle + " in cartels"} {
			if !placed[want] {
				t.Errorf("%s: not placed with its words: %s; placed are %v", address, want, placed)
			}
		}
	}
	out, err := teletipo(t, append([]string{"articles"}, flags...)...)
	if err != nil || out != "" {
		t.Errorf("stored are %q, %v", out, err)
	}
}
