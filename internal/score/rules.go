package score

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/teletipo/teletipo/internal/news"
)

// RuleFigures are how often a term or rule counted rightly: for its topic in items that belong to
// it, or against it in those that don't, whether they were placed or not.
type RuleFigures struct {
	Topic string `json:"topic"`
	Rule  string `json:"rule"`            // a term, or the groups of a rule
	Where string `json:"where,omitempty"` // file:line:column
	Right int    `json:"right"`
	Wrong int    `json:"wrong"`
}

// ruleKey tells rules apart.
type ruleKey struct{ topic, rule, where string }

// ruleCounts counts what rules did.
type ruleCounts map[ruleKey]*RuleFigures

// add counts what a topic's rules made of an item, each once.
func (c ruleCounts) add(v news.Verdict, labelled bool) {
	seen := map[ruleKey]bool{}
	for _, e := range v.Evidence {
		rule, _, _ := strings.Cut(e.Term, " (")
		key := ruleKey{v.Topic, rule, whereOf(v.Contexts, e.Term)}
		if seen[key] || !matches(e.Place) {
			continue
		}
		seen[key] = true
		f := c[key]
		if f == nil {
			f = &RuleFigures{Topic: v.Topic, Rule: rule, Where: key.where}
			c[key] = f
		}
		if (e.Weight > 0) == labelled {
			f.Right++
		} else {
			f.Wrong++
		}
	}
}

// matches reports whether evidence of a place is a match in the text.
func matches(place string) bool {
	return place == "title" || place == "heading" || place == "summary" || place == "body"
}

// whereOf tells where the term of an evidence is written.
func whereOf(contexts []news.Context, term string) string {
	for _, c := range contexts {
		if c.Term == term {
			return c.Where
		}
	}
	return ""
}

// list is what was counted, the rule that was wrong most often first.
func (c ruleCounts) list() []RuleFigures {
	list := make([]RuleFigures, 0, len(c))
	for _, f := range c {
		list = append(list, *f)
	}
	slices.SortFunc(list, func(a, b RuleFigures) int {
		return cmp.Or(cmp.Compare(b.Wrong, a.Wrong), cmp.Compare(a.Right, b.Right),
			strings.Compare(a.Topic, b.Topic), strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Where, b.Where))
	})
	return list
}

// mostRules is how many rules are shown.
const mostRules = 20

// WriteRules writes the terms and rules that were wrong most often, for people.
func (r Report) WriteRules(w io.Writer) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RIGHT\tWRONG\tTOPIC\tRULE\tWHERE")
	n := 0
	for _, f := range r.Rules {
		if f.Wrong > 0 && n < mostRules {
			n++
			fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\n", f.Right, f.Wrong, f.Topic, f.Rule, f.Where)
		}
	}
	t.Flush() // a buffer takes everything
	if n == 0 {
		return nil
	}
	_, err := w.Write(b.Bytes())
	return err
}
