package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/teletipo/teletipo/internal/news"
)

// pass renders the feeds that changed, publishes what is due, and tells when to come back, zero
// if only on a change. Feeds are rendered side by side, and a failure of one leaves the others
// alone.
func (p *Publisher) pass(ctx context.Context) (next time.Time, err error) {
	now := p.settings.Now()
	missed := p.follow()
	work := p.take(now)
	due := make([][]*proof, len(work))
	errs := make([]error, len(work), len(work)+2)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range work {
		group.Go(func() error {
			if errs[i] = ctx.Err(); errs[i] == nil {
				due[i], errs[i] = p.refresh(f, now)
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs, all of them
	errs = append(errs, p.publish(slices.Concat(due...)), missed)
	p.keep(work)
	return p.next(now), errors.Join(errs...)
}

// readAtOnce is how many changes are read together.
const readAtOnce = 1000

// follow reads on in the log of changes, and notes which feeds they touched. Where it can't be read
// any of them may have changed.
func (p *Publisher) follow() error {
	p.blind = false
	for {
		changes, err := p.store.Changes(p.cursor, readAtOnce)
		for _, c := range changes {
			p.cursor = c.Seq
			if c.Kind == "" {
				p.spoil(p.order...)
			}
			for _, key := range c.Feeds {
				if f := p.feeds[key]; f != nil { // others are of topics that were
					p.spoil(f)
				}
			}
		}
		if err != nil {
			return p.skip(err)
		}
		if len(changes) < readAtOnce {
			return nil
		}
	}
}

// skip goes on behind changes that can't be read. If that fails too it is tried again in a while.
func (p *Publisher) skip(why error) error {
	why = fmt.Errorf("changes after %d: %w", p.cursor, why)
	p.spoil(p.order...)
	seq, err := p.store.Sequence()
	if p.blind = err != nil; !p.blind {
		p.cursor = seq
	}
	return why
}

// spoil notes that feeds are no longer what was published.
func (p *Publisher) spoil(feeds ...*feed) {
	for _, f := range feeds {
		f.stale = true
	}
}

// take lists the feeds to work on now: those that changed or have something to publish, and do
// not wait for a stamp. So a burst of changes costs a feed one rendering a second.
func (p *Publisher) take(now time.Time) []*feed {
	var work []*feed
	for _, f := range p.order {
		if (f.stale || len(f.held) > 0) && !f.due.After(now) {
			work = append(work, f)
		}
	}
	return work
}

// refresh works on one feed and gives the editions that are due. A window whose stamp lies ahead
// is read again then, with all that has joined it. If by then its stamp has moved on, its editions
// are made and held, and next time they are published whatever the window says: however fast
// changes follow each other, readers are never more than two stamps behind.
func (p *Publisher) refresh(f *feed, now time.Time) (due []*proof, err error) {
	f.due = time.Time{}
	if !f.stale {
		return f.release(), nil
	}
	window, err := p.store.Subscription(f.key, news.Extent{}, nothing)
	if err != nil {
		return f.release(), err // still stale: tried again
	}
	if f.await(window.Stamp, now) {
		due = f.release()
		if len(due) == 0 && !f.waited {
			f.waited = true
			return nil, nil
		}
	} else if window.Stamp.After(now) {
		p.log.Warn("stamp lies far ahead, was the clock set back?", "feed", f.key.String(),
			"stamp", window.Stamp)
	}
	c, err := p.compose(f, f.series, f.items, p.settings.Window.Size,
		func(take news.Taker) (news.Window, error) {
			return p.store.Subscription(f.key, p.settings.Window, take)
		})
	if err != nil {
		return due, err
	}
	if c.window.Stamp.After(now) { // since it was asked for: what is held must not wait for it too
		due = append(due, f.release()...)
	}
	f.stale, f.waited, f.due = false, false, time.Time{}
	f.held, err = p.proofs(f, c, now)
	for _, pr := range f.held {
		f.await(pr.issue.edition.Modified, now)
	}
	if f.due.IsZero() {
		due = append(due, f.release()...)
	}
	return due, err
}

// nothing takes nothing: only the window is asked for.
func nothing(news.Place, func() (news.Entry, error)) bool { return false }

// await lets a feed wait for a stamp, if that lies ahead and within reach.
func (f *feed) await(stamp, now time.Time) bool {
	if !stamp.After(now) || stamp.After(now.Add(longestHold)) {
		return false
	}
	if stamp.After(f.due) {
		f.due = stamp
	}
	return true
}

// release returns what was held. From here on it counts as published.
func (f *feed) release() []*proof {
	held := f.held
	f.held = nil
	for _, p := range held {
		p.series.last = p.stamp
	}
	return held
}

// publish remembers editions, then swaps them in: after a crash in between, the next Start gives
// the same bytes the same validators. What can't be remembered now is published all the same.
func (p *Publisher) publish(proofs []*proof) error {
	for _, pr := range proofs {
		if !pr.known {
			p.unsaved[pr.series.name] = pr.stamp
		}
	}
	for _, f := range p.order {
		if f.cutNews {
			f.cutNews = false
			p.unsaved[f.cutName()] = news.EditionStamp{Seq: f.cutUntil, Cut: f.cut}
		}
	}
	var err error
	if len(p.unsaved) > 0 {
		if err = p.store.SaveEditionStamps(maps.Clone(p.unsaved)); err == nil {
			clear(p.unsaved)
		} else if errors.Is(err, news.ErrUnwritable) {
			err = nil // the store has told, and it is tried again
		}
	}
	for _, pr := range proofs {
		e := pr.issue.edition
		pr.series.current.Store(pr.issue)
		if pr.series.wanted(p.settings.Now()) {
			p.slow.add(pr.series)
		}
		p.log.Debug("edition published", "edition", pr.series.name, "seq", e.Seq,
			"modified", e.Modified)
	}
	return err
}

// next is when to come back without a change: when a stamp is reached, or after a failure.
func (p *Publisher) next(now time.Time) time.Time {
	var next time.Time
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	failed := p.blind || len(p.unsaved) > 0
	for _, f := range p.order {
		if !f.due.IsZero() {
			sooner(f.due)
		} else if f.stale {
			failed = true
		}
	}
	if failed {
		sooner(now.Add(retryAfter))
	}
	return next
}
