package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// conditional answers each offer with the outcome that its title names.
type conditional struct{}

func (conditional) AcceptIf(
	_ context.Context, c news.Candidate, _ news.Condition,
) (news.Result, news.Entry, error) {
	if c.Article.Title == "broken" {
		return news.Result{}, news.Entry{}, errors.New("disk full")
	}
	return news.Result{Outcome: news.Outcome(c.Article.Title)}, news.Entry{}, nil
}

// polled is poll state for many goroutines.
type polled struct {
	mu     sync.Mutex
	states map[string]news.PollState
	saves  int
	err    error
}

func (p *polled) State(source string) (news.PollState, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.states[source], nil
}

func (p *polled) Save(source string, st news.PollState) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	p.states[source] = st
	p.saves++
	return nil
}

func push(d *Intake, source, title string) error {
	_, _, err := d.Offer(context.Background(),
		news.Source{ID: source, Kind: news.KindPush, Rights: news.Full},
		news.Item{GUID: "1", Title: title}, news.Condition{})
	return err
}

func TestPushesAreCounted(t *testing.T) {
	polls := &polled{states: map[string]news.PollState{
		"desk": {LastChange: noon.Add(-time.Hour), Polls: 10, Accepted: 10},
	}}
	flow := flowOn(t, &world{})
	flow.polls = polls
	intake := NewIntake(flow, conditional{})
	for _, title := range []string{"accepted", "accepted", "updated", "unchanged", "conflict"} {
		if err := push(intake, "desk", title); err != nil {
			t.Fatal(err)
		}
	}
	if err := push(intake, "desk", ""); news.KindOf(err) != news.Invalid { // nothing is left of it
		t.Errorf("an item without a title: %v", err)
	}
	if err := push(intake, "desk", "broken"); err == nil {
		t.Error("a broken disk went unnoticed")
	}
	want := news.PollState{
		Polls: 15, Accepted: 12, Updated: 1, Unchanged: 1, Rejected: 1,
		LastPoll: noon, LastSuccess: noon, LastChange: noon, Usual: time.Hour,
	}
	if diff := cmp.Diff(want, polls.states["desk"]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	polls.err = errors.New("disk full")
	if err := push(intake, "desk", "accepted"); err != nil {
		t.Errorf("an article that is stored was refused for its count: %v", err)
	}
	if flow.pushed.saving {
		t.Error("nobody saves any more after a failure")
	}
}

func TestPushesAtOnceAreAllCounted(t *testing.T) {
	polls := &polled{states: map[string]news.PollState{}}
	flow := flowOn(t, &world{})
	flow.polls = polls
	intake := NewIntake(flow, conditional{})
	var pushers sync.WaitGroup
	for i := range 200 {
		pushers.Go(func() {
			if err := push(intake, fmt.Sprint("desk", i%2), "accepted"); err != nil {
				t.Error(err)
			}
		})
	}
	pushers.Wait()
	for source, st := range polls.states {
		if st.Accepted != 100 || st.Polls != 100 {
			t.Errorf("%s: %+v", source, st)
		}
	}
	if len(polls.states) != 2 || polls.saves > 200 {
		t.Errorf("%d sources, %d saves", len(polls.states), polls.saves)
	}
}
