package store

import (
	"context"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

// Judge returns the placements that hold of an article: those that the rules make of it, but for
// what its editors decided otherwise and what follows from that. It changes none of its arguments,
// and is called by many at once.
type Judge func(
	a news.Article, ruled []news.Placement, decisions []news.Decision,
) []news.Placement

// decided is the judge of a store that knows of no topics.
func decided(
	_ news.Article, ruled []news.Placement, decisions []news.Decision,
) []news.Placement {
	return news.Decided(ruled, decisions)
}

// judged returns the placements that hold of a known article, with its text as a is.
func (r reading) judged(
	a *news.Article, ruled []news.Placement, decisions []news.Decision,
) []news.Placement {
	if len(decisions) == 0 {
		return ruled
	}
	return r.judge(*a, ruled, decisions)
}

// rule gives an article the placements that the rules make of it, but for what its editors
// decided otherwise.
func (r reading) rule(rec *record, ruled []news.Placement) {
	rec.Placements, rec.Ruled = r.judged(&rec.Article, ruled, rec.Decisions), nil
	if len(rec.Decisions) > 0 {
		rec.Ruled = ruled
	}
}

// ruled is where the rules place an article.
func (rec *record) ruled() []news.Placement {
	if len(rec.Decisions) > 0 {
		return rec.Ruled
	}
	return rec.Placements
}

// placed begins the change that gives a known article the places that after says.
func (w *writing) placed(known, after *record, backfill bool) *change {
	c := w.newChange(kindPlace, known)
	after.Seq = c.Seq
	if known.Status == news.Live {
		after.Members = members(known.Members, after.Placements, c.Seq, backfill)
	}
	c.after = after
	return c
}

// Decide keeps editors' decisions about where an article belongs, each in the place of an earlier
// one about the same topic, and takes back those about the topics of reset. The store says when
// they were made. They hold whatever becomes of the article's text and of the rules, until they
// are taken back. A withdrawn article is Gone; what decides nothing new is Unchanged.
func (s *Store) Decide(
	ctx context.Context, id news.ID, decisions []news.Decision, reset []string,
) (result news.Result, err error) {
	err = s.submit(ctx, func(w *writing) (err error) {
		result, err = w.decideTopics(id, decisions, reset)
		return err
	})
	return result, err
}

func (w *writing) decideTopics(
	id news.ID, decisions []news.Decision, reset []string,
) (news.Result, error) {
	known, err := w.byID(id)
	if err != nil {
		return news.Result{}, err
	}
	if known.Status.Ended() {
		return news.Result{}, news.Errorf(news.Gone, "article %s is %s, and stays so", id, known.Status)
	}
	timed := slices.Clone(decisions)
	for i := range timed {
		timed[i].At = w.now
	}
	rec := *known
	rec.Decisions = news.Decide(known.Decisions, timed, reset)
	if sameDecisions(known.Decisions, rec.Decisions) {
		result := resultOf(news.Unchanged, known)
		result.Reason = "that was decided before"
		return result, nil
	}
	w.rule(&rec, known.ruled())
	c := w.placed(known, &rec, known.isOld(w.now))
	w.stampFeeds(c)
	result := resultOf(news.Updated, &rec)
	if result.Reason == "" {
		result.Reason = "as its editor decided"
	}
	return result, w.append(c)
}

// sameDecisions reports whether the same was decided, by the same, at whatever time.
func sameDecisions(a, b []news.Decision) bool {
	return slices.EqualFunc(a, b, func(a, b news.Decision) bool {
		return a.Topic == b.Topic && a.In == b.In && a.By == b.By
	})
}
