package store

import (
	"github.com/teletipo/teletipo/internal/news"
)

// Weigh tells what Accept would make of candidates now, and stores nothing.
func (s *Store) Weigh(all []news.Candidate) ([]news.Result, error) {
	offers := offers(all)
	results := make([]news.Result, 0, len(all))
	err := s.view(func(r reading) error {
		if err := r.match(offers, nil, s.trusted()); err != nil {
			return err
		}
		for i := range offers {
			v, err := r.decide(&offers[i])
			if err != nil {
				return err
			}
			results = append(results, r.foreseen(&offers[i], &v))
		}
		return nil
	})
	fillTwins(offers, results)
	return results, err
}

// foreseen is the result of an offer about which was decided, as it would be once it is stored.
func (r reading) foreseen(o *offer, v *verdict) news.Result {
	result := v.result
	switch v.act {
	case actCreate:
		result = news.Result{Outcome: news.Accepted, ID: v.id}
	case actUpdate:
		result = news.Result{Outcome: news.Updated, ID: v.known.ID}
		if v.taken {
			result.From, result.Reason = v.known.Source, takenFrom(v.known)
		}
	case actPlace:
		result = news.Result{Outcome: news.Updated, ID: v.known.ID, Reason: "its topics changed"}
	default:
		return result
	}
	a := &o.Article
	result.Source, result.Title, result.Lang = a.Source, a.Title, a.Lang
	result.Placements = o.Placements
	if v.act != actCreate && !v.taken {
		result.Placements = r.judged(a, o.Placements, v.known.Decisions)
	}
	return result
}
