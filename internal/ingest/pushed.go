package ingest

import (
	"context"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// tally adds up what has come of items that were offered, until it is saved: those that come while
// one caller saves are saved by it as well, so that they need not wait.
type tally struct {
	mu     sync.Mutex
	counts map[string]*tallied
	saving bool
}

// tallied is what has come of the items of one source.
type tallied struct {
	outcomes map[news.Outcome]int
	at       time.Time
	changed  bool
}

// add counts an item, and reports whether the caller is the one to save.
func (t *tally) add(source string, outcome news.Outcome, at time.Time) (save bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]*tallied{}
	}
	c := t.counts[source]
	if c == nil {
		c = &tallied{outcomes: map[news.Outcome]int{}}
		t.counts[source] = c
	}
	c.outcomes[outcome]++
	c.at = at
	c.changed = c.changed || outcome == news.Accepted || outcome == news.Updated
	save, t.saving = !t.saving, true
	return save
}

// take takes all that has been counted, nil if that is nothing; then nobody saves any more.
func (t *tally) take() map[string]*tallied {
	t.mu.Lock()
	defer t.mu.Unlock()
	counts := t.counts
	t.counts, t.saving = nil, counts != nil
	return counts
}

// count notes in a source's state what came of an item that was offered. What can't be noted is
// logged: the item is stored all the same.
func (f *Flow) count(ctx context.Context, source string, outcome news.Outcome) {
	if !f.pushed.add(source, outcome, f.now()) {
		return
	}
	for counts := f.pushed.take(); counts != nil; counts = f.pushed.take() {
		for source, c := range counts {
			if err := f.saveCount(context.WithoutCancel(ctx), source, c); err != nil {
				f.log.Error("push not counted", "source", source, "error", err)
			}
		}
	}
}

// saveCount adds to a source's state what has come of its items.
func (f *Flow) saveCount(ctx context.Context, source string, c *tallied) error {
	release, err := f.underWay.claim(ctx, source)
	if err != nil {
		return err
	}
	defer release()
	st, err := f.polls.State(source)
	if err != nil {
		return err
	}
	before := st
	for outcome, n := range c.outcomes {
		st.Polls += n
		switch outcome {
		case news.Accepted:
			st.Accepted += n
		case news.Updated:
			st.Updated += n
		case news.Unchanged:
			st.Unchanged += n
		default:
			st.Rejected += n
		}
	}
	st.LastPoll = c.at.UTC()
	if st.Rejected-before.Rejected < st.Polls-before.Polls {
		st.LastSuccess = st.LastPoll
	}
	if c.changed {
		st.Usual, st.LastChange = usual(before, c.at), st.LastPoll
	}
	st.Failures, st.Error = 0, ""
	return f.polls.Save(source, st)
}
