package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
)

// Over this long each source is due once.
const turn = 15 * time.Minute

// quietly is a reader of sources that never have anything new, but for a sample of them, which is
// really fetched once that has begun.
type quietly struct {
	really                      ingest.Reader
	sample                      map[string]bool // by id
	begun                       atomic.Bool
	reads, really304, reallyNew atomic.Int64
}

func (q *quietly) Read(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	q.reads.Add(1)
	if !q.begun.Load() || !q.sample[src.ID] {
		return news.Reading{Status: 304, NotModified: true, Validators: last}, nil
	}
	reading, err := q.really.Read(ctx, src, last)
	if reading.NotModified {
		q.really304.Add(1)
	} else if err == nil {
		q.reallyNew.Add(1)
	}
	return reading, err
}

func (q *quietly) Keep(src news.Source, reading news.Reading) { q.really.Keep(src, reading) }

// runIdle has a poller wait for many sources, of which each is due once in a quarter of an hour
// and answers that nothing is new: half a minute in real time, then the whole quarter of an hour
// with a clock of its own, as fast as it goes. Then a sample of the sources, as many as there are
// feeds, is really fetched, each with one new item. Poll state is real, and synchronised to the
// disk.
func (s *settings) runIdle(ctx context.Context, stdout io.Writer) error {
	stop, err := s.startFixture(ctx)
	if err != nil {
		return err
	}
	defer stop()
	d, closeDesk, err := s.openDesk(ctx)
	if err != nil {
		return err
	}
	defer closeDesk()
	start := time.Now()
	sources, sample, err := s.idleSources(ctx)
	if err != nil {
		return err
	}
	reader := &quietly{really: d.Reader, sample: map[string]bool{}}
	for _, i := range sample {
		reader.sample[sources[i].ID] = true
	}
	if err := d.spread(sources, start); err != nil {
		return err
	}
	var clock atomic.Int64 // nanoseconds ahead of the real time
	clock.Store(int64(time.Since(start)) * -1)
	now := func() time.Time { return time.Now().Add(time.Duration(clock.Load())) }
	log := slog.New(slog.DiscardHandler)
	flow := ingest.New(ingest.Parts{
		Log: log, Reader: reader, Archive: d.Store, Polls: d.Polls, InForce: d.InForce, Now: now,
	})
	poller := ingest.NewPoller(log, flow, d.Polls, sources, ingest.Bounds{AtOnce: s.atOnce})
	if err := wait(ctx, stdout, poller, reader, len(sources)); err != nil {
		return err
	}
	if err := s.readSample(ctx, d, sources, sample, start); err != nil {
		return err
	}
	reader.begun.Store(true)
	return turnRound(ctx, stdout, poller, reader, &clock, s.atOnce, len(sources))
}

// turnRound lets a quarter of an hour go by, a second at a time, and tells what it cost and whether
// the poller kept up.
func turnRound(
	ctx context.Context, stdout io.Writer, poller *ingest.Poller, reader *quietly,
	clock *atomic.Int64, atOnce, sources int,
) error {
	late, worst := 0, time.Duration(0)
	before := reader.reads.Load()
	spent, err := measure(func() error {
		for range int(turn / time.Second) {
			clock.Add(int64(time.Second))
			began, reads := time.Now(), reader.reads.Load()
			if err := poller.Tick(ctx); err != nil {
				return err
			}
			poller.Wait()
			clock.Add(-int64(time.Since(began))) // a second of it is a second
			worst = max(worst, time.Since(began))
			if reader.reads.Load()-reads >= int64(16*atOnce) {
				late++
			}
		}
		return ctx.Err()
	})
	fmt.Fprintf(stdout, "turn    %d sources over %s of simulated time: %s, %d polls, %d of them "+
		"really fetched (%d × 304); %d of %d seconds took all there was room for, the longest %s\n",
		sources, turn, spent, reader.reads.Load()-before, reader.really304.Load()+
			reader.reallyNew.Load(), reader.really304.Load(), late, int(turn/time.Second),
		worst.Round(time.Millisecond))
	return err
}

// idleSources makes the sources, and says which are the sample.
func (s *settings) idleSources(ctx context.Context) (all []news.Source, sample []int, err error) {
	addresses, err := s.addresses(ctx)
	if err != nil {
		return nil, nil, err
	}
	all = make([]news.Source, s.sources)
	apart := max(1, len(all)/len(addresses))
	for i := range all {
		all[i] = news.Source{
			ID: fmt.Sprintf("load-%06d", i), Kind: news.KindFeed, Every: turn,
			URL: fmt.Sprintf("https://load-%06d.example/feed.xml", i), Enabled: true,
		}
		if n := i / apart; i%apart == apart-1 && n < len(addresses) {
			all[i].URL = addresses[n]
			sample = append(sample, i)
		}
	}
	return all, sample, nil
}

// readSample reads the sample once, so that what its feeds have is known, makes it due in its turn
// again, and gives each feed one new item.
func (s *settings) readSample(
	ctx context.Context, d *desk, all []news.Source, sample []int, start time.Time,
) error {
	sources := make([]news.Source, len(sample))
	for n, i := range sample {
		sources[n] = all[i]
	}
	if _, err := d.round(ctx, sources, s.atOnce); err != nil {
		return err
	}
	for _, i := range sample {
		if err := d.plan(all[i].ID, slot(start, i, len(all))); err != nil {
			return err
		}
	}
	if s.opml != "" {
		return nil
	}
	return s.setNewest(ctx, s.items+1)
}

// slot is when a source is due first.
func slot(start time.Time, i, of int) time.Time {
	return start.Add(turn * time.Duration(i) / time.Duration(of))
}

// wait ticks in real time, as the daemon does.
func wait(
	ctx context.Context, stdout io.Writer, poller *ingest.Poller, reader *quietly, sources int,
) error {
	forgetPeak()
	const real = 30 * time.Second
	spent, err := measure(func() error {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for end := time.Now().Add(real); time.Now().Before(end); {
			if err := poller.Tick(ctx); err != nil {
				return err
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		poller.Wait()
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "idle    %d sources: %.2f %% of a core over %s, %d polls, %.0f MB in use "+
		"(%.0f MB of it own)\n", sources, 100*spent.cpu.Seconds()/spent.wall.Seconds(), real,
		reader.reads.Load(), memory("self", "VmRSS"), memory("self", "RssAnon"))
	return nil
}

// spread makes the sources due one after the other. A state is saved for each, in groups that
// share a transaction.
func (d *desk) spread(sources []news.Source, from time.Time) error {
	var workers sync.WaitGroup
	var next atomic.Int64
	var first atomic.Pointer[error]
	for range 64 {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(sources); i = next.Add(1) - 1 {
				at := slot(from, int(i), len(sources))
				if err := d.plan(sources[i].ID, at); err != nil {
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	workers.Wait()
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}

// plan makes a source due. One that was never read gets validators all the same.
func (d *desk) plan(id string, due time.Time) error {
	st, err := d.Polls.State(id)
	if err != nil {
		return err
	}
	if st.Polls == 0 {
		st.Validators.ETag = `"` + id + `"`
	}
	st.Due = due
	return d.Polls.Save(id, st)
}
