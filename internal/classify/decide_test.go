package classify_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// decisions reads what Sign wrote; ana made them all.
func decisions(t *testing.T, signs ...string) []news.Decision {
	t.Helper()
	var list []news.Decision
	for _, sign := range signs {
		d, err := news.ParseDecision(sign)
		if err != nil {
			t.Fatal(err)
		}
		d.By = "ana"
		list = append(list, d)
	}
	return list
}

// TestDecisionsAreFollowed: topics that rest on others follow what an editor decided about those,
// and what is explained is what is placed.
func TestDecisionsAreFollowed(t *testing.T) {
	for _, test := range []struct {
		name, title string
		always      []string
		signs       []string
		want        []string
	}{
		{
			"a child brings its parents", "sun", nil,
			[]string{"+rain"},
			[]string{"everything", "weather", "rain"},
		},
		{"and takes them along", "rain", nil, []string{"-rain"}, nil},
		{
			"but not from another child", "rain, hail", nil,
			[]string{"-rain"},
			[]string{"everything", "weather", "hail"},
		},
		{
			"nor from the source", "rain",
			[]string{"weather"},
			[]string{"-rain"},
			[]string{"everything", "weather"},
		},
		{
			"a combination gains", "river", nil,
			[]string{"+rain"},
			[]string{"everything", "floods", "weather", "rain", "river"},
		},
		{
			"and loses", "rain, river", nil,
			[]string{"-river"},
			[]string{"everything", "weather", "rain"},
		},
		{"a decision about the parent holds", "rain", nil, []string{"-weather"}, []string{"rain"}},
		{
			"as one about the combination", "rain, river", nil,
			[]string{"-floods"},
			[]string{"everything", "weather", "rain", "river"},
		},
		{
			"whose members do not follow", "sun", nil,
			[]string{"+floods"},
			[]string{"everything", "floods"},
		},
		{"what is no topic counts nothing", "sun", nil, []string{"+snow", "-fog"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := compile(t, family()...)
			a := news.Article{Title: test.title, Source: "gauge"}
			by := decisions(t, test.signs...)
			ruled := c.Place(a, test.always, nil)
			before := slices.Clone(ruled)
			var got []string
			placed := c.Decide(a, ruled, by)
			for _, p := range placed {
				got = append(got, p.Topic)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("in %v: want %v", got, test.want)
			}
			if diff := cmp.Diff(before, ruled); diff != "" {
				t.Errorf("the rules' placements were changed (-want +got):\n%s", diff)
			}
			verdicts := c.Explain(a, test.always, nil)
			c.DecideVerdicts(a, verdicts, by)
			if explained := in(verdicts); !slices.Equal(explained, got) {
				t.Errorf("explained as in %v, placed in %v", explained, got)
			}
			for _, v := range verdicts {
				checkSum(t, v.Placement)
			}
			for _, p := range placed {
				checkSum(t, p)
			}
		})
	}
}

// checkSum checks that the evidence is what the score is made of.
func checkSum(t *testing.T, p news.Placement) {
	t.Helper()
	sum := 0.0
	for _, e := range p.Evidence {
		sum += e.Weight
	}
	if d := sum - p.Score; d > .001 || d < -.001 {
		t.Errorf("%s scores %v, its evidence %v: %+v", p.Topic, p.Score, sum, p.Evidence)
	}
}

// TestDecisionsLeaveOwnRules: a parent keeps what its own rules take.
func TestDecisionsLeaveOwnRules(t *testing.T) {
	list := family()
	list[2].Terms[0].Weight = 2 // weather
	c := compile(t, list...)
	a := news.Article{Title: "weather, rain"}
	placed := c.Decide(a, c.Place(a, nil, nil), decisions(t, "-rain"))
	if len(placed) != 2 || placed[1].Topic != "weather" || placed[1].Score != 2 {
		t.Errorf("placed: %+v", placed)
	}
}

// TestDecisionsWithinLimits: a topic that an article is outside of does not follow, unless the
// decision is about itself.
func TestDecisionsWithinLimits(t *testing.T) {
	list := family()
	list[2].Tags = []string{"Norte"} // weather
	c := compile(t, list...)
	names := func(a news.Article, signs ...string) (ids []string) {
		for _, p := range c.Decide(a, c.Place(a, nil, nil), decisions(t, signs...)) {
			ids = append(ids, p.Topic)
		}
		return ids
	}
	if got := names(news.Article{Title: "sun"}, "+rain"); !slices.Equal(got, []string{"rain"}) {
		t.Errorf("without the tag, in %v", got)
	}
	tagged := news.Article{Title: "sun", Tags: []string{"norte"}}
	if got := names(tagged, "+rain"); !slices.Equal(got, []string{"everything", "weather", "rain"}) {
		t.Errorf("with the tag, in %v", got)
	}
	got := names(news.Article{Title: "sun"}, "+weather")
	if !slices.Equal(got, []string{"everything", "weather"}) {
		t.Errorf("without the tag, but placed, in %v", got)
	}
}

// TestDecisionScores: a decision adds what is missing to the threshold, or takes all there is.
func TestDecisionScores(t *testing.T) {
	c := compile(t, family()...)
	a := news.Article{Title: "weather, river"}
	verdicts := c.Explain(a, nil, nil)
	c.DecideVerdicts(a, verdicts, decisions(t, "+weather", "-river"))
	want := map[string][]news.Evidence{
		"everything": {{Term: "weather", Place: "topic", Count: 1, Weight: 1}},
		"weather": {
			{Term: "weather", Place: "title", Count: 1, Weight: .5},
			{Term: "placed by ana", Place: "editor", Count: 1, Weight: 1.5},
		},
		"river": {
			{Term: "river", Place: "title", Count: 1, Weight: 2},
			{Term: "kept out by ana", Place: "editor", Count: 1, Weight: -2},
		},
	}
	for _, v := range verdicts {
		if diff := cmp.Diff(want[v.Topic], v.Evidence); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Topic, diff)
		}
		if v.Placed && v.Missing != nil {
			t.Errorf("%s is placed, and lacks %v", v.Topic, v.Missing)
		}
	}
}
