package classify

import (
	"slices"
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// Classifier holds the compiled rules of all topics. It never changes, and any number of
// goroutines may use it at once.
type Classifier struct {
	index  index
	topics []topic
	terms  []term // of all topics, those of a topic together
	rules  []rule // of all topics, those of a topic together
	groups int    // of all topics
	langs  map[string]lang
	pool   sync.Pool // of *reading
}

// New compiles topics. Its error names every term, group and figure that cannot be used.
func New(topics []news.Topic) (*Classifier, error) {
	b := newBuilder()
	for _, t := range topics {
		b.addTopic(t)
	}
	c, err := b.build()
	if err != nil {
		return nil, err
	}
	c.pool.New = func() any { return newReading(c) }
	return c, nil
}

// Place gives the topics that an article belongs to, in the order of New: those whose rules it
// satisfies, and those of always, to which its source belongs as a whole. Text is the article's
// body in order; the article's own Content is not read.
func (c *Classifier) Place(a news.Article, always []string, text []news.Passage) []news.Placement {
	r := c.read(a, text)
	defer c.pool.Put(r)
	var placements []news.Placement
	for t := range c.topics {
		fixed := slices.Contains(always, c.topics[t].id)
		if fixed || r.score(t) >= c.topics[t].threshold {
			placements = append(placements, r.placement(t, fixed, a.Source))
		}
	}
	return placements
}

// Explain gives what every topic makes of an article, in the order of New. What it says is placed
// is what Place places, with the same evidence.
func (c *Classifier) Explain(a news.Article, always []string, text []news.Passage) []news.Verdict {
	r := c.read(a, text)
	defer c.pool.Put(r)
	verdicts := make([]news.Verdict, len(c.topics))
	for t := range c.topics {
		fixed := slices.Contains(always, c.topics[t].id)
		placed := fixed || r.score(t) >= c.topics[t].threshold
		verdicts[t] = news.Verdict{Placement: r.placement(t, fixed, a.Source), Placed: placed}
	}
	return verdicts
}

// read reads an article with a reading of the pool, which the caller puts back.
func (c *Classifier) read(a news.Article, text []news.Passage) *reading {
	r := c.pool.Get().(*reading)
	r.article(&a, text)
	return r
}

// article matches all of an article's text against the terms of all topics, and adds up.
func (r *reading) article(a *news.Article, text []news.Passage) {
	r.begin(r.c.langOf(a.Lang))
	r.passage(a.Title, inTitle)
	r.passage(a.Summary, inSummary)
	r.endSummary()
	for i := range text {
		if text[i].Heading {
			r.passage(text[i].Text, inHeading)
		} else {
			r.passage(text[i].Text, inBody)
		}
	}
	r.endPart()
	r.tally()
}
