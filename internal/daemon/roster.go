package daemon

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
)

// Sources lists the sources in force.
func (d *Daemon) Sources() []news.Source { return *d.sources.Load() }

// bounded gives the sources that say nothing of it the bound on new articles that all have.
func bounded(cfg *config.Config) []news.Source {
	sources := slices.Clone(cfg.Sources)
	for i := range sources {
		if src := &sources[i]; src.Kind.Polled() && src.PerHour == 0 {
			src.PerHour = cfg.PerHour
		}
	}
	return sources
}

// enabled lists the sources that are read by themselves.
func enabled(sources []news.Source) []news.Source {
	return slices.DeleteFunc(slices.Clone(sources), func(src news.Source) bool {
		return !src.Enabled
	})
}

// roster has the sources in force looked at: polled when they are due, swept, watched. Other
// sources can take their place while it does.
type roster struct {
	*Daemon
	poller *ingest.Poller

	mu      sync.Mutex
	waiting error              // why the sources in force are not enlisted yet; nil if they are
	rewatch context.CancelFunc // ends the watching of sources that were in force
}

func (d *Daemon) newRoster() (*roster, error) {
	sources := enabled(d.Sources())
	r := &roster{Daemon: d, rewatch: func() {}}
	r.poller = ingest.NewPoller(d.log, d.Flow, d.Polls, sources, ingest.Bounds{
		AtOnce: d.cfg.Fetch.Concurrency, PerHost: d.cfg.Fetch.PerHost,
	})
	if err := r.enlist(); err != nil && !errors.Is(err, news.ErrUnwritable) {
		return nil, err
	}
	return r, nil
}

// enlist makes exactly the polled sources in force be due at times; those that are new now.
func (r *roster) enlist() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	sources := enabled(r.Sources())
	var polled []string
	for _, src := range sources {
		if src.Kind.Polled() {
			polled = append(polled, src.ID)
		}
	}
	if r.waiting = ingest.Revive(r.Polls, sources); r.waiting == nil {
		r.waiting = r.Polls.Enlist(polled, time.Now())
	}
	return r.waiting
}

// bringBack makes sources due that a wrong clock had put off.
func (r *roster) bringBack(context.Context) error {
	r.mu.Lock()
	waiting := r.waiting
	r.mu.Unlock()
	if waiting != nil { // nothing could be stored before
		if err := r.enlist(); err != nil {
			return quiet(err)
		}
	}
	return quiet(ingest.BringBack(r.log, r.Polls, enabled(r.Sources()), time.Now()))
}

// replace brings other sources into force. What is new among them, or differs from what it was, is
// looked at at once; what is under way goes on.
func (r *roster) replace(sources []news.Source) error {
	before := map[string]news.Source{}
	for _, src := range enabled(r.Sources()) {
		before[src.ID] = src
	}
	r.sources.Store(&sources)
	now := enabled(sources)
	r.poller.SetSources(now)
	err := r.enlist()
	for _, src := range now {
		if old, was := before[src.ID]; was && reflect.DeepEqual(old, src) {
			continue
		}
		if src.Kind == news.KindFolder {
			r.Reader.Forget(src)
		} else if src.Kind.Polled() {
			err = errors.Join(err, r.Flow.Hasten(src))
		}
	}
	r.mu.Lock()
	r.rewatch()
	r.mu.Unlock()
	return err
}

// watchFolders has folders swept early when something has changed in them.
func (r *roster) watchFolders(ctx context.Context) error {
	for ctx.Err() == nil {
		watching, stop := context.WithCancel(ctx)
		r.mu.Lock()
		r.rewatch = stop // before it is asked which sources are in force
		r.mu.Unlock()
		err := r.Reader.Watch(watching, enabled(r.Sources()), func(ctx context.Context) {
			if err := r.poller.Sweep(ctx); err != nil {
				r.log.Error("early sweep broken", "error", err)
			}
		})
		stop()
		if err != nil {
			return err
		}
	}
	return nil
}
