package score

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteTable writes the figures for people: first of the certain items, then of all.
func (r Report) WriteTable(w io.Writer) error {
	var b bytes.Buffer
	r.Certain.write(&b, "certain items")
	b.WriteByte('\n')
	r.Set.write(&b, "all items")
	b.WriteString("\nIntervals: Wilson, 95 %, items of one story taken as one observation.\n")
	if len(r.Folds) > 0 {
		b.WriteByte('\n')
		writeFolds(&b, r.Folds)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// write writes the table of one set.
func (s Set) write(b *bytes.Buffer, name string) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%d %s\tprecision\t\trecall\t\tF1\t\tsupport\t\n", s.Items, name)
	for _, topic := range slices.Sorted(maps.Keys(s.Topics)) {
		s.Topics[topic].row(t, topic)
	}
	for _, lang := range slices.Sorted(maps.Keys(s.Langs)) {
		s.Langs[lang].row(t, lang)
	}
	s.Micro.row(t, "micro")
	s.Macro.row(t, "macro")
	t.Flush() // a buffer takes everything
}

// writeFolds writes the F1 of each fold, by topic, by language and for all.
func writeFolds(b *bytes.Buffer, folds []Set) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "F1 by fold\t")
	for i := range folds {
		fmt.Fprintf(t, "%d\t", i+1)
	}
	fmt.Fprint(t, "mean\tdeviation\t\n")
	row := func(name string, of func(Set) (Figures, bool)) {
		fmt.Fprintf(t, "%s\t", name)
		sum, squares, n := 0.0, 0.0, 0.0
		for _, set := range folds {
			f, ok := of(set)
			if !ok {
				fmt.Fprint(t, "–\t") // no item of the fold says anything
				continue
			}
			sum, squares, n = sum+f.F1, squares+f.F1*f.F1, n+1
			fmt.Fprintf(t, "%.3f\t", f.F1)
		}
		mean := sum / n
		fmt.Fprintf(t, "%.3f\t%.3f\t\n", mean, math.Sqrt(max(0, squares/n-mean*mean)))
	}
	topics, langs := map[string]bool{}, map[string]bool{}
	for _, set := range folds {
		for topic := range set.Topics {
			topics[topic] = true
		}
		for lang := range set.Langs {
			langs[lang] = true
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(topics)) {
		row(topic, func(s Set) (Figures, bool) { f, ok := s.Topics[topic]; return f, ok })
	}
	for _, lang := range slices.Sorted(maps.Keys(langs)) {
		row(lang, func(s Set) (Figures, bool) { f, ok := s.Langs[lang]; return f, ok })
	}
	row("micro", func(s Set) (Figures, bool) { return s.Micro, true })
	t.Flush() // a buffer takes everything
	b.WriteString("\nFolds of certain items that share no story.\n")
}

// row writes one line of the table.
func (f Figures) row(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\t%.3f\t%s\t%.3f\t%s\t%.3f\t%s\t%d\t\n", name,
		f.Precision, f.PrecisionIn, f.Recall, f.RecallIn, f.F1, f.F1In, f.Support)
}

// String writes the interval's bounds.
func (in Interval) String() string { return fmt.Sprintf("[%.2f, %.2f]", in.Low, in.High) }

// WriteConfusions lists each item that a topic took wrongly or missed, with its evidence.
func (r Report) WriteConfusions(w io.Writer) error {
	var b bytes.Buffer
	for _, c := range r.Confusions {
		what := "missed by"
		if c.Verdict.Placed {
			what = "wrongly in"
		}
		fmt.Fprintf(&b, "%s %s  %s %s", what, c.Verdict.Topic, c.Item.ID, c.Item.Lang)
		if c.Item.Uncertain {
			b.WriteString(" uncertain")
		}
		fmt.Fprintf(&b, "\n    %s\n", oneLine(c.Item.Title))
		if c.Item.Text != "" {
			fmt.Fprintf(&b, "    %s\n", oneLine(c.Item.Text))
		}
		fmt.Fprintf(&b, "    expected %s; got %s; scored %.2f of %.2f", listed(c.Item.Labels),
			listed(c.Got), c.Verdict.Score, c.Verdict.Threshold)
		for i, e := range c.Verdict.Evidence {
			if i == maxEvidence {
				fmt.Fprintf(&b, ", %d more", len(c.Verdict.Evidence)-i)
				break
			}
			fmt.Fprintf(&b, ", %+.2f %s (%s)", e.Weight, e.Term, e.Place)
		}
		b.WriteString("\n\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// listed writes topics in a line.
func listed(topics []string) string {
	if len(topics) == 0 {
		return "none"
	}
	return strings.Join(topics, ", ")
}

const (
	maxEvidence = 12  // pieces of evidence shown of a confusion
	maxText     = 200 // characters of its text
)

// oneLine cuts a text to one line of maxText characters.
func oneLine(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxText {
		return string(runes[:maxText-1]) + "…"
	}
	return string(runes)
}
