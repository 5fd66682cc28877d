package classify_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// FuzzPlace holds that for any text and any rules that compile, Explain agrees with Place, the
// evidence adds up to the score, and nothing depends on what was classified before.
func FuzzPlace(f *testing.F) {
	f.Add("Border Patrol", "border", "México", "US border patrol", "A wall.\n# Mexico’s Border", "es")
	f.Add("U.S.", "EE. UU.", "U.S", "EE.UU. y U.S.A.", "us U.S. US", "")
	f.Add("\u0301a", "ñ\xff", "ﬁ Æ", "a\u0301 ﬁ", "Ǆ ß ẞ İ", "tr")
	f.Add("a a", "a", "a a a", "a a a a", "a. a a! a", "en")
	f.Fuzz(func(t *testing.T, t1, t2, t3, title, text, lang string) {
		rules := []news.Topic{
			{
				ID: "sum", Threshold: 2, TitleWeight: 2.5,
				Terms: []news.Term{
					{Text: t1, Weight: 2}, {Text: t2, Lang: "es", Weight: 1.333}, {Text: t3, Weight: -.7},
				},
			},
			{
				ID: "pair", Threshold: .5, TitleWeight: 1, Terms: []news.Term{{Text: t3}},
				Groups: []news.Group{
					{Name: "a", Words: []news.Word{{Text: t1}, {Text: t3, Lang: "en"}}},
					{Name: "b", Words: []news.Word{{Text: t2}}},
				},
				Together: []news.Together{{All: []string{"a", "b"}, Weight: 1}},
			},
		}
		c, err := classify.New(rules)
		if err != nil {
			t.Skip()
		}
		a := news.Article{Source: "s", Title: title, Summary: text, Lang: lang}
		passages := body(text + "\n#" + title + "\n" + text + title)
		verdicts := c.Explain(a, []string{"pair"}, passages)
		holds(t, rules, verdicts)
		c.Place(news.Article{Title: text, Summary: title}, nil, nil)
		var placed []news.Placement
		for _, v := range verdicts {
			if v.Placed {
				placed = append(placed, v.Placement)
			}
		}
		if diff := cmp.Diff(placed, c.Place(a, []string{"pair"}, passages)); diff != "" {
			t.Errorf("Place differs from Explain: %s", diff)
		}
	})
}

// holds checks what is true of any verdicts.
func holds(t *testing.T, rules []news.Topic, verdicts []news.Verdict) {
	t.Helper()
	if len(verdicts) != len(rules) {
		t.Fatalf("%d verdicts for %d topics", len(verdicts), len(rules))
	}
	for i, v := range verdicts {
		sum := 0.0
		for _, e := range v.Evidence {
			sum += e.Weight
			if e.Count < 1 {
				t.Errorf("%s: counts nothing: %v", v.Topic, e)
			}
		}
		if math.Abs(sum-v.Score) > 1e-6 {
			t.Errorf("%s: evidence adds up to %v, score is %v", v.Topic, sum, v.Score)
		}
		if v.Topic != rules[i].ID || v.Threshold != rules[i].Threshold {
			t.Errorf("verdict %d is of %s, %v", i, v.Topic, v.Threshold)
		}
		if v.Placed != (v.Score >= v.Threshold) {
			t.Errorf("%s: placed is %v at %v of %v", v.Topic, v.Placed, v.Score, v.Threshold)
		}
		strongest := func(a, b news.Evidence) int {
			return int(math.Round((math.Abs(b.Weight) - math.Abs(a.Weight)) * 100))
		}
		if !slices.IsSortedFunc(v.Evidence, strongest) {
			t.Errorf("%s: evidence is not strongest first: %v", v.Topic, v.Evidence)
		}
	}
}
