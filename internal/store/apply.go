package store

import (
	"bytes"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// apply puts what a change says, and nothing that it does not say. Nothing else writes to
// teletipo.db, so that whoever applies the same changes has the same file. A part that is missing
// has been replaced by a later change, which brings what takes its place.
func (w *writing) apply(c *change) error {
	log := w.Bucket(bucketChange)
	if head := log.Sequence(); c.Seq != head+1 {
		return conflict(c.Seq, head)
	}
	head, err := c.head()
	if err != nil {
		return err
	}
	if err := log.Put(number(c.Seq), head); err != nil {
		return err
	}
	if err := log.SetSequence(c.Seq); err != nil {
		return err
	}
	for _, step := range []func(*change) error{
		w.applyParts, w.applyNames, w.applyVersion, w.applyEmbargo, w.applyFeeds, w.applyClose,
		w.applyRules, w.applyEditions, w.applyToken, w.applyMeta, w.applyForget,
	} {
		if err := step(c); err != nil {
			return err
		}
	}
	return nil
}

// applyParts writes what a change says of its article.
func (w *writing) applyParts(c *change) error {
	key := number(c.Key)
	for _, p := range [...]struct {
		part   int
		bucket []byte
	}{{partArticle, bucketArticle}, {partContent, bucketBody}, {partItem, bucketItem}} {
		if value := c.parts[p.part]; value != nil {
			if err := w.Bucket(p.bucket).Put(key, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// applyNames has names lead to an article.
func (w *writing) applyNames(c *change) error {
	aliases := w.Bucket(bucketAlias)
	for i := range c.Names {
		if err := aliases.Put(c.Names[i].alias(), c.Names[i].leads(c.Key)); err != nil {
			return err
		}
	}
	if c.Kind == kindCreate {
		return aliases.Put(aliasID(c.ID), number(c.Key))
	}
	return nil
}

// applyVersion keeps the version that a change replaces, drops the one that is beyond the bound,
// and all of an article that has ended.
func (w *writing) applyVersion(c *change) error {
	b := w.Bucket(bucketVersion)
	if version := c.parts[partVersion]; version != nil {
		if err := b.Put(pair(c.Key, number(uint64(c.Replaces))), version); err != nil {
			return err
		}
	}
	if c.Replaces > mostVersions {
		return b.Delete(pair(c.Key, number(uint64(c.Replaces-mostVersions))))
	}
	if !c.ends() {
		return nil
	}
	prefix, cursor := number(c.Key), b.Cursor()
	for k, _ := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = cursor.Seek(prefix) {
		if err := b.Delete(bytes.Clone(k)); err != nil {
			return err
		}
	}
	return nil
}

// applyEmbargo keeps the index of articles that wait for their date.
func (w *writing) applyEmbargo(c *change) error {
	b, key := w.Bucket(bucketEmbargo), number(c.Key)
	if c.Freed != 0 {
		if err := b.Delete(pair(uint64(c.Freed), key)); err != nil {
			return err
		}
	}
	if c.Held != 0 {
		return b.Put(pair(uint64(c.Held), key), nil)
	}
	return nil
}

// applyFeeds makes feeds, and moves an article within those that it is in.
func (w *writing) applyFeeds(c *change) error {
	for _, name := range c.Made {
		key := news.ParseFeedKey(name)
		st := w.state(key)
		st.stamp, st.created = c.Time, c.Time
		w.states[key] = st
	}
	for i := range c.Feeds {
		key := news.ParseFeedKey(c.Feeds[i].Feed)
		if err := w.applyMove(c, key, &c.Feeds[i].move); err != nil {
			return err
		}
	}
	return nil
}

// applyMove moves an article within one feed, and logs what the feed lost by it.
func (w *writing) applyMove(c *change, key news.FeedKey, move *move) error {
	f, err := w.feed(key)
	if err != nil {
		return err
	}
	if move.Quiet {
		return w.applyQuietly(c, key, f, move)
	}
	st := w.state(key)
	st.seq, st.stamp = c.Seq, move.Stamp
	if st.created.IsZero() {
		st.created = c.Time
	}
	st.count(c, move)
	w.states[key], w.touched[key] = st, true
	if move.Was != 0 {
		if err := f.touch(move.Was, c.Seq, move.Stamp); err != nil {
			return err
		}
		if move.Was != move.Now {
			if err := f.part(move.WasBackfill).Delete(number(move.Was)); err != nil {
				return err
			}
		}
	}
	if move.Now != move.Was && move.Now != 0 {
		now := place{key: c.Key, second: move.Stamp.Unix(), size: c.Size}
		if err := f.part(move.Backfill).Put(number(move.Now), now.bytes()); err != nil {
			return err
		}
	}
	if c.Kind == kindWithdraw {
		if err := f.gone.Put(number(c.Seq), tombstone(c.ID, move.Stamp)); err != nil {
			return err
		}
	}
	if e := lostBy(c, move); e.kind != 0 {
		if err := w.logEvent(key, f, c.Seq, move.Stamp, e); err != nil {
			return err
		}
	}
	if c.Kind == kindExpire {
		return w.applyEmpty(c, key, f)
	}
	return nil
}

// applyClose closes archives.
func (w *writing) applyClose(c *change) error {
	for i := range c.Close {
		cl := &c.Close[i]
		key := news.ParseFeedKey(cl.Feed)
		f, err := w.feed(key)
		if err != nil {
			return err
		}
		n, _ := f.archives()
		if cl.Joins {
			n--
		}
		for _, order := range cl.Orders {
			n++
			a := archive{boundary: order, stamp: cl.Stamp, seq: cl.Seq}
			if err := f.archive.Put(number(n), a.bytes()); err != nil {
				return err
			}
		}
		st := w.state(key)
		st.tail, st.closed = cl.Tail, time.Time{}
		if cl.Backfill {
			st.closed = cl.Stamp
		}
		w.states[key] = st
	}
	return nil
}

// applyRules notes by which rules articles are placed, and how far that has come.
func (w *writing) applyRules(c *change) error {
	if c.Classified == nil {
		return nil
	}
	meta := w.Bucket(bucketMeta)
	if topics := c.parts[partTopics]; topics != nil {
		if err := meta.Put(metaTopics, topics); err != nil {
			return err
		}
	}
	return put(meta, metaClassified, c.Classified)
}

// applyToken keeps or forgets a token.
func (w *writing) applyToken(c *change) error {
	switch c.Kind {
	case kindToken:
		return put(w.Bucket(bucketToken), []byte(c.Name), c.Token)
	case kindRevoke:
		return w.Bucket(bucketToken).Delete([]byte(c.Name))
	}
	return nil
}

// applyMeta writes what is of the whole store.
func (w *writing) applyMeta(c *change) error {
	meta := w.Bucket(bucketMeta)
	switch c.Kind {
	case kindInstall:
		if err := meta.Put(metaInstallation, c.ID[:]); err != nil {
			return err
		}
		return meta.Put(metaCreated, number(uint64(c.Time.Unix())))
	case kindEpoch:
		return meta.Put(metaEpoch, number(c.Epoch))
	}
	return nil
}
