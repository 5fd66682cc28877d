package classify_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// family is topics that rest on each other, in no helpful order: everything rests on rain and
// hail, weather rests on both, and floods needs rain and river.
func family() []news.Topic {
	simple := func(id, parent string) news.Topic {
		return news.Topic{
			ID: id, Parent: parent, Threshold: 2, TitleWeight: 1,
			Terms: []news.Term{{Text: id, Weight: 2}},
		}
	}
	weather := simple("weather", "everything")
	weather.Terms[0].Weight = .5
	return []news.Topic{
		{ID: "everything", Threshold: 1, TitleWeight: 3},
		{ID: "floods", All: []string{"rain", "river"}, Parent: "everything"},
		weather,
		simple("rain", "weather"),
		simple("hail", "weather"),
		simple("river", ""),
	}
}

// in lists the topics that an article is in.
func in(verdicts []news.Verdict) []string {
	var ids []string
	for _, v := range verdicts {
		if v.Placed {
			ids = append(ids, v.Topic)
		}
	}
	return ids
}

func TestTopicsThatRestOnOthers(t *testing.T) {
	for _, test := range []struct {
		title  string
		always []string
		want   []string
	}{
		{"sun", nil, nil},
		{"rain", nil, []string{"everything", "weather", "rain"}},
		{"river", nil, []string{"river"}},
		{"rain, river", nil, []string{"everything", "floods", "weather", "rain", "river"}},
		{"river", []string{"rain"}, []string{"everything", "floods", "weather", "rain", "river"}},
		{"sun", []string{"weather"}, []string{"everything", "weather"}},
		{"sun", []string{"floods"}, []string{"everything", "floods"}},
	} {
		t.Run(test.title, func(t *testing.T) {
			a := news.Article{Title: test.title, Source: "gauge"}
			list := family()
			if got := in(compile(t, list...).Explain(a, test.always, nil)); !slices.Equal(got, test.want) {
				t.Errorf("in %v: want %v", got, test.want)
			}
			random := rand.New(rand.NewPCG(1, uint64(len(test.title))))
			random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			got := in(compile(t, list...).Explain(a, test.always, nil))
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("in another order of topics, in %v: want %v", got, test.want)
			}
		})
	}
}

func TestEvidenceOfTopics(t *testing.T) {
	c := compile(t, family()...)
	byID := map[string]news.Verdict{}
	for _, v := range c.Explain(news.Article{Title: "rain, hail, weather"}, nil, nil) {
		byID[v.Topic] = v
	}
	for id, want := range map[string]news.Placement{
		"weather": {Topic: "weather", Score: 2, Threshold: 2, Evidence: []news.Evidence{
			{Term: "rain", Place: "topic", Count: 1, Weight: 1.5},
			{Term: "weather", Place: "title", Count: 1, Weight: .5},
			{Term: "hail", Place: "topic", Count: 1},
		}},
		"everything": {Topic: "everything", Score: 1, Threshold: 1, Evidence: []news.Evidence{
			{Term: "weather", Place: "topic", Count: 1, Weight: 1},
		}},
		"floods": {Topic: "floods", Score: 1, Threshold: 2, Evidence: []news.Evidence{
			{Term: "rain", Place: "topic", Count: 1, Weight: 1},
		}},
	} {
		if diff := cmp.Diff(want, byID[id].Placement); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	want := []news.Missing{
		{Rule: "all", Weight: 1, Met: []string{"rain"}, Lacks: []string{"river"}},
	}
	if diff := cmp.Diff(want, byID["floods"].Missing); diff != "" {
		t.Error(diff)
	}
}

func TestLimits(t *testing.T) {
	limited := func(change func(*news.Topic)) news.Topic {
		rain := topic(news.Term{Text: "rain", Weight: 9})
		change(&rain)
		return rain
	}
	langs := limited(func(t *news.Topic) { t.Langs = []string{"es", "en"} })
	sources := limited(func(t *news.Topic) { t.Sources = []string{"gauge"} })
	tags := limited(func(t *news.Topic) { t.Tags = []string{"Río Bravo", "Texas"} })
	both := limited(func(t *news.Topic) { t.Langs, t.Tags = []string{"en"}, []string{"Texas"} })
	for _, test := range []struct {
		name    string
		topic   news.Topic
		article news.Article
		want    bool
	}{
		{"language", langs, news.Article{Lang: "es-MX"}, true},
		{"other language", langs, news.Article{Lang: "fr"}, false},
		{"unknown language", langs, news.Article{}, false},
		{"source", sources, news.Article{Source: "gauge"}, true},
		{"other source", sources, news.Article{Source: "gauges"}, false},
		{"tag", tags, news.Article{Tags: []string{"news", "texas"}}, true},
		{"tag with accents", tags, news.Article{Tags: []string{"RIO BRAVO"}}, true},
		{"part of a tag", tags, news.Article{Tags: []string{"Bravo", "Texas Rangers"}}, false},
		{"no tag", tags, news.Article{}, false},
		{"both limits", both, news.Article{Lang: "en", Tags: []string{"Texas"}}, true},
		{"one of two limits", both, news.Article{Lang: "es", Tags: []string{"Texas"}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.article.Title = "rain"
			c := compile(t, test.topic)
			if got := c.Explain(test.article, nil, nil)[0]; got.Placed != test.want {
				t.Errorf("placed is %v: %v", got.Placed, got.Evidence)
			}
			if got := len(c.Place(test.article, []string{"t"}, nil)) > 0; got != test.want {
				t.Errorf("placed is %v for a source that belongs to the topic", got)
			}
		})
	}
	want := []news.Evidence{
		{Term: "only in en, tagged Texas", Place: "limit", Count: 1, Weight: -27},
		{Term: "rain", Place: "title", Count: 1, Weight: 27},
	}
	got := compile(t, both).Explain(news.Article{Title: "rain"}, nil, nil)[0]
	if diff := cmp.Diff(want, got.Evidence); diff != "" || got.Score != 0 {
		t.Errorf("score %v, %s", got.Score, diff)
	}
}

// TestLimitsHoldAgainstTopics holds that an article comes into a limited topic by none of those
// that it rests on.
func TestLimitsHoldAgainstTopics(t *testing.T) {
	list := family()
	for i := range list {
		if list[i].ID == "weather" || list[i].ID == "floods" {
			list[i].Langs = []string{"es"}
		}
	}
	c := compile(t, list...)
	for lang, want := range map[string][]string{
		"en": {"rain", "river"},
		"es": {"everything", "floods", "weather", "rain", "river"},
	} {
		got := in(c.Explain(news.Article{Lang: lang, Title: "rain, river"}, nil, nil))
		if !slices.Equal(got, want) {
			t.Errorf("%s: in %v: want %v", lang, got, want)
		}
	}
}

// TestPassingMention holds that what places an article from its opening does not do so from the end
// of a long one about something else, in any of the topics that come with the program.
func TestPassingMention(t *testing.T) {
	list := topics(t)
	c := compile(t, list...)
	for i, topic := range list {
		checked := 0
		for _, e := range topic.Match {
			if e.Text != "" || e.Title == "" {
				continue // two sentences are more than a mention
			}
			a := news.Article{Lang: e.Lang, Title: "lorem"}
			if !c.Explain(a, nil, body(e.Title))[i].Placed {
				continue // needs to be a title
			}
			checked++
			if v := c.Explain(a, nil, body(words(900)+".\n"+e.Title))[i]; v.Placed {
				t.Errorf("%s: %q is placed as a mention at word 900: %v", topic.ID, e.Title, v.Evidence)
			}
		}
		if checked < 2 {
			t.Errorf("%s: only %d examples are placed from a text's first words", topic.ID, checked)
		}
	}
}

func TestLinkRefusals(t *testing.T) {
	rules := func(id string) news.Topic {
		return news.Topic{ID: id, Threshold: 1, TitleWeight: 1, Terms: []news.Term{one(id)}}
	}
	child := func(id, parent string) news.Topic {
		c := rules(id)
		c.Parent = parent
		return c
	}
	for _, test := range []struct {
		name   string
		topics []news.Topic
		want   string
	}{
		{"unknown parent", []news.Topic{child("a", "b")}, `"b" is no other topic`},
		{"own parent", []news.Topic{child("a", "a")}, `"a" is no other topic`},
		{"parents in a circle", []news.Topic{child("a", "b"), child("b", "a")}, "which rests on it"},
		{
			"unknown part",
			[]news.Topic{{ID: "a", All: []string{"b", "c"}}, rules("b")},
			`"c" is no other topic`,
		},
		{
			"part twice",
			[]news.Topic{{ID: "a", All: []string{"b", "b"}}, rules("b")},
			`"b" is there twice`,
		},
		{"one part", []news.Topic{{ID: "a", All: []string{"b"}}, rules("b")}, "at least two"},
		{
			"combination with rules",
			[]news.Topic{{ID: "a", All: []string{"b", "c"}, Terms: []news.Term{one("a")}}},
			"rules of its own",
		},
		{
			"combination in a circle", []news.Topic{
				{ID: "a", All: []string{"b", "c"}}, {ID: "b", All: []string{"a", "c"}}, rules("c"),
			}, "which rests on it",
		},
		{
			"tag without a word",
			[]news.Topic{{ID: "a", Threshold: 1, TitleWeight: 1, Tags: []string{"--"}}},
			"no word in it",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := classify.New(test.topics)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error is %v: want one with %q", err, test.want)
			}
			if got := classify.Check(test.topics); len(got) == 0 {
				t.Error("Check finds nothing")
			}
		})
	}
}

// TestFaultsTellTheirPlaces holds that what is wrong with a term is told with its place.
func TestFaultsTellTheirPlaces(t *testing.T) {
	list := topic(
		news.Term{Text: "cártel", Weight: 1, Where: "t.yaml:2:3"},
		news.Term{Text: "cartels", Weight: 1, Where: "t.yaml:3:3"},
		news.Term{Text: "--", Weight: 1, Where: "t.yaml:4:3"},
	)
	list.Groups = []news.Group{{Name: "g", Words: []news.Word{{Text: "a. b", Where: "t.yaml:9:1"}}}}
	_, err := classify.New([]news.Topic{list})
	want := `t.yaml:3:3: "cartels" says the same as "cártel" (t.yaml:2:3): keep one of them
t.yaml:4:3: "--" has no word in it`
	if err == nil || err.Error() != want {
		t.Errorf("error is\n%v\nwant\n%s", err, want)
	}
}
