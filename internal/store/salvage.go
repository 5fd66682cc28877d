package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Salvage makes a new store in an empty directory of what is sound in this one: it applies the
// log's events again, of which all indexes come about. An article whose text, record or creation is
// lost is left out as if it had never been, so that its source brings it again, under the same id
// if that is minted alike. The new store is in a new epoch.
func (s *Store) Salvage(ctx context.Context, dir string) (saved news.Salvaged, err error) {
	to, err := Open(s.log, dir, Options{Now: s.now, Program: s.program, Replica: true, NoSync: true})
	if err != nil {
		return saved, err
	}
	if head, err := to.Sequence(); err != nil || head > 0 {
		return saved, errors.Join(err, to.Close(), news.Errorf(news.Refused,
			"%s holds a store: choose an empty directory", dir))
	}
	saved.IDs = []string{}
	sv := &salvage{s: s, to: to, saved: &saved, lost: map[uint64]bool{}}
	err = s.view(func(r reading) error {
		if err := sv.judge(ctx, r); err != nil {
			return err
		}
		return sv.replay(ctx, r)
	})
	if err = errors.Join(err, to.Close()); err != nil {
		return saved, err
	}
	again, err := Open(s.log, dir, Options{Now: s.now, Program: s.program})
	if err != nil {
		return saved, err
	}
	_, err = again.Restored(ctx, "what is sound of a damaged store was saved")
	return saved, errors.Join(err, again.Close())
}

type salvage struct {
	s     *Store
	to    *Store
	saved *news.Salvaged
	head  uint64
	lost  map[uint64]bool // articles, by key
	heads map[uint64]bool // of changes, lost
}

// headOf reads the head of a change, nil if it is lost.
func (r reading) headOf(seq uint64) (c *change) {
	_ = attempt(func() error {
		value, d := r.Bucket(bucketChange).look(number(seq))
		if d != nil || value == nil {
			return nil
		}
		read, err := toChange(number(seq), value)
		if err == nil && read.Seq == seq {
			c = read
		}
		return nil
	})
	return c
}

// value reads a value, nil if it is lost.
func (r reading) value(bucket, key []byte) (value []byte) {
	_ = attempt(func() error {
		found, d := r.Bucket(bucket).look(key)
		if d == nil {
			value = found
		}
		return nil
	})
	return value
}

// judge finds which changes and articles are lost.
func (sv *salvage) judge(ctx context.Context, r reading) error {
	_ = attempt(func() error {
		sv.head = r.Bucket(bucketChange).Sequence()
		return nil
	})
	_ = attempt(func() error {
		k, _ := r.Bucket(bucketChange).b.Cursor().Last()
		sv.head = max(sv.head, toNumber(k))
		return nil
	})
	sv.heads = map[uint64]bool{}
	ids := map[uint64]news.ID{} // of the articles of which something must be there, by key
	for seq := uint64(1); seq <= sv.head && ctx.Err() == nil; seq++ {
		switch c := r.headOf(seq); {
		case c == nil:
			sv.heads[seq], sv.lost[seq] = true, true
		case c.Kind == kindCreate:
			ids[seq] = c.ID
		case c.Kind == kindForget:
			delete(ids, c.Key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(ids)) {
		if ctx.Err() == nil && !sv.whole(r, key) {
			sv.lost[key] = true
			sv.saved.IDs = append(sv.saved.IDs, ids[key].String())
			sv.saved.Lost++
		}
	}
	sv.saved.Heads = len(sv.heads)
	return ctx.Err()
}

// whole reports whether all of an article is there, and no change of it is lost.
func (sv *salvage) whole(r reading, key uint64) bool {
	k := number(key)
	value := r.value(bucketArticle, k)
	rec := &record{}
	if value == nil || decode("article", k, value, rec) != nil ||
		r.value(bucketBody, k) == nil || r.value(bucketItem, k) == nil {
		return false
	}
	whole := !sv.heads[rec.Last] && !sv.heads[rec.Text]
	for _, m := range rec.Members {
		whole = whole && !sv.heads[m.Order]
	}
	return whole
}

// replay applies the changes, and others that say nothing in the place of those that are lost.
func (sv *salvage) replay(ctx context.Context, r reading) error {
	var group []*change
	seen := time.Unix(0, 0).UTC()
	for seq := uint64(1); seq <= sv.head; seq++ {
		c := r.headOf(seq)
		switch {
		case c == nil && seq == 1:
			c = &change{Seq: 1, Kind: kindInstall, ID: sv.s.Installation(), Time: sv.s.now()}
		case c == nil || c.Key != 0 && sv.lost[c.Key]:
			c = &change{Seq: seq, Kind: kindNote, Time: seen, Program: sv.s.program}
		default:
			sv.saved.Changes++
			if c.Kind == kindCreate {
				sv.saved.Articles++
			}
			// What is damaged is left out: of an article, which is whole, that is a version.
			_ = attempt(func() error { return r.gather(c, r.value) })
		}
		seen = c.Time
		if group = append(group, c); len(group) == mostAtOnce || seq == sv.head {
			if err := sv.apply(ctx, group); err != nil {
				return fmt.Errorf("changes up to %d: %w", seq, err)
			}
			group = group[:0]
		}
	}
	return nil
}

func (sv *salvage) apply(ctx context.Context, group []*change) error {
	return sv.to.send(ctx, len(group), func(w *writing) error {
		for _, c := range group {
			if err := w.adopt(c); err != nil {
				return err
			}
		}
		return nil
	})
}
