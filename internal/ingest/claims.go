package ingest

import (
	"context"
	"sync"
)

// claims keeps a source from being looked at twice at once.
type claims struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the claim is given up
}

// claim waits until nobody holds the name, holds it, and gives back what releases it.
func (c *claims) claim(ctx context.Context, name string) (release func(), err error) {
	for {
		c.mu.Lock()
		held, busy := c.taken[name]
		if !busy {
			mine := make(chan struct{})
			c.taken[name] = mine
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.taken, name)
				c.mu.Unlock()
				close(mine)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-held:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// held reports whether somebody holds the name now.
func (c *claims) held(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, busy := c.taken[name]
	return busy
}
