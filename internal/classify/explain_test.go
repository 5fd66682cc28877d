package classify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestContexts(t *testing.T) {
	rules := topic(
		news.Term{Text: "southern border", Weight: 2},
		news.Term{Text: "new mexico"},
		news.Term{Text: "ukraine", Weight: -1},
	)
	rules.Groups = []news.Group{
		{Name: "people", Words: []news.Word{{Text: "migrants"}}},
		{Name: "place", Words: []news.Word{{Text: "Río Bravo"}}},
	}
	rules.Together = []news.Together{{All: []string{"people", "place"}, Weight: 1}}
	a := news.Article{
		Lang: "en", Title: "Troops at the\u00a0Southern\tBORDER’s edge",
		Summary: "Not New Mexico, not Ukraine.",
	}
	text := body("#Migrants\nThey crossed the Rio Bravo. " + strings.Repeat("southern border. ", 9))
	got := compile(t, rules).Explain(a, nil, text)[0].Contexts
	pair := "people + place (migrants, Río Bravo)"
	want := []news.Context{
		{
			Term: "southern border", Place: "title",
			Before: "Troops at the ", Match: "Southern BORDER’s", After: " edge",
		},
		{
			Term: "new mexico", Place: "summary",
			Before: "Not ", Match: "New Mexico", After: ", not Ukraine.",
		},
		{
			Term: "ukraine", Place: "summary",
			Before: "Not New Mexico, not ", Match: "Ukraine", After: ".",
		},
		{Term: pair, Place: "heading", Match: "Migrants", After: " "},
		{
			Term: pair, Place: "body", Before: "They crossed the ", Match: "Rio Bravo",
			After: ". southern border. southern border. southern border. southern border. southern …",
		},
	}
	if len(got) != len(want)+3 {
		t.Fatalf("%d contexts: want %d, three of them of the term that is there nine times",
			len(got), len(want)+3)
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Error(diff)
	}
	if last := got[len(got)-1]; last.Before !=
		"They crossed the Rio Bravo. southern border. southern border. " {
		t.Errorf("context is %+v", last)
	}
}

func TestMissing(t *testing.T) {
	rules := topic(one("wall"))
	rules.Groups = []news.Group{
		{Name: "people", Words: []news.Word{{Text: "migrants", Lang: "en"}, {Text: "migrantes", Lang: "es"}}},
		{Name: "place", Words: []news.Word{{Text: "border"}, {Text: "river"}, {Text: "port"}, {Text: "bridge"}}},
		{Name: "office", Words: []news.Word{{Text: "governor"}}},
		{Name: "foreign", Words: []news.Word{{Text: "ukraine"}}},
		{Name: "gente", Words: []news.Word{{Text: "vecinos", Lang: "es"}}},
	}
	rules.Together = []news.Together{
		{All: []string{"people", "place"}, Weight: 3},
		{All: []string{"people", "office"}, Weight: 2},
		{All: []string{"office", "place"}, Weight: 4},
		{All: []string{"people", "office", "place"}, Weight: 9},
		{All: []string{"people", "foreign"}, Weight: -3},
		{All: []string{"people", "gente"}, Weight: 8}, // never in an English article
	}
	a := news.Article{Lang: "en", Title: "Migrants wait"}
	got := compile(t, rules).Explain(a, nil, body(words(200)+".\nThe governor spoke."))[0].Missing
	want := []news.Missing{
		{Rule: "people + office", Weight: 2, Met: []string{"migrants", "governor"}}, // too far apart
		{
			Rule: "people + office + place", Weight: 9, Met: []string{"migrants", "governor"},
			Lacks: []string{"place (border, river, port, …)"},
		},
		{
			Rule: "office + place", Weight: 4, Met: []string{"governor"},
			Lacks: []string{"place (border, river, port, …)"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a.Title = "Migrants at the border wall, migrants at the border wall"
	if v := compile(t, rules).Explain(a, nil, nil)[0]; !v.Placed || v.Missing != nil {
		t.Errorf("placed is %v, missing %v", v.Placed, v.Missing)
	}
}

// TestMixedTexts reads a passage in the language that it is in.
func TestMixedTexts(t *testing.T) {
	rules := topic(
		news.Term{Text: "muro", Lang: "es", Weight: 1}, news.Term{Text: "wall", Lang: "en", Weight: 1},
	)
	spanish := "El gobierno dijo que el muro no se levantará sin el acuerdo de los vecinos."
	english := "The government said that the wall will not be built without the neighbors."
	for _, test := range []struct {
		name, lang, text string
		want             []string
	}{
		{"one language", "en", english, []string{"wall"}},
		{"statement in the other", "en", english + "\n" + spanish, []string{"muro", "wall"}},
		{"statement in the one", "es", english + "\n" + spanish, []string{"muro", "wall"}},
		{"other language stated", "en", spanish, []string{"muro"}},
		{"a few words of the other", "en", "They shouted “El muro no”, and the wall was built.", []string{"wall"}},
		{"too short to tell", "en", "El muro", nil},
		{"third language", "fr", english + "\n" + spanish, nil},
		{"unknown language", "", "muro wall", []string{"muro", "wall"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := news.Article{Lang: test.lang}
			var got []string
			for _, e := range compile(t, rules).Explain(a, nil, body(test.text))[0].Evidence {
				got = append(got, e.Term)
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("found %v: want %v", got, test.want)
			}
		})
	}
}
