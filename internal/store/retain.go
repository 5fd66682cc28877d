package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

const (
	readAtOnce    = 1000 // articles that a look at all of them reads in one transaction
	expiredAtOnce = 50   // articles that one transaction drops
)

// Retain drops what has been kept for as long as rules say, the oldest first, in small steps with
// pauses as long; dry only counts it. What was dropped until an error, stays so. An article that is
// dropped leaves its feeds without a tombstone, and its text and versions go; its names stay known,
// so that it never is news again.
func (s *Store) Retain(
	ctx context.Context, rules *news.Retention, dry bool,
) (done news.Retained, err error) {
	done.DryRun = dry
	p := &retaining{
		rules: rules, now: s.trusted(), due: map[uint64]string{}, forget: map[uint64][][]byte{},
	}
	for more := true; more; {
		if err := s.takes(ctx); err != nil {
			return done, err
		}
		if err = s.view(func(r reading) (err error) {
			more, err = p.look(r)
			return err
		}); err != nil {
			return done, err
		}
	}
	p.most()
	done.Kept = p.live
	count := map[string]int{}
	defer func() {
		for _, source := range slices.Sorted(maps.Keys(count)) {
			done.Sources = append(done.Sources, news.SourceCount{Source: source, Count: count[source]})
		}
	}()
	for part := range slices.Chunk(slices.Sorted(maps.Keys(p.due)), expiredAtOnce) {
		began := time.Now()
		if !dry {
			if part, err = s.expireAll(ctx, part); err != nil {
				return done, err
			}
		}
		for _, key := range part {
			count[p.due[key]]++
		}
		done.Dropped += len(part)
		done.Kept -= len(part)
		if !dry {
			if err := pause(ctx, time.Since(began)); err != nil {
				return done, err
			}
		}
	}
	if dry {
		return done, nil
	}
	return done, s.forget(ctx, p)
}

// pause waits, so that others get as much of the disk as a step of retention has had.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// retaining is a look at all articles.
type retaining struct {
	rules *news.Retention
	now   time.Time
	last  uint64            // key that it has come to
	live  int               // articles so far, those that are due too
	due   map[uint64]string // key of an article to be dropped → its source
	// forget are the names of articles that expired and are listed no more, by key.
	forget map[uint64][][]byte
	spare  []spare // that may be dropped if there are too many, the oldest first
}

type spare struct {
	key    uint64
	source string
}

// look reads some articles, and reports whether there are more.
func (p *retaining) look(r reading) (more bool, err error) {
	c := r.Bucket(bucketArticle).Lenient()
	k, v := c.Seek(number(p.last + 1))
	for n := 0; k != nil && n < readAtOnce; n++ {
		p.last = toNumber(k)
		var a struct {
			Source     string           `json:"source"`
			Status     news.Status      `json:"status"`
			FirstSeen  time.Time        `json:"first_seen"`
			Placements []news.Placement `json:"placements"`
			Again      time.Time        `json:"again"`
		}
		if err := decode("article", k, v, &a); err != nil {
			return false, err
		}
		if a.Status == news.Expired && forgettable(a.Again, p.now) && len(p.forget) < mostForgotten {
			p.forget[p.last] = nil
		}
		if a.Status == news.Live {
			p.live++
			switch keep, own := p.rules.For(a.Source, a.Placements); {
			case keep > 0 && p.now.Sub(a.FirstSeen) > keep:
				p.due[p.last] = a.Source
			case p.rules.Most > 0 && (keep > 0 || !own):
				p.spare = append(p.spare, spare{p.last, a.Source})
			}
		}
		k, v = c.Next()
	}
	return k != nil, nil
}

// most adds the oldest of those that are too many to what is due.
func (p *retaining) most() {
	if p.rules.Most == 0 {
		return
	}
	beyond := p.live - len(p.due) - p.rules.Most
	for _, s := range p.spare[:max(0, min(beyond, len(p.spare)))] {
		p.due[s.key] = s.source
	}
}

// expireAll drops those of some articles that are live, and returns them. One that is damaged stays
// where it is.
func (s *Store) expireAll(ctx context.Context, keys []uint64) (done []uint64, err error) {
	err = s.submitMany(ctx, len(keys), func(w *writing) error {
		done = nil
		for _, key := range keys {
			var known *record
			err := attempt(func() (err error) {
				known, err = w.record(key)
				return err
			})
			if d := isDamage(err); d != nil {
				w.pass(d)
				continue
			}
			if err != nil {
				return err
			}
			if known.Status != news.Live {
				continue
			}
			if err := w.expire(known); err != nil {
				return err
			}
			done = append(done, key)
		}
		return nil
	})
	return done, err
}

// expire drops an article that was kept for its time.
func (w *writing) expire(known *record) error {
	c := w.newChange(kindExpire, known)
	rec := *known
	rec.Status, rec.Seq, rec.Again = news.Expired, c.Seq, w.now
	rec.Members, rec.Placements, rec.Ruled, rec.Decisions = nil, nil, nil, nil
	rec.Summary, rec.Media = "", nil
	c.after = &rec
	c.parts[partContent], c.parts[partItem] = []byte{}, []byte{}
	w.stampFeeds(c)
	for i := range c.Feeds {
		if err := w.quieten(&c.Feeds[i]); err != nil {
			return err
		}
	}
	return w.append(c)
}

// quietBehind is how many newer articles a feed has before that which leaves it is beyond any
// newest part: more than window_size can be.
const quietBehind = 1001

// quieten finds whether an article leaves a feed where no newest part reaches: then that is as it
// was, and only the archive changes. Else who has an older newest part gets this one whole, since
// what is older may move up into it.
func (w *writing) quieten(change *feedChange) error {
	move := &change.move
	key := news.ParseFeedKey(change.Feed)
	f, err := w.feed(key)
	if err != nil {
		return err
	}
	n := f.archiveOf(move.Was)
	at := toPlace(f.part(move.WasBackfill).Get(number(move.Was)))
	if n == 0 || at.second >= w.state(key).stamp.Add(-logFor).Unix() {
		return nil
	}
	above := move.Was
	if move.WasBackfill {
		above = 0
	}
	c, newer := f.fresh.Cursor(), 0
	for k, _ := c.Last(); toNumber(k) > above && newer < quietBehind; k, _ = c.Prev() {
		newer++
	}
	if newer == quietBehind {
		move.Quiet = true
		move.Stamp = grown(w.now, toArchive(f.archive.Get(number(n))).stamp)
	}
	return nil
}

// applyQuietly takes an article out of an archive that the newest part does not reach.
func (w *writing) applyQuietly(c *change, key news.FeedKey, f *feed, move *move) error {
	if err := f.touch(move.Was, c.Seq, move.Stamp); err != nil {
		return err
	}
	if err := f.part(move.WasBackfill).Delete(number(move.Was)); err != nil {
		return err
	}
	return w.applyEmpty(c, key, f)
}

// goneFor is how long tombstones stay in archives that have nothing else to say.
const goneFor = 30 * 24 * time.Hour

// applyEmpty removes the oldest archives that say nothing any more. The numbers of the others
// stay, and so does the newest.
func (w *writing) applyEmpty(c *change, key news.FeedKey, f *feed) error {
	for {
		k, v := f.archive.Cursor().First()
		last, _ := f.archives()
		n, boundary := toNumber(k), toNumber(v)
		if n == last || stands(f.fresh, boundary) || stands(f.backfill, boundary) {
			return nil
		}
		gone := f.goneIn(0, boundary) // the newest first
		if len(gone) > 0 && c.Time.Sub(gone[0].When) < goneFor {
			return nil
		}
		for _, t := range gone {
			if err := f.gone.Delete(number(t.Seq)); err != nil {
				return err
			}
			st := w.state(key)
			st.reach = max(st.reach, t.Seq) // who has something older is not told of it any more
			w.states[key] = st
		}
		if err := f.archive.Delete(number(n)); err != nil {
			return err
		}
		next := f.first() // which no longer leads to it
		a := toArchive(f.archive.Get(number(uint64(next))))
		a.seq, a.stamp = c.Seq, grown(c.Time, a.stamp)
		if err := f.archive.Put(number(uint64(next)), a.bytes()); err != nil {
			return err
		}
	}
}

// stands reports whether anything stands in a part of a feed until an order.
func stands(b *bucket, until uint64) bool {
	k, _ := b.Cursor().First()
	return k != nil && toNumber(k) <= until
}

// first is the number of the oldest archive that there is, 0 if there is none.
func (f *feed) first() int {
	k, _ := f.archive.Cursor().First()
	return int(toNumber(k))
}
