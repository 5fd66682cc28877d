package ingest

import (
	"context"

	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/news"
)

// ExplainSource looks at a source as Run would for the first time, and says what every topic makes
// of each of its articles. It stores and remembers nothing.
func (f *Flow) ExplainSource(ctx context.Context, src news.Source) ([]news.Explanation, error) {
	reading, err := f.reader.Read(ctx, src, news.Validators{})
	if err != nil {
		return nil, of(src, err)
	}
	var all []news.Explanation
	for _, doc := range reading.Documents {
		explanations, err := f.Explain(src, doc)
		if err != nil {
			return nil, of(src, err)
		}
		all = append(all, explanations...)
	}
	return all, nil
}

// Explain says what every topic makes of each article of a document, storing nothing. Items that
// nothing can be made of are left out, unless there are no others.
func (f *Flow) Explain(src news.Source, doc news.Document) ([]news.Explanation, error) {
	items, _, faults, err := f.parser.parse(src, doc, nil)
	if err != nil {
		return nil, err
	}
	src = owner(src, items)
	explanations := make([]news.Explanation, 0, len(items))
	for _, item := range items {
		if item.Withdrawn {
			continue
		}
		article, text, err := f.cleaner.Clean(item, src, f.now())
		if err != nil {
			faults = append(faults, err)
			continue
		}
		explanations = append(explanations, f.explain(article, text, src.Topics, nil))
	}
	if len(explanations) == 0 && len(faults) > 0 {
		return nil, faults[0]
	}
	return explanations, nil
}

// ExplainArticle says what every topic makes of an article; always are the topics that its source
// belongs to as a whole, and decisions those of its editors.
func (f *Flow) ExplainArticle(
	article news.Article, always []string, decisions []news.Decision,
) news.Explanation {
	return f.explain(article, clean.Passages(article), always, decisions)
}

func (f *Flow) explain(
	article news.Article, text []news.Passage, always []string, decisions []news.Decision,
) news.Explanation {
	rules := f.inForce.Rules()
	verdicts := rules.Explain(article, always, text)
	rules.DecideVerdicts(article, verdicts, decisions)
	return news.Explanation{
		ID: article.ID, Title: article.Title, Lang: article.Lang, Verdicts: verdicts,
	}
}
