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
	// Backfill says that the last of them is closed for backfill.
	Backfill bool `json:"backfill,omitempty"`
	Tail     tail `json:"tail,omitzero"` // what is left above them
}

// toClose is what is to be closed of a feed at the end of a transaction.
type toClose struct {
	closing
	done tail // what of the feed's tail is in it
}

// count counts what a change brings to the tail of a feed.
func (t *tail) count(c *change, move *move) {
	switch {
	case move.Now != 0 && move.Now != move.Was:
		t.Size += uint64(c.Size)
		if move.Backfill {
			t.Backfill += uint64(c.Size)
		}
	case c.Kind == kindWithdraw:
		t.Size += goneSize
	default:
		return
	}
	t.Events++
}

// full reports whether it is time to close an archive.
func (t tail) full() bool { return t.Events >= archiveEvents || t.Size >= archiveBytes }

// less is what a tail holds beside a part of it.
func (t tail) less(part tail) tail {
	return tail{t.Events - part.Events, t.Size - part.Size, t.Backfill - part.Backfill}
}

// unclosed is what a feed's tail holds beside what is to be closed at the end of the transaction.
func (w *writing) unclosed(key news.FeedKey) tail {
	return w.state(key).less(w.closing[key].done)
}

// fill decides to close the tails that a change has filled.
func (w *writing) fill(c *change) {
	for i := range c.Feeds {
		if key := news.ParseFeedKey(c.Feeds[i].Feed); w.unclosed(key).full() {
			w.closeTail(key)
		}
	}
}

// closeTail decides to close an archive of all that a feed holds by now.
func (w *writing) closeTail(key news.FeedKey) {
	st, c := w.state(key), w.closing[key]
	c.Orders = append(c.Orders, st.seq)
	c.done = st.tail
	w.closing[key] = c
}

// closeForBackfill closes an archive if backfill stands in the tail that the subscription document
// has no room for. If the newest archive was closed for the same reason under the same stamp, which
// then lies ahead, so that nobody has seen either, and has room, it takes the tail instead: files
// read one by one would else make an archive each.
func (w *writing) closeForBackfill(key news.FeedKey) error {
	st, t := w.state(key), w.unclosed(key)
	if t.Backfill == 0 {
		return nil
	}
	f, err := w.feed(key)
	if err != nil || !f.holds(archiveEvents) {
		return err
	}
	joins := len(w.closing[key].Orders) == 0 && st.closed.Equal(st.stamp) && f.room(t)
	w.closeTail(key)
	c := w.closing[key]
	c.Joins, c.Backfill = joins, true
	w.closing[key] = c
	return nil
}

// room reports whether the newest archive and a tail fit into one archive.
func (f *feed) room(t tail) bool {
	n, boundary := f.archives()
	before := toArchive(f.archive.Get(number(n - 1))).boundary
	gone := uint64(len(f.goneIn(before, boundary)))
	events, size := t.Events+gone, t.Size+gone*goneSize
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
	c := w.newChange(kindClose, nil)
	for key, cl := range w.closing {
		st := w.state(key)
		cl.Feed, cl.Stamp, cl.Seq, cl.Tail = key.String(), st.stamp, st.seq, w.unclosed(key)
		c.Close = append(c.Close, cl.closing)
	}
	slices.SortFunc(c.Close, func(a, b closing) int { return cmp.Compare(a.Feed, b.Feed) })
	return w.append(c)
}
