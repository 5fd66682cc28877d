package store

import (
	"bytes"
	"context"

	"github.com/teletipo/teletipo/internal/news"
)

// Withdraw takes an article back for good: it leaves every feed, its text is removed, and its
// names stay known so that it never returns. Withdrawing it again changes nothing.
func (s *Store) Withdraw(ctx context.Context, id news.ID) (result news.Result, err error) {
	err = s.submit(ctx, func(w *writing) error {
		known, err := w.soundByID(id)
		if err != nil {
			return err
		}
		result, err = w.withdraw(known, byDesk)
		return err
	})
	return result, err
}

// Who takes an article back: the desk, or the source that it is of.
const (
	byDesk   = false
	bySource = true
)

// withdraw takes one article back.
func (w *writing) withdraw(known *record, recalled bool) (news.Result, error) {
	if known.Status == news.Withdrawn {
		result := resultOf(news.Unchanged, known)
		result.Reason = "it was withdrawn before"
		return result, nil
	}
	c := w.newChange(kindWithdraw, known)
	rec := *known
	rec.Status, rec.Seq, rec.Updated = news.Withdrawn, c.Seq, grown(w.now, known.Updated)
	if known.Status == news.Embargoed {
		rec.Updated = w.now
	}
	rec.Members, rec.Placements, rec.Ruled = nil, nil, nil
	rec.Summary, rec.Media, rec.Recalled = "", nil, recalled
	c.after = &rec
	c.parts[partContent], c.parts[partItem] = []byte{}, []byte{}
	w.stampFeeds(c)
	result := resultOf(news.Updated, &rec)
	result.Reason = "withdrawn"
	return result, w.append(c)
}

// Release makes public what was held until now or earlier, and tells how many articles that were.
func (s *Store) Release(ctx context.Context) (int, error) {
	due, err := s.embargoOver()
	if err != nil || !due {
		return 0, err // the usual case: nothing to write
	}
	released := 0
	err = s.submit(ctx, func(w *writing) error {
		released = 0
		until := s.trusted()
		var keys [][]byte
		c := w.Bucket(bucketEmbargo).Lenient()
		for k, _ := c.First(); k != nil && !second(k).After(until); k, _ = c.Next() {
			keys = append(keys, bytes.Clone(k))
		}
		for _, key := range keys {
			err := attempt(func() error { return w.release(toNumber(key[8:])) })
			if d := isDamage(err); d != nil {
				w.pass(d) // it is held for good: nobody knows what it says
				c := w.newChange(kindDrop, nil)
				c.Key, c.Freed = toNumber(key[8:]), int64(toNumber(key))
				err = w.append(c)
			} else {
				released++
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return released, err
}

// release makes one article public.
func (w *writing) release(key uint64) error {
	known, err := w.record(key)
	if err != nil {
		return err
	}
	c := w.newChange(kindRelease, known)
	rec := *known
	rec.Status, rec.Seq, rec.Updated = news.Live, c.Seq, maxTime(w.now, known.Published)
	rec.Members = members(nil, known.Placements, c.Seq, false)
	c.after = &rec
	w.stampFeeds(c)
	return w.append(c)
}
