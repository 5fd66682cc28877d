package classify

import (
	"math"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// addCombination adds a topic that is made of others.
func (b *builder) addCombination(t news.Topic) {
	if len(t.Terms)+len(t.Groups)+len(t.Together) > 0 {
		b.fault(t.ID, "is a combination of topics, and has rules of its own: take them out")
	}
	if len(t.All) < 2 {
		b.fault(t.ID, "is a combination of %d topics: want at least two", len(t.All))
	}
	n := len(b.c.rules)
	b.c.topics = append(b.c.topics, topic{
		id: t.ID, limit: float64(len(t.All)), threshold: hundredth(len(t.All)) * point,
		titleWeight: one, terms: len(b.c.terms), rules: [2]int{n, n}, groups: b.c.groups,
		limits: b.limits(t), doubt: math.MaxInt64,
	})
}

// link connects topics with those that they rest on, and puts them in an order in which each
// comes after those.
func (b *builder) link(topics []news.Topic) {
	ids := map[string]int32{}
	for i, t := range topics {
		ids[t.ID] = int32(i)
	}
	other := func(t news.Topic, key, name string) (int32, bool) {
		at, known := ids[name]
		if !known || name == t.ID {
			b.fault(t.ID, "%s: %q is no other topic", key, name)
		}
		return at, known && name != t.ID
	}
	for i, t := range topics {
		if t.Parent != "" {
			if at, ok := other(t, "parent", t.Parent); ok {
				b.c.topics[at].children = append(b.c.topics[at].children, int32(i))
			}
		}
		for k, name := range t.All {
			if slices.Contains(t.All[:k], name) {
				b.fault(t.ID, "all: %q is there twice", name)
			} else if at, ok := other(t, "all", name); ok {
				b.c.topics[i].all = append(b.c.topics[i].all, at)
			}
		}
	}
	b.order()
}

// order walks the topics, those that a topic rests on first.
func (b *builder) order() {
	const (
		under = 1 + iota // way
		done
	)
	state := make([]int8, len(b.c.topics))
	var walk func(at int32)
	walk = func(at int32) {
		state[at] = under
		t := &b.c.topics[at]
		for _, on := range [][]int32{t.all, t.children} {
			for _, next := range on {
				switch state[next] {
				case under:
					b.fault(t.id, "rests on %s, which rests on it", b.c.topics[next].id)
				case done:
				default:
					walk(next)
				}
			}
		}
		state[at] = done
		b.c.order = append(b.c.order, at)
	}
	for at := range b.c.topics {
		if state[at] == 0 {
			walk(int32(at))
		}
	}
}

// limits are the articles that a topic is only for. What is empty is no limit.
type limits struct {
	langs   []lang
	sources []string
	tags    []int32
	says    string // what they are, for people
}

// limits compiles a topic's limits.
func (b *builder) limits(t news.Topic) limits {
	l := limits{sources: t.Sources}
	var says []string
	for _, name := range t.Langs {
		l.langs = append(l.langs, b.lang(name))
	}
	if len(t.Langs) > 0 {
		says = append(says, "in "+strings.Join(t.Langs, ", "))
	}
	if len(t.Sources) > 0 {
		says = append(says, "from "+strings.Join(t.Sources, ", "))
	}
	for _, tag := range t.Tags {
		key := string(b.scan.folded(nil, tag))
		if key == "" {
			b.fault(t.ID, "tags: %q has no word in it", tag)
		}
		id, known := b.c.tags[key]
		if !known {
			id = int32(len(b.c.tags))
			b.c.tags[key] = id
		}
		l.tags = append(l.tags, id)
	}
	if len(t.Tags) > 0 {
		says = append(says, "tagged "+strings.Join(t.Tags, ", "))
	}
	l.says = "only " + strings.Join(says, ", ")
	return l
}

// folded appends a text's words to key, folded, a space before each.
func (s *scanner) folded(key []byte, text string) []byte {
	s.reset(text)
	for w, _, ok := s.next(); ok; w, _, ok = s.next() {
		key = append(append(key, ' '), w.text...)
	}
	return key
}

// bar reports whether an article is outside of a topic's limits.
func (r *matcher) barred(l *limits, a *news.Article) bool {
	return len(l.langs) > 0 && !slices.Contains(l.langs, r.lang) ||
		len(l.sources) > 0 && !slices.Contains(l.sources, a.Source) ||
		len(l.tags) > 0 && !slices.ContainsFunc(l.tags, func(id int32) bool {
			return slices.Contains(r.tags, id)
		})
}

// readTags looks up the article's tags that topics are limited to.
func (r *matcher) readTags(a *news.Article) {
	r.tags = r.tags[:0]
	if len(r.c.tags) == 0 {
		return
	}
	for _, tag := range a.Tags {
		r.key = r.scan.folded(r.key[:0], tag)
		if id, known := r.c.tags[string(r.key)]; known {
			r.tags = append(r.tags, id)
		}
	}
}

// standing is where an article stands with a topic in the end: by its rules, by the topics that
// it rests on, by its limits and by the source's standing.
type standing struct {
	score  hundredth
	fixed  bool // by the source
	barred bool
	placed bool
}

// point is what being in a topic counts for a combination.
const point hundredth = 100

// settle works out where the article stands with every topic. Always are those that its source
// belongs to as a whole.
func (r *matcher) settle(a *news.Article, always []string) {
	r.readTags(a)
	for _, at := range r.c.order {
		t := &r.c.topics[at]
		s := standing{score: r.scores[at], barred: r.barred(&t.limits, a)}
		for _, member := range t.all {
			if r.standings[member].placed {
				s.score += point
			}
		}
		if s.barred {
			s.score = min(s.score, 0)
		} else {
			s.fixed = len(always) > 0 && t.isNamed(always)
			if s.fixed || r.hasChild(t) {
				s.score = max(s.score, t.threshold)
			}
		}
		s.placed = s.score >= t.threshold
		r.standings[at] = s
	}
}

// isNamed reports whether a topic is among names, by the one that it has or one that it had.
func (t *topic) isNamed(names []string) bool {
	isAmong := func(name string) bool { return slices.Contains(names, name) }
	return isAmong(t.id) || slices.ContainsFunc(t.former, isAmong)
}

// hasChild reports whether the article is in a child of a topic.
func (r *matcher) hasChild(t *topic) bool {
	return slices.ContainsFunc(t.children, func(c int32) bool { return r.standings[c].placed })
}
