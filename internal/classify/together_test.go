package classify_test

import (
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// groupOf is a group of words of any language.
func groupOf(name string, words ...string) news.Group {
	g := news.Group{Name: name}
	for _, w := range words {
		g.Words = append(g.Words, news.Word{Text: w})
	}
	return g
}

// TestTogetherOnce: rules that rest on the same words count once, the strongest; those that rest
// on others count half of the one before; those against the topic count each.
func TestTogetherOnce(t *testing.T) {
	rules := news.Topic{
		ID: "t", Threshold: 6, TitleWeight: 2,
		Groups: []news.Group{
			groupOf("us", "trump"), groupOf("mexico", "mexico"), groupOf("acts", "tariff"),
			groupOf("place", "laredo"), groupOf("traffic", "bridge"), groupOf("sport", "cup"),
			groupOf("show", "film"),
		},
		Together: []news.Together{
			{All: []string{"us", "mexico"}, Weight: 1},
			{All: []string{"us", "mexico", "acts"}, Weight: 4},
			{All: []string{"mexico", "acts"}, Weight: 3},
			{All: []string{"place", "traffic"}, Weight: 2},
			{All: []string{"mexico", "sport"}, Weight: -1},
			{All: []string{"mexico", "show"}, Weight: -2},
		},
	}
	c := compile(t, rules)
	for _, test := range []struct {
		name, title string
		want        float64
	}{
		{"pair", "Trump on Mexico", 2},
		{"strongest", "Trump on Mexico tariff", 8},
		{"another on other words", "Trump on Mexico tariff, Laredo bridge", 8 + 2},
		{"against", "Trump on Mexico cup film", -4},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := c.Explain(news.Article{Title: test.title, Lang: "en"}, nil, nil)[0]
			if v.Score != test.want {
				t.Errorf("score is %v: want %v\n%v", v.Score, test.want, v.Evidence)
			}
		})
	}
}

// TestSentence: a rule may want its words in one sentence; a title is one, whatever stands in it.
func TestSentence(t *testing.T) {
	rules := news.Topic{
		ID: "t", Threshold: 1, TitleWeight: 1,
		Groups:   []news.Group{groupOf("us", "trump"), groupOf("mexico", "mexico")},
		Together: []news.Together{{All: []string{"us", "mexico"}, Weight: 1, Sentence: true}},
	}
	c := compile(t, rules)
	for _, test := range []struct {
		title, text string
		want        float64
	}{
		{"Trump: Mexico pays", "", 1},
		{"", "Trump spoke about Mexico.", 1},
		{"", "Trump spoke. Mexico listened.", 0},
		{"Trump", "Mexico listened.", 0},
		{"", "Trump spoke.\nMexico listened.", 0},
	} {
		v := c.Explain(news.Article{Title: test.title, Lang: "en"}, nil, body(test.text))[0]
		if v.Score != test.want {
			t.Errorf("%q %q: score is %v: want %v", test.title, test.text, v.Score, test.want)
		}
	}
}

// TestAnchors: without a word of an anchor near its beginning an article has no points.
func TestAnchors(t *testing.T) {
	rules := topic(one("rail bridge"))
	rules.Groups = []news.Group{groupOf("here", "laredo")}
	rules.Anchors = []string{"here"}
	c := compile(t, rules)
	for _, test := range []struct {
		title, text string
		want        float64
	}{
		{"Rail bridge shut", "", 0},
		{"Rail bridge shut", "Laredo waits.", 3},
		{"Rail bridge shut", words(150) + "Laredo waits.", 0},
	} {
		v := c.Explain(news.Article{Title: test.title, Lang: "en"}, nil, body(test.text))[0]
		if v.Score != test.want {
			t.Errorf("%q %.20q: score is %v: want %v", test.title, test.text, v.Score, test.want)
		}
		sum := 0.0
		for _, e := range v.Evidence {
			sum += e.Weight
		}
		if sum != v.Score {
			t.Errorf("evidence adds up to %v, the score is %v", sum, v.Score)
		}
	}
}

// TestProbability: a calibrated topic says how likely a placement is right, places from the
// probability that it publishes from, and doubts what comes near.
func TestProbability(t *testing.T) {
	rules := topic(one("mexico"), one("tariff"), one("treaty"))
	rules.Threshold, rules.TitleWeight = 1, 2
	rules.Calibration = news.Calibration{Slope: 2, Middle: 3}
	rules.Publish, rules.Doubt = .9, .5
	c := compile(t, rules)
	for _, test := range []struct {
		title            string
		placed, doubtful bool
		probability      float64
	}{
		{"Treaty", false, false, .12},
		{"Mexico treaty", false, true, .88},
		{"Mexico treaty tariff", true, false, 1},
	} {
		a := news.Article{Title: test.title, Lang: "en"}
		v := c.Explain(a, nil, nil)[0]
		if v.Placed != test.placed || v.Doubtful != test.doubtful || v.Probability != test.probability {
			t.Errorf("%q: placed is %v, doubtful %v, probability %v: want %+v", test.title, v.Placed,
				v.Doubtful, v.Probability, test)
		}
		if got := len(c.Place(a, nil, nil)) > 0; got != test.placed {
			t.Errorf("%q: Place places it: %v", test.title, got)
		}
		decided := []news.Verdict{v}
		c.DecideVerdicts(a, decided, []news.Decision{{Topic: "t", In: false}})
		if decided[0].Doubtful {
			t.Errorf("%q is doubtful after an editor decided", test.title)
		}
	}
}

// TestUntil: a word belongs to its group until some time; when nobody knows when an article was
// published it does.
func TestUntil(t *testing.T) {
	end := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	g := groupOf("us", "biden", "trump")
	g.Words[0].Until = end
	rules := news.Topic{
		ID: "t", Threshold: 1, TitleWeight: 1, Groups: []news.Group{g, groupOf("mexico", "mexico")},
		Together: []news.Together{{All: []string{"us", "mexico"}, Weight: 1}},
	}
	c := compile(t, rules)
	for _, test := range []struct {
		title string
		at    time.Time
		want  bool
	}{
		{"Biden and Mexico", end.AddDate(-1, 0, 0), true},
		{"Biden and Mexico", end, false},
		{"Biden and Mexico", time.Time{}, true},
		{"Trump and Mexico", end.AddDate(1, 0, 0), true},
	} {
		a := news.Article{Title: test.title, Lang: "en", Published: test.at}
		if got := len(c.Place(a, nil, nil)) > 0; got != test.want {
			t.Errorf("%q of %v is placed: %v", test.title, test.at, got)
		}
	}
}
