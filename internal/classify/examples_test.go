package classify_test

import (
	"testing"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// TestExamples walks the examples of every topic file: each topic takes its own and leaves what
// it says it leaves.
func TestExamples(t *testing.T) {
	list := topics(t)
	c, err := classify.New(list)
	if err != nil {
		t.Fatal(err)
	}
	for i, topic := range list {
		for _, want := range []bool{true, false} {
			examples := topic.Reject
			if want {
				examples = topic.Match
			}
			byLang := map[string]int{}
			for _, e := range examples {
				byLang[e.Lang]++
				v := explain(c, e)[i]
				if v.Placed != want {
					t.Errorf("%s: placed is %v with %.2f of %.2f: %s %q %q\n%v",
						topic.ID, v.Placed, v.Score, v.Threshold, e.Lang, e.Title, e.Text, v.Evidence)
				}
			}
			for _, lang := range []string{"en", "es"} {
				if n := byLang[lang]; n < 8 {
					t.Errorf("%s: %d examples in %s with placed = %v: want 8 or more",
						topic.ID, n, lang, want)
				}
			}
		}
	}
}

// explain explains an example as an article whose text is its body.
func explain(c *classify.Classifier, e news.Example) []news.Verdict {
	return c.Explain(news.Article{Title: e.Title, Lang: e.Lang}, nil,
		[]news.Passage{{Text: e.Text}})
}
