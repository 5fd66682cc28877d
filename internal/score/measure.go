package score

import (
	"maps"
	"math"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

// Placer places an item: it gives what each topic makes of it, whether placed or not.
type Placer func(Item) []news.Verdict

// Interval is a range that holds the true figure in 95 of 100 samples.
type Interval struct {
	Low, High float64
}

// Figures are how well items were placed.
type Figures struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"` // items labelled

	Right  int `json:"-"` // placed and labelled
	Wrong  int `json:"-"` // placed, not labelled
	Missed int `json:"-"` // labelled, not placed

	PrecisionIn Interval `json:"-"`
	RecallIn    Interval `json:"-"`
	F1In        Interval `json:"-"`
}

// Set has the figures of a set of items. Its JSON form is that of `teletipo score --json`.
type Set struct {
	Items  int                `json:"items"`
	Topics map[string]Figures `json:"topics"`
	Langs  map[string]Figures `json:"langs"`
	Micro  Figures            `json:"-"` // all topics pooled
	Macro  Figures            `json:"-"` // mean of the topics
}

// Report has the figures of all items, of those that are certain, and each confusion.
type Report struct {
	Set
	Certain    Set         `json:"certain"`
	Folds      []Set       `json:"folds,omitempty"` // certain items, if asked for
	Confusions []Confusion `json:"-"`

	Rules       []RuleFigures    `json:"rules,omitempty"` // of all items, the worst first
	Reliability map[string][]Bin `json:"-"`               // of certain items, by topic
}

// Confusion is an item that one topic took wrongly, or missed.
type Confusion struct {
	Item    Item
	Got     []string     // topics that it was placed in
	Verdict news.Verdict // what the topic made of it
}

// Measure has every item placed and counts. Topics are those that are counted; a verdict on any
// other is left aside, and a topic without a verdict was not placed.
func Measure(items []Item, topics []string, place Placer) Report {
	var report Report
	all, certain := newCounter(topics), newCounter(topics)
	stories := Stories(items)
	rules, reliable := ruleCounts{}, bins{}
	for i, item := range items {
		verdicts := map[string]news.Verdict{}
		var got []string
		for _, v := range place(item) {
			verdicts[v.Topic] = v
			if v.Placed && slices.Contains(topics, v.Topic) {
				got = append(got, v.Topic)
			}
		}
		for _, topic := range topics {
			v := verdicts[topic]
			v.Topic = topic
			want := slices.Contains(item.Labels, topic)
			all.add(topic, item.Lang, stories[i], want, v.Placed)
			rules.add(v, want)
			if !item.Uncertain {
				reliable.add(v, want)
				certain.add(topic, item.Lang, stories[i], want, v.Placed)
			}
			if want != v.Placed {
				report.Confusions = append(report.Confusions, Confusion{item, got, v})
			}
		}
		all.items++
		if !item.Uncertain {
			certain.items++
		}
	}
	report.Set, report.Certain = all.set(), certain.set()
	report.Rules, report.Reliability = rules.list(), reliable
	return report
}

// MeasureFolds has the certain items placed in n folds that share no story, and counts each by
// itself. Rules are not trained, so this shows by how much the figures of one sample may differ
// from another's, not what rules made from some items do on others.
func MeasureFolds(items []Item, topics []string, n int, place Placer) []Set {
	parts := make([][]Item, n)
	for i, fold := range Folds(items, n) {
		if !items[i].Uncertain {
			parts[fold] = append(parts[fold], items[i])
		}
	}
	sets := make([]Set, n)
	for i, part := range parts {
		sets[i] = Measure(part, topics, place).Set
	}
	return sets
}

// outcome is what became of one item in one topic.
type outcome uint8

const (
	right outcome = iota
	wrong
	missed
	outcomes
)

// tally counts outcomes by story.
type tally map[int]*[outcomes]int

// counter counts the outcomes of a set.
type counter struct {
	items  int
	topics map[string]tally
	langs  map[string]tally
	micro  tally
}

func newCounter(topics []string) *counter {
	c := &counter{topics: map[string]tally{}, langs: map[string]tally{}, micro: tally{}}
	for _, t := range topics {
		c.topics[t] = tally{}
	}
	return c
}

// add counts one item in one topic.
func (c *counter) add(topic, lang string, story int, want, got bool) {
	if c.langs[lang] == nil {
		c.langs[lang] = tally{}
	}
	var o outcome
	switch {
	case want && got:
		o = right
	case got:
		o = wrong
	case want:
		o = missed
	default:
		return
	}
	for _, t := range []tally{c.topics[topic], c.langs[lang], c.micro} {
		if t[story] == nil {
			t[story] = &[outcomes]int{}
		}
		t[story][o]++
	}
}

// set works out the figures.
func (c *counter) set() Set {
	s := Set{
		Items: c.items, Topics: map[string]Figures{}, Langs: map[string]Figures{},
		Micro: c.micro.figures(),
	}
	for lang, t := range c.langs {
		if len(t) > 0 {
			s.Langs[lang] = t.figures()
		}
	}
	n := 0.0 // topics that the items say something of
	for _, t := range c.topics {
		if len(t) > 0 {
			n++
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(c.topics)) {
		if len(c.topics[topic]) == 0 {
			continue // nothing to tell
		}
		f := c.topics[topic].figures()
		s.Topics[topic] = f
		s.Macro.Precision += f.Precision / n
		s.Macro.Recall += f.Recall / n
		s.Macro.F1 += f.F1 / n
		s.Macro.Support += f.Support
		s.Macro.PrecisionIn.widen(f.PrecisionIn, n)
		s.Macro.RecallIn.widen(f.RecallIn, n)
		s.Macro.F1In.widen(f.F1In, n)
	}
	if n == 0 {
		s.Macro = s.Micro // nothing to do, and nothing done
	}
	return s
}

// widen adds the nth part of another interval.
func (in *Interval) widen(other Interval, n float64) {
	in.Low += other.Low / n
	in.High += other.High / n
}

// figures works out what a tally comes to.
func (t tally) figures() Figures {
	var f Figures
	for _, n := range t {
		f.Right += n[right]
		f.Wrong += n[wrong]
		f.Missed += n[missed]
	}
	f.Support = f.Right + f.Missed
	nothing := f.Right+f.Wrong+f.Missed == 0
	f.Precision = share(f.Right, f.Right+f.Wrong, nothing)
	f.Recall = share(f.Right, f.Support, nothing)
	f.F1 = share(2*f.Right, 2*f.Right+f.Wrong+f.Missed, nothing)
	f.PrecisionIn = t.interval(right, wrong)
	f.RecallIn = t.interval(right, missed)
	j := t.interval(right, wrong, missed)
	f.F1In = Interval{Low: 2 * j.Low / (1 + j.Low), High: 2 * j.High / (1 + j.High)}
	return f
}

// share is n of all; of nothing at all it is 1 if nothing was to be found, else 0.
func share(n, all int, nothing bool) float64 {
	switch {
	case nothing:
		return 1
	case all == 0:
		return 0
	}
	return float64(n) / float64(all)
}

// interval is Wilson's 95 % interval of the share of the first of some outcomes among them.
func (t tally) interval(among ...outcome) Interval {
	n, first, squares := 0, 0, 0
	for _, counts := range t {
		size := 0
		for _, o := range among {
			size += counts[o]
		}
		n += size
		first += counts[among[0]]
		squares += size * size
	}
	if n == 0 {
		return Interval{Low: 0, High: 1}
	}
	return wilson(float64(first)/float64(n), float64(n)*float64(n)/float64(squares))
}

// wilson is Wilson's 95 % interval of a share p seen in n observations.
func wilson(p, n float64) Interval {
	const z = 1.959964
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Interval{Low: max(0, middle-half), High: min(1, middle+half)}
}
