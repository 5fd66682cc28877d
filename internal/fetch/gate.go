package fetch

import (
	"context"
	"strings"
	"sync"
)

// gates let one request at a time pass to each host. The zero value is ready for use.
type gates struct {
	mu    sync.Mutex
	hosts map[string]*gate
}

// gate belongs to one host for as long as anybody is at it.
type gate struct {
	turn  chan struct{} // holds one token while a request is under way
	users int           // under way or waiting, guarded by gates.mu
}

// enter waits until no other request to the host is under way. The caller calls leave once when
// its own has ended; if ctx ends first there is an error and nothing to leave.
func (g *gates) enter(ctx context.Context, host string) (leave func(), err error) {
	host = strings.ToLower(host)
	at := g.approach(host)
	select {
	case at.turn <- struct{}{}:
		return func() { <-at.turn; g.depart(host, at) }, nil
	case <-ctx.Done():
		g.depart(host, at)
		return nil, ctx.Err()
	}
}

func (g *gates) approach(host string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.hosts[host]
	if at == nil {
		at = &gate{turn: make(chan struct{}, 1)}
		if g.hosts == nil {
			g.hosts = make(map[string]*gate)
		}
		g.hosts[host] = at
	}
	at.users++
	return at
}

// depart forgets a host that nobody is at, so that the map does not grow for ever.
func (g *gates) depart(host string, at *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at.users--; at.users == 0 {
		delete(g.hosts, host)
	}
}
