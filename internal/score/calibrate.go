package score

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"text/tabwriter"

	"github.com/teletipo/teletipo/internal/news"
)

// point is what a topic made of an item: its score, and whether the item belongs to it.
type point struct {
	score    float64
	labelled bool
}

// Calibrate fits each topic's calibration to certain items that have any score in it, by logistic
// regression (Platt). Labels are softened as Platt does, so that a set without a fault does not
// make a slope without end. Topics with fewer than ten such items of either kind have none.
func Calibrate(items []Item, topics []string, place Placer) map[string]news.Calibration {
	points := map[string][]point{}
	for _, item := range items {
		if item.Uncertain {
			continue
		}
		for _, v := range place(item) {
			if v.Score != 0 && slices.Contains(topics, v.Topic) {
				points[v.Topic] = append(points[v.Topic],
					point{v.Score, slices.Contains(item.Labels, v.Topic)})
			}
		}
	}
	all := map[string]news.Calibration{}
	for topic, list := range points {
		if c, ok := fit(list); ok {
			all[topic] = c
		}
	}
	return all
}

// fewest is how many items of either kind a calibration needs.
const fewest = 10

// fit finds the logistic curve of labels over scores by Newton's method.
func fit(list []point) (c news.Calibration, ok bool) {
	positive := 0
	for _, p := range list {
		if p.labelled {
			positive++
		}
	}
	negative := len(list) - positive
	if positive < fewest || negative < fewest {
		return c, false
	}
	high, low := (float64(positive)+1)/(float64(positive)+2), 1/(float64(negative)+2)
	a, b := 0.0, 0.0 // of 1 / (1 + e^-(a × score + b))
	for range 100 {
		var ga, gb, haa, hab, hbb float64
		for _, p := range list {
			target := low
			if p.labelled {
				target = high
			}
			x := math.Max(0, math.Min(12, p.score)) // beyond these nothing is in doubt
			q := 1 / (1 + math.Exp(-(a*x + b)))
			d, h := q-target, q*(1-q)+1e-9
			ga, gb = ga+d*x, gb+d
			haa, hab, hbb = haa+h*x*x, hab+h*x, hbb+h
		}
		det := haa*hbb - hab*hab
		if math.Abs(det) < 1e-12 {
			return c, false
		}
		a -= (ga*hbb - gb*hab) / det
		b -= (gb*haa - ga*hab) / det
	}
	if !(a > 0) {
		return c, false
	}
	round := func(v float64) float64 { return math.Round(v*100) / 100 }
	return news.Calibration{Slope: round(a), Middle: round(-b / a)}, true
}

// Bin is how often placements of about one probability were right.
type Bin struct {
	Low, High float64 // of the probabilities
	Said      float64 // their mean
	Items     int
	Right     int
}

// edges part probabilities into bins.
var edges = []float64{0, .1, .3, .5, .7, .9, 1.01}

// bins counts, for each calibrated topic, how often its probabilities came true.
type bins map[string][]Bin

// add counts what a topic made of an item.
func (b bins) add(v news.Verdict, labelled bool) {
	if v.Probability == 0 {
		return
	}
	if b[v.Topic] == nil {
		list := make([]Bin, len(edges)-1)
		for i := range list {
			list[i].Low, list[i].High = edges[i], math.Min(1, edges[i+1])
		}
		b[v.Topic] = list
	}
	for i := range b[v.Topic] {
		if bin := &b[v.Topic][i]; v.Probability >= edges[i] && v.Probability < edges[i+1] {
			bin.Said += (v.Probability - bin.Said) / float64(bin.Items+1)
			bin.Items++
			if labelled {
				bin.Right++
			}
		}
	}
}

// WriteReliability writes how often probabilities came true, for people; nothing if no topic is
// calibrated.
func (r Report) WriteReliability(w io.Writer) error {
	if len(r.Reliability) == 0 {
		return nil
	}
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "reliability\tprobability\tsaid\ttrue\titems\t")
	for _, topic := range slices.Sorted(maps.Keys(r.Reliability)) {
		for _, bin := range r.Reliability[topic] {
			if bin.Items > 0 {
				fmt.Fprintf(t, "%s\t%.1f–%.1f\t%.2f\t%.2f\t%d\t\n", topic, bin.Low, bin.High, bin.Said,
					float64(bin.Right)/float64(bin.Items), bin.Items)
			}
		}
	}
	t.Flush() // a buffer takes everything
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
