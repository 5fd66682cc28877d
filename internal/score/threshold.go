package score

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

// Threshold is what a topic's best threshold is by certain items, and how well one that is chosen
// on some of them does on the others.
type Threshold struct {
	Topic string
	Best  float64            // by all items
	F1    float64            // by all items, with it: chosen and measured on the same
	Cross map[string]float64 // F1 by what the parts differ in: chosen on the others
}

// splits are what items are parted by to choose thresholds: parts that share no story, years, and
// sources.
var splits = []string{"story", "year", "source"}

// Thresholds chooses thresholds by cross-validation.
func Thresholds(items []Item, topics []string, place Placer) []Threshold {
	certain := slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.Uncertain })
	scores := make(map[string][]point, len(topics))
	for _, item := range certain {
		for _, v := range place(item) {
			scores[v.Topic] = append(scores[v.Topic],
				point{v.Score, slices.Contains(item.Labels, v.Topic)})
		}
	}
	var list []Threshold
	for _, topic := range topics {
		points := scores[topic]
		if !slices.ContainsFunc(points, func(p point) bool { return p.labelled }) {
			continue
		}
		all := func(int) bool { return true }
		t := Threshold{Topic: topic, Cross: map[string]float64{}}
		t.Best = bestThreshold(points, all)
		t.F1 = countAt(points, t.Best, all).figures().F1
		for _, by := range splits {
			if p := parts(certain, by); slices.Max(p) > 0 {
				t.Cross[by] = crossF1(points, p)
			}
		}
		list = append(list, t)
	}
	return list
}

// mostParts is how many parts items are dealt into.
const mostParts = 5

// parts returns the part of each item.
func parts(items []Item, by string) []int {
	if by == "story" {
		return Folds(items, mostParts)
	}
	numbers := map[string]int{}
	list := make([]int, len(items))
	for i, item := range items {
		key := item.Source
		if by == "year" {
			key = item.Date[:min(4, len(item.Date))]
		}
		if _, known := numbers[key]; !known {
			numbers[key] = len(numbers)
		}
		list[i] = numbers[key]
		if by == "source" {
			list[i] %= mostParts
		}
	}
	return list
}

// crossF1 chooses a threshold on all parts but one, counts in that one, and so on in turn.
func crossF1(points []point, parts []int) float64 {
	sum := tally{0: new([outcomes]int)}
	for part := range slices.Max(parts) + 1 {
		best := bestThreshold(points, func(i int) bool { return parts[i] != part })
		here := countAt(points, best, func(i int) bool { return parts[i] == part })
		for o := range outcomes {
			sum[0][o] += here[0][o]
		}
	}
	return sum.figures().F1
}

// bestThreshold is the one with the best F1, in steps of half a point; of some, the middle one.
func bestThreshold(points []point, of func(int) bool) float64 {
	best, first, last := -1.0, 0.0, 0.0
	for at := 1.0; at <= 15; at += .5 {
		switch f1 := countAt(points, at, of).figures().F1; {
		case f1 > best:
			best, first, last = f1, at, at
		case f1 == best:
			last = at
		}
	}
	return math.Round((first + last)) / 2
}

// countAt counts with a threshold.
func countAt(points []point, threshold float64, of func(int) bool) tally {
	t := tally{0: new([outcomes]int)}
	for i, p := range points {
		if !of(i) {
			continue
		}
		switch got := p.score >= threshold; {
		case got && p.labelled:
			t[0][right]++
		case got:
			t[0][wrong]++
		case p.labelled:
			t[0][missed]++
		}
	}
	return t
}

// WriteThresholds writes them for people.
func WriteThresholds(w io.Writer, list []Threshold) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "thresholds\tbest\tF1 with it\t")
	for _, by := range splits {
		fmt.Fprintf(t, "across %s\t", by)
	}
	fmt.Fprintln(t)
	for _, th := range list {
		fmt.Fprintf(t, "%s\t%.1f\t%.3f\t", th.Topic, th.Best, th.F1)
		for _, by := range splits {
			if f1, known := th.Cross[by]; known {
				fmt.Fprintf(t, "%.3f\t", f1)
			} else {
				fmt.Fprint(t, "–\t") // there is one part
			}
		}
		fmt.Fprintln(t)
	}
	t.Flush() // a buffer takes everything
	b.WriteString("\nAcross: chosen on all parts but one, and measured on that one.\n")
	_, err := w.Write(b.Bytes())
	return err
}
