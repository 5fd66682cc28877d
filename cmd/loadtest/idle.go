package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
)

// Over this long each source is due once.
const turn = 15 * time.Minute

// still is a reader of sources that never have anything new.
type still struct{ reads atomic.Int64 }

func (s *still) Read(
	_ context.Context, _ news.Source, last news.Validators,
) (news.Reading, error) {
	s.reads.Add(1)
	return news.Reading{Status: 304, NotModified: true, Validators: last}, nil
}

func (s *still) Keep(news.Source, news.Reading) {}

// runIdle has a poller wait for many sources, of which each is due once in a quarter of an hour
// and answers that nothing is new: half a minute in real time, then the whole quarter of an hour
// with a clock of its own, as fast as it goes. Poll state is real, and synchronised to the disk.
func (s *settings) runIdle(ctx context.Context, stdout io.Writer) error {
	d, closeDesk, err := s.openDesk(ctx)
	if err != nil {
		return err
	}
	defer closeDesk()
	sources := make([]news.Source, s.sources)
	start := time.Now()
	for i := range sources {
		sources[i] = news.Source{
			ID: fmt.Sprintf("load-%06d", i), Kind: news.KindFeed, Every: turn,
			URL: fmt.Sprintf("https://load-%06d.example/feed.xml", i), Enabled: true,
		}
	}
	if err := d.spread(sources, start); err != nil {
		return err
	}
	var clock atomic.Int64 // nanoseconds ahead of the real time
	clock.Store(int64(time.Since(start)) * -1)
	now := func() time.Time { return time.Now().Add(time.Duration(clock.Load())) }
	reader := &still{}
	flow := ingest.New(slog.New(slog.DiscardHandler), reader, d.store, d.polls,
		clean.New(), d.classifier, now)
	poller := ingest.NewPoller(slog.New(slog.DiscardHandler), flow, d.polls, sources, s.atOnce)
	if err := wait(ctx, stdout, poller, reader, len(sources)); err != nil {
		return err
	}
	late := 0
	spent, err := measure(func() error {
		for range int(turn / time.Second) {
			clock.Add(int64(time.Second))
			before := reader.reads.Load()
			if err := poller.Tick(ctx); err != nil {
				return err
			}
			poller.Wait()
			if reader.reads.Load()-before >= int64(16*s.atOnce) {
				late++
			}
		}
		return ctx.Err()
	})
	fmt.Fprintf(stdout, "turn    %d sources over %s of simulated time: %s, %d polls, %d of %d "+
		"seconds took all there was room for\n", len(sources), turn, spent, reader.reads.Load(),
		late, int(turn/time.Second))
	return err
}

// wait ticks in real time, as the daemon does.
func wait(
	ctx context.Context, stdout io.Writer, poller *ingest.Poller, reader *still, sources int,
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
				st := news.PollState{
					Due:        from.Add(turn * time.Duration(i) / time.Duration(len(sources))),
					Validators: news.Validators{ETag: fmt.Sprintf(`"%d"`, i)},
				}
				if err := d.polls.Save(sources[i].ID, st); err != nil {
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
