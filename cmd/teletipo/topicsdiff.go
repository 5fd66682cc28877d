package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/score"
)

// mostAsked is how many stored articles are read at once.
const mostAsked = 200

type topicsDiffCmd struct {
	Topics  string   `help:"Judge the configured topics with these files on top." placeholder:"DIR"`
	Only    bool     `help:"With --topics: these are all there are."`
	Set     []string `help:"Labelled items, to score both; repeatable." placeholder:"FILE" sep:"none"`
	Samples int      `help:"Titles to show of each change (default ${default})." default:"5" short:"n"`
}

// sample is an article that would come or go.
type sample struct {
	ID        news.ID `json:"id"`
	Lang      string  `json:"lang,omitempty"`
	Title     string  `json:"title"`
	Score     float64 `json:"score"` // by the rules that place it
	Threshold float64 `json:"threshold"`
}

// topicDiff is what would become of a topic. Its samples are the newest.
type topicDiff struct {
	Before         int      `json:"before"`
	After          int      `json:"after"`
	Added          int      `json:"added"`
	Removed        int      `json:"removed"`
	AddedSamples   []sample `json:"added_samples"`
	RemovedSamples []sample `json:"removed_samples"`
}

// setDiff is what would become of all topics.
type setDiff struct {
	Articles int                   `json:"articles"` // that were looked at
	Topics   map[string]*topicDiff `json:"topics"`
	Scores   []scoreDiff           `json:"scores,omitempty"` // by each set of labelled items

	most int // samples of each kind
}

// scoreDiff is how labelled items score. Before is nil if nobody knows what the articles are placed
// by.
type scoreDiff struct {
	Set    string        `json:"set"` // its file
	Before *score.Report `json:"before,omitempty"`
	After  *score.Report `json:"after"`
}

// Run compares where stored articles are with where another set of topics would place them. It
// changes nothing.
func (c *topicsDiffCmd) Run(in *invocation) error {
	if c.Only && c.Topics == "" {
		return &usageError{fmt.Errorf("--only is for --topics")}
	}
	opts := in.options()
	opts.Topics, opts.TopicsOnly = c.Topics, c.Only
	cfg, err := config.Load(opts)
	if err != nil {
		return err
	}
	after, err := classify.Compile(version, cfg.Topics, cfg.Sources)
	if err != nil {
		return err
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		diff := &setDiff{Topics: map[string]*topicDiff{}, most: max(0, c.Samples)}
		for _, t := range cfg.Topics {
			diff.of(t.ID)
		}
		if err := diff.walk(ctx, in, d, after); err != nil {
			return err
		}
		if len(c.Set) > 0 {
			before, err := desk.ClassifiedBy.Ask(ctx, d, desk.None{})
			if err != nil {
				return err
			}
			for _, name := range c.Set {
				both, err := scoreBoth(name, before, cfg.Topics)
				if err != nil {
					return err
				}
				diff.Scores = append(diff.Scores, both)
			}
		}
		if in.flags.JSON {
			return in.printJSON(diff)
		}
		return diff.print(in)
	})
}

// walk looks at every stored article.
func (s *setDiff) walk(
	ctx context.Context, in *invocation, d *desk.Desk, after *classify.Rules,
) error {
	return eachStored(ctx, in, d, "topics diff", func(e *news.Entry) {
		ruled := after.Place(e.Article, after.Always[e.Source], clean.Passages(e.Article))
		s.compare(e, after.Decide(e.Article, ruled, e.Decisions))
	})
}

// eachStored visits every stored article, a command's bar telling how far it has come.
func eachStored(
	ctx context.Context, in *invocation, d *desk.Desk, command string, visit func(*news.Entry),
) error {
	report, err := desk.Topics.Ask(ctx, d, desk.None{})
	if err != nil {
		return err
	}
	bar := in.bar(command, int(report.Classified.Last))
	defer bar.Close()
	for key := uint64(0); ; {
		page, err := desk.Stored.Ask(ctx, d, desk.Page{After: key, Most: mostAsked})
		if err != nil {
			return err
		}
		if page.Last == key {
			return nil
		}
		for ; key < page.Last; key++ {
			bar.Step()
		}
		for i := range page.Batch {
			visit(&page.Batch[i].Entry)
		}
	}
}

// of is what would become of one topic.
func (s *setDiff) of(topic string) *topicDiff {
	t := s.Topics[topic]
	if t == nil {
		t = &topicDiff{AddedSamples: []sample{}, RemovedSamples: []sample{}}
		s.Topics[topic] = t
	}
	return t
}

// compare counts an article that would be placed so.
func (s *setDiff) compare(e *news.Entry, after []news.Placement) {
	s.Articles++
	lacks := func(placements []news.Placement, topic string) bool {
		return !slices.ContainsFunc(placements, func(p news.Placement) bool { return p.Topic == topic })
	}
	for _, p := range e.Placements {
		t := s.of(p.Topic)
		t.Before++
		if lacks(after, p.Topic) {
			t.Removed++
			t.RemovedSamples = s.sample(t.RemovedSamples, e, p)
		}
	}
	for _, p := range after {
		t := s.of(p.Topic)
		t.After++
		if lacks(e.Placements, p.Topic) {
			t.Added++
			t.AddedSamples = s.sample(t.AddedSamples, e, p)
		}
	}
}

// sample keeps the newest of some articles, the newest last.
func (s *setDiff) sample(samples []sample, e *news.Entry, p news.Placement) []sample {
	samples = append(samples, sample{e.ID, e.Lang, e.Title, p.Score, p.Threshold})
	return samples[max(0, len(samples)-s.most):]
}

// scoreBoth measures two sets of topics with labelled items.
func scoreBoth(name string, before, after []news.Topic) (both scoreDiff, err error) {
	both.Set = name
	file, err := os.Open(name)
	if err != nil {
		return both, news.Errorf(news.NotFound, "labelled items: %w", err)
	}
	defer file.Close()
	topics := slices.Concat(news.TopicIDs(before), news.TopicIDs(after))
	slices.Sort(topics)
	items, err := score.Read(file, name, slices.Compact(topics))
	if err != nil {
		return both, err
	}
	if both.After, err = scoreOf(items, after); err != nil || before == nil {
		return both, err
	}
	both.Before, err = scoreOf(items, before)
	return both, err
}

func scoreOf(items []score.Item, topics []news.Topic) (*score.Report, error) {
	classifier, err := classify.New(topics)
	if err != nil {
		return nil, err
	}
	report := score.Measure(items, news.TopicIDs(topics), func(item score.Item) []news.Verdict {
		return classifier.Explain(item.Article(), nil, nil)
	})
	return &report, nil
}

// print tells a person what would come and go.
func (s *setDiff) print(in *invocation) error {
	table := in.table([]string{"TOPIC", "BEFORE", "AFTER", "ADDED", "REMOVED"})
	names := make([]string, 0, len(s.Topics))
	for name := range s.Topics {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t := s.Topics[name]
		table.add(name, fmt.Sprint(t.Before), fmt.Sprint(t.After), fmt.Sprint(t.Added),
			fmt.Sprint(t.Removed))
	}
	if err := table.write(in.stdout); err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "%d stored articles\n", s.Articles)
	for _, name := range names {
		t := s.Topics[name]
		printChanged(in, "+"+name, t.Added, t.AddedSamples)
		printChanged(in, "-"+name, t.Removed, t.RemovedSamples)
	}
	for i := range s.Scores {
		if err := s.Scores[i].print(in); err != nil {
			return err
		}
	}
	return nil
}

// print tells a person how labelled items score, before and after.
func (s *scoreDiff) print(in *invocation) error {
	for _, side := range []struct {
		name   string
		report *score.Report
	}{{"before", s.Before}, {"after", s.After}} {
		if side.report == nil {
			continue
		}
		fmt.Fprintf(in.stdout, "\nscores of %s %s:\n", s.Set, side.name)
		if err := side.report.WriteTable(in.stdout); err != nil {
			return err
		}
	}
	fmt.Fprintln(in.stdout)
	return s.After.WriteRules(in.stdout)
}

// printChanged shows articles that would come or go, the newest first.
func printChanged(in *invocation, what string, n int, samples []sample) {
	if len(samples) == 0 {
		return
	}
	which := ""
	if n > len(samples) {
		which = fmt.Sprintf(", the newest %d", len(samples))
	}
	fmt.Fprintf(in.stdout, "\n%s: %d%s\n", what, n, which)
	for i := range samples {
		a := &samples[len(samples)-1-i]
		fmt.Fprintf(in.stdout, "  %5.1f of %.1f  %-2s  %s  %s\n",
			a.Score, a.Threshold, orDash(a.Lang), a.ID, a.Title)
	}
}
