package classify

import (
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

func TestRules(t *testing.T) {
	base := func() []news.Topic {
		return []news.Topic{{
			ID: "a", Titles: map[string]string{"en": "a"}, Threshold: 2, TitleWeight: 1,
			Terms:  []news.Term{{Text: "x", Weight: 1, Where: "a.yaml:1:1"}, {Text: "y", Weight: 1}},
			Groups: []news.Group{{Name: "g", Words: []news.Word{{Text: "w", Where: "a.yaml:9:1"}}}},
		}}
	}
	sources := []news.Source{{ID: "s", Topics: []string{"a"}}}
	of := func(program string, topics []news.Topic, sources []news.Source) *Rules {
		t.Helper()
		rules, err := Compile(program, topics, sources)
		if err != nil {
			t.Fatal(err)
		}
		return rules
	}
	hash := func(edit func(t *news.Topic)) string {
		topics := base()
		edit(&topics[0])
		return of("1", topics, sources).Hash
	}
	same := of("1", base(), sources).Hash
	for name, edit := range map[string]func(*news.Topic){
		"moved in its file": func(t *news.Topic) { t.Terms[0].Where, t.Groups[0].Words[0].Where = "", "" },
		"another order":     func(t *news.Topic) { t.Terms[0], t.Terms[1] = t.Terms[1], t.Terms[0] },
		"another title":     func(t *news.Topic) { t.Titles = map[string]string{"en": "A"} },
		"an example":        func(t *news.Topic) { t.Match = []news.Example{{Title: "x"}} },
	} {
		if hash(edit) != same {
			t.Errorf("%s: other rules", name)
		}
	}
	for name, edit := range map[string]func(*news.Topic){
		"a weight":    func(t *news.Topic) { t.Terms[0].Weight = 2 },
		"a threshold": func(t *news.Topic) { t.Threshold = 3 },
		"a word":      func(t *news.Topic) { t.Groups[0].Words[0].Text = "v" },
		"a limit":     func(t *news.Topic) { t.Langs = []string{"en"} },
	} {
		if hash(edit) == same {
			t.Errorf("%s: the same rules", name)
		}
	}
	if of("2", base(), sources).Hash == same || of("1", base(), nil).Hash == same {
		t.Error("another program, or other sources: the same rules")
	}
	if rules := of("1", base(), nil); rules.Published()[0].Terms[0].Where != "" ||
		rules.Topics[0].Terms[0].Where == "" {
		t.Error("published topics tell of files, or those they were made of do not")
	}
}

// A topic that was renamed keeps what only its sources placed in it, whichever name they use, and
// the next start finds nothing to place anew.
func TestATopicThatWasRenamedKeepsItsSources(t *testing.T) {
	topics := []news.Topic{{
		ID: "water", Aliases: []string{"aquifers"}, Titles: map[string]string{"en": "Water"},
		Threshold: 2, TitleWeight: 1, Terms: []news.Term{{Text: "river", Weight: 2}},
	}}
	hashes := map[string]bool{}
	article := news.Article{Title: "A quiet day", Source: "s", Lang: "en"}
	for name, want := range map[string]int{"aquifers": 1, "water": 1, "roads": 0} {
		rules, err := Compile("1", topics, []news.Source{{ID: "s", Topics: []string{name}}, {ID: "t"}})
		if err != nil {
			t.Fatal(err)
		}
		got := rules.Place(article, rules.Always["s"], nil)
		if len(got) != want || len(rules.Always) != 1 || want == 1 && got[0].Topic != "water" {
			t.Errorf("a source of %s: placed in %v", name, got)
		}
		hashes[rules.Hash] = true
	}
	if len(hashes) != 2 {
		t.Errorf("rules %v, want the same for the old name and the new", hashes)
	}
}
