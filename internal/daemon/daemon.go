// Package daemon composes the program of a configuration: every stage, the store below them and
// the listeners above. It is the only one that knows everyone.
//
//	d, err := daemon.Open(daemon.Options{Log: log, Config: cfg, Version: version, Reload: load})
//	…
//	err = errors.Join(d.Run(ctx, started), d.Close())
//
// Open takes the data directory and makes the flow, the store and the desk; commands stop there
// when no daemon runs, and ask d.Desk(). Run publishes, polls and serves until its context ends,
// and then drains. Topics, sources and most settings follow their files: see live.go.
package daemon

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/backup"
	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/fetch"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/publish"
	"github.com/teletipo/teletipo/internal/serve"
	"github.com/teletipo/teletipo/internal/source"
	"github.com/teletipo/teletipo/internal/store"
)

// Options are what a program is composed of. Log, Config and Version are needed.
type Options struct {
	Log     *slog.Logger
	Config  config.Config
	Version string // of the program, as the User-Agent tells it

	// Reload reads the configuration again. Run needs it.
	Reload func() (config.Config, error)
	// Level, if not nil, is that of the log, which follows the configuration.
	Level *slog.LevelVar
}

// Daemon is the program on an open data directory. It must be closed.
type Daemon struct {
	Store   *store.Store
	Polls   *store.Polls
	Fetcher *fetch.Client
	Reader  *source.Reader
	Flow    *ingest.Flow
	InForce *classify.InForce // the rules in force

	log  *slog.Logger
	cfg  config.Config // its topics and sources are those of the start: see InForce and Sources
	opts Options

	sources atomic.Pointer[[]news.Source]
	backups atomic.Pointer[lastBackup]
	kept    atomic.Int64 // articles, when they were last counted
	journal *ingest.Journal
}

// Open opens the data directory of a configuration and builds the flow on it.
func Open(opts Options) (*Daemon, error) {
	log, cfg := opts.Log, opts.Config
	if finished, err := backup.Finish(cfg.Data); err != nil {
		return nil, err
	} else if finished { // the configuration was read before its files were there
		return nil, news.Errorf(news.Busy,
			"a restore into %s that was broken off is done now: start again", cfg.Data)
	}
	sources := bounded(&cfg)
	rules, err := classify.Compile(opts.Version, cfg.Topics, sources)
	if err != nil {
		return nil, err
	}
	inForce := classify.Enforce(rules)
	articles, err := store.Open(log, cfg.Data, store.Options{
		Share: shareOf(&cfg), Span: cfg.Window.Span, Judge: inForce.Decide,
		Program: "teletipo " + opts.Version,
	})
	if err != nil {
		return nil, err
	}
	polls, err := store.OpenPolls(log, cfg.Data, store.Options{})
	if err != nil {
		return nil, errors.Join(err, articles.Close())
	}
	journal, err := ingest.OpenJournal(log, filepath.Join(cfg.Data, "reading"), time.Now)
	if err != nil {
		return nil, errors.Join(err, polls.Close(), articles.Close())
	}
	fetcher := NewFetcher(log, &cfg, opts.Version)
	reader := source.New(log, fetcher, time.Now)
	flow := ingest.New(ingest.Parts{
		Log: log, Reader: reader, Pages: reader, Archive: articles, Items: articles, Polls: polls,
		InForce: inForce, Journal: journal, Now: time.Now, Words: cfg.Words,
	})
	d := &Daemon{
		Store: articles, Polls: polls, Fetcher: fetcher, Reader: reader, Flow: flow, InForce: inForce,
		log: log, cfg: cfg, opts: opts, journal: journal,
	}
	d.sources.Store(&sources)
	return d, nil
}

// shareOf is how many bytes of a topic's window one source may take, 0 for any number.
func shareOf(cfg *config.Config) int {
	if cfg.WindowShare == 100 {
		return 0
	}
	return cfg.Window.Size / 100 * cfg.WindowShare
}

// Close closes the data directory, and the connections that are kept for the next request.
func (d *Daemon) Close() error {
	d.Fetcher.Close()
	return errors.Join(d.Polls.Close(), d.Store.Close())
}

// Desk is the desk of this process, for commands while no daemon runs.
func (d *Daemon) Desk() *desk.Desk { return d.service(nil).Desk(d.log) }

// service answers what is asked of the desk; counts is nil if nobody is served.
func (d *Daemon) service(counts desk.Counts) *desk.Service {
	return &desk.Service{
		Flow: d.Flow, Explainer: d.Flow, Archive: d.Store, Polls: d.Polls, Tokens: d.Store,
		InForce: d.InForce, Finder: d.Reader, Counts: counts, Sources: d.Sources, Asides: asides{d},
		Backup: func(ctx context.Context, w io.Writer) error {
			err := d.Backup(ctx, w, counts == nil)
			if err == nil {
				d.backedUp(time.Now(), nil)
			}
			return err
		},
		LastBackup: func() time.Time { return d.lastBackup().Time }, Retain: d.Retain,
	}
}

// Retain drops what was kept for as long as the settings say, or only counts it.
func (d *Daemon) Retain(ctx context.Context, dry bool) (news.Retained, error) {
	done, err := d.Store.Retain(ctx, &d.cfg.Retention, dry)
	if err == nil {
		d.kept.Store(int64(done.Kept))
	}
	if !dry && done.Dropped > 0 {
		d.log.Info("dropped what was kept for its time", "articles", done.Dropped, "kept", done.Kept)
	}
	return done, err
}

// asides is what was put aside, for the desk.
type asides struct{ *Daemon }

func (a asides) Aside(source string) []string { return a.journal.Aside(source) }

// Retry has a source looked at soon, whatever came of it before, and what of it was put aside read
// once more.
func (a asides) Retry(src news.Source) (int, error) {
	n := a.journal.Retry(src.ID)
	a.Reader.Forget(src)
	return n, a.Flow.TryAgain(src)
}

// NewFetcher makes the client that asks others' servers.
func NewFetcher(log *slog.Logger, cfg *config.Config, version string) *fetch.Client {
	return fetch.New(log, fetch.Options{
		Version: version, Contact: cfg.Site.Contact,
		Timeout: cfg.Fetch.Timeout, MaxBytes: cfg.Fetch.MaxBytes, Now: time.Now,
		Allow: cfg.Fetch.Allow, Hosts: cfg.Fetch.Hosts,
		PerHost: cfg.Fetch.PerHost, Pause: cfg.Fetch.Pause,
		AtOnce: cfg.Fetch.Concurrency,
	})
}

// NewPublisher makes a publisher that has published nothing yet.
func (d *Daemon) NewPublisher() *publish.Publisher {
	return d.newPublisher(d.InForce.Rules(), false)
}

func (d *Daemon) newPublisher(rules *classify.Rules, early bool) *publish.Publisher {
	cfg := &d.cfg
	return publish.New(d.log, d.Store, publish.Settings{
		Installation: d.Store.Installation(), Epoch: d.Store.Epoch(),
		Site: cfg.Site, Topics: rules.Topics,
		Window: cfg.Window, Fastest: cfg.MaxAge.Fastest, Slowest: cfg.MaxAge.Slowest, Now: time.Now,
		Cache: filepath.Join(cfg.Data, "cache"), Early: early,
	})
}

// Publish renders every feed; Run of the publisher goes on from there.
func (d *Daemon) Publish(ctx context.Context) (*publish.Publisher, error) {
	return d.publish(ctx, d.InForce.Rules(), false)
}

// publish does that. Early it returns when there is something to serve of each feed.
func (d *Daemon) publish(
	ctx context.Context, rules *classify.Rules, early bool,
) (*publish.Publisher, error) {
	publisher := d.newPublisher(rules, early)
	if err := d.Store.EnsureFeeds(publisher.Feeds()); errors.Is(err, news.ErrUnwritable) {
		d.log.Warn("new feeds have no date of their own yet", "error", err)
	} else if err != nil {
		return nil, err
	}
	return publisher, publisher.Start(ctx)
}

// WithSite runs f with the address of a listener of this process that serves every feed and page,
// as long as f takes.
func (d *Daemon) WithSite(ctx context.Context, f func(base string) error) error {
	publisher, err := d.Publish(ctx)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	pages, err := d.pages(d.InForce.Rules(), publisher)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server := serveOn(l, serve.NewServer(d.log, pages))
	return errors.Join(f("http://"+l.Addr().String()), server.stop(ctx))
}

// inbox makes the built-in folder, so that there is a place to drop files into.
func inbox(sources []news.Source) error {
	for _, src := range sources {
		if src.ID == config.InboxID && src.Enabled {
			return os.MkdirAll(src.Path, 0o750)
		}
	}
	return nil
}
