package store

import (
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// saving is how states are written: those that wait while one transaction is being committed share
// the next.
type saving struct {
	mu      sync.Mutex
	waiting []*savedState
	commit  sync.Mutex
}

// savedState is a state to be written; done and err belong to who holds saving.commit.
type savedState struct {
	source string
	state  news.PollState
	done   bool
	err    error
}

// Save keeps what a poll taught, and moves the source to st.Due in the index; a zero Due takes it
// out. A source that was not enlisted stays out.
func (p *Polls) Save(source string, st news.PollState) error {
	own := &savedState{source: source, state: st}
	p.saving.mu.Lock()
	p.saving.waiting = append(p.saving.waiting, own)
	p.saving.mu.Unlock()
	p.saving.commit.Lock()
	defer p.saving.commit.Unlock()
	if !own.done {
		p.saving.mu.Lock()
		group := p.saving.waiting
		p.saving.waiting = nil
		p.saving.mu.Unlock()
		p.saveAll(group)
	}
	return own.err
}

// saveAll writes states in one transaction; if one of them can't be written, each in its own.
func (p *Polls) saveAll(group []*savedState) {
	err := p.db.update(func(t tx) error {
		for _, s := range group {
			if err := p.savePoll(t, s.source, s.state); err != nil {
				return err
			}
		}
		return nil
	})
	for _, s := range group {
		if err != nil && len(group) > 1 {
			s.err = p.db.update(func(t tx) error { return p.savePoll(t, s.source, s.state) })
		} else {
			s.err = err
		}
		s.done = true
	}
}
