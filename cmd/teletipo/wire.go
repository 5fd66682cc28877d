package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/fetch"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/source"
	"github.com/teletipo/teletipo/internal/store"
)

// owner is what the process that owns a data directory works with.
type owner struct {
	store   *store.Store
	polls   *store.Polls
	flow    *ingest.Flow
	fetcher *fetch.Client
	topics  *topicSet // in force
}

// own opens the data directory and builds the flow on it.
func own(log *slog.Logger, cfg *config.Config) (*owner, error) {
	classifier, err := classify.New(cfg.Topics)
	if err != nil {
		return nil, err
	}
	articles, err := store.Open(log, cfg.Data, store.Options{})
	if err != nil {
		return nil, err
	}
	polls, err := store.OpenPolls(log, cfg.Data, store.Options{})
	if err != nil {
		return nil, errors.Join(err, articles.Close())
	}
	articles.JudgeBy(classifier.Decide)
	fetcher := newFetcher(log, cfg)
	reader := source.New(log, fetcher, time.Now)
	flow := ingest.New(log, reader, articles, polls,
		clean.New(), classifier, time.Now)
	return &owner{
		store: articles, polls: polls, flow: flow, fetcher: fetcher, topics: newTopicSet(cfg),
	}, nil
}

// service answers what is asked of the desk; counts is nil if nobody is served.
func (o *owner) service(cfg *config.Config, counts desk.Counts) *desk.Service {
	return &desk.Service{
		Flow: o.flow, Explainer: o.flow, Archive: o.store, Polls: o.polls, Tokens: o.store,
		Topics: o.topics, Counts: counts, Sources: cfg.Sources,
	}
}

// newFetcher makes the client that asks others' servers.
func newFetcher(log *slog.Logger, cfg *config.Config) *fetch.Client {
	return fetch.New(log, fetch.Options{
		Version: version, Contact: cfg.Site.Contact,
		Timeout: cfg.Fetch.Timeout, MaxBytes: cfg.Fetch.MaxBytes, Now: time.Now,
		Allow: cfg.Fetch.Allow, PerHost: cfg.Fetch.PerHost, Pause: cfg.Fetch.Pause,
		AtOnce: cfg.Fetch.Concurrency,
	})
}

// Close closes the data directory, and the connections that are kept for the next request.
func (o *owner) Close() error {
	o.fetcher.Close()
	return errors.Join(o.polls.Close(), o.store.Close())
}

// withDesk runs f with the desk of the data directory's owner: the daemon if one runs, else this
// process, for as long as f takes.
func (in *invocation) withDesk(f func(ctx context.Context, d *desk.Desk) error) error {
	settings, err := in.settings()
	if err != nil {
		return err
	}
	if d, ok := desk.Dial(in.ctx, settings.Data); ok {
		defer d.Close()
		return f(in.ctx, d)
	}
	cfg, err := in.load()
	if err != nil {
		return err
	}
	quiet := slog.New(slog.NewTextHandler(in.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	o, err := own(quiet, &cfg)
	if err != nil {
		return err
	}
	d := o.service(&cfg, nil).Desk(quiet)
	err = f(in.ctx, d)
	d.Close()
	return errors.Join(err, o.Close())
}

// inbox makes the built-in folder, so that there is a place to drop files into.
func inbox(cfg *config.Config) error {
	for _, src := range cfg.Sources {
		if src.ID == config.InboxID && src.Enabled {
			return os.MkdirAll(src.Path, 0o750)
		}
	}
	return nil
}

// enabled lists the sources that are read by themselves.
func enabled(sources []news.Source) []news.Source {
	return slices.DeleteFunc(slices.Clone(sources), func(src news.Source) bool {
		return !src.Enabled
	})
}
