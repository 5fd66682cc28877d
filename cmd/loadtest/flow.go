package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/feeds"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/publish"
)

// desk is the whole program in this process, composed as the daemon is: real fetching, real files,
// real synchronisation with the disk.
type desk struct {
	*daemon.Daemon
	publisher *publish.Publisher
}

// builtIn is the configuration that comes with the program.
func builtIn(dir string) (config.Config, error) {
	return config.Load(config.Options{
		Data: dir, Defaults: config.Defaults{
			Config: configs.Config, Sources: configs.Sources, Topics: feeds.Files,
		},
	})
}

// openDesk makes a desk on a directory, with the topics that come with the program. The pace is
// open for loopback: the machine itself is the limit here.
func openDesk(ctx context.Context, dir string) (*desk, error) {
	cfg, err := builtIn(dir)
	if err != nil {
		return nil, err
	}
	cfg.Fetch.Timeout, cfg.Fetch.PerHost, cfg.Fetch.Pause = time.Minute, 0, 0
	cfg.Fetch.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	d := &desk{}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d.Daemon, err = daemon.Open(daemon.Options{Log: log, Config: cfg, Version: "loadtest"})
	if err != nil {
		return nil, err
	}
	if d.publisher, err = d.Publish(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// openDesk makes a desk on the directory of the settings, and gives what closes it and removes a
// temporary one.
func (s *settings) openDesk(ctx context.Context) (d *desk, closeDesk func(), err error) {
	dir, remove, err := s.directory()
	if err != nil {
		return nil, nil, err
	}
	if d, err = openDesk(ctx, dir); err != nil {
		remove()
		return nil, nil, err
	}
	return d, func() {
		d.Close()
		remove()
	}, nil
}

// sum is what came of a round.
type sum struct {
	accepted, updated, unchanged, rejected, notModified, failed atomic.Int64
}

func (s *sum) String() string {
	return fmt.Sprintf("%d accepted, %d updated, %d unchanged, %d rejected; %d × 304, %d failed",
		s.accepted.Load(), s.updated.Load(), s.unchanged.Load(), s.rejected.Load(),
		s.notModified.Load(), s.failed.Load())
}

func (s *sum) add(r *news.Report, err error) {
	s.accepted.Add(int64(r.Count(news.Accepted)))
	s.updated.Add(int64(r.Count(news.Updated)))
	s.unchanged.Add(int64(r.Count(news.Unchanged)))
	s.rejected.Add(int64(r.Count(news.Rejected)))
	if r.NotModified {
		s.notModified.Add(1)
	}
	if err != nil {
		s.failed.Add(1)
	}
}

// round reads every source once, so many at a time, while the publisher publishes. Changes of the
// last moment may wait for their stamp when it ends: what one pass costs is a stage of its own.
func (d *desk) round(ctx context.Context, sources []news.Source, atOnce int) (*sum, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	publishing := make(chan error, 1)
	go func() { publishing <- d.publisher.Run(ctx) }()
	var total sum
	var workers sync.WaitGroup
	var next atomic.Int64
	var first atomic.Pointer[error]
	for range atOnce {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(sources) && ctx.Err() == nil; i = next.Add(1) - 1 {
				report, err := d.Flow.Run(ctx, sources[i])
				if err != nil {
					first.CompareAndSwap(nil, &err)
				}
				total.add(&report, err)
			}
		})
	}
	workers.Wait()
	stop()
	err := <-publishing
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if failed := first.Load(); failed != nil {
		err = errors.Join(err, fmt.Errorf("%d feeds failed, first: %w", total.failed.Load(), *failed))
	}
	return &total, err
}

// sourcesOf makes a source of each address.
func sourcesOf(addresses []string) []news.Source {
	sources := make([]news.Source, len(addresses))
	for i, address := range addresses {
		sources[i] = news.Source{
			ID: fmt.Sprintf("load-%06d", i), Name: address, Kind: news.KindFeed, URL: address,
			Every: time.Hour, Rights: news.Excerpt, Enabled: true,
		}
	}
	return sources
}
