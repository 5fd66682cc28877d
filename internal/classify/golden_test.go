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

// TestExplanations holds what the topics say of a dozen articles, evidence and all.
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
			for _, v := range c.Explain(news.Article{Lang: lang, Title: title}, nil, body(text)) {
				placed := "not placed"
				if v.Placed {
					placed = "placed"
				}
				fmt.Fprintf(&b, "%s: %s, %.2f of %.2f\n", v.Topic, placed, v.Score, v.Threshold)
				for _, e := range v.Evidence {
					fmt.Fprintf(&b, "    %+6.2f  %-8s %s ×%d\n", e.Weight, e.Place, e.Term, e.Count)
				}
			}
			newstest.Golden(t, "explain-"+f.Name+".golden", b.Bytes())
		})
	}
}
