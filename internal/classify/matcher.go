package classify

import (
	"math/bits"
	"strings"
	"unicode"

	"github.com/teletipo/teletipo/internal/news"
)

// zone is where in an article a match was found.
type zone uint8

const (
	inTitle zone = iota
	inHeading
	inSummary
	inBody
	zones
)

// zoneNames are the zones as evidence names them.
var zoneNames = [zones]string{"title", "heading", "summary", "body"}

const (
	opening  = 100 // words that count in full, of the summary and of the body
	partSize = 60  // words after which a part beyond the opening ends with its sentence

	// sectionBytes is how much text there is below a heading that heads a section. Those with less
	// are what links to other articles look like.
	sectionBytes = 100
)

// hit is what was found of one term, or of one rule, in an article.
type hit struct {
	at    int32        // the term, or the number of terms + the rule
	topic int32        //
	total int32        // matches so far
	words int32        // of a rule: where in matcher.words the terms of its first match begin
	count [zones]int32 // matches by zone
	gain  [zones]thousandths
}

// best is the best match of a group within a part of an article, or within a sentence.
type best struct {
	gain thousandths
	term int32
	pos  int32 // of its first word
	zone zone
}

// scope is where the words of a rule must be together.
type scope struct {
	seen  []uint64 // by topic: the groups seen
	parts []int32  // the topics for which seen is not 0
	bests []best   // by group
}

// matcher is one article being matched. It is used again for the next, so that matching
// allocates nothing once its slices have grown.
type matcher struct {
	c    *Classifier
	lang lang // of the article
	here lang // of the passage

	published int64 // Unix time; 0 if it is not known
	scan      scanner
	ids       []wordIDs // of the passage's words
	pos       int       // words read of the article, sentence ends included; begins at 1

	depth     int  // words read of the summary or of the body
	section   bool // the heading being read has a section below it
	partWords int  // words read of the part

	after    []after  // by topic
	anchored []uint64 // by topic: the groups seen in the opening
	part     scope
	sentence scope // of the groups that rules want in one

	slots  []int32 // by term, then by rule: 1 + its index in hits, or 0
	hits   []hit
	met    []met
	words  []metWord
	scores []hundredth // by topic, by its rules alone
	adrift []hundredth // by topic: what its rules gave, taken away for want of an anchor

	standings []standing // by topic
	tags      []int32    // those that topics are limited to
	key       []byte
	spoken    []int32 // by language: function words in the passage
	trace     *trace  // what Explain notes beside; nil for Place

	front, back []int32 // nodes reached, while walking the trie
	found       []found
}

// after holds positions in an article: the end of a topic's last term, and the beginning and end of
// the last whose weight is 0 or less.
type after struct {
	term, hiding, hidden int
}

// is reports whether words are just those of the term that hides: it hides only what is inside.
func (a *after) is(start, end int) bool { return start == a.hiding && end == a.hidden }

// found is a node with terms that end there, and the position after its last word.
type found struct {
	node int32
	end  int
}

// newMatcher makes a matcher with room for a classifier's topics.
func newMatcher(c *Classifier) *matcher {
	return &matcher{
		c: c, after: make([]after, len(c.topics)), anchored: make([]uint64, len(c.topics)),
		part: newScope(c), sentence: newScope(c), slots: make([]int32, len(c.terms)+len(c.rules)),
		scores: make([]hundredth, len(c.topics)), standings: make([]standing, len(c.topics)),
		adrift: make([]hundredth, len(c.topics)), spoken: make([]int32, int(firstOwn)+len(c.langs)),
	}
}

func newScope(c *Classifier) scope {
	return scope{seen: make([]uint64, len(c.topics)), bests: make([]best, c.groups)}
}

// begin forgets the article before.
func (r *matcher) begin(l lang) {
	for i := range r.hits {
		r.slots[r.hits[i].at] = 0
	}
	r.hits, r.met, r.words = r.hits[:0], r.met[:0], r.words[:0]
	clear(r.after)
	clear(r.anchored)
	clear(r.scores)
	clear(r.adrift)
	r.lang, r.pos, r.depth, r.partWords = l, 1, 0, 0
}

// passage matches one passage of the article.
func (r *matcher) passage(text string, p zone) {
	if p == inHeading && r.depth > opening {
		r.endPart()
	}
	r.read(text)
	if r.trace != nil {
		r.trace.begin(text, p)
	}
	r.match(p)
	r.endSentence()
	if p == inBody && r.depth > opening && r.partWords >= partSize {
		r.endPart()
	}
}

// read looks up the passage's words.
func (r *matcher) read(text string) {
	r.scan.reset(text)
	r.ids = r.ids[:0]
	clear(r.spoken)
	for {
		w, before, ok := r.scan.next()
		if len(r.ids) > 0 && before == ended {
			r.ids = append(r.ids, between(sentenceEnd))
		} else if len(r.ids) > 0 && before == paused {
			r.ids = append(r.ids, between(aPause))
		}
		if !ok {
			break
		}
		ids := r.c.index.words[string(w.text)]
		if !w.caps {
			ids.is[capital] = 0
		}
		r.spoken[ids.speaks]++
		r.ids = append(r.ids, ids)
	}
	r.here = r.passageLang()
}

// sectioned reports whether a heading with this text below it heads a section.
func sectioned(below []news.Passage) bool {
	size := 0
	for i := range below {
		if below[i].Heading || size >= sectionBytes {
			break
		}
		size += len(below[i].Text)
	}
	return size >= sectionBytes
}

// shouted reports whether a text is in capitals throughout, as who speaks in a transcript: that is
// no title of what is said.
func shouted(text string) bool {
	capitals := false
	for _, c := range text {
		if unicode.IsLower(c) {
			return false
		}
		capitals = capitals || unicode.IsUpper(c)
	}
	return capitals
}

// repeats reports whether a summary is nothing but the beginning of the text, headings and space
// aside, as where nobody wrote one.
func repeats(summary string, text []news.Passage) bool {
	summary = strings.TrimRight(summary, "… ")
	for i := range text {
		if text[i].Heading {
			continue
		}
		rest := text[i].Text
		for {
			summary, rest = strings.TrimSpace(summary), strings.TrimSpace(rest)
			if summary == "" {
				return true
			}
			if rest == "" {
				break
			}
			word, size := summary, len(summary)
			if at := strings.IndexByte(summary, ' '); at > 0 {
				word, size = summary[:at], at
			}
			if !strings.HasPrefix(rest, word) {
				return false
			}
			summary, rest = summary[size:], rest[size:]
		}
	}
	return summary == ""
}

// endSummary goes on from the summary to the body.
func (r *matcher) endSummary() {
	if r.depth > opening {
		r.endPart()
	}
	r.depth = 0
}

// match finds the terms in r.ids.
func (r *matcher) match(p zone) {
	first := r.c.index.first
	for i := range r.ids {
		ids := &r.ids[i].is
		switch ids[exact] {
		case sentenceEnd:
			if p != inTitle { // a title is one sentence, whatever colons are in it
				r.endSentence()
			}
			if r.depth > opening && r.partWords >= partSize && p != inHeading {
				r.endPart()
			}
			continue
		case aPause:
			continue
		}
		if p != inTitle {
			r.depth++
			r.partWords++
		}
		if first[ids[english]]|first[ids[spanish]]|first[ids[exact]]|first[ids[capital]] == 0 {
			continue
		}
		r.walk(i)
		r.accept(i, p)
	}
	r.pos += len(r.ids) + 1
}

// walk collects the nodes with terms that begin with word i of the passage, shorter ones first.
func (r *matcher) walk(i int) {
	x := &r.c.index
	r.found, r.front = r.found[:0], r.front[:0]
	for _, id := range r.ids[i].is {
		if n := x.first[id]; n != 0 {
			r.front = append(r.front, n)
		}
	}
	for i++; len(r.front) > 0; i++ {
		r.back = r.back[:0]
		for _, n := range r.front {
			if at := &x.nodes[n]; at.uses < at.usesEnd {
				r.found = append(r.found, found{node: n, end: r.pos + i})
			}
			if i >= len(r.ids) || r.ids[i].is[exact] == sentenceEnd {
				continue
			}
			for _, id := range r.ids[i].is {
				if next := x.next(n, id); next != 0 {
					r.back = append(r.back, next)
				}
			}
		}
		r.front, r.back = r.back, r.front
	}
}

// accept takes, for each topic, the longest of the terms found to begin at word i, and all words
// of groups that no term of weight 0 or less hides.
func (r *matcher) accept(i int, p zone) {
	x, start, depth := &r.c.index, r.pos+i, one
	if r.depth > opening {
		depth = one * opening / thousandths(r.depth)
	}
	if p == inHeading && r.section {
		depth = one
	}
	for at := len(r.found) - 1; at >= 0; at-- {
		f := r.found[at]
		uses := x.uses[x.nodes[f.node].uses:x.nodes[f.node].usesEnd]
		for k := range uses {
			u := &uses[k]
			if u.lang != anyLang && r.here != anyLang && u.lang != r.here {
				continue
			}
			after, gain := &r.after[u.topic], depth
			if p == inTitle || p == inHeading {
				gain = gain * r.c.topics[u.topic].titleWeight / one
			}
			if u.counts && start >= after.term {
				after.term = f.end
				if u.sign <= 0 {
					after.hiding, after.hidden = start, f.end
				}
				if u.sign != 0 {
					r.add(u.term, u.topic, p, gain)
				}
				if r.trace != nil {
					r.trace.found(u.term, i, f.end-r.pos)
				}
			}
			if u.groups != 0 && (start >= after.hidden || after.is(start, f.end)) &&
				(u.until == 0 || r.published < u.until) {
				r.meet(u, p, gain, i, f.end-r.pos)
			}
		}
	}
}

// meet records a match of a word of groups, words from and to of the passage, each group keeping
// its best of the part and of the sentence.
func (r *matcher) meet(u *use, p zone, gain thousandths, from, to int) {
	topic := &r.c.topics[u.topic]
	match := best{gain: gain, term: u.term, pos: int32(r.pos + from), zone: p}
	if r.depth <= opening {
		r.anchored[u.topic] |= u.groups
	}
	for left := u.groups; left != 0; left &= left - 1 {
		group := topic.groups + bits.TrailingZeros64(left)
		better := r.part.meet(u.topic, left&-left, group, match)
		if r.trace != nil {
			r.trace.meet(group, u.term, from, to, better)
		}
	}
	for left := u.groups & topic.near; left != 0; left &= left - 1 {
		group := topic.groups + bits.TrailingZeros64(left)
		better := r.sentence.meet(u.topic, left&-left, group, match)
		if r.trace != nil && better {
			r.trace.near(group, u.term, from, to)
		}
	}
}

// meet records a match of a group's word, and reports whether it is the group's best here.
func (s *scope) meet(topic int32, bit uint64, group int, match best) bool {
	if s.seen[topic] == 0 {
		s.parts = append(s.parts, topic)
	}
	if s.seen[topic]&bit != 0 && match.gain <= s.bests[group].gain {
		return false
	}
	s.seen[topic] |= bit
	s.bests[group] = match
	return true
}

// add adds a match's gain, halved for each match before it.
func (r *matcher) add(at, topic int32, p zone, gain thousandths) {
	h := r.hit(at, topic)
	h.gain[p] += gain >> min(h.total, 62)
	h.count[p]++
	h.total++
}

// hit is what was found of a term or rule so far.
func (r *matcher) hit(at, topic int32) *hit {
	if r.slots[at] == 0 {
		r.hits = append(r.hits, hit{at: at, topic: topic})
		r.slots[at] = int32(len(r.hits))
	}
	return &r.hits[r.slots[at]-1]
}
