package store

import (
	"context"

	"github.com/teletipo/teletipo/internal/news"
)

// Epoch is the epoch that the store is in: 0 as long as it was never restored. Sequences of one
// epoch say nothing about another: after a restore numbers are given out again that readers know
// from before. Epochs are only compared for being the same.
func (s *Store) Epoch() uint64 { return s.epoch.Load() }

// Restored begins a new epoch, and returns it. It belongs to every restore that may have brought
// back an older state than the last one that anybody has seen; a store that was only moved, its
// newest change being the last that was made, stays in its epoch. The reason is for the log.
func (s *Store) Restored(ctx context.Context, reason string) (epoch uint64, err error) {
	err = s.submit(ctx, func(w *writing) error {
		c := w.newChange(kindEpoch, nil)
		c.Epoch, c.Reason = news.NewEpoch(w.now), reason
		epoch = c.Epoch
		return w.append(c)
	})
	return epoch, err
}
