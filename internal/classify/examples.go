package classify

import (
	"fmt"

	"github.com/teletipo/teletipo/internal/news"
)

// checkExamples has every topic judge its examples, and returns those that it takes or leaves
// against its own word. A topic's limits to sources and tags are met: examples have neither.
func (c *Classifier) checkExamples(topics []news.Topic) (faults []*Fault) {
	for i, t := range topics {
		for k, e := range append(t.Match[:len(t.Match):len(t.Match)], t.Reject...) {
			want := k < len(t.Match)
			a := news.Article{Lang: e.Lang, Title: e.Title}
			if len(t.Sources) > 0 {
				a.Source = t.Sources[0]
			}
			if len(t.Tags) > 0 {
				a.Tags = t.Tags[:1]
			}
			v := c.Explain(a, nil, []news.Passage{{Text: e.Text}})[i]
			if v.Placed == want {
				continue
			}
			says := "is to match, and is not placed"
			if !want {
				says = "is to be rejected, and is placed"
			}
			faults = append(faults, &Fault{
				Topic: t.ID, Where: e.Where, Message: fmt.Sprintf("this example %s: it scores %v of %v%s",
					says, v.Score, v.Threshold, strongest(v.Evidence)),
			})
		}
	}
	return faults
}

// strongest says what counted most.
func strongest(evidence []news.Evidence) string {
	if len(evidence) == 0 {
		return ", nothing counts"
	}
	return fmt.Sprintf(", most of it by %s (%+.2f)", evidence[0].Term, evidence[0].Weight)
}
