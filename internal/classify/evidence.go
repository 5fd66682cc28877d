package classify

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// Places of evidence that is no match.
const (
	bySource = "source" // the source's standing
	byTopic  = "topic"  // another topic
	byLimit  = "limit"  // of the topic, outside of which the article is
	byAnchor = "anchor" // that the article lacks
)

// placement writes down where the article stands with a topic, with its evidence, strongest first.
func (r *matcher) placement(t int, source string) news.Placement {
	return r.standingOn(t, source, r.scores[t], r.evidence(t))
}

// standingOn adds to what the topic's own rules make of the article what follows from its standing.
// Where it is in by a child or by its source, that adds what is missing to the threshold; where it
// is out by a limit, that takes away what there was.
func (r *matcher) standingOn(
	t int, source string, score hundredth, evidence []news.Evidence,
) news.Placement {
	topic, standing := &r.c.topics[t], &r.standings[t]
	probability := topic.probability(score)
	add := func(term, zone string, weight hundredth) {
		score += weight
		evidence = append(evidence, news.Evidence{
			Term: term, Place: zone, Count: 1, Weight: float64(weight) / 100,
		})
	}
	for _, member := range topic.all {
		if r.standings[member].placed {
			add(r.c.topics[member].id, byTopic, point)
		}
	}
	if standing.barred {
		add(topic.limits.says, byLimit, -max(score, 0))
	} else {
		for _, child := range topic.children {
			if r.standings[child].placed {
				add(r.c.topics[child].id, byTopic, max(topic.threshold-score, 0))
			}
		}
		if standing.fixed {
			add(source, bySource, max(topic.threshold-score, 0))
		}
	}
	slices.SortFunc(evidence, stronger)
	return news.Placement{
		Topic: topic.id, Score: float64(score) / 100, Threshold: topic.limit,
		Probability: probability, Evidence: evidence,
	}
}

// stronger orders evidence by what it counts, for or against, then by term and zone.
func stronger(a, b news.Evidence) int {
	return cmp.Or(cmp.Compare(max(b.Weight, -b.Weight), max(a.Weight, -a.Weight)),
		strings.Compare(a.Term, b.Term), strings.Compare(a.Place, b.Place),
		cmp.Compare(a.Count, b.Count))
}

// evidence lists what counted for a topic or against it, in no order.
func (r *matcher) evidence(t int) (list []news.Evidence) {
	n := 0
	for i := range r.hits {
		if int(r.hits[i].topic) == t {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	if away := r.adrift[t]; away != 0 {
		n++
		defer func() {
			list = append(list, news.Evidence{
				Term: r.c.topics[t].anchorsSay, Place: byAnchor, Count: 1, Weight: -float64(away) / 100,
			})
		}()
	}
	list = make([]news.Evidence, 0, 2*n) // many are in two zones
	for i := range r.hits {
		h := &r.hits[i]
		if int(h.topic) != t {
			continue
		}
		name := ""
		for p, gain := range h.gain {
			if w := points(r.weight(h), gain); w != 0 {
				if name == "" {
					name = r.name(h)
				}
				list = append(list, news.Evidence{
					Term: name, Place: zoneNames[p], Count: int(h.count[p]),
					Weight: float64(w) / 100,
				})
			}
		}
	}
	return list
}

// name is a term as the topic file writes it, or a rule's groups with the terms that met them.
func (r *matcher) name(h *hit) string {
	rule := int(h.at) - len(r.c.terms)
	if rule < 0 {
		return r.c.terms[h.at].text
	}
	met := r.words[h.words : int(h.words)+bits.OnesCount64(r.c.rules[rule].groups)]
	text := func(w metWord) string { return r.c.terms[w.term].text }
	name := append(r.key[:0], r.c.rules[rule].name...)
	for i, w := range met {
		same := func(before metWord) bool { return text(before) == text(w) }
		if slices.ContainsFunc(met[:i], same) {
			continue
		}
		between := ", "
		if i == 0 {
			between = " ("
		}
		name = append(append(name, between...), text(w)...)
	}
	name = append(name, ')')
	r.key = name
	return string(name)
}
