package store

import (
	"bytes"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// upgradeAtOnce is how many changes an upgrade looks at in one transaction.
const upgradeAtOnce = 5000

// checkStore checks the schema of teletipo.db. An older one is to be upgraded from the first
// change on; until that is done an older program must not open it.
func (s *Store) checkStore(tx *bolt.Tx) (*bolt.Bucket, error) {
	meta := tx.Bucket(bucketMeta)
	if meta != nil && toNumber(meta.Get(metaSchema)) == 1 {
		if err := meta.Put(metaUpgraded, number(0)); err != nil {
			return nil, err
		}
		if err := meta.Put(metaSchema, number(schema)); err != nil {
			return nil, err
		}
	}
	return checkSchema(tx, s.db.Path(), schema)
}

// upgrade brings a store of schema 1 to schema 2, which has archives, tombstones and sizes: it
// goes through all changes once. If it is broken off, the next start goes on with it.
func (s *Store) upgrade() error {
	changes := 0
	for done := false; !done; {
		err := s.db.Update(func(tx *bolt.Tx) error {
			from := tx.Bucket(bucketMeta).Get(metaUpgraded)
			if done = from == nil; done {
				return nil
			}
			w := s.writing(tx)
			n, err := w.upgradeFrom(toNumber(from)+1, upgradeAtOnce)
			if err == nil && n < upgradeAtOnce {
				err = w.upgradeEnd()
			}
			if err != nil {
				return err
			}
			if changes == 0 {
				s.log.Info("upgrading the store", "schema", schema, "file", s.db.Path())
			}
			changes += n
			return w.saveStates()
		})
		if err != nil {
			return err
		}
	}
	if changes > 0 {
		s.log.Info("store upgraded", "schema", schema, "changes", changes)
	}
	return nil
}

// upgradeFrom goes on with at most so many changes, from a sequence on, and tells how many it saw.
func (w *writing) upgradeFrom(seq uint64, most int) (n int, err error) {
	cursor := w.Bucket(bucketChange).Cursor()
	for k, v := cursor.Seek(number(seq)); k != nil && n < most; k, v = cursor.Next() {
		var c change
		if err := decode("change", k, v, &c); err != nil {
			return n, err
		}
		if err := w.upgradeChange(&c); err != nil {
			return n, err
		}
		seq, n = c.Seq, n+1
	}
	return n, w.Bucket(bucketMeta).Put(metaUpgraded, number(seq))
}

// upgradeChange writes what the newer schema says of a change.
func (w *writing) upgradeChange(c *change) (err error) {
	if len(c.Feeds) == 0 {
		return nil
	}
	if c.after, err = w.record(c.Key); err != nil {
		return err
	}
	c.Size = w.size(c)
	var left []string
	for _, move := range c.Feeds {
		key := news.ParseFeedKey(move.Feed)
		f, err := w.feed(key)
		if err != nil {
			return err
		}
		if err := f.upgradeMove(c, move); err != nil {
			return err
		}
		if move.Was != 0 && move.Now == 0 {
			left = append(left, move.Feed)
		}
		st := w.state(key)
		newest := st
		st.seq = c.Seq // as it was then: the boundary of an archive that is full by now
		w.count(key, &st, c, move)
		newest.tail = st.tail
		w.states[key] = newest
		if err := w.upgradeArchive(key, f); err != nil {
			return err
		}
	}
	return w.upgradeFormer(c, left)
}

// upgradeMove writes what a feed says of a move: the place if the article still stands there, and
// the tombstone.
func (f *feed) upgradeMove(c *change, move feedChange) error {
	if c.Kind == kindWithdraw {
		return f.gone.Put(number(c.Seq), tombstone(c.ID, move.Stamp))
	}
	b, k := f.part(move.Backfill), number(move.Now)
	if move.Now == 0 || move.Now == move.Was || !bytes.Equal(b.Get(k), number(c.Key)) {
		return nil
	}
	return b.Put(k, place{key: c.Key, second: move.Stamp.Unix(), size: c.Size}.bytes())
}

// upgradeArchive closes the archive that was decided to be full.
func (w *writing) upgradeArchive(key news.FeedKey, f *feed) error {
	cl, full := w.closing[key]
	if !full {
		return nil
	}
	delete(w.closing, key)
	st := w.state(key)
	n, _ := f.archives()
	for _, order := range cl.Orders {
		n++
		a := archive{boundary: order, stamp: st.stamp, seq: st.seq}
		if err := f.archive.Put(number(n), a.bytes()); err != nil {
			return err
		}
	}
	return nil
}

// upgradeFormer notes the feeds that a live article has left for good.
func (w *writing) upgradeFormer(c *change, left []string) error {
	rec := c.after
	if len(left) == 0 || rec.Status == news.Withdrawn {
		return nil
	}
	before := len(rec.Former)
	for _, name := range left {
		stands := slices.ContainsFunc(rec.Members, func(m member) bool {
			return slices.Contains(m.feeds(rec.Lang), news.ParseFeedKey(name))
		})
		if !stands && !slices.Contains(rec.Former, name) {
			rec.Former = append(rec.Former, name)
		}
	}
	if len(rec.Former) == before {
		return nil
	}
	slices.Sort(rec.Former)
	return put(w.Bucket(bucketArticle), number(c.Key), rec)
}

// upgradeEnd closes what a commit would, and begins the logs: what was before is in none.
func (w *writing) upgradeEnd() error {
	var names [][]byte
	err := w.Bucket(bucketFeed).ForEachBucket(func(name []byte) error {
		names = append(names, bytes.Clone(name))
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		key := news.ParseFeedKey(string(name))
		f, err := w.feed(key)
		if err != nil {
			return err
		}
		st := w.state(key)
		if st.backfill > 0 && f.holds(archiveEvents) {
			w.closeTail(key, &st)
		}
		st.reach = w.Bucket(bucketChange).Sequence()
		w.states[key] = st
		if err := w.upgradeArchive(key, f); err != nil {
			return err
		}
	}
	return w.Bucket(bucketMeta).Delete(metaUpgraded)
}
