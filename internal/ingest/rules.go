package ingest

import (
	"context"
	"sync"

	"github.com/teletipo/teletipo/internal/classify"
)

// rules are the classifier in force, and which documents are on their way that were begun under
// one before. Nobody waits for a document but who places the stored articles anew: how long one
// takes is up to who sent it.
type rules struct {
	mu    sync.Mutex // held for a few instructions
	now   *generation
	older []*generation // with documents that are still on their way
}

// generation is a classifier with the documents that it places.
type generation struct {
	*classify.Classifier
	underWay int
	idle     chan struct{} // closed when it is replaced and its last document is stored
}

func newRules(classifier *classify.Classifier) *rules {
	return &rules{now: &generation{Classifier: classifier, idle: make(chan struct{})}}
}

// current returns the classifier in force.
func (r *rules) current() *classify.Classifier {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now.Classifier
}

// enter returns the classifier in force for a document, and what is to be called once the document
// is stored.
func (r *rules) enter() (classifier *classify.Classifier, leave func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.now
	g.underWay++
	return g.Classifier, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if g.underWay--; g.underWay == 0 && g != r.now {
			close(g.idle)
		}
	}
}

// swap brings another classifier into force.
func (r *rules) swap(classifier *classify.Classifier) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now.underWay > 0 {
		r.older = append(r.older, r.now)
	}
	r.now = &generation{Classifier: classifier, idle: make(chan struct{})}
}

// settle returns when no document is on its way any more that a classifier places which is no
// longer in force, or when ctx ends.
func (r *rules) settle(ctx context.Context) error {
	for {
		r.mu.Lock()
		if len(r.older) == 0 {
			r.mu.Unlock()
			return ctx.Err()
		}
		oldest := r.older[0]
		r.mu.Unlock()
		select {
		case <-oldest.idle:
		case <-ctx.Done():
			return ctx.Err()
		}
		r.mu.Lock()
		if len(r.older) > 0 && r.older[0] == oldest {
			r.older = r.older[1:]
		}
		r.mu.Unlock()
	}
}
