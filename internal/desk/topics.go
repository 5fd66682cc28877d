package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// mostPage bounds how many articles are given at once.
const mostPage = 1000

// place keeps an editor's decisions.
func (s *Service) place(ctx context.Context, p Placing) (news.Result, error) {
	topics := s.InForce.Rules().Topics
	for _, d := range p.Decisions {
		is := func(t news.Topic) bool { return t.ID == d.Topic }
		switch {
		case !slices.ContainsFunc(topics, is):
			return news.Result{}, news.Errorf(news.NotFound, "there is no topic %q; there are %s",
				d.Topic, strings.Join(news.TopicIDs(topics), ", "))
		case strings.TrimSpace(d.By) == "":
			return news.Result{}, news.Errorf(news.Invalid, "nobody is named who decided: want --by")
		}
	}
	return s.Archive.Decide(ctx, p.ID, p.Decisions, p.Reset)
}

// topics tells which topics are in force.
func (s *Service) topics(context.Context, None) (news.TopicsReport, error) {
	rules, topics := s.InForce.Rules(), []news.TopicCount{}
	report := news.TopicsReport{Rules: rules.Hash, Faults: s.InForce.Faults(), Topics: topics}
	counts, err := s.Archive.Counts(news.TopicIDs(rules.Topics))
	if err != nil {
		return report, err
	}
	for i, t := range rules.Topics {
		report.Topics = append(report.Topics, news.TopicCount{
			ID: t.ID, Titles: t.Titles, Articles: counts[i],
		})
	}
	report.Classified, err = s.Archive.Classified()
	return report, err
}

// classifiedBy returns the rules by which the stored articles are placed.
func (s *Service) classifiedBy(context.Context, None) ([]news.Topic, error) {
	return s.Archive.ClassifiedBy()
}

// stored returns some of the stored articles.
func (s *Service) stored(_ context.Context, p Page) (page StoredPage, err error) {
	page.Batch, page.Last, err = s.Archive.Stored(p.After, min(p.Most, mostPage))
	return page, err
}
