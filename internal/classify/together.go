package classify

import (
	"math"
	"math/bits"
)

// met is a rule whose groups appeared together somewhere in the article.
type met struct {
	topic, rule int32
	words       int32 // where in matcher.words its groups' words begin
	marks       int32 // where in trace.together they are quoted
	first, last int32 // the positions between which its words are
	zone        zone
	counted     bool
	gain        thousandths // the mean over its groups
}

// metWord is a word of a group that a rule met: its term, and its position in the article.
type metWord struct {
	term, pos int32
}

// mostCounted is how many of a topic's rules count: each counts half of the one before, and what
// would come after these is not worth looking for.
const mostCounted = 6

// endSentence notes the rules whose groups all appeared in the sentence that ends here.
func (r *matcher) endSentence() { r.endScope(&r.sentence, true) }

// endPart notes those whose groups all appeared in the part that ends here.
func (r *matcher) endPart() {
	r.endScope(&r.part, false)
	r.partWords = 0
}

func (r *matcher) endScope(s *scope, sentence bool) {
	for _, t := range s.parts {
		topic := &r.c.topics[t]
		for i := topic.rules[0]; i < topic.rules[1]; i++ {
			rule := &r.c.rules[i]
			if rule.sentence == sentence && s.seen[t]&rule.groups == rule.groups {
				r.meetRule(s, t, i)
			}
		}
		s.seen[t] = 0
	}
	s.parts = s.parts[:0]
}

// meetRule notes a rule whose groups appeared together.
func (r *matcher) meetRule(s *scope, t int32, rule int) {
	base, groups := r.c.topics[t].groups, r.c.rules[rule].groups
	m := met{topic: t, rule: int32(rule), words: int32(len(r.words)), first: math.MaxInt32}
	if r.trace != nil {
		m.marks = int32(len(r.trace.togethers))
	}
	sum := thousandths(0)
	for left := groups; left != 0; left &= left - 1 {
		group := base + bits.TrailingZeros64(left)
		b := &s.bests[group]
		sum += b.gain
		m.zone = max(m.zone, b.zone)
		m.first, m.last = min(m.first, b.pos), max(m.last, b.pos)
		r.words = append(r.words, metWord{b.term, b.pos})
		if r.trace != nil {
			r.trace.together(int32(len(r.c.terms)+rule), group, r.c.rules[rule].sentence)
		}
	}
	m.gain = sum / thousandths(bits.OnesCount64(groups))
	r.met = append(r.met, m)
}

// wordsOf are the words that a rule met.
func (r *matcher) wordsOf(m *met) []metWord {
	return r.words[m.words : int(m.words)+bits.OnesCount64(r.c.rules[m.rule].groups)]
}

// countRules counts the rules that were met: for each topic the strongest in full, then the
// strongest of those that share no word with one that counted for half, and so on. Rules against
// the topic count each by itself, halved for each time before.
func (r *matcher) countRules() {
	for i := range r.met {
		if m := &r.met[i]; r.c.rules[m.rule].weight < 0 {
			r.countRule(m, m.gain>>min(r.times(m), 62))
		}
	}
	for i := range r.met {
		if m := &r.met[i]; !m.counted && r.c.rules[m.rule].weight > 0 {
			r.countTopic(m.topic, r.met[i:])
		}
	}
}

// times is how often a rule has counted already.
func (r *matcher) times(m *met) int32 {
	if slot := r.slots[len(r.c.terms)+int(m.rule)]; slot > 0 {
		return r.hits[slot-1].total
	}
	return 0
}

// countTopic counts what was met of a topic's rules for it, the strongest first.
func (r *matcher) countTopic(topic int32, list []met) {
	for rank := range mostCounted {
		var best *met
		value := thousandths(0)
		for i := range list {
			m := &list[i]
			if m.topic != topic || m.counted {
				continue
			}
			if v := r.c.rules[m.rule].weight * m.gain; v > value {
				best, value = m, v
			}
		}
		if best == nil {
			return
		}
		r.countRule(best, best.gain>>rank)
		r.dropSharing(best, list)
	}
	for i := range list {
		if m := &list[i]; m.topic == topic && r.c.rules[m.rule].weight > 0 {
			m.counted = true
		}
	}
}

// dropSharing leaves out the rules for a topic that rest on a word which has counted.
func (r *matcher) dropSharing(best *met, list []met) {
	for i := range list {
		m := &list[i]
		if m.topic != best.topic || m.counted || m.first > best.last || m.last < best.first ||
			r.c.rules[m.rule].weight < 0 {
			continue
		}
		for _, w := range r.wordsOf(m) {
			for _, other := range r.wordsOf(best) {
				m.counted = m.counted || w.pos == other.pos
			}
		}
	}
}

// countRule counts a rule.
func (r *matcher) countRule(m *met, gain thousandths) {
	m.counted = true
	at := len(r.c.terms) + int(m.rule)
	h := r.hit(int32(at), m.topic)
	if h.total == 0 {
		h.words = m.words
	}
	h.gain[m.zone] += gain
	h.count[m.zone]++
	h.total++
	if r.trace != nil {
		r.trace.counted(m.marks, len(r.wordsOf(m)))
	}
}

// tally adds up every topic's score.
func (r *matcher) tally() {
	r.countRules()
	for i := range r.hits {
		h := &r.hits[i]
		weight := r.weight(h)
		for _, gain := range h.gain {
			r.scores[h.topic] += points(weight, gain)
		}
	}
	for t := range r.c.topics {
		if anchors := r.c.topics[t].anchors; anchors != 0 && r.anchored[t]&anchors == 0 {
			r.adrift[t] = max(r.scores[t], 0)
			r.scores[t] -= r.adrift[t]
		}
	}
}

// weight is the weight of the term or rule of a hit.
func (r *matcher) weight(h *hit) thousandths {
	if rule := int(h.at) - len(r.c.terms); rule >= 0 {
		return r.c.rules[rule].weight
	}
	return r.c.terms[h.at].weight
}

// points is weight × gain, rounded to hundredths, halves away from zero.
func points(weight, gain thousandths) hundredth {
	v := weight * gain
	if v < 0 {
		return (v - 5_000) / 10_000
	}
	return (v + 5_000) / 10_000
}
