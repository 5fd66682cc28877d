package score_test

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/score"
)

// set is eight items on two topics; what byWord makes of them is in the tests.
const set = `{"id":"1","lang":"en","title":"Rain floods the valley","text":"","labels":["rain"]}
{"id":"2","lang":"en","title":"Rain spares the valley","labels":["rain"],"uncertain":true}

{"id":"3","lang":"es","title":"Llueve en el valle","labels":["rain"],"date":"2026-01-02"}
{"id":"4","lang":"en","title":"Snow and rain close the pass","labels":["rain","snow"]}
{"id":"5","lang":"en","title":"Council meets","text":"Rain of criticism.","labels":[]}
{"id":"6","lang":"es","title":"Nieve, snow en inglés","labels":["snow"],"source":"s","url":"u"}
{"id":"7","lang":"en","title":"Nothing","labels":[]}
{"id":"8","lang":"en","title":"Snow White returns","labels":[],"uncertain":true}
`

var topics = []string{"rain", "snow"}

// byWord places an item in the topics whose name its title or text has.
func byWord(item score.Item) []news.Verdict {
	verdicts := []news.Verdict{{Placement: news.Placement{Topic: "other"}, Placed: true}}
	for _, t := range topics {
		v := news.Verdict{Placement: news.Placement{Topic: t, Threshold: 1}}
		if strings.Contains(strings.ToLower(item.Title+" "+item.Text), t) {
			v.Placed, v.Score = true, 1
			v.Evidence = []news.Evidence{{Term: t, Place: "title", Count: 1, Weight: 1}}
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

func read(t *testing.T, text string) []score.Item {
	t.Helper()
	items, err := score.Read(strings.NewReader(text), "set.jsonl", topics)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func TestMeasure(t *testing.T) {
	report := score.Measure(read(t, set), topics, byWord)
	type counts struct{ Right, Wrong, Missed int }
	got := map[string]counts{}
	note := func(name string, f score.Figures) {
		got[name] = counts{f.Right, f.Wrong, f.Missed}
		if f.Support != f.Right+f.Missed {
			t.Errorf("%s: support is %d", name, f.Support)
		}
	}
	for prefix, s := range map[string]score.Set{"all ": report.Set, "certain ": report.Certain} {
		for topic, f := range s.Topics {
			note(prefix+topic, f)
		}
		for lang, f := range s.Langs {
			note(prefix+lang, f)
		}
		note(prefix+"micro", s.Micro)
	}
	want := map[string]counts{
		"all rain": {3, 1, 1}, "all snow": {2, 1, 0}, "all en": {4, 2, 0}, "all es": {1, 0, 1},
		"all micro": {5, 2, 1}, "certain rain": {2, 1, 1}, "certain snow": {2, 0, 0},
		"certain en": {3, 1, 0}, "certain es": {1, 0, 1}, "certain micro": {4, 1, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	rain := report.Topics["rain"]
	if rain.Precision != .75 || rain.Recall != .75 || rain.F1 != .75 {
		t.Errorf("rain: %+v", rain)
	}
	if got, want := report.Macro.F1, (.75+.8)/2; math.Abs(got-want) > 1e-9 {
		t.Errorf("macro F1 is %v: want %v", got, want)
	}
	var confused []string
	for _, c := range report.Confusions {
		confused = append(confused, c.Item.ID+" "+c.Verdict.Topic)
	}
	if want := []string{"3 rain", "5 rain", "8 snow"}; !slices.Equal(confused, want) {
		t.Errorf("confusions are %v: want %v", confused, want)
	}
}

func TestJSON(t *testing.T) {
	data, err := json.MarshalIndent(score.Measure(read(t, set), topics, byWord), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	newstest.Golden(t, "report.json", append(data, '\n'))
}

func TestTables(t *testing.T) {
	report := score.Measure(read(t, set), topics, byWord)
	report.Folds = score.MeasureFolds(read(t, set), topics, 2, byWord)
	var b bytes.Buffer
	if err := report.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	if err := report.WriteConfusions(&b); err != nil {
		t.Fatal(err)
	}
	newstest.Golden(t, "report.txt", b.Bytes())
}

func TestNothingToFind(t *testing.T) {
	items := read(t, `{"id":"1","lang":"en","title":"Council meets","labels":[]}`)
	if f, there := score.Measure(items, topics, byWord).Topics["rain"]; there {
		t.Errorf("nothing asked for and nothing done, and still a figure: %+v", f)
	}
	items = read(t, `{"id":"1","lang":"en","title":"Rain","labels":["rain"]}
{"id":"2","lang":"en","title":"More rain","labels":["rain"]}
{"id":"3","lang":"en","title":"Wet","labels":["rain"]}`)
	set := score.Measure(items, topics, byWord)
	if set.Macro.Recall != 2./3 || set.Macro.Recall != set.Topics["rain"].Recall {
		t.Errorf("macro average over the one topic there is to find: %+v", set.Macro)
	}
}

// TestIntervals holds the intervals against Wilson's published figures: 8 of 10 is .49 to .943.
// Items of one story count as one observation.
func TestIntervals(t *testing.T) {
	var lines, one strings.Builder
	for i, title := range []string{
		"Rain Aachen", "Rain Bremen", "Rain Celle", "Rain Dresden", "Rain Essen", "Rain Fulda",
		"Rain Goslar", "Rain Hagen", "Itzehoe", "Jena",
	} {
		write := func(b *strings.Builder, title string) {
			b.WriteString(`{"id":"` + string(rune('a'+i)) + `","lang":"de","title":"` + title +
				`","labels":["rain"]}` + "\n")
		}
		write(&lines, title)
		write(&one, strings.Fields(title)[0]+" wieder über dem ganzen Harz")
	}
	f := score.Measure(read(t, lines.String()), topics, byWord).Topics["rain"]
	if math.Abs(f.RecallIn.Low-.4902) > .001 || math.Abs(f.RecallIn.High-.9433) > .001 {
		t.Errorf("interval of 8 in 10 is %v", f.RecallIn)
	}
	f = score.Measure(read(t, one.String()), topics, byWord).Topics["rain"]
	if f.Recall != .8 || f.RecallIn.High-f.RecallIn.Low < .7 {
		t.Errorf("recall of ten items of one story is %v, interval %v", f.Recall, f.RecallIn)
	}
}

func TestFaults(t *testing.T) {
	good := `{"id":"1","lang":"en","title":"Rain","labels":["rain"]}` + "\n"
	for _, test := range []struct{ name, text, want string }{
		{"not JSON", good + "\n{", "set.jsonl:3: unexpected EOF"},
		{"wrong type", `{"id":1}`, "set.jsonl:1: cannot unmarshal number"},
		{"two objects", strings.TrimSpace(good) + "{}", "set.jsonl:1: has more after its object"},
		{"no id", `{"lang":"en","title":"a","labels":[]}`, "set.jsonl:1: id is missing"},
		{"same id", good + good, `set.jsonl:2: id "1" is that of line 1 as well`},
		{"no language", `{"id":"1","title":"a","labels":[]}`, "set.jsonl:1: lang is missing"},
		{"no words", `{"id":"1","lang":"en","title":" ","labels":[]}`, "set.jsonl:1: title and text"},
		{"no labels", `{"id":"1","lang":"en","title":"a"}`, "set.jsonl:1: labels are missing"},
		{"unknown label", `{"id":"1","lang":"en","title":"a","labels":["hail"]}`, `set.jsonl:1: label "hail" is no topic`},
		{"label twice", `{"id":"1","lang":"en","title":"a","labels":["rain","rain"]}`, `label "rain" is there twice`},
		{"long line", good + strings.Repeat("x", 1<<20+1), "set.jsonl:2: longer than 1 MiB"},
		{"nothing", "\n\n", "set.jsonl: has no item"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := score.Read(strings.NewReader(test.text), "set.jsonl", topics)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error is %v: want one with %q", err, test.want)
			}
			if news.KindOf(err) != news.Invalid && !strings.Contains(err.Error(), "\n") {
				t.Errorf("kind is %v: want invalid", news.KindOf(err))
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := score.Read(strings.NewReader("{\n{}\n"), "set.jsonl", nil)
	if err == nil || strings.Count(err.Error(), "set.jsonl:1:") != 1 ||
		strings.Count(err.Error(), "set.jsonl:2:") < 3 {
		t.Errorf("faults are %v", err)
	}
}

func TestStories(t *testing.T) {
	items := []score.Item{
		{Lang: "en", Title: "Council opens flood gates after heavy rain"},
		{Lang: "en", Title: "After heavy rain, the flood gates are open"},
		{Lang: "es", Title: "Council opens flood gates after heavy rain"},
		{Lang: "en", Title: "Heavy lifting"},
		{Lang: "en", Title: "HÉAVY Lifting!"},
		{Lang: "en", Title: "Heavy metal lifting"},
		{Lang: "en", Title: "Rain"},
		{Lang: "en", Title: ""},
		{Lang: "en", Title: ""},
	}
	want := []int{0, 0, 1, 2, 2, 3, 4, 5, 6}
	if got := score.Stories(items); !slices.Equal(got, want) {
		t.Errorf("stories are %v: want %v", got, want)
	}
}

// TestFolds holds that no story is on both sides, and that each certain item is counted once.
func TestFolds(t *testing.T) {
	var items []score.Item
	for i := range 60 {
		item := score.Item{
			ID: string(rune('A' + i)), Lang: "en", Uncertain: i%7 == 0,
			Title: "Twice told story " + strings.Repeat(string(rune('a'+i/2%26)), 5+i/52),
		}
		item.Title = strings.Fields(item.Title)[3] + " alone"
		if i%3 == 0 {
			item.Labels = []string{"rain"}
		}
		items = append(items, item)
	}
	stories := score.Stories(items)
	folds := score.Folds(items, 5)
	for i := range items {
		for j := range items {
			if stories[i] == stories[j] && folds[i] != folds[j] {
				t.Fatalf("items %d and %d tell one story, and are in folds %d and %d",
					i, j, folds[i], folds[j])
			}
		}
	}
	for f := range 5 {
		n := 0
		for _, at := range folds {
			if at == f {
				n++
			}
		}
		if n < 8 || n > 16 {
			t.Errorf("fold %d has %d of 60 items", f, n)
		}
	}
	placed := map[string]int{}
	sets := score.MeasureFolds(items, topics, 5, func(item score.Item) []news.Verdict {
		placed[item.ID]++
		if item.Uncertain {
			t.Errorf("item %s is uncertain, and counted", item.ID)
		}
		return nil
	})
	total, support := 0, 0
	for _, set := range sets {
		total += set.Items
		support += set.Topics["rain"].Support
	}
	if len(sets) != 5 || total != len(placed) || total != 51 || support != 17 {
		t.Errorf("%d folds with %d items, %d of them placed, %d labelled rain: want 5, 51, 51, 17",
			len(sets), total, len(placed), support)
	}
}
