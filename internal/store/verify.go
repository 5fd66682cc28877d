package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// Verify looks at all of the articles' file while others go on writing: its pages, the checksum of
// every value, and whether what is stored fits together. It works half of the time.
func (s *Store) Verify(ctx context.Context) (found news.Verified, err error) {
	found.Faults = []string{}
	err = s.db.view(func(t tx) error {
		v := &verifier{reading: s.reading(t), ctx: ctx, found: &found, since: time.Now()}
		found.Bytes = t.Size()
		if err := attempt(func() error { return examineTrees(s.db.Path(), t.Tx) }); err != nil {
			found.Fault(err.Error())
		}
		v.values()
		for _, look := range []func(){
			v.changes, v.articles, v.aliases, v.feeds, v.editions, v.embargoes,
		} {
			if err := attempt(func() error { look(); return nil }); isDamage(err) != nil {
				found.Fault(err.Error())
			}
		}
		return ctx.Err()
	})
	return found, err
}

// verifier looks at a file. What it can't read it has told of in values, once.
type verifier struct {
	reading
	ctx   context.Context
	found *news.Verified
	since time.Time
}

func (v *verifier) fault(format string, a ...any) { v.found.Fault(fmt.Sprintf(format, a...)) }

// workFor is how long a verifier works, and then rests.
const workFor = 10 * time.Millisecond

func (v *verifier) rest() {
	if worked := time.Since(v.since); worked > workFor {
		time.Sleep(worked)
		v.since = time.Now()
	}
}

// values compares the checksum of every value, and the order of the keys.
func (v *verifier) values() {
	for _, name := range append([][]byte{bucketMeta}, articleBuckets...) {
		err := attempt(func() error { v.bucket(v.Bucket(name)); return nil })
		if d := isDamage(err); d != nil {
			v.fault("bucket %s can't be read: %s", name, d.Why)
		}
	}
}

func (v *verifier) bucket(b *bucket) {
	var before []byte
	c := b.b.Cursor()
	for k, sealed := c.First(); k != nil && v.ctx.Err() == nil; k, sealed = c.Next() {
		if bytes.Compare(k, before) <= 0 && before != nil {
			v.fault("bucket %s: key %x stands behind %x", b.name, k, before)
		}
		before = append(before[:0], k...)
		if v.found.Values++; sealed == nil {
			if inner := b.Bucket(k); inner != nil {
				v.bucket(inner)
				continue
			}
		}
		if _, ok := b.open(k, sealed); !ok {
			v.found.Fault(b.altered(k).Error())
		}
		v.rest()
	}
}

// each calls f with what is sound in a bucket, in order.
func (v *verifier) each(b *bucket, f func(k, value []byte)) {
	c := b.b.Cursor()
	for k, sealed := c.First(); k != nil && v.ctx.Err() == nil; k, sealed = c.Next() {
		if value, ok := b.open(k, sealed); ok && sealed != nil {
			f(k, value)
		}
		v.rest()
	}
}

// has reports whether a bucket has a value for a key, sound or not.
func has(b *bucket, key []byte) bool {
	k, _ := b.b.Cursor().Seek(key)
	return bytes.Equal(k, key)
}

// changes looks at the log: no number is left out.
func (v *verifier) changes() {
	b := v.Bucket(bucketChange)
	last := uint64(0)
	v.each(b, func(k, head []byte) {
		c, err := toChange(k, head)
		if err != nil {
			v.fault("change %d: %v", toNumber(k), err)
			return
		}
		if v.found.Changes++; c.Seq != toNumber(k) {
			v.fault("change %d says that it is %d", toNumber(k), c.Seq)
		}
		if c.Seq != last+1 {
			v.fault("changes %d to %d are missing", last+1, c.Seq-1)
		}
		last = c.Seq
	})
	if head := b.Sequence(); head != last {
		v.fault("the newest change is %d, and the sequence %d", last, head)
	}
}

// articles looks whether each has its text, its id, and its places in feeds.
func (v *verifier) articles() {
	bodies, items, aliases := v.Bucket(bucketBody), v.Bucket(bucketItem), v.Bucket(bucketAlias)
	feeds := map[string]*feed{}
	v.each(v.Bucket(bucketArticle), func(k, value []byte) {
		rec := &record{}
		if err := decode("article", k, value, rec); err != nil {
			v.fault("article %x: %v", k, err)
			return
		}
		v.found.Articles++
		if !has(bodies, k) || !has(items, k) {
			v.fault("article %s has no text", rec.ID)
		}
		if to, d := aliases.look(aliasID(rec.ID)); d == nil && toNumber(to) != toNumber(k) {
			v.fault("article %s is not found by its id", rec.ID)
		}
		for _, m := range rec.Members {
			for _, key := range m.feeds(rec.Lang) {
				f := v.feedNamed(feeds, key)
				if f == nil || !f.holdsAt(m, toNumber(k)) {
					v.fault("article %s does not stand in feed %s at %d", rec.ID, key, m.Order)
				}
			}
		}
	})
}

// feedNamed opens a feed once, nil if it can't be read.
func (v *verifier) feedNamed(known map[string]*feed, key news.FeedKey) *feed {
	f, is := known[key.String()]
	if !is {
		_ = attempt(func() (err error) { // what is missing, a fault says
			f, err = v.feed(key)
			return err
		})
		known[key.String()] = f
	}
	return f
}

// holdsAt reports whether an article stands where it says, unless that can't be read.
func (f *feed) holdsAt(m member, key uint64) bool {
	value, d := f.part(m.Backfill).look(number(m.Order))
	return d != nil || toPlace(value).key == key
}

// aliases looks whether every name leads to an article.
func (v *verifier) aliases() {
	articles := v.Bucket(bucketArticle)
	v.each(v.Bucket(bucketAlias), func(k, value []byte) {
		if key := ledTo(value); !has(articles, number(key)) {
			v.fault("the name %q leads to article %x, which is missing", k, key)
		}
	})
}

// feeds looks whether each place leads to an article, and archives follow each other.
func (v *verifier) feeds() {
	articles, head := v.Bucket(bucketArticle), v.Bucket(bucketChange).Sequence()
	all := v.Bucket(bucketFeed)
	_ = all.ForEachBucket(func(name []byte) error {
		f, err := v.feed(news.ParseFeedKey(string(name)))
		if err != nil || f == nil {
			v.fault("feed %s can't be read: %v", name, err)
			return nil
		}
		for _, part := range []*bucket{f.fresh, f.backfill} {
			v.each(part, func(k, value []byte) {
				if !has(articles, number(toPlace(value).key)) {
					v.fault("feed %s has at %d an article that is missing", name, toNumber(k))
				}
			})
		}
		n, boundary := uint64(0), uint64(0)
		v.each(f.archive, func(k, value []byte) {
			a := toArchive(value)
			if n++; n == 1 {
				n = toNumber(k) // those before it had nothing to say any more
			}
			if toNumber(k) != n || a.boundary <= boundary || a.boundary > head {
				v.fault("feed %s: archive %d ends at %d, the one before at %d", name, toNumber(k),
					a.boundary, boundary)
			}
			boundary = a.boundary
		})
		if state, d := f.look(feedState); d == nil && toState(state).seq > head {
			v.fault("feed %s is of change %d, the newest is %d", name, toState(state).seq, head)
		}
		return nil
	})
}

// editions looks at what is remembered of what was published.
func (v *verifier) editions() {
	head := v.Bucket(bucketChange).Sequence()
	v.each(v.Bucket(bucketEdition), func(k, value []byte) {
		var stored storedEdition
		if err := decode("edition", k, value, &stored); err != nil {
			v.fault("edition %s: %v", k, err)
		} else if stored.Seq > head || stored.Last > head {
			v.fault("edition %s is of change %d, the newest is %d", k, stored.Seq, head)
		}
	})
}

// embargoes looks whether what waits for its date is there.
func (v *verifier) embargoes() {
	articles := v.Bucket(bucketArticle)
	v.each(v.Bucket(bucketEmbargo), func(k, _ []byte) {
		if len(k) != 16 || !has(articles, k[8:]) {
			v.fault("the embargo %x is of an article that is missing", k)
		}
	})
}

// examineTrees looks at the structure of a file that others may write to: at all but the list of
// free pages, which is another by then.
func examineTrees(path string, t *bolt.Tx) error {
	s, closed, err := newStructure(path, t)
	if err != nil {
		return err
	}
	defer closed()
	return s.tree(uint64(t.Cursor().Bucket().Root()), true)
}
