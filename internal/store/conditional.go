package store

import (
	"context"

	"github.com/teletipo/teletipo/internal/news"
)

// AcceptIf decides about one candidate whose source names its articles with care: its guid alone
// says which article it is, and it is stored only if the condition holds of that one. The entry
// is the article as it stands after, without its content; it is zero if there is none of that
// name. An unmet condition is a Conflict; a link that another article has is Rejected.
func (s *Store) AcceptIf(
	ctx context.Context, cand news.Candidate, cond news.Condition,
) (result news.Result, entry news.Entry, err error) {
	err = s.submit(ctx, func(w *writing) (err error) {
		result, entry, err = w.acceptIf([]offer{{Candidate: &cand, pushed: true}}, cond)
		return err
	})
	return result, entry, err
}

func (w *writing) acceptIf(
	one []offer, cond news.Condition,
) (news.Result, news.Entry, error) {
	o := &one[0]
	a := &o.Article
	result := news.Result{Source: a.Source, Title: a.Title, Lang: a.Lang}
	known, err := w.named(a.Source, a.GUID)
	if err != nil {
		return result, news.Entry{}, err
	}
	if err := w.match(one, nil, w.now); err != nil {
		return result, news.Entry{}, err
	}
	if known == nil {
		v, err := w.decide(o)
		if err != nil {
			return result, news.Entry{}, err
		}
		if v.act != actCreate && !v.taken {
			result.Outcome = news.Rejected
			result.Reason = "another article has its link, " + a.URL + ": " + v.known.ID.String() +
				" of source " + v.known.Source
			return result, news.Entry{}, nil
		}
	}
	switch {
	case known != nil && known.Status.Ended(): // for accept to say
	case !met(cond, known):
		result.Outcome, result.Reason = news.Conflict, unmet(cond, known)
		if known == nil {
			return result, news.Entry{}, nil
		}
		return result, known.Entry, nil
	}
	if result, err = w.accept(o); err != nil {
		return result, news.Entry{}, err
	}
	rec, err := w.byID(result.ID)
	if err != nil {
		return result, news.Entry{}, err
	}
	return result, rec.Entry, nil
}

// named reads the article of a source that it knows under a guid, nil if there is none.
func (r reading) named(source, guid string) (*record, error) {
	key := r.alias(aliasGUID(source, guid))
	if key == nil {
		return nil, nil
	}
	known, err := r.record(toNumber(key))
	if err != nil || known.Source != source {
		return nil, err
	}
	return known, nil
}

// WithdrawIf has the source of an article take it back if a condition holds of it; it is a Conflict
// if not. For an article that is withdrawn already nothing needs to hold.
func (s *Store) WithdrawIf(
	ctx context.Context, id news.ID, cond news.Condition,
) (result news.Result, err error) {
	err = s.submit(ctx, func(w *writing) error {
		known, err := w.soundByID(id)
		if err != nil {
			return err
		}
		if known.Status != news.Withdrawn && !met(cond, known) {
			result = resultOf(news.Conflict, known)
			result.Reason = unmet(cond, known)
			return nil
		}
		result, err = w.withdraw(known, bySource)
		return err
	})
	return result, err
}

// Named reads the article that a source knows under a guid, with its content.
func (s *Store) Named(source, guid string) (entry news.Entry, err error) {
	err = s.view(func(r reading) error {
		key := r.alias(aliasGUID(source, guid))
		if key == nil {
			return news.Errorf(news.NotFound, "source %s has no article %q", source, guid)
		}
		entry, err = r.entry(toNumber(key))
		return err
	})
	return entry, err
}

func met(cond news.Condition, known *record) bool {
	if known == nil {
		return cond.Met(nil)
	}
	return cond.Met(&known.Entry)
}

// unmet says why a condition does not hold.
func unmet(cond news.Condition, known *record) string {
	switch {
	case known == nil:
		return "there is no such article"
	case cond.New:
		return "there is such an article already"
	}
	return "it has changed since"
}
