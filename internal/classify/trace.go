package classify

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

const (
	mostContexts = 3  // of a term in a zone
	contextRunes = 80 // of a context, before its match and after it
	mostMissing  = 3  // rules that nearly counted
	mostSamples  = 3  // words that a group without a match is shown by
)

// trace notes where matches are, which only Explain needs.
type trace struct {
	passages []quoted
	marks    []matched // of terms and rules
	bests    []matched // by group: where its best match of the part is
	nears    []matched // and that of the sentence
	met      []int32   // by group: 1 + the first of its terms that was found, 0 for none

	togethers []matched // of the rules that were met, whether they count or not
}

// quoted is a passage with the bounds of its words.
type quoted struct {
	text  string
	zone  zone
	words [][2]int // as matcher.ids; nothing for the end of a sentence
}

// matched is a match: words from and to of a passage.
type matched struct {
	at                int32 // the term, or the number of terms + the rule
	passage, from, to int
}

// newTrace makes an empty trace.
func newTrace(c *Classifier) *trace {
	return &trace{
		bests: make([]matched, c.groups), nears: make([]matched, c.groups),
		met: make([]int32, c.groups),
	}
}

// begin begins a passage.
func (tr *trace) begin(text string, p zone) {
	tr.passages = append(tr.passages, quoted{text: text, zone: p, words: bounds(text)})
}

// bounds are where a text's words begin and end, as matcher.read numbers them.
func bounds(text string) (words [][2]int) {
	var s scanner
	s.reset(text)
	for {
		_, before, ok := s.next()
		if before != space && len(words) > 0 {
			words = append(words, [2]int{})
		}
		if !ok {
			return words
		}
		words = append(words, [2]int{s.from, s.at})
	}
}

// found notes that a term was found in words from and to of the passage.
func (tr *trace) found(term int32, from, to int) {
	tr.marks = append(tr.marks, matched{term, len(tr.passages) - 1, from, to})
}

// meet notes that a group's word, the best of the part so far, was found.
func (tr *trace) meet(group int, term int32, from, to int, best bool) {
	if tr.met[group] == 0 {
		tr.met[group] = term + 1
	}
	if best {
		tr.bests[group] = matched{term, len(tr.passages) - 1, from, to}
	}
}

// near notes that the best so far of a group's words in the sentence was found.
func (tr *trace) near(group int, term int32, from, to int) {
	tr.nears[group] = matched{term, len(tr.passages) - 1, from, to}
}

// together notes where a group's best match is for a rule.
func (tr *trace) together(rule int32, group int, sentence bool) {
	m := tr.bests[group]
	if sentence {
		m = tr.nears[group]
	}
	m.at = rule
	tr.togethers = append(tr.togethers, m)
}

// counted notes that a rule counts.
func (tr *trace) counted(from int32, n int) {
	tr.marks = append(tr.marks, tr.togethers[from:int(from)+n]...)
}

// contexts quotes the matches, by topic, in the order of the article.
func (r *matcher) contexts() [][]news.Context {
	byTopic := make([][]news.Context, len(r.c.topics))
	type spot struct {
		at   int32
		zone zone
	}
	counts := map[spot]int{}
	quotedAt := map[matched]bool{}
	slices.SortStableFunc(r.trace.marks, func(a, b matched) int {
		return cmp.Or(cmp.Compare(a.passage, b.passage), cmp.Compare(a.from, b.from))
	})
	for _, m := range r.trace.marks {
		s := spot{m.at, r.trace.passages[m.passage].zone}
		if counts[s] >= mostContexts || quotedAt[m] {
			continue
		}
		counts[s]++
		quotedAt[m] = true
		term, topic := r.named(m.at)
		c := r.trace.passages[m.passage].quote(m.from, m.to)
		c.Term, c.Where = term, r.where(m.at)
		byTopic[topic] = append(byTopic[topic], c)
	}
	return byTopic
}

// named returns the name in evidence of a term or rule, and its topic.
func (r *matcher) named(at int32) (name string, topic int32) {
	if slot := r.slots[at]; slot > 0 {
		h := &r.hits[slot-1]
		return r.name(h), h.topic
	}
	return r.c.terms[at].text, r.c.terms[at].topic
}

// where tells where a term or rule is written.
func (r *matcher) where(at int32) string {
	if rule := int(at) - len(r.c.terms); rule >= 0 {
		return r.c.rules[rule].where
	}
	return r.c.terms[at].where
}

// quote is a match in its words.
func (q *quoted) quote(from, to int) news.Context {
	start, end := q.words[from][0], q.words[to-1][1]
	return news.Context{
		Place:  zoneNames[q.zone],
		Before: lastRunes(oneLine(q.text[:start]), contextRunes),
		Match:  oneLine(q.text[start:end]),
		After:  firstRunes(oneLine(q.text[end:]), contextRunes),
	}
}

// oneLine makes every stretch of space one space, at the ends too.
func oneLine(text string) string {
	var b strings.Builder
	space := false
	for _, c := range text {
		if unicode.IsSpace(c) || unicode.IsControl(c) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		b.WriteRune(c)
	}
	return b.String()
}

// firstRunes cuts a text to its first words, n characters at most.
func firstRunes(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	cut := string([]rune(text)[:n])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + " …"
}

// lastRunes cuts a text to its last words, n characters at most.
func lastRunes(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	cut := string(runes[len(runes)-n:])
	if i := strings.IndexByte(cut, ' '); i >= 0 && i < len(cut)-1 {
		cut = cut[i+1:]
	}
	return "… " + cut
}

// missing lists what came nearest to counting for a topic: what a combination lacks, or the rules
// that lack one group at most, those that lack none first, then the heaviest.
func (r *matcher) missing(t int) []news.Missing {
	topic := &r.c.topics[t]
	if r.standings[t].barred {
		return nil
	}
	if len(topic.all) > 0 {
		m := news.Missing{Rule: "all"}
		for _, member := range topic.all {
			if name := r.c.topics[member].id; r.standings[member].placed {
				m.Met = append(m.Met, name)
			} else {
				m.Lacks = append(m.Lacks, name)
				m.Weight++
			}
		}
		return []news.Missing{m}
	}
	var list []news.Missing
	for i := topic.rules[0]; i < topic.rules[1]; i++ {
		same := func(other news.Missing) bool { return other.Rule == r.c.rules[i].name }
		if m, ok := r.nearly(t, i); ok && !slices.ContainsFunc(list, same) {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b news.Missing) int {
		return cmp.Or(cmp.Compare(len(a.Lacks), len(b.Lacks)), cmp.Compare(b.Weight, a.Weight))
	})
	return list[:min(len(list), mostMissing)]
}

// nearly tells what a rule lacked, if it is for the topic and lacked no more than one group.
func (r *matcher) nearly(t, rule int) (news.Missing, bool) {
	wants := r.c.rules[rule]
	if wants.weight <= 0 || r.slots[len(r.c.terms)+rule] > 0 {
		return news.Missing{}, false
	}
	m := news.Missing{Rule: wants.name, Weight: float64(wants.weight) / 1000}
	base := r.c.topics[t].groups
	for left := wants.groups; left != 0; left &= left - 1 {
		group := base + bits.TrailingZeros64(left)
		if term := r.trace.met[group]; term > 0 {
			if text := r.c.terms[term-1].text; !slices.Contains(m.Met, text) {
				m.Met = append(m.Met, text)
			}
		} else {
			sample := r.sample(t, group-base)
			if sample == "" { // the rule is for the other language
				return news.Missing{}, false
			}
			m.Lacks = append(m.Lacks, sample)
		}
	}
	return m, len(m.Met) > 0 && len(m.Lacks) <= 1
}

// sample is a group's name with some of its words in the article's language; empty if it has none.
func (r *matcher) sample(t, group int) string {
	topic := &r.c.topics[t]
	var words []string
	for _, term := range r.c.terms[topic.terms:] {
		fits := term.lang == anyLang || r.lang == anyLang || term.lang == r.lang
		if int(term.topic) != t || len(words) > mostSamples {
			break
		}
		if fits && term.groups&(1<<group) != 0 {
			words = append(words, term.text)
		}
	}
	if len(words) == 0 {
		return ""
	}
	if len(words) > mostSamples {
		words[mostSamples] = "…"
	}
	return r.c.groupNames[topic.groups+group] + " (" + strings.Join(words, ", ") + ")"
}
