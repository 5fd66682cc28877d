package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type topicsDoubtfulCmd struct {
	Topic string `help:"Only what this topic doubts." placeholder:"TOPIC" predictor:"topic"`
}

// doubt is an article that is nearly in a topic.
type doubt struct {
	ID          news.ID `json:"id"`
	Topic       string  `json:"topic"`
	Lang        string  `json:"lang,omitempty"`
	Title       string  `json:"title"`
	Score       float64 `json:"score"`
	Threshold   float64 `json:"threshold"`
	Probability float64 `json:"probability"`
}

// doubts is the queue of an editor, the newest first.
type doubts struct {
	Articles int     `json:"articles"` // that were looked at
	Placed   int     `json:"placed"`   // in any topic that doubts
	Doubtful []doubt `json:"doubtful"`
}

// Run lists the stored articles that a topic doubts, by the topics as they are configured, and that
// no editor has decided about.
func (c *topicsDoubtfulCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	known := func(t news.Topic) bool { return t.ID == c.Topic }
	if c.Topic != "" && !slices.ContainsFunc(cfg.Topics, known) {
		return news.Errorf(news.NotFound, "there is no topic %q; there are %s", c.Topic,
			strings.Join(news.TopicIDs(cfg.Topics), ", "))
	}
	rules, err := classify.Compile(version, cfg.Topics, cfg.Sources)
	if err != nil {
		return err
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		list := doubts{Doubtful: []doubt{}}
		err := eachStored(ctx, in, d, "topics doubtful", func(e *news.Entry) {
			verdicts := rules.Explain(e.Article, rules.Always[e.Source], clean.Passages(e.Article))
			rules.DecideVerdicts(e.Article, verdicts, e.Decisions)
			c.add(&list, e, verdicts)
		})
		if err != nil {
			return err
		}
		slices.Reverse(list.Doubtful)
		if in.flags.JSON {
			return in.printJSON(list)
		}
		return list.print(in)
	})
}

// add counts an article, and keeps it where a topic doubts it.
func (c *topicsDoubtfulCmd) add(list *doubts, e *news.Entry, verdicts []news.Verdict) {
	list.Articles++
	for _, v := range verdicts {
		if c.Topic != "" && v.Topic != c.Topic {
			continue
		}
		if v.Placed && v.Probability > 0 {
			list.Placed++
		}
		if v.Doubtful {
			list.Doubtful = append(list.Doubtful, doubt{
				e.ID, v.Topic, e.Lang, e.Title, v.Score, v.Threshold, v.Probability,
			})
		}
	}
}

// print tells a person what to decide, and how.
func (l *doubts) print(in *invocation) error {
	for _, a := range l.Doubtful {
		fmt.Fprintf(in.stdout, "%.2f  %-10s %-2s  %s  %s\n", a.Probability, a.Topic, orDash(a.Lang), a.ID,
			a.Title)
	}
	_, err := fmt.Fprintf(in.stdout, "%d doubtful, %d placed, of %d stored articles; "+
		"`teletipo place ID +TOPIC` or -TOPIC decides\n", len(l.Doubtful), l.Placed, l.Articles)
	return err
}
