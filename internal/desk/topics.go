package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// Rules has the topics in force, the hash of their rules, and why the topic files as they are now
// are not; that is empty if they are.
type Rules interface {
	InForce() (topics []news.Topic, rules, faults string)
}

// mostPage bounds how many articles are given at once.
const mostPage = 1000

// place keeps an editor's decisions.
func (s *Service) place(ctx context.Context, p Placing) (news.Result, error) {
	topics, _, _ := s.Topics.InForce()
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
	topics, rules, faults := s.Topics.InForce()
	report := news.TopicsReport{Rules: rules, Faults: faults, Topics: []news.TopicCount{}}
	counts, err := s.Archive.Counts(news.TopicIDs(topics))
	if err != nil {
		return report, err
	}
	for i, t := range topics {
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
