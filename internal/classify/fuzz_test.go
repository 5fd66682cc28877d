package classify_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
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
		newstest.InProportion(t, text, func(text string) {
			c.Explain(a, []string{"pair"}, body(text))
		})
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
		quoted := map[string]bool{}
		for _, c := range v.Contexts {
			quoted[c.Term] = true
			if c.Match == "" {
				t.Errorf("%s: an empty match: %+v", v.Topic, c)
			}
		}
		for _, e := range v.Evidence {
			if slices.Contains([]string{"title", "heading", "summary", "body"}, e.Place) &&
				!quoted[e.Term] {
				t.Errorf("%s: %v is nowhere in the contexts", v.Topic, e)
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

// FuzzTopics holds the same for sets of topics of any shape: script draws the terms, weights,
// groups and rules from the words of vocabulary.
func FuzzTopics(f *testing.F) {
	f.Add([]byte("\x02\x03\x01\x05\x02\x09\x01\x02\x00\x01\x07\x03"), "muro frontera México", "muro en México")
	f.Add([]byte{0, 255, 3, 2, 1, 9, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1}, "US. ICE us", "ICE in the U.S.\n#us")
	f.Add([]byte(strings.Repeat("az09", 40)), "a b c d e", "a b. c d\n#e a")
	f.Fuzz(func(t *testing.T, script []byte, vocabulary, text string) {
		rules := drawTopics(script, strings.Fields(vocabulary))
		c, err := classify.New(rules)
		if err != nil {
			if news.KindOf(err) != news.Invalid {
				t.Errorf("kind is %v: want invalid: %v", news.KindOf(err), err)
			}
			t.Skip()
		}
		a := news.Article{
			Title: vocabulary, Summary: text, Lang: "es", Source: "a", Tags: strings.Fields(text),
		}
		verdicts := c.Explain(a, always, body(text))
		holds(t, rules, verdicts)
		holdsLinks(t, rules, verdicts)
		var placed []news.Placement
		for _, v := range verdicts {
			if v.Placed {
				placed = append(placed, v.Placement)
			}
		}
		if diff := cmp.Diff(placed, c.Place(a, always, body(text))); diff != "" {
			t.Errorf("Place differs from Explain: %s", diff)
		}
		holdsDecisions(t, c, a, placed, verdicts, script)
	})
}

// holdsDecisions checks that what editors decide is explained as it is done.
func holdsDecisions(
	t *testing.T, c *classify.Classifier, a news.Article,
	ruled []news.Placement, verdicts []news.Verdict, script []byte,
) {
	t.Helper()
	var decisions []news.Decision
	for i, b := range script[:min(len(script), 3)] {
		d := news.Decision{Topic: string(rune('a' + b%7)), In: i%2 == 0, By: "ana"}
		decisions = news.Decide(decisions, []news.Decision{d}, nil)
	}
	c.DecideVerdicts(a, verdicts, decisions)
	var explained, done []string
	for _, v := range verdicts {
		checkSum(t, v.Placement)
		if v.Placed {
			explained = append(explained, v.Topic)
		}
		for _, d := range decisions {
			if d.Topic == v.Topic && d.In != v.Placed {
				t.Errorf("in %s is %v, an editor decided %v", v.Topic, v.Placed, d.In)
			}
		}
	}
	for _, p := range c.Decide(a, ruled, decisions) {
		checkSum(t, p)
		done = append(done, p.Topic)
	}
	if !slices.Equal(explained, done) {
		t.Errorf("explained as in %v, decided to be in %v", explained, done)
	}
}

// always are the topics that the source of FuzzTopics belongs to as a whole.
var always = []string{"d"}

// holdsLinks checks what is true of any verdicts of topics that rest on others, where no limit
// stands against it.
func holdsLinks(t *testing.T, rules []news.Topic, verdicts []news.Verdict) {
	t.Helper()
	placed := map[string]bool{}
	for _, v := range verdicts {
		placed[v.Topic] = v.Placed
	}
	limited := func(topic news.Topic) bool {
		return topic.Langs != nil || topic.Sources != nil || topic.Tags != nil
	}
	byID := map[string]news.Topic{}
	for _, topic := range rules {
		byID[topic.ID] = topic
	}
	for _, topic := range rules {
		if p, ok := byID[topic.Parent]; ok && placed[topic.ID] && !placed[p.ID] && !limited(p) {
			t.Errorf("in %s and not in %s, its parent", topic.ID, p.ID)
		}
		if len(topic.All) == 0 || limited(topic) || slices.Contains(always, topic.ID) {
			continue
		}
		out := func(id string) bool { return !placed[id] }
		child := func(other news.Topic) bool { return other.Parent == topic.ID && placed[other.ID] }
		want := !slices.ContainsFunc(topic.All, out) || slices.ContainsFunc(rules, child)
		if placed[topic.ID] != want {
			t.Errorf("in %s is %v, the combination of %v", topic.ID, placed[topic.ID], topic.All)
		}
	}
}

// drawTopics makes up to four topics as the bytes of script say.
func drawTopics(script []byte, words []string) []news.Topic {
	next := func(n int) int {
		if len(script) == 0 || n == 0 {
			return 0
		}
		b := script[0]
		script = script[1:]
		return int(b) % n
	}
	phrase := func() string {
		var list []string
		for range 1 + next(3) {
			if len(words) > 0 {
				list = append(list, words[next(len(words))])
			}
		}
		return strings.Join(list, " ")
	}
	langs := []string{"", "es", "en"}
	list := make([]news.Topic, 1+next(6))
	for i := range list {
		topic := &list[i]
		topic.ID = string(rune('a' + i))
		other := func() string { return string(rune('a' + next(len(list)))) }
		if next(4) == 1 {
			topic.Parent = other()
		}
		switch next(12) {
		case 1:
			topic.Langs = []string{"es"}
		case 2:
			topic.Sources = []string{other()}
		case 3:
			topic.Tags = []string{phrase()}
		}
		if next(5) == 1 {
			topic.All, topic.Threshold = []string{other(), other()}, 2
			continue
		}
		topic.Threshold, topic.TitleWeight = float64(next(60)+1)/8, float64(next(30)+1)/7
		for range next(8) {
			topic.Terms = append(topic.Terms, news.Term{
				Text: phrase(), Lang: langs[next(3)], Weight: float64(next(100)-40) / 9,
			})
		}
		for g := range next(5) {
			group := news.Group{Name: string(rune('A' + g))}
			for range next(4) {
				group.Words = append(group.Words, news.Word{Text: phrase(), Lang: langs[next(3)]})
			}
			topic.Groups = append(topic.Groups, group)
		}
		for range next(4) {
			var all []string
			for range 2 + next(2) {
				all = append(all, string(rune('A'+next(max(1, len(topic.Groups))))))
			}
			topic.Together = append(topic.Together,
				news.Together{All: all, Weight: float64(next(100)-50) / 9})
		}
	}
	return list
}
