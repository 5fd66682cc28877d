package classify

import (
	"context"
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// InForce holds the rules in force: everybody who places articles, or tells of topics, is given it
// when made, and asks it each time. A reload compiles other rules and swaps them in. It is safe for
// concurrent use.
//
// A document that was begun by some rules is placed by them whatever happens meanwhile. Nobody
// waits for it but who places the stored articles anew: how long one takes is up to who sent it.
type InForce struct {
	mu     sync.Mutex // held for a few instructions
	now    *generation
	older  []*generation // with documents that are still on their way
	faults string
}

// generation is some rules with the documents that they place.
type generation struct {
	rules    *Rules
	underWay int
	replaced chan struct{} // closed when they are no longer in force
	idle     chan struct{} // closed when, after that, their last document is stored
}

func newGeneration(rules *Rules) *generation {
	return &generation{rules: rules, replaced: make(chan struct{}), idle: make(chan struct{})}
}

// Enforce brings the first rules into force.
func Enforce(rules *Rules) *InForce { return &InForce{now: newGeneration(rules)} }

// Rules returns the rules in force.
func (f *InForce) Rules() *Rules {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now.rules
}

// Enter returns the rules in force for a document, and what is to be called once the document is
// stored.
func (f *InForce) Enter() (rules *Rules, leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g := f.now
	g.underWay++
	return g.rules, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if g.underWay--; g.underWay == 0 && g != f.now {
			close(g.idle)
		}
	}
}

// Swap brings other rules into force, for every further document, at once.
func (f *InForce) Swap(rules *Rules) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now.underWay > 0 {
		f.older = append(f.older, f.now)
	}
	close(f.now.replaced)
	f.now, f.faults = newGeneration(rules), ""
}

// Settle returns when no document is on its way any more that rules place which are no longer in
// force, or when ctx ends.
func (f *InForce) Settle(ctx context.Context) error {
	for {
		f.mu.Lock()
		if len(f.older) == 0 {
			f.mu.Unlock()
			return ctx.Err()
		}
		oldest := f.older[0]
		f.mu.Unlock()
		select {
		case <-oldest.idle:
		case <-ctx.Done():
			return ctx.Err()
		}
		f.mu.Lock()
		if len(f.older) > 0 && f.older[0] == oldest {
			f.older = f.older[1:]
		}
		f.mu.Unlock()
	}
}

// While returns the rules in force, and a context that ends when they no longer are, or when its
// parent or stop ends it.
func (f *InForce) While(parent context.Context) (*Rules, context.Context, context.CancelFunc) {
	f.mu.Lock()
	g := f.now
	f.mu.Unlock()
	ctx, stop := context.WithCancel(parent)
	go func() {
		select {
		case <-g.replaced:
			stop()
		case <-ctx.Done():
		}
	}()
	return g.rules, ctx, stop
}

// Refuse notes why the configuration as it is now is not in force; "" if it is.
func (f *InForce) Refuse(faults string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = faults
}

// Faults returns what was noted last.
func (f *InForce) Faults() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.faults
}

// Decide is that of the classifier in force.
func (f *InForce) Decide(
	a news.Article, ruled []news.Placement, decisions []news.Decision,
) []news.Placement {
	return f.Rules().Decide(a, ruled, decisions)
}
