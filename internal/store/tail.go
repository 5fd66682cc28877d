package store

import (
	"cmp"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// When an archive is closed: when the tail of a feed holds so many events, or so many bytes in a
// document, as estimated; or when backfill stands in it although there is enough news, since
// backfill never pushes news out of a document.
const (
	archiveEvents = 50
	archiveBytes  = 256 << 10
)

// goneSize is what a withdrawal takes in a document, in bytes, as estimated.
const goneSize = 200

// closing is what closes archives of a feed.
type closing struct {
	Feed   string    `json:"feed"`
	Orders []uint64  `json:"orders"` // the boundary of each
	Stamp  time.Time `json:"stamp"`  // of the feed's newest change, as is Seq
	Seq    uint64    `json:"seq"`
	// Joins has the newest archive end at the first boundary, in place of a new one.
	Joins bool `json:"joins,omitempty"`
}

// count counts what a change brings to the tail of a feed, and closes it when it is full.
func (w *writing) count(key news.FeedKey, st *state, c *change, move feedChange) {
	switch {
	case move.Now != 0 && move.Now != move.Was:
		st.size += uint64(c.Size)
		if move.Backfill {
			st.backfill += uint64(c.Size)
		}
	case c.Kind == kindWithdraw:
		st.size += goneSize
	default:
		return
	}
	st.events++
	if st.full() {
		w.closeTail(key, st)
		st.closed = time.Time{}
	}
}

// full reports whether it is time to close an archive.
func (t *tail) full() bool { return t.events >= archiveEvents || t.size >= archiveBytes }

// closeTail decides to close an archive of all that a feed holds by now.
func (w *writing) closeTail(key news.FeedKey, st *state) {
	c := w.closing[key]
	c.Orders = append(c.Orders, st.seq)
	w.closing[key] = c
	st.tail = tail{}
}

// closeForBackfill closes an archive if backfill stands in the tail that the subscription document
// has no room for. If the newest archive was closed for the same reason under the same stamp, which
// then lies ahead, so that nobody has seen either, and has room, it takes the tail instead: files
// read one by one would else make an archive each.
func (w *writing) closeForBackfill(key news.FeedKey) error {
	st := w.states[key]
	if st.backfill == 0 {
		return nil
	}
	f, err := w.feed(key)
	if err != nil || !f.holds(archiveEvents) {
		return err
	}
	joins := len(w.closing[key].Orders) == 0 && st.closed.Equal(st.stamp) && f.room(st.tail)
	w.closeTail(key, &st)
	if joins {
		c := w.closing[key]
		c.Joins = true
		w.closing[key] = c
	}
	st.closed = st.stamp
	w.states[key] = st
	return nil
}

// room reports whether the newest archive and a tail fit into one archive.
func (f *feed) room(t tail) bool {
	n, boundary := f.archives()
	before := toArchive(f.archive.Get(number(n - 1))).boundary
	gone := uint64(len(f.goneIn(before, boundary)))
	events, size := t.events+gone, t.size+gone*goneSize
	for _, b := range []*bucket{f.fresh, f.backfill} {
		for _, p := range placesIn(b, before, boundary) {
			events, size = events+1, size+uint64(p.size)
		}
	}
	return events <= archiveEvents && size <= archiveBytes
}

// closeArchives ends a transaction: it closes the archives that its changes have filled.
func (w *writing) closeArchives() error {
	for key := range w.touched {
		if err := w.closeForBackfill(key); err != nil {
			return err
		}
	}
	if len(w.closing) == 0 {
		return nil
	}
	c, err := w.newChange(kindClose, nil)
	if err != nil {
		return err
	}
	c.Key = 0
	for key, cl := range w.closing {
		st := w.states[key]
		cl.Feed, cl.Stamp, cl.Seq = key.String(), st.stamp, st.seq
		c.Close = append(c.Close, cl)
	}
	slices.SortFunc(c.Close, func(a, b closing) int { return cmp.Compare(a.Feed, b.Feed) })
	return w.applyClose(c)
}

// applyClose closes the archives that a change says.
func (w *writing) applyClose(c *change) error {
	if err := put(w.Bucket(bucketChange), number(c.Seq), c); err != nil {
		return err
	}
	for _, cl := range c.Close {
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
	}
	return nil
}
