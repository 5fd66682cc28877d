package news

import (
	"cmp"
	"slices"
	"strings"
)

// ByEditor is the place of evidence that is an editor's decision, not a word of the article.
const ByEditor = "editor"

// decided is what an article scores that only an editor has placed, if nobody knows a threshold.
const decided = 1

// Decided returns the placements that hold of an article: those that the rules make of it, but for
// what its editors decided otherwise. It knows nothing of topics: neither which there are nor
// which rest on others. Neither argument is changed.
func Decided(ruled []Placement, decisions []Decision) []Placement {
	if len(decisions) == 0 {
		return ruled
	}
	placements := slices.Clone(ruled)
	for _, d := range decisions {
		at := slices.IndexFunc(placements, func(p Placement) bool { return p.Topic == d.Topic })
		switch {
		case !d.In && at >= 0:
			placements = slices.Delete(placements, at, at+1)
		case d.In && at >= 0:
			d.Settle(&placements[at])
		case d.In:
			p := Placement{Topic: d.Topic, Threshold: decided}
			d.Settle(&p)
			placements = append(placements, p)
		}
	}
	return placements
}

// Settle adds to a placement that an editor decided it: its score meets the threshold then, or is
// nothing.
func (d Decision) Settle(p *Placement) {
	e := Evidence{Term: "placed by " + d.By, Place: ByEditor, Count: 1}
	if d.In {
		e.Weight = max(0, p.Threshold-p.Score)
	} else {
		e.Term, e.Weight = "kept out by "+d.By, min(0, 0-p.Score)
	}
	p.Score += e.Weight
	p.Evidence = append(slices.Clone(p.Evidence), e)
}

// Decide adds decisions to those that stand, each in the place of an earlier one about its topic,
// and takes back those about the topics of reset. The result is in the order of the topics.
func Decide(standing, decisions []Decision, reset []string) []Decision {
	about := func(topic string) func(Decision) bool {
		return func(d Decision) bool { return d.Topic == topic }
	}
	all := slices.Clone(standing)
	for _, topic := range reset {
		all = slices.DeleteFunc(all, about(topic))
	}
	for _, d := range decisions {
		all = append(slices.DeleteFunc(all, about(d.Topic)), d)
	}
	slices.SortFunc(all, func(a, b Decision) int { return cmp.Compare(a.Topic, b.Topic) })
	return all
}

// Sign writes a decision as the command that makes it: "+border" or "-border".
func (d Decision) Sign() string {
	if d.In {
		return "+" + d.Topic
	}
	return "-" + d.Topic
}

// ParseDecision reads what Sign wrote; who decided, and when, is left empty.
func ParseDecision(s string) (Decision, error) {
	topic, in := strings.CutPrefix(s, "+")
	if !in {
		var out bool
		if topic, out = strings.CutPrefix(s, "-"); !out {
			topic = ""
		}
	}
	if topic == "" || topic == All {
		return Decision{}, Errorf(Invalid,
			"%q is no decision: want +TOPIC to place the article there, -TOPIC to keep it out", s)
	}
	return Decision{Topic: topic, In: in}, nil
}
