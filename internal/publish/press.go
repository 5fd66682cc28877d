package publish

import (
	"context"
	"slices"
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// press is the queue of series whose editions are yet to be put in the codings that take longer.
type press struct {
	wake  chan struct{}
	mu    sync.Mutex
	queue []*series
}

// add queues a series, once. It never waits.
func (q *press) add(s *series) {
	if s.queued.Swap(true) {
		return
	}
	q.mu.Lock()
	q.queue = append(q.queue, s)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns the series that waited longest, nil if none does.
func (q *press) take() *series {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.queue) == 0 {
		return nil
	}
	s := q.queue[0]
	q.queue = slices.Delete(q.queue, 0, 1)
	s.queued.Store(false)
	return s
}

// press compresses, one edition at a time so that it never takes more than one processor, until ctx
// ends.
func (p *Publisher) press(ctx context.Context) {
	for {
		s := p.pressing.take()
		if s == nil {
			select {
			case <-ctx.Done():
				return
			case <-p.pressing.wake:
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if err := p.squeeze(s); err != nil {
			p.log.Error("edition not compressed", "edition", s.name, "error", err)
		}
	}
}

// squeeze adds the codings that take longer to a series' current edition. If another edition has
// come meanwhile, the work is dropped: that one is queued by itself.
func (p *Publisher) squeeze(s *series) error {
	s.squeezing.Lock() // who comes meanwhile finds it done
	defer s.squeezing.Unlock()
	current := s.current.Load()
	if current == nil || len(current.edition.Representations) > 2 {
		return nil
	}
	doc, err := p.bytes(s, current)
	if err != nil {
		return err
	}
	e := *current.edition
	zst := p.coder.zstd(doc, false)
	if s.current.Load() != current {
		return nil
	}
	br, err := p.coder.brotli(doc, false)
	if err != nil {
		return err
	}
	e.Representations = slices.Concat([]news.Representation{
		{Coding: codingBrotli, ETag: news.ETag(e.Seq, fingerprint(br)), Body: br, Size: len(br)},
		{Coding: codingZstd, ETag: news.ETag(e.Seq, fingerprint(zst)), Body: zst, Size: len(zst)},
	}, e.Representations)
	pressed := *current
	pressed.edition = &e
	s.current.CompareAndSwap(current, &pressed)
	return nil
}
