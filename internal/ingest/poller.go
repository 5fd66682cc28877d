package ingest

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// lease is how long a source that was taken is left alone if nothing more is heard of its run.
const lease = 15 * time.Minute

// Due is the index of when each source is due. Due takes up to n whose time has come, and leaves
// each alone for the lease.
type Due interface {
	Due(now time.Time, n int, lease time.Duration) ([]string, error)
}

// Poller starts runs of the sources that are due, a bounded number at a time.
type Poller struct {
	log     *slog.Logger
	flow    *Flow
	due     Due
	sources atomic.Pointer[map[string]news.Source] // in force, by id
	queue   chan news.Source                       // taken, and waiting for a slot
	slots   chan struct{}
	queues  hostQueues
	sweeps  sweeps
	running sync.WaitGroup
	ending  atomic.Bool // nothing more is begun
}

// queued is how many sources may wait for each slot: enough that slots are busy between ticks,
// and few enough that the last of them is read long before its lease ends.
const queued = 16

// Bounds are how many sources are looked at at a time.
type Bounds struct {
	AtOnce  int // of all hosts together
	PerHost int // requests that the fetcher makes to a host, 1 if 0; of its sources one more waits
}

// NewPoller makes a poller of the given sources.
func NewPoller(
	log *slog.Logger, flow *Flow, due Due, sources []news.Source, bounds Bounds,
) *Poller {
	p := &Poller{
		log: log, flow: flow, due: due,
		queue:  make(chan news.Source, queued*bounds.AtOnce),
		slots:  make(chan struct{}, bounds.AtOnce),
		queues: hostQueues{extra: max(bounds.PerHost, 1) - 1},
	}
	p.SetSources(sources)
	return p
}

// SetSources has other sources looked at henceforth. Runs of those that are gone end by themselves.
func (p *Poller) SetSources(sources []news.Source) {
	byID := make(map[string]news.Source, len(sources))
	for _, src := range sources {
		byID[src.ID] = src
	}
	p.sources.Store(&byID)
}

// source returns a source as it is now.
func (p *Poller) source(id string) (news.Source, bool) {
	src, ok := (*p.sources.Load())[id]
	return src, ok
}

// Tick takes the sources that are due, as many as may wait, and has them run one after the other in
// each slot. It does not wait for any. Runs end with ctx.
func (p *Poller) Tick(ctx context.Context) error {
	room := cap(p.queue) - len(p.queue)
	if room < cap(p.queue)/2 {
		return nil
	}
	ids, err := p.due.Due(p.flow.now(), room, lease)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if src, known := p.source(id); known {
			select {
			case p.queue <- src:
			default: // another Tick was faster; its lease brings it back
			}
		}
	}
	for len(p.queue) > 0 {
		select {
		case p.slots <- struct{}{}:
			p.running.Go(func() {
				defer func() { <-p.slots }()
				p.drain(ctx)
			})
		default:
			return nil
		}
	}
	return nil
}

// drain runs what is queued until nothing is, or the poller ends.
func (p *Poller) drain(ctx context.Context) {
	over := func() bool { return ctx.Err() != nil || p.ending.Load() }
	for !over() {
		select {
		case src := <-p.queue:
			for ok := p.queues.enter(src); ok; src, ok = p.queues.next(src) {
				if over() {
					p.giveBack(ctx, src)
				} else if now, ok := p.source(src.ID); ok && !p.flow.underWay.held(src.ID) {
					p.run(ctx, now) // else it is gone, or somebody looks at it at this moment
				}
			}
		default:
			return
		}
	}
}

// run looks at one source. A failing source is data, recorded by the flow; what is logged here is
// only what kept the flow from recording it.
func (p *Poller) run(ctx context.Context, src news.Source) {
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("source run panicked", "source", src.ID, "panic", r,
				"stack", string(debug.Stack()))
		}
	}()
	_, err := p.flow.Run(ctx, src)
	switch {
	case err != nil && ctx.Err() != nil, errors.Is(err, news.ErrUnwritable):
		p.giveBack(ctx, src)
	case err != nil && news.KindOf(err) == news.Internal:
		p.log.Error("source run broken", "source", src.ID, "error", err)
	}
}

// Sweep has every folder looked at, each by itself, and waits for none of them: a file that takes
// long holds up no other folder. A folder that is being looked at is looked at once more after
// that, since something may have changed in it meanwhile.
func (p *Poller) Sweep(ctx context.Context) error {
	for _, src := range *p.sources.Load() {
		if src.Kind != news.KindFolder || p.ending.Load() || !p.sweeps.enter(src.ID) {
			continue
		}
		p.running.Go(func() {
			defer p.sweeps.leave(src.ID)
			p.run(ctx, src)
		})
	}
	return nil
}

// sweeps counts the looks at each folder, one under way and one that waits for it.
type sweeps struct {
	mu    sync.Mutex
	looks map[string]int
}

// enter reports whether another look is of use.
func (s *sweeps) enter(folder string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.looks == nil {
		s.looks = map[string]int{}
	}
	if s.looks[folder] == 2 {
		return false
	}
	s.looks[folder]++
	return true
}

func (s *sweeps) leave(folder string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks[folder]--
}

// giveBack makes a source due now that was taken and not read, so that the next start does not wait
// for its lease to end.
func (p *Poller) giveBack(ctx context.Context, src news.Source) {
	if err := p.flow.Hasten(src); err != nil {
		p.log.WarnContext(ctx, "source not given back", "source", src.ID, "error", err)
	}
}

// Hasten makes a source due now.
func (f *Flow) Hasten(src news.Source) error {
	return f.hasten(src, func(*news.PollState) {})
}

// TryAgain makes a source due now, also one whose server had said that it is gone.
func (f *Flow) TryAgain(src news.Source) error {
	return f.hasten(src, func(st *news.PollState) {
		st.Why, st.Retired, st.RetiredURL = "it was asked for", time.Time{}, ""
	})
}

// hasten makes a source due now, with whatever else is to be noted in its state.
func (f *Flow) hasten(src news.Source, note func(*news.PollState)) error {
	if !src.Kind.Polled() {
		return nil // a folder is swept all the time, and nobody looks at the others
	}
	st, err := f.polls.State(src.ID)
	if err == nil {
		st.Due = f.now().UTC()
		note(&st)
		err = f.polls.Save(src.ID, st)
	}
	return err
}

// Wait waits for the runs under way.
func (p *Poller) Wait() { p.running.Wait() }

// Stop begins nothing more, waits for the runs under way, and gives back what was taken and has not
// been read. There must be no Tick any more.
func (p *Poller) Stop() {
	p.ending.Store(true)
	p.running.Wait()
	for {
		select {
		case src := <-p.queue:
			p.giveBack(context.Background(), src)
		default:
			return
		}
	}
}
