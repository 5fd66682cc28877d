package store

import (
	"bytes"
	"context"
	"errors"

	"github.com/teletipo/teletipo/internal/news"
)

// WithdrawKnown withdraws the article that a source knows under a guid, as clean makes guids: the
// source itself takes it back. It is Unchanged, with a reason, and no error if there is nothing to
// withdraw: the article was withdrawn before; or no article was ever known under that guid, then
// the result has no ID, and nothing is remembered; or another source had the article first.
func (s *Store) WithdrawKnown(ctx context.Context, source, guid string) (news.Result, error) {
	var result news.Result
	decide := func(r reading) (*record, error) {
		result = news.Result{Outcome: news.Unchanged, Source: source, Title: guid}
		key := r.alias(aliasGUID(source, guid))
		if key == nil {
			result.Reason = "its source withdraws it, and it was never known: nothing to do"
			return nil, nil
		}
		if r.hadBySeveral(source, guid) {
			result.Reason = "its source withdraws it by a guid that several articles have: none is withdrawn"
			return nil, nil
		}
		known, err := r.record(toNumber(key))
		if err != nil {
			return nil, err
		}
		switch {
		case known.Source != source:
			result = resultOf(news.Unchanged, known)
			result.Source = source
			result.Reason = "source " + known.Source + " had it first: only that one can withdraw it"
		case known.Status == news.Withdrawn:
			result = resultOf(news.Unchanged, known)
			result.Reason = "it was withdrawn before"
		default:
			return known, nil
		}
		return nil, nil
	}
	if err := s.takes(ctx); err != nil {
		return result, err
	}
	var there *record
	err := s.view(func(r reading) (err error) {
		there, err = decide(r)
		return err
	})
	if err != nil || there == nil { // the usual case: it says so at every look
		return result, err
	}
	err = s.submit(ctx, func(w *writing) error {
		known, err := decide(w.reading)
		if err != nil || known == nil {
			return err
		}
		result, err = w.withdraw(known, bySource)
		return err
	})
	return result, err
}

// What counts as an accident: more articles than this at once that are also more than half of
// those that the folder still had, or all of them.
const mostGone = 20

// WithdrawGone withdraws the articles of a folder's files that are not among those present, and of
// which no present file is another copy under the same id or link. Nothing is withdrawn and the
// error is Refused if that looks like an accident, such as a disk that is not mounted: if no file
// is present at all, or if more than mostGone articles and more than half of the folder's would go
// at once.
func (s *Store) WithdrawGone(
	ctx context.Context, source string, present []string,
) (results []news.Result, err error) {
	if err := s.takes(ctx); err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(present))
	for _, name := range present {
		there[string(aliasFile(source, name))] = true
	}
	var gone []*record
	err = s.view(func(r reading) (err error) {
		gone, err = r.gone(source, there)
		return err
	})
	if err != nil || len(gone) == 0 {
		return nil, err
	}
	err = s.submit(ctx, func(w *writing) error {
		results = nil
		gone, err := w.gone(source, there)
		if err != nil {
			return err
		}
		for _, known := range gone {
			result, err := w.withdraw(known, bySource)
			if err != nil {
				return err
			}
			result.Reason = "withdrawn: its file is gone"
			results = append(results, result)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// gone lists a folder's articles none of whose files is present. It reads every name of the
// folder's files, but only articles whose file is missing.
func (r reading) gone(source string, present map[string]bool) ([]*record, error) {
	kept := map[uint64]bool{} // a file of it is present
	var missing []uint64
	prefix, cursor := aliasFile(source, ""), r.Bucket(bucketAlias).Cursor()
	for k, v := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = cursor.Next() {
		if present[string(k)] {
			kept[toNumber(v)] = true
		} else {
			missing = append(missing, toNumber(v))
		}
	}
	all := len(kept)
	var gone []*record
	for _, key := range missing {
		if kept[key] {
			continue
		}
		kept[key] = true // listed once, whatever its files were called
		rec, err := r.record(key)
		if err != nil {
			return nil, err
		}
		if !rec.Status.Ended() && rec.Source == source {
			gone = append(gone, rec)
		}
	}
	all += len(gone)
	switch {
	case len(gone) == 0:
		return nil, nil
	case len(present) == 0:
		return nil, accident(source, len(gone), errors.New("the folder has no file any more"))
	case len(gone) > mostGone && 2*len(gone) > all:
		return nil, accident(source, len(gone), errors.New("more than half of its files are gone"))
	}
	return gone, nil
}

func accident(source string, n int, why error) error {
	return news.Errorf(news.Refused, "source %s: %w: %d articles are not withdrawn, lest a disk is "+
		"not mounted; to take them back, use `teletipo withdraw ID`", source, why, n)
}
