package store

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// logFor is how long the log of a feed reaches back at least: the instances that a delta can
// start from.
const logFor = 7 * 24 * time.Hour

// prunedAtOnce is how many events that are too old a new one removes.
const prunedAtOnce = 2

// event is what a change took from a feed. What a change only brought is in no log.
type event struct {
	kind byte
	key  uint64 // of the article
}

// The kinds of event.
const (
	eventLeft = 'l' // an article left the feed
	eventGone = 'g' // an article was withdrawn
)

// lostBy returns what a change that moves an article takes from a feed.
func lostBy(c *change, move *move) event {
	e := event{key: c.Key}
	switch {
	case c.Kind == kindWithdraw:
		e.kind = eventGone
	case move.Was != 0 && move.Now == 0:
		e.kind = eventLeft
	}
	return e
}

// logEvent logs what a feed lost by the change seq, and removes a few events that are too old by
// that change's stamp: its replicas remove the same.
func (w *writing) logEvent(
	key news.FeedKey, f *feed, seq uint64, stamp time.Time, e event,
) error {
	if err := f.log.Put(number(seq), e.bytes(stamp)); err != nil {
		return err
	}
	oldest := stamp.Add(-logFor)
	for range prunedAtOnce {
		k, v := f.log.Cursor().First()
		if at, _ := toEvent(v); !at.Before(oldest) {
			return nil
		}
		k = slices.Clone(k)
		st := w.state(key)
		st.reach = toNumber(k)
		w.states[key] = st
		if err := f.log.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// bytes and toEvent write and read an event, with the stamp that the feed got by it.
func (e event) bytes(stamp time.Time) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(stamp.Unix()))
	b = binary.BigEndian.AppendUint64(b, e.key)
	return append(b, e.kind)
}

func toEvent(b []byte) (time.Time, event) {
	if len(b) < 13 {
		return time.Time{}, event{}
	}
	return time.Unix(int64(binary.BigEndian.Uint32(b)), 0).UTC(), event{
		key: toNumber(b[4:]), kind: b[len(b)-1],
	}
}

// Since tells what happened to a feed after its state base and until another, beside articles
// that came or changed. It is false if that is not known any more.
func (s *Store) Since(
	key news.FeedKey, base, until uint64,
) (span news.Span, ok bool, err error) {
	err = s.view(func(r reading) error {
		f, err := r.feed(key)
		if f == nil {
			return err
		}
		if ok = base >= toState(f.Get(feedState)).reach; !ok {
			return nil
		}
		span.Gone = f.goneIn(base, until)
		left := map[uint64]bool{}
		gone := map[uint64]bool{}
		c := f.log.Cursor()
		for k, v := c.Seek(number(base + 1)); k != nil && toNumber(k) <= until; k, v = c.Next() {
			_, e := toEvent(v)
			switch e.kind {
			case eventLeft:
				left[e.key] = true
			case eventGone:
				gone[e.key] = true
			}
		}
		for key := range left {
			if !gone[key] {
				span.Left++
			}
		}
		return nil
	})
	return span, ok, err
}

// goneIn lists the tombstones after a sequence and until another, the newest first.
func (f *feed) goneIn(after, until uint64) []news.Tombstone {
	var gone []news.Tombstone
	c := f.gone.Lenient()
	for k, v := c.Seek(number(after + 1)); k != nil && toNumber(k) <= until; k, v = c.Next() {
		gone = append(gone, toTombstone(k, v))
	}
	slices.Reverse(gone)
	return gone
}
