package store

import (
	"bytes"
	"context"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

// withdrawnAtOnce is how many articles of a source are withdrawn in one transaction.
const withdrawnAtOnce = 500

// WithdrawSource withdraws all articles that a source owns, the newest last, and gives each one's
// result to each as soon as it is on disk. A dry run gives what would become of them, and changes
// nothing. The count is of the articles that were, or would be, withdrawn, also beside an error:
// then the rest is as it was, and can be withdrawn by calling it again. A source that nothing ever
// came from is NotFound.
func (s *Store) WithdrawSource(
	ctx context.Context, source string, dry bool, each func(news.Result),
) (n int, err error) {
	keys, err := s.keysOf(ctx, source)
	if err != nil {
		return 0, err
	}
	for part := range slices.Chunk(keys, withdrawnAtOnce) {
		var results []news.Result
		if dry {
			results, err = s.wouldWithdraw(ctx, source, part)
		} else {
			results, err = s.withdrawAll(ctx, source, part)
		}
		if err != nil {
			return n, err
		}
		for _, r := range results {
			n++
			each(r)
		}
	}
	return n, nil
}

// keysOf lists the articles that a source has a name for, in the order of their creation. Some may
// be another's that it only linked to.
func (s *Store) keysOf(ctx context.Context, source string) (keys []uint64, err error) {
	if err := s.takes(ctx); err != nil {
		return nil, err
	}
	err = s.view(func(r reading) error {
		prefix, cursor := aliasGUID(source, ""), r.Bucket(bucketAlias).Lenient()
		for k, v := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = cursor.Next() {
			keys = append(keys, toNumber(v))
		}
		return nil
	})
	if err == nil && len(keys) == 0 {
		err = news.Errorf(news.NotFound, "no article ever came from source %q; "+
			"`teletipo sources` lists the sources", source)
	}
	slices.Sort(keys)
	return slices.Compact(keys), err
}

// Knows reports whether any article ever came from a source.
func (s *Store) Knows(source string) (known bool, err error) {
	err = s.view(func(r reading) error {
		prefix := aliasGUID(source, "")
		k, _ := r.Bucket(bucketAlias).Lenient().Seek(prefix)
		known = bytes.HasPrefix(k, prefix)
		return nil
	})
	return known, err
}

// owned reads those of some articles that a source owns and that are not withdrawn.
func (r reading) owned(source string, keys []uint64) ([]*record, error) {
	var list []*record
	for _, key := range keys {
		rec, err := r.record(key)
		if err != nil {
			return nil, err
		}
		if rec.Source == source && rec.Status != news.Withdrawn {
			list = append(list, rec)
		}
	}
	return list, nil
}

// wouldWithdraw returns the results that withdrawAll would have.
func (s *Store) wouldWithdraw(
	ctx context.Context, source string, keys []uint64,
) (results []news.Result, err error) {
	if err := s.takes(ctx); err != nil {
		return nil, err
	}
	err = s.view(func(r reading) error {
		owned, err := r.owned(source, keys)
		for _, known := range owned {
			result := resultOf(news.Updated, known)
			result.Reason = "would be withdrawn"
			results = append(results, result)
		}
		return err
	})
	return results, err
}

// withdrawAll withdraws those of some articles that a source owns.
func (s *Store) withdrawAll(
	ctx context.Context, source string, keys []uint64,
) (results []news.Result, err error) {
	err = s.submitMany(ctx, len(keys), func(w *writing) error {
		results = nil
		owned, err := w.owned(source, keys)
		if err != nil {
			return err
		}
		for _, known := range owned {
			result, err := w.withdraw(known, byDesk)
			if err != nil {
				return err
			}
			results = append(results, result)
		}
		return nil
	})
	return results, err
}
