package classify

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// hundredth is a share of a score: a hundredth of a point.
type hundredth = int64

// thousandths is a weight, a zone or a depth, times a thousand: whole numbers add up to the
// same on every machine.
type thousandths = int64

// one is 1 in thousandths.
const one thousandths = 1000

// topic is what matching needs of a topic.
type topic struct {
	id          string
	former      []string  // names that it had before: a source may still use one
	limit       float64   // the threshold as stated
	threshold   hundredth // the least score that is placed
	titleWeight thousandths
	terms       int    // where its terms begin among all terms
	rules       [2]int // from, to
	groups      int    // where its groups begin among all groups
	anchors     uint64 // groups of which the article must have a word; 0 for no such thing
	near        uint64 // groups that rules want in one sentence
	anchorsSay  string // the groups' names

	calibration news.Calibration
	doubt       hundredth // the least score that is doubtful; see calibrate

	children []int32 // the topics whose articles belong here too
	all      []int32 // the topics of which it is the combination
	limits   limits
}

// term is a word or phrase with all that it does in one topic and language.
type term struct {
	topic  int32
	lang   lang
	text   string // as the topic file writes it
	where  string
	counts bool // see use
	weight thousandths
	groups uint64
	until  int64 // Unix time from which it is no longer of its groups; 0 for ever
}

// rule says what words of several groups count together.
type rule struct {
	groups   uint64
	name     string // the groups' names
	where    string
	weight   thousandths
	sentence bool // all in one
}

// maxGroups is how many groups a topic may have: as many as the bits that stand for them.
const maxGroups = 64

// builder compiles topics into a classifier, collecting what is wrong with them.
type builder struct {
	c     *Classifier
	trie  *trieNode
	words map[string]wordIDs
	stems [kinds]map[string]uint32
	ids   uint32
	scan  scanner

	faults []*Fault
}

// newBuilder makes a builder without topics.
func newBuilder() *builder {
	b := &builder{
		c:     &Classifier{langs: map[string]lang{}, tags: map[string]int32{}},
		trie:  &trieNode{},
		words: map[string]wordIDs{},
		ids:   aPause,
	}
	for f := range b.stems {
		b.stems[f] = map[string]uint32{}
	}
	return b
}

// fault notes something wrong with a topic.
func (b *builder) fault(topic, format string, args ...any) {
	b.faultAt(topic, "", format, args...)
}

// faultAt notes something wrong with what stands somewhere in a topic's file.
func (b *builder) faultAt(topic, where, format string, args ...any) {
	b.faults = append(b.faults, &Fault{
		Topic: topic, Where: where, Message: fmt.Sprintf(format, args...),
	})
}

// add compiles topics.
func (b *builder) add(topics []news.Topic) {
	for _, t := range topics {
		b.addTopic(t)
	}
	b.link(topics)
	if len(b.c.langs) > maxLangs {
		b.fault(topics[0].ID, "with the other topics has terms in %d languages: want %d at most",
			len(b.c.langs), maxLangs)
	}
}

// addTopic compiles one topic.
func (b *builder) addTopic(t news.Topic) {
	c := b.c
	for _, before := range c.topics {
		if before.id == t.ID {
			b.fault(t.ID, "there are two of this id")
		}
	}
	if len(t.All) > 0 {
		b.addCombination(t)
		return
	}
	if !(t.Threshold > 0) || math.IsInf(t.Threshold, 0) {
		b.fault(t.ID, "threshold is %v: want more than 0", t.Threshold)
	}
	if !(t.TitleWeight > 0) || math.IsInf(t.TitleWeight, 0) {
		b.fault(t.ID, "title_weight is %v: want more than 0", t.TitleWeight)
	}
	own := topic{
		id: t.ID, former: t.Aliases, limit: t.Threshold,
		titleWeight: b.amount(t.ID, "title_weight", t.TitleWeight),
		terms:       len(c.terms), rules: [2]int{len(c.rules), 0}, groups: c.groups,
	}
	own.threshold = max(1, hundredth(math.Ceil(math.Min(t.Threshold, maxAmount)*100-1e-6)))
	own.limits = b.limits(t)
	own.calibrate(t)
	c.topics = append(c.topics, own)
	for _, w := range t.Terms {
		b.addTerm(t.ID, w)
	}
	names := b.addGroups(t)
	for _, together := range t.Together {
		b.addRule(t.ID, names, together)
	}
	b.addAnchors(t, names)
	last := &c.topics[len(c.topics)-1]
	last.rules[1] = len(c.rules)
	c.groups += len(t.Groups)
}

// maxAmount bounds weights and thresholds, so that no sum of them overflows.
const maxAmount = 10_000

// amount turns a figure of a topic file into thousandths.
func (b *builder) amount(topic, what string, v float64) thousandths {
	if math.IsNaN(v) || math.Abs(v) > maxAmount {
		b.fault(topic, "%s: %v is no weight: want a number up to 10,000", what, v)
		return 0
	}
	return thousandths(math.Round(v * 1000))
}

// addTerm adds a term that counts by itself.
func (b *builder) addTerm(topic string, t news.Term) {
	at := b.entry(topic, t.Text, t.Lang, t.Where)
	if at < 0 {
		return
	}
	if same := &b.c.terms[at]; same.counts {
		b.faultAt(topic, t.Where, "%q says the same as %q%s: keep one of them", t.Text, same.text,
			besides(same.where))
		return
	}
	b.c.terms[at].counts = true
	b.c.terms[at].weight = b.amount(topic, t.Text, t.Weight)
}

// addGroups adds the words of a topic's groups, and gives the groups' bits by name.
func (b *builder) addGroups(t news.Topic) map[string]uint64 {
	names := map[string]uint64{}
	if len(t.Groups) > maxGroups {
		b.fault(t.ID, "has %d groups: want %d at most", len(t.Groups), maxGroups)
		return names // what comes of it is never used
	}
	for i, g := range t.Groups {
		if _, twice := names[g.Name]; twice {
			b.fault(t.ID, "there are two groups named %q", g.Name)
		}
		names[g.Name] = 1 << i
		b.c.groupNames = append(b.c.groupNames, g.Name)
		for _, w := range g.Words {
			if at := b.entry(t.ID, w.Text, w.Lang, w.Where); at >= 0 {
				b.c.terms[at].join(1<<i, w.Until)
			}
		}
	}
	return names
}

// join makes a term a word of a group, until some time. Of several groups the last time counts.
func (t *term) join(group uint64, until time.Time) {
	switch {
	case until.IsZero():
		t.until = 0
	case t.groups == 0 || t.until != 0:
		t.until = max(t.until, until.Unix())
	}
	t.groups |= group
}

// addRule adds what a topic says of groups that appear together.
func (b *builder) addRule(topic string, names map[string]uint64, t news.Together) {
	r := rule{name: strings.Join(t.All, " + "), where: t.Where, sentence: t.Sentence}
	r.weight = b.amount(topic, r.name, t.Weight)
	for _, name := range t.All {
		bit, known := names[name]
		if !known {
			b.faultAt(topic, t.Where, "%s: there is no group named %q", r.name, name)
		}
		r.groups |= bit
	}
	if len(t.All) < 2 {
		b.faultAt(topic, t.Where, "%q: want two groups or more to appear together", r.name)
	}
	if r.sentence {
		b.c.topics[len(b.c.topics)-1].near |= r.groups
	}
	b.c.rules = append(b.c.rules, r)
}

// addAnchors adds the groups of which one must be there.
func (b *builder) addAnchors(t news.Topic, names map[string]uint64) {
	own := &b.c.topics[len(b.c.topics)-1]
	for _, name := range t.Anchors {
		bit, known := names[name]
		if !known {
			b.fault(t.ID, "anchors: there is no group named %q", name)
		}
		own.anchors |= bit
	}
	own.anchorsSay = "nothing of " + strings.Join(t.Anchors, ", ")
}

// entry finds the newest topic's term of this text and language, or makes it, weighing nothing.
// It returns -1 for a text without a word.
func (b *builder) entry(topic, text, language, where string) int {
	own, l := &b.c.topics[len(b.c.topics)-1], b.lang(language)
	nodes, ok := b.ends(topic, text, language, where)
	if !ok {
		return -1
	}
	at := -1
	for _, u := range nodes[0].uses {
		if t := &b.c.terms[u.term]; int(u.term) >= own.terms && t.lang == l {
			at = int(u.term)
		}
	}
	if at < 0 {
		at = len(b.c.terms)
		b.c.terms = append(b.c.terms, term{
			topic: int32(len(b.c.topics) - 1), lang: l, text: text, where: where,
		})
	}
	for i, n := range nodes {
		u := ending{term: int32(at), lang: l}
		if i > 0 {
			u.lang = b.lang("es") // as Spanish varies words, in Spanish only
		}
		if !slices.Contains(n.uses, u) {
			n.uses = append(n.uses, u)
		}
	}
	return at
}

// ends makes a text's way through the trie, and returns the node that it leads to. A text of any
// language with words that may be varied has two ways, as English and as Spanish vary words.
func (b *builder) ends(topic, text, language, where string) (nodes []*trieNode, ok bool) {
	ways := []forms{english}
	switch primary(language) {
	case "":
		ways = []forms{english, spanish}
	case "es":
		ways = []forms{spanish}
	}
	for _, way := range ways {
		node := b.trie
		b.scan.reset(text)
		for {
			w, before, ok := b.scan.next()
			if !ok {
				break
			}
			if before == ended && node != b.trie {
				b.faultAt(topic, where, "%q has the end of a sentence inside: no text can match it",
					text)
				return nil, false
			}
			if before == paused && node != b.trie {
				node = node.child(aPause)
			}
			f := way
			if w.caps {
				f = capital
			} else if language == "" && w.name {
				f = exact
			}
			node = node.child(b.wordID(string(w.text), f))
		}
		if node == b.trie {
			b.faultAt(topic, where, "%q has no word in it", text)
			return nil, false
		}
		if !slices.Contains(nodes, node) {
			nodes = append(nodes, node)
		}
	}
	return nodes, true
}

// wordID returns the number of a term's word, which all words of its stem share.
func (b *builder) wordID(w string, f forms) uint32 {
	stem := f.stem(w)
	if id := b.stems[f][stem]; id != 0 {
		return id
	}
	b.ids++
	b.stems[f][stem] = b.ids
	for _, w := range f.words(stem) {
		ids := b.words[w]
		ids.is[f] = b.ids
		b.words[w] = ids
	}
	return b.ids
}

// build freezes what was added.
func (b *builder) build() (*Classifier, error) {
	if len(b.faults) > 0 {
		errs := make([]error, len(b.faults))
		for i, fault := range b.faults {
			errs[i] = &news.Error{Kind: news.Invalid, Err: fault}
		}
		return nil, errors.Join(errs...)
	}
	b.addFunctionWords()
	b.c.index = freeze(b.trie, b.words, b.ids, b.c.terms)
	return b.c, nil
}

// trieNode is a node of the word trie while it grows.
type trieNode struct {
	children map[uint32]*trieNode
	uses     []ending // in the order of topics
}

// ending is a term that ends at a node, in texts of a language.
type ending struct {
	term int32
	lang lang
}

// child returns the node that a word leads to, making it if need be.
func (n *trieNode) child(id uint32) *trieNode {
	next := n.children[id]
	if next == nil {
		if n.children == nil {
			n.children = map[uint32]*trieNode{}
		}
		next = &trieNode{}
		n.children[id] = next
	}
	return next
}

// edge leads from a node to another by a word.
type edge struct {
	word uint32
	node int32
}

// edges lists a node's edges by their words.
func (n *trieNode) edges() []uint32 {
	ids := make([]uint32, 0, len(n.children))
	for id := range n.children {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, cmp.Compare[uint32])
	return ids
}
