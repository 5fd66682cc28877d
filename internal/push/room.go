package push

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
)

// What holds where Settings say nothing.
const (
	defaultAtOnce   = 16
	defaultPatience = 2 * time.Second
)

// crowdedFor is how many seconds a client shall wait whose article found no room.
const crowdedFor = "1"

// room bounds the articles that are being read and stored: cleaning one takes many times the memory
// of its body. A body weighs its bytes, and at least what lets in no more than so many of them.
type room struct {
	bytes    *semaphore.Weighted
	all      int64
	least    int64
	patience time.Duration // that a request waits for room
}

// newRoom makes a room for bodies of so many bytes together.
func newRoom(s Settings) *room {
	atOnce, bytes, patience := s.AtOnce, s.UnderWay, s.Patience
	if atOnce <= 0 {
		atOnce = defaultAtOnce
	}
	if patience <= 0 {
		patience = defaultPatience
	}
	bytes = max(bytes, s.MaxBytes, 1)
	return &room{semaphore.NewWeighted(bytes), bytes, max(1, bytes/int64(atOnce)), patience}
}

// bounded answers a request with a body once there is room for it, and before it is read: who waits
// holds no memory. One that finds none for a while is to come again (RFC 6585, section 4).
func bounded[T any](
	p *pushing, most int64, next func(http.ResponseWriter, *http.Request, T) *problem,
) func(http.ResponseWriter, *http.Request, T) *problem {
	return func(w http.ResponseWriter, r *http.Request, whose T) *problem {
		size := r.ContentLength
		if size < 0 || size > most {
			size = most
		}
		weight := min(max(size, p.room.least), p.room.all)
		ctx, cancel := context.WithTimeout(r.Context(), p.room.patience)
		defer cancel()
		if err := p.room.bytes.Acquire(ctx, weight); err != nil {
			w.Header().Set("Retry-After", crowdedFor)
			return wrong(http.StatusTooManyRequests, "too many articles are being pushed at this "+
				"moment (push.at_once, push.under_way): nothing was stored, send it again")
		}
		defer p.room.bytes.Release(weight)
		return next(w, r, whose)
	}
}
