package classify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// places are the topics that each of the articles belongs to, whatever the golden files say.
var places = map[string]string{
	"tariffs-en": "us-mexico", "extradition-es": "cartels us-mexico", "drowning-es": "border",
	"trucks-en": "border", "other-border-en": "", "poster-es": "", "oil-cartel-en": "",
	"world-cup-es": "", "passing-mention-en": "", "sections-en": "border cartels us-mexico",
	"turf-war-es": "cartels", "interior-raid-en": "", "statement-in-spanish-en": "border",
	"new-mexico-en": "", "gulf-of-mexico-en": "", "weather-sinaloa-es": "",
	"football-juarez-es": "", "president-juarez-es": "", "colombia-es": "",
	"headline-es": "us-mexico", "headline-en": "cartels",
}

// TestExplanations holds what the topics say of a dozen articles, with the evidence, the words around it, and
// what is missing.
func TestExplanations(t *testing.T) {
	c := compile(t, topics(t)...)
	archive, err := txtar.ParseFile("testdata/articles.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) < 12 {
		t.Fatalf("there are %d articles: want a dozen", len(archive.Files))
	}
	for _, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			lang, rest, _ := strings.Cut(string(f.Data), "\n")
			title, text, _ := strings.Cut(rest, "\n")
			var b bytes.Buffer
			var placedIn []string
			for _, v := range c.Explain(news.Article{Lang: lang, Title: title}, nil, body(text)) {
				placed := "not placed"
				if v.Placed {
					placed = "placed"
					placedIn = append(placedIn, v.Topic)
				}
				fmt.Fprintf(&b, "%s: %s, %.2f of %.2f\n", v.Topic, placed, v.Score, v.Threshold)
				for _, e := range v.Evidence {
					fmt.Fprintf(&b, "    %+6.2f  %-8s %s ×%d\n", e.Weight, e.Place, e.Term, e.Count)
				}
				for _, c := range v.Contexts {
					fmt.Fprintf(&b, "    %s: %s[%s]%s\n", c.Place, c.Before, c.Match, c.After)
				}
				for _, m := range v.Missing {
					fmt.Fprintf(&b, "    missing: %s %.1f, met %s, lacks %s\n", m.Rule, m.Weight,
						strings.Join(m.Met, ", "), strings.Join(m.Lacks, ", "))
				}
			}
			want, known := places[f.Name]
			if got := strings.Join(placedIn, " "); got != want || !known {
				t.Errorf("in %q: want %q", got, want)
			}
			newstest.Golden(t, "explain-"+f.Name+".golden", b.Bytes())
		})
	}
}
