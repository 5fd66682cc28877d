package classify

import (
	"math"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

// Decide returns the placements that hold of an article: those that the rules make of it, but for
// what its editors decided otherwise, and for what follows from that in topics that rest on others.
// A decision about a topic that there is not counts for nothing. Only the article's language,
// source and tags are read; no argument is changed.
func (c *Classifier) Decide(
	a news.Article, ruled []news.Placement, decisions []news.Decision,
) []news.Placement {
	if len(decisions) == 0 {
		return ruled
	}
	verdicts := make([]news.Verdict, len(c.topics))
	for t := range c.topics {
		is := func(p news.Placement) bool { return p.Topic == c.topics[t].id }
		if at := slices.IndexFunc(ruled, is); at >= 0 {
			verdicts[t] = news.Verdict{Placement: ruled[at], Placed: true}
		} else {
			verdicts[t].Topic, verdicts[t].Threshold = c.topics[t].id, c.topics[t].limit
		}
	}
	c.DecideVerdicts(a, verdicts, decisions)
	var placements []news.Placement
	for t := range verdicts {
		if verdicts[t].Placed {
			placements = append(placements, verdicts[t].Placement)
		}
	}
	return placements
}

// DecideVerdicts is Decide for what Explain gave, which it changes.
func (c *Classifier) DecideVerdicts(
	a news.Article, verdicts []news.Verdict, decisions []news.Decision,
) {
	if len(decisions) == 0 {
		return
	}
	r := c.pool.Get().(*matcher)
	defer c.pool.Put(r)
	r.begin(c.langOf(a.Lang))
	r.readTags(&a)
	for _, at := range c.order {
		t, v := &c.topics[at], &verdicts[at]
		r.standings[at] = standing{barred: r.barred(&t.limits, &a), placed: v.Placed}
		if len(t.all)+len(t.children) > 0 {
			r.restAnew(int(at), v, a.Source)
		}
		for _, d := range decisions {
			if d.Topic == t.id {
				d.Settle(&v.Placement)
				v.Placed, v.Doubtful = d.In, false
			}
		}
		if v.Placed || r.standings[at].placed {
			v.Missing = nil
		}
		r.standings[at].placed = v.Placed
	}
}

// restAnew works out where the article stands with a topic that rests on others, once it is known
// where it stands with those.
func (r *matcher) restAnew(at int, v *news.Verdict, source string) {
	score := hundredths(v.Score)
	var own []news.Evidence
	for _, e := range v.Evidence {
		switch e.Place {
		case bySource:
			r.standings[at].fixed = true
			score -= hundredths(e.Weight)
		case byTopic, byLimit:
			score -= hundredths(e.Weight)
		default:
			own = append(own, e)
		}
	}
	v.Placement = r.standingOn(at, source, score, own)
	v.Placed = hundredths(v.Score) >= r.c.topics[at].threshold
}

// hundredths is what standingOn wrote as points.
func hundredths(points float64) hundredth { return hundredth(math.Round(points * 100)) }
