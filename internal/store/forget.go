package store

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// An article that expired is known by its names as long as a source lists it, and for 30 days
// more. That it is listed is noted no more often than once in listedEvery.
const (
	listedEvery = 7 * 24 * time.Hour
	forgetAfter = 30*24*time.Hour + listedEvery
)

const (
	mostForgotten = 20_000 // articles that one run forgets
	namesAtOnce   = 10_000 // names that are read in one transaction
)

// reasonExpired is why an article that was dropped is not taken again.
const reasonExpired = "it was kept for as long as articles are kept, and does not come back"

func forgettable(again, now time.Time) bool { return now.Sub(again) > forgetAfter }

// expired decides about an offer that is an article which was dropped.
func (v *verdict) expired(o *offer) {
	v.result.Reason = reasonExpired
	if o.seen.Sub(v.known.Again) > listedEvery {
		v.act = actListed
	}
}

// listed notes that an article which was dropped is still listed, and its new names.
func (w *writing) listed(o *offer, v *verdict) error {
	names, err := w.furtherNames(o, v)
	if err != nil {
		return err
	}
	rec := *v.known
	rec.Again = w.now
	return w.note(v.known, &rec, names)
}

// forget removes articles that nobody lists any more, with all their names.
func (s *Store) forget(ctx context.Context, p *retaining) error {
	if err := s.namesOf(ctx, p.forget); err != nil {
		return err
	}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(p.forget)), expiredAtOnce) {
		began := time.Now()
		err := s.submitMany(ctx, len(part), func(w *writing) error {
			for _, key := range part {
				if err := w.forget(key, p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := pause(ctx, time.Since(began)); err != nil {
			return err
		}
	}
	return nil
}

// namesOf finds all names that lead to some articles. It reads all names, in small steps.
func (s *Store) namesOf(ctx context.Context, of map[uint64][][]byte) error {
	var last []byte
	for more := len(of) > 0; more; {
		if err := s.takes(ctx); err != nil {
			return err
		}
		if err := s.view(func(r reading) error {
			c := r.Bucket(bucketAlias).Lenient()
			k, v := c.Seek(last)
			for n := 0; k != nil && n < namesAtOnce; n++ {
				key := ledTo(v)
				if names, ok := of[key]; ok {
					of[key] = append(names, bytes.Clone(k))
				}
				k, v = c.Next()
			}
			more, last = k != nil, bytes.Clone(k)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// ledTo is the article that a name leads to, or that gave it back.
func ledTo(value []byte) uint64 {
	l := toLink(value)
	return max(l.key, l.givenBack)
}

// forget removes an article, unless it was listed since.
func (w *writing) forget(key uint64, p *retaining) error {
	known, err := w.record(key)
	if err != nil {
		return err
	}
	if known.Status != news.Expired || !forgettable(known.Again, p.now) {
		return nil
	}
	c := w.newChange(kindForget, known)
	aliases := w.Bucket(bucketAlias)
	for _, name := range p.forget[key] {
		if value, d := aliases.look(name); d == nil && ledTo(value) == key {
			c.Forgotten = append(c.Forgotten, name)
		}
	}
	return w.append(c)
}

// applyForget removes an article and its names.
func (w *writing) applyForget(c *change) error {
	if c.Kind != kindForget {
		return nil
	}
	for _, name := range c.Forgotten {
		if err := w.Bucket(bucketAlias).Delete(name); err != nil {
			return err
		}
	}
	for _, bucket := range [][]byte{bucketArticle, bucketBody, bucketItem} {
		if err := w.Bucket(bucket).Delete(number(c.Key)); err != nil {
			return err
		}
	}
	return nil
}
