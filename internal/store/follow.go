package store

import (
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// head is the number of the newest change that is stored, and who waits for the next.
type head struct {
	mu    sync.Mutex
	seq   uint64
	newer chan struct{} // closed when there is another; nil while nobody waits
}

// set tells that there is a newer change. It never waits.
func (h *head) set(seq uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if seq <= h.seq {
		return
	}
	h.seq = seq
	if h.newer != nil {
		close(h.newer)
		h.newer = nil
	}
}

// after returns a channel that is closed once there is a change after seq.
func (h *head) after(seq uint64) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.seq > seq:
		return past
	case h.newer == nil:
		h.newer = make(chan struct{})
	}
	return h.newer
}

// past is what is closed already.
var past = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Newer returns a channel that is closed as soon as a change after a sequence is stored, which may
// be now. Whoever follows changes waits for it, and then reads on with Changes from the last one it
// saw: however long that takes, it misses none and no writer waits for it. The number of that one
// may be kept wherever it likes, to go on from there after a restart:
//
//	for {
//		<-s.Newer(cursor)
//		changes, err := s.Changes(cursor, 1000)
//		…
//		cursor = changes[len(changes)-1].Seq
//	}
func (s *Store) Newer(seq uint64) <-chan struct{} { return s.head.after(seq) }

// Changes returns the changes after a sequence, at most so many, the oldest first. One that can't
// be read any more has nothing but its number: what it changed is unknown.
func (s *Store) Changes(after uint64, most int) ([]news.Change, error) {
	var changes []news.Change
	err := s.view(func(r reading) error {
		b := r.Bucket(bucketChange)
		c := b.b.Cursor()
		k, sealed := c.Seek(number(after + 1))
		for ; k != nil && len(changes) < most; k, sealed = c.Next() {
			changes = append(changes, r.change(b, k, sealed))
		}
		return nil
	})
	return changes, err
}

// change reads a change of the log as its followers see it.
func (r reading) change(b *bucket, k, sealed []byte) news.Change {
	unknown := news.Change{Seq: toNumber(k)}
	value, ok := b.open(k, sealed)
	if !ok {
		r.pass(b.altered(k))
		return unknown
	}
	c, err := toChange(k, value)
	if err != nil {
		return unknown
	}
	seen := news.Change{Seq: c.Seq, Kind: c.Kind, ID: c.ID, Time: c.Time}
	for _, move := range c.Feeds {
		seen.Feeds = append(seen.Feeds, news.ParseFeedKey(move.Feed))
	}
	for _, cl := range c.Close {
		seen.Feeds = append(seen.Feeds, news.ParseFeedKey(cl.Feed))
	}
	return seen
}
