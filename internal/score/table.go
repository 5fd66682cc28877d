package score

import (
	"bytes"
	"fmt"
	"io"
	"maps"
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
		expected := strings.Join(c.Item.Labels, ", ")
		if expected == "" {
			expected = "none"
		}
		fmt.Fprintf(&b, "\n    %s\n", oneLine(c.Item.Title))
		if c.Item.Text != "" {
			fmt.Fprintf(&b, "    %s\n", oneLine(c.Item.Text))
		}
		fmt.Fprintf(&b, "    expected %s; scored %.2f of %.2f", expected,
			c.Verdict.Score, c.Verdict.Threshold)
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
