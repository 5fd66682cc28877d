package classify

import (
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// Classifier holds the compiled rules of all topics. It never changes, and any number of
// goroutines may use it at once.
type Classifier struct {
	index  index
	topics []topic
	order  []int32 // the topics, each after those that it rests on
	terms  []term  // of all topics, those of a topic together
	rules  []rule  // of all topics, those of a topic together
	groups int     // of all topics

	groupNames []string
	langs      map[string]lang
	speaking   []lang           // those that have function words
	tags       map[string]int32 // that topics are limited to, folded
	pool       sync.Pool        // of *matcher
}

// New compiles topics. Its error names everything that cannot be used; see Check.
func New(topics []news.Topic) (*Classifier, error) {
	b := newBuilder()
	b.add(topics)
	c, err := b.build()
	if err != nil {
		return nil, err
	}
	c.pool.New = func() any { return newMatcher(c) }
	return c, nil
}

// Place returns the topics that an article belongs to, in the order of New: those whose rules it
// satisfies, those of always, to which its source belongs as a whole, and those that rest on
// these. Text is the article's body in order; the article's own Content is not read.
func (c *Classifier) Place(a news.Article, always []string, text []news.Passage) []news.Placement {
	r := c.pool.Get().(*matcher)
	defer c.pool.Put(r)
	r.article(&a, always, text)
	var placements []news.Placement
	for t := range c.topics {
		if r.standings[t].placed {
			placements = append(placements, r.placement(t, a.Source))
		}
	}
	return placements
}

// Explain returns what every topic makes of an article, in the order of New. What it says is placed
// is what Place places, with the same evidence; what it quotes of the article is for the desk only.
func (c *Classifier) Explain(a news.Article, always []string, text []news.Passage) []news.Verdict {
	r := c.pool.Get().(*matcher)
	defer c.pool.Put(r)
	r.trace = newTrace(c)
	defer func() { r.trace = nil }()
	r.article(&a, always, text)
	contexts := r.contexts()
	verdicts := make([]news.Verdict, len(c.topics))
	for t := range c.topics {
		verdicts[t] = news.Verdict{
			Placement: r.placement(t, a.Source), Placed: r.standings[t].placed,
			Contexts: contexts[t],
		}
		if !verdicts[t].Placed {
			verdicts[t].Missing = r.missing(t)
			verdicts[t].Doubtful = c.topics[t].doubtful(r.standings[t].score)
		}
	}
	return verdicts
}

// article matches all of an article's text against the terms of all topics, and adds up.
func (r *matcher) article(a *news.Article, always []string, text []news.Passage) {
	r.begin(r.c.langOf(a.Lang))
	r.published = 0
	if !a.Published.IsZero() {
		r.published = a.Published.Unix()
	}
	r.passage(a.Title, inTitle)
	if !repeats(a.Summary, text) {
		r.passage(a.Summary, inSummary)
	}
	r.endSummary()
	for i := range text {
		if text[i].Heading && !shouted(text[i].Text) {
			r.section = sectioned(text[i+1:])
			r.passage(text[i].Text, inHeading)
		} else {
			r.passage(text[i].Text, inBody)
		}
	}
	r.endPart()
	r.tally()
	r.settle(a, always)
}
