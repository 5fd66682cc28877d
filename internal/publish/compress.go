package publish

import (
	"context"
	"slices"
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// slowQueue is the series whose editions are yet to be put in the codings that take longer.
type slowQueue struct {
	wake  chan struct{}
	mu    sync.Mutex
	queue []*series
}

// add queues a series, once. It never waits.
func (q *slowQueue) add(s *series) {
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
func (q *slowQueue) take() *series {
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

// compressQueued compresses, one edition at a time so that it never takes more than one processor,
// until ctx ends.
func (p *Publisher) compressQueued(ctx context.Context) {
	for {
		s := p.slow.take()
		if s == nil {
			select {
			case <-ctx.Done():
				return
			case <-p.slow.wake:
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if err := p.compress(s); err != nil {
			p.log.Error("edition not compressed", "edition", s.name, "error", err)
		}
	}
}

// compress adds the codings that take longer to a series' current edition. If another edition has
// come meanwhile, the work is dropped: that one is queued by itself.
func (p *Publisher) compress(s *series) error {
	s.compressing.Lock() // who comes meanwhile finds it done
	defer s.compressing.Unlock()
	current := s.current.Load()
	if current == nil || len(current.edition.Representations) > 2 {
		return nil
	}
	e := *current.edition
	zst, err := p.encode(s, current, codingZstd)
	if err != nil || s.current.Load() != current {
		return err
	}
	br, err := p.encode(s, current, codingBrotli)
	if err != nil {
		return err
	}
	// Who takes both gets this one.
	p.bodies.put(s.name+codingBrotli, tagged{tag(current.edition), br}, len(br))
	e.Representations = append([]news.Representation{
		p.remade(s, current, codingBrotli, br), p.remade(s, current, codingZstd, zst),
	}, e.Representations...)
	all := *current
	all.edition = &e
	s.current.CompareAndSwap(current, &all)
	return nil
}

// remade is an issue in a coding, without the body: that is kept where there is room, and otherwise
// made again when it is asked for.
func (p *Publisher) remade(s *series, made *issue, coding string, body []byte) news.Representation {
	return news.Representation{
		Coding: coding, ETag: p.tag(made.edition.Seq, fingerprint(body)), Size: len(body),
		Make: func() ([]byte, error) { return p.body(s, made, coding) },
	}
}

// body returns an issue in a coding that takes longer, made once for all who ask at a time.
func (p *Publisher) body(s *series, made *issue, coding string) ([]byte, error) {
	name, etag := s.name+coding, tag(made.edition)
	if kept, ok := p.bodies.get(name); ok && kept.tag == etag {
		return kept.bytes, nil
	}
	body, err, _ := p.flights.Do(name+etag, func() (any, error) {
		p.work <- struct{}{}
		defer func() { <-p.work }()
		body, err := p.encode(s, made, coding)
		if err == nil {
			p.bodies.put(name, tagged{etag, body}, len(body))
		}
		return body, err
	})
	if err != nil {
		return nil, err
	}
	return body.([]byte), nil
}

// encode compresses an issue.
func (p *Publisher) encode(s *series, made *issue, coding string) ([]byte, error) {
	doc, err := p.bytes(s, made)
	if err != nil {
		return nil, err
	}
	if coding == codingZstd {
		return p.coder.zstd(doc, false), nil
	}
	return p.coder.brotli(doc, false)
}
