package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// request is one caller's part of a transaction. do may run twice: once beside others and, if one
// of them fails, once more alone; it must begin anew each time.
type request struct {
	do    func(*writing) error
	count int // of what it may write: candidates, or 1
	done  chan error
}

// mostTogether is how much a transaction holds before it takes no further request: past it,
// bbolt's node splits cost more than the shared sync saves.
const mostTogether = mostAtOnce

// writing is a transaction under way: what it has stamped and touched so far.
type writing struct {
	reading
	program string
	now     time.Time // whole seconds
	group   []*change // that were made, in order
	states  map[news.FeedKey]state
	touched map[news.FeedKey]bool
	feeds   map[news.FeedKey]*feed
	closing map[news.FeedKey]toClose // archives to be closed at the end
	shares  *shares
}

// writing begins to write in a transaction.
func (s *Store) writing(t tx) *writing {
	return &writing{
		reading: s.reading(t), program: s.program, now: s.now().UTC().Truncate(time.Second),
		states: map[news.FeedKey]state{}, touched: map[news.FeedKey]bool{},
		feeds: map[news.FeedKey]*feed{}, closing: map[news.FeedKey]toClose{}, shares: s.shares,
	}
}

// submit hands do to the writing goroutine and waits until it is on disk. A context that ends
// takes back only what has not been handed over.
func (s *Store) submit(ctx context.Context, do func(*writing) error) error {
	return s.submitMany(ctx, 1, do)
}

// submitMany submits what may write so many articles.
func (s *Store) submitMany(ctx context.Context, count int, do func(*writing) error) error {
	if s.replica {
		return news.Errorf(news.Refused, "this store follows the log of another, which alone decides")
	}
	return s.send(ctx, count, do)
}

// send is submitMany of what was decided already.
func (s *Store) send(ctx context.Context, count int, do func(*writing) error) error {
	r := request{do: do, count: count, done: make(chan error, 1)}
	if err := s.takes(ctx); err != nil { // alone first: a select among ready cases picks at random
		return err
	}
	select {
	case s.requests <- r:
	case <-s.closing:
		return errClosed()
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-r.done:
		return err
	case <-s.stopped:
		select {
		case err := <-r.done:
			return err
		default:
			return errClosed()
		}
	}
}

// takes returns an error if the store is closed or ctx has ended.
func (s *Store) takes(ctx context.Context) error {
	select {
	case <-s.closing:
		return errClosed()
	case <-ctx.Done():
		return ctx.Err()
	default:
		return nil
	}
}

func errClosed() error { return news.Errorf(news.Refused, "the store is closed") }

// write is the writing goroutine: it takes whatever has queued up, commits it together, and tells
// who waits. After Close it finishes what was queued.
func (s *Store) write() {
	defer close(s.stopped)
	for {
		select {
		case r := <-s.requests:
			s.commit(s.drain([]request{r}))
		case <-s.closing:
			for group := s.drain(nil); len(group) > 0; group = s.drain(nil) {
				s.commit(group)
			}
			return
		}
	}
}

// drain adds to a group what waits in the queue now, as long as there is room.
func (s *Store) drain(group []request) []request {
	held := 0
	for _, r := range group {
		held += r.count
	}
	for held < mostTogether {
		select {
		case r := <-s.requests:
			group = append(group, r)
			held += r.count
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one transaction; if one of it fails, each alone.
func (s *Store) commit(group []request) {
	err := s.transact(group)
	if err != nil && len(group) > 1 && !errors.Is(err, news.ErrUnwritable) {
		for _, r := range group {
			r.done <- s.transact([]request{r})
		}
		return
	}
	for _, r := range group {
		r.done <- err
	}
}

// transact runs a group in one transaction, and wakes who waits for its changes.
func (s *Store) transact(group []request) error {
	var newest uint64
	var whole bool // there is a change of the whole store
	err := s.db.update(func(t tx) error {
		w := s.writing(t)
		for _, name := range [][]byte{bucketArticle, bucketBody, bucketChange, bucketItem} {
			t.Bucket(name).grows()
		}
		for _, r := range group {
			if err := r.do(w); err != nil {
				return err
			}
		}
		if !s.replica { // it was decided there
			if err := w.closeArchives(); err != nil {
				return err
			}
		}
		newest = w.Bucket(bucketChange).Sequence()
		if err := w.saveStates(); err != nil {
			return err
		}
		whole = slices.ContainsFunc(w.group, (*change).ofWhole)
		return s.tell(w)
	})
	if err == nil && whole {
		err = s.db.view(s.identify)
	}
	if err != nil {
		clear(s.shares.topics) // it counted what was not stored
	}
	s.unmapRarely(group)
	if err == nil {
		s.head.set(newest)
	}
	return err
}

// state reads a feed's state, through what this transaction has already changed.
func (w *writing) state(key news.FeedKey) state {
	if st, ok := w.states[key]; ok {
		return st
	}
	if b := w.Bucket(bucketFeed).Bucket([]byte(key.String())); b != nil {
		return toState(b.Get(feedState))
	}
	return state{}
}

// saveStates writes the states that the transaction changed, each once.
func (w *writing) saveStates() error {
	for key, st := range w.states {
		b, err := w.feed(key)
		if err != nil {
			return err
		}
		if err := b.Put(feedState, st.bytes()); err != nil {
			return err
		}
	}
	return nil
}

// stamp chooses when a feed's change at w.now becomes visible, so that Last-Modified grows with
// what is published. Changes of one transaction share a stamp.
func (w *writing) stamp(key news.FeedKey) time.Time {
	last := w.state(key).stamp
	if w.touched[key] {
		return last
	}
	return grown(w.now, last)
}

// grown is when a change at now becomes visible after one at last: now, or a second past last if
// that is later. A last one that still lies ahead has not been published, so the change joins it:
// bursts run at most a second ahead of the clock.
func grown(now, last time.Time) time.Time {
	if last.After(now.Add(farAhead)) {
		return now // the clock was wrong then
	}
	switch now.Compare(last) {
	case -1:
		return last
	case 0:
		return last.Add(time.Second)
	}
	return now
}
