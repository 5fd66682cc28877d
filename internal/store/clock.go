package store

import (
	"context"
	"time"
)

const (
	// farAhead is how far a stamp may lie ahead. Bursts run at most a second ahead of the clock: what
	// lies further was stamped by a clock that was wrong, and counts for nothing.
	farAhead = 2 * time.Second
	// jumpAfter is by how much the clock may move against the time that passes: more is no correction
	// of a clock that is a little wrong.
	jumpAfter = time.Minute
)

// trusted is the time until which embargoes may be over: now, unless the clock has jumped ahead
// since the store was opened. Then it is as late as the time that has passed says.
func (s *Store) trusted() time.Time {
	now := s.now()
	if s.Jumped() != 0 {
		return s.opened.Add(s.passed())
	}
	return now
}

// Jumped is by how much the clock has jumped ahead since the store was opened, 0 if it has not. A
// machine that slept looks the same.
func (s *Store) Jumped() time.Duration {
	jump := s.now().Round(0).Sub(s.opened.Add(s.passed()))
	if jump <= jumpAfter {
		return 0
	}
	return jump.Round(time.Second)
}

// Retry tries to store something if the last attempt failed, so that others go on when it does.
func (s *Store) Retry(ctx context.Context) error {
	if s.db.writing() == nil || s.db.frozen.Load() != nil {
		return nil
	}
	room := make([]byte, 256<<10)
	_ = s.submit(ctx, func(w *writing) error { return w.Bucket(bucketMeta).Put(metaRoom, room) })
	return s.free(ctx)
}

// free takes back what Retry has stored.
func (s *Store) free(ctx context.Context) error {
	if s.db.writing() != nil {
		return nil // the log has it
	}
	return s.submit(ctx, func(w *writing) error { return w.Bucket(bucketMeta).Delete(metaRoom) })
}

var metaRoom = []byte("room")

// keepTime begins to measure the time that passes.
func (s *Store) keepTime(measured bool, passed func() time.Duration) {
	began := time.Now()
	s.opened, s.passed = s.now().Round(0), passed
	switch {
	case passed != nil:
	case measured:
		s.passed = func() time.Duration { return time.Since(began) }
	default:
		s.passed = func() time.Duration { return s.now().Round(0).Sub(s.opened) }
	}
}
