package ingest

import (
	"context"
	"fmt"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// filed notes which articles are known by nothing but the name of their file, and from which of a
// folder's files articles come, so that they can go with it.
func filed(candidates []news.Candidate, src news.Source, doc news.Document) {
	if src.Kind != news.KindFolder && src.Kind != news.KindFile {
		return
	}
	for i := range candidates {
		c := &candidates[i]
		c.Nameless = c.Item.GUID == doc.Name
		if src.Kind == news.KindFolder {
			c.File = doc.Name
		}
	}
}

// withdraw withdraws the articles of the items that their source takes back.
func (f *Flow) withdraw(
	ctx context.Context, src news.Source, items []news.Item, report *news.Report,
) error {
	for _, item := range items {
		if !item.Withdrawn {
			continue
		}
		guid := strings.TrimSpace(item.GUID)
		if article, _, err := f.cleaner.Clean(item, src, f.now()); err == nil {
			guid = article.GUID // else nothing is left in it but its name, which will do
		}
		result, err := f.archive.WithdrawKnown(ctx, src.ID, guid)
		if err != nil {
			return err
		}
		report.Results = append(report.Results, result)
	}
	return nil
}

// removed withdraws the articles of a folder's files that are gone, if its source wants that. What
// looks like an accident is a fault of the reading, and withdraws nothing.
func (f *Flow) removed(
	ctx context.Context, src news.Source, reading news.Reading, report *news.Report,
) error {
	if src.OnRemove != news.WithdrawArticles || reading.Present == nil {
		return nil
	}
	results, err := f.archive.WithdrawGone(ctx, src.ID, reading.Present)
	report.Results = append(report.Results, results...)
	switch {
	case err == nil:
		return nil
	case news.KindOf(err) == news.Refused && ctx.Err() == nil:
		report.Faults = append(report.Faults, err)
		return nil
	}
	return fmt.Errorf("source %s: %w", src.ID, err)
}
