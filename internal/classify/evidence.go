package classify

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// bySource is the place of evidence that is the source's standing, not a match.
const bySource = "source"

// score is a topic's score by its rules alone.
func (r *reading) score(t int) hundredth { return r.scores[t] }

// placement writes a topic's score down with its evidence, strongest first. Of a topic that is
// fixed by the source, the source adds what is missing to the threshold.
func (r *reading) placement(t int, fixed bool, source string) news.Placement {
	topic := &r.c.topics[t]
	score, evidence := r.scores[t], r.evidence(t)
	if fixed {
		lift := max(topic.threshold-score, 0)
		score += lift
		evidence = append(evidence, news.Evidence{
			Term: source, Place: bySource, Count: 1, Weight: float64(lift) / 100,
		})
	}
	slices.SortFunc(evidence, stronger)
	return news.Placement{
		Topic: topic.id, Score: float64(score) / 100, Threshold: topic.limit, Evidence: evidence,
	}
}

// stronger orders evidence by what it counts, for or against, then by term and place.
func stronger(a, b news.Evidence) int {
	return cmp.Or(cmp.Compare(max(b.Weight, -b.Weight), max(a.Weight, -a.Weight)),
		strings.Compare(a.Term, b.Term), strings.Compare(a.Place, b.Place))
}

// evidence lists what counted for a topic or against it, in no order.
func (r *reading) evidence(t int) []news.Evidence {
	var list []news.Evidence
	for i := range r.hits {
		h := &r.hits[i]
		if int(h.topic) != t {
			continue
		}
		for p, gain := range h.gain {
			if w := points(r.weight(h), gain); w != 0 {
				list = append(list, news.Evidence{
					Term: r.name(h), Place: placeNames[p], Count: int(h.count[p]),
					Weight: float64(w) / 100,
				})
			}
		}
	}
	return list
}

// name is a term as the topic file writes it, or a rule's groups with the terms that met them.
func (r *reading) name(h *hit) string {
	rule := int(h.at) - len(r.c.terms)
	if rule < 0 {
		return r.c.terms[h.at].text
	}
	n := bits.OnesCount64(r.c.rules[rule].groups)
	met := make([]string, 0, n)
	for _, w := range r.words[h.words : int(h.words)+n] {
		if text := r.c.terms[w].text; !slices.Contains(met, text) {
			met = append(met, text)
		}
	}
	return r.c.rules[rule].name + " (" + strings.Join(met, ", ") + ")"
}
