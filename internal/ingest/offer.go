package ingest

import (
	"context"

	"github.com/teletipo/teletipo/internal/news"
)

// Conditional stores an article if a condition holds of the one that it would replace; the entry
// is what is stored then, without its content.
type Conditional interface {
	AcceptIf(
		ctx context.Context, candidate news.Candidate, cond news.Condition,
	) (news.Result, news.Entry, error)
}

// Intake is where single items enter the flow that nobody has to fetch.
type Intake struct {
	flow    *Flow
	archive Conditional
}

// NewIntake makes the intake of a flow.
func NewIntake(flow *Flow, archive Conditional) *Intake {
	return &Intake{flow: flow, archive: archive}
}

// Offer takes one item through the flow: it is cleaned, placed, and stored if the condition
// holds. An item that no article can be made of is Invalid. The entry is what is stored after. What
// came of it is counted in the state of the source; an edit that met a conflict counts as none.
func (d *Intake) Offer(
	ctx context.Context, src news.Source, item news.Item, cond news.Condition,
) (news.Result, news.Entry, error) {
	rules, leave := d.flow.inForce.Enter()
	defer leave()
	article, text, err := d.flow.cleaner.Clean(item, src, d.flow.now())
	if err != nil {
		d.flow.count(ctx, src.ID, news.Rejected)
		return news.Result{}, news.Entry{}, err
	}
	result, entry, err := d.archive.AcceptIf(ctx, news.Candidate{
		Item: item, Article: article,
		Placements: rules.Place(article, src.Topics, text),
	}, cond)
	if result.From != "" {
		d.flow.log.Warn("article taken over",
			"source", src.ID, "article", result.ID, "from", result.From, "title", result.Title)
	}
	if err == nil && result.Outcome != news.Conflict {
		d.flow.count(ctx, src.ID, result.Outcome)
	}
	return result, entry, err
}
