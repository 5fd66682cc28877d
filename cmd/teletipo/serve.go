package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/publish"
	"github.com/teletipo/teletipo/internal/schedule"
	"github.com/teletipo/teletipo/internal/serve"
	"github.com/teletipo/teletipo/internal/source"
)

// headerWait is how long a command's request may take to begin at the operator socket.
const headerWait = 10 * time.Second

type serveCmd struct {
	Allowed
}

// Run runs the daemon until ctx ends, then drains it.
func (c *serveCmd) Run(in *invocation) error {
	in.allow = c.Allow
	cfg, err := in.load()
	if err != nil {
		return err
	}
	log := in.logger(&cfg)
	o, err := own(log, &cfg)
	if err != nil {
		return err
	}
	return errors.Join(in.daemon(log, &cfg, o), o.Close())
}

// daemon serves on top of an open data directory.
func (in *invocation) daemon(log *slog.Logger, cfg *config.Config, o *owner) error {
	l, err := listen(cfg)
	if err != nil {
		return err
	}
	defer l.close()
	if cfg.PublicURLDerived {
		cfg.Site.PublicURL = config.PublicURL(l.public.Addr().String())
	}
	if err := inbox(cfg); err != nil {
		return err
	}
	var draining atomic.Bool
	ready := func() error {
		if draining.Load() {
			return news.Errorf(news.Refused, "shutting down")
		}
		return nil
	}
	front, err := openFront(in, log, cfg, o, ready)
	if err != nil {
		return err
	}
	jobs, poller, err := timetable(log, cfg, o)
	if err != nil {
		return err
	}
	service := o.service(cfg, front)
	orders := serveOn(l.socket, &http.Server{ // no time limits: an order may take what it needs
		Handler: desk.Handler(log, service), ReadHeaderTimeout: headerWait,
	})
	public := serveOn(l.public, serve.NewServer(log, front))
	operator := serveOn(l.operator, serve.NewServer(log,
		serve.Operator(log, ready, metricsPage(log, o, service.SourceStates, front.Feeds, front.Reads))))
	publishing := background(front.run)
	watching := background(watchFolders(log, cfg, poller))
	jobs.Start()
	in.greet(cfg, l.operator.Addr())
	log.Info("ready", "version", version, "public", l.public.Addr().String(),
		"operator", l.operator.Addr().String(),
		"topics", len(cfg.Topics), "sources", len(cfg.Sources))

	failed := firstFailure(in.ctx, orders, public, operator)
	draining.Store(true)
	log.Info("shutting down", "grace", cfg.ShutdownGrace)
	grace, cancel := context.WithTimeout(context.WithoutCancel(in.ctx), cfg.ShutdownGrace)
	defer cancel()
	// Refuse new orders, finish the runs under way, answer what was asked, and only then stop
	// publishing; the caller closes the store last.
	return errors.Join(failed, orders.stop(grace), watching.stop(), jobs.Stop(grace, poller.Stop),
		public.stop(grace), operator.stop(grace), publishing.stop())
}

// listeners are the three doors of a daemon.
type listeners struct {
	public, operator, socket net.Listener
}

// listen opens all listeners, or none.
func listen(cfg *config.Config) (l listeners, err error) {
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.public, err = net.Listen("tcp", cfg.Listen); err != nil {
		return l, news.Errorf(news.Invalid, "readers: %w; choose another with --listen", err)
	}
	if l.operator, err = net.Listen("tcp", cfg.Admin); err != nil {
		return l, news.Errorf(news.Invalid, "operator: %w; choose another with --admin", err)
	}
	l.socket, err = desk.Listen(cfg.Data)
	return l, err
}

// close closes what is open; a server that was stopped has closed its listener already.
func (l listeners) close() {
	for _, listener := range []net.Listener{l.public, l.operator, l.socket} {
		if listener != nil {
			listener.Close()
		}
	}
}

// startPublisher renders every feed, and has the publisher hear of every change from then on.
func startPublisher(
	ctx context.Context, log *slog.Logger, cfg *config.Config, o *owner,
) (*publish.Publisher, error) {
	publisher := publish.New(log, o.store, publish.Settings{
		Installation: o.store.Installation(), Site: cfg.Site, Topics: cfg.Topics,
		Window: cfg.Window, Fastest: cfg.MaxAge.Fastest, Slowest: cfg.MaxAge.Slowest, Now: time.Now,
	})
	if err := o.store.EnsureFeeds(publisher.Feeds()); err != nil {
		return nil, err
	}
	o.store.OnChange(publisher.Changed)
	return publisher, publisher.Start(ctx)
}

// watchFolders has folders swept early when something has changed in them.
func watchFolders(
	log *slog.Logger, cfg *config.Config, poller *ingest.Poller,
) func(context.Context) error {
	return func(ctx context.Context) error {
		return source.Watch(ctx, log, enabled(cfg.Sources), func(ctx context.Context) {
			if err := poller.Sweep(ctx); err != nil {
				log.Error("early sweep broken", "error", err)
			}
		})
	}
}

// timetable is the table of everything that happens by itself.
func timetable(
	log *slog.Logger, cfg *config.Config, o *owner,
) (*schedule.Schedule, *ingest.Poller, error) {
	sources := enabled(cfg.Sources)
	poller := ingest.NewPoller(log, o.flow, o.polls, sources, cfg.Fetch.Concurrency)
	poller.PerHost(cfg.Fetch.PerHost)
	var polled []string
	for _, src := range sources {
		if src.Kind != news.KindFolder && src.Kind != news.KindPush {
			polled = append(polled, src.ID)
		}
	}
	if err := ingest.Revive(o.polls, sources); err != nil {
		return nil, nil, err
	}
	if err := o.polls.Enlist(polled, time.Now()); err != nil {
		return nil, nil, err
	}
	jobs, err := schedule.New(log, []schedule.Job{
		{Name: "poll sources that are due", Every: time.Second, Run: poller.Tick},
		{Name: "sweep folders", Every: cfg.SweepEvery, Run: poller.Sweep},
		{Name: "release embargoed articles", Every: time.Second, Run: func(ctx context.Context) error {
			n, err := o.store.Release(ctx)
			if n > 0 {
				log.Info("embargo over", "articles", n)
			}
			return err
		}},
	})
	return jobs, poller, err
}

// greet tells a person where everything is.
func (in *invocation) greet(cfg *config.Config, operator net.Addr) {
	base := cfg.Site.PublicURL
	fmt.Fprintf(in.stdout, "teletipo %s publishes at %s/\n", version, base)
	for _, topic := range append([]string{news.All}, topicIDs(cfg.Topics)...) {
		path := news.FeedPath(news.FeedKey{Topic: topic}, news.RSS)
		fmt.Fprintf(in.stdout, "  %-12s %s%s  (.atom .json; .%s.rss …)\n",
			topic, base, path, cfg.Site.Languages[0])
	}
	for _, src := range cfg.Sources {
		if src.ID == config.InboxID && src.Enabled {
			fmt.Fprintf(in.stdout, "  drop articles into %s, or run: teletipo ingest FILE\n",
				filepath.Clean(src.Path))
		}
	}
	fmt.Fprintf(in.stdout, "  health       http://%s/healthz\n", operator)
}

func topicIDs(topics []news.Topic) []string {
	ids := make([]string, 0, len(topics))
	for _, topic := range topics {
		ids = append(ids, topic.ID)
	}
	return ids
}

// server is a listener that is being served.
type server struct {
	http *http.Server
	done chan error // what ended it, nil after stop
}

func serveOn(listener net.Listener, h *http.Server) *server {
	s := &server{http: h, done: make(chan error, 1)}
	go func() {
		err := h.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		s.done <- err
	}()
	return s
}

// stop answers what is under way, until ctx ends, and closes the listener.
func (s *server) stop(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}

// firstFailure waits until ctx ends, or a server does by itself.
func firstFailure(ctx context.Context, servers ...*server) error {
	failed := make(chan error, len(servers))
	for _, s := range servers {
		go func() { failed <- <-s.done }()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// loop is something that runs beside the rest until it is stopped.
type loop struct {
	cancel context.CancelFunc
	done   chan error
}

func background(run func(context.Context) error) *loop {
	ctx, cancel := context.WithCancel(context.Background())
	l := &loop{cancel: cancel, done: make(chan error, 1)}
	go func() { l.done <- run(ctx) }()
	return l
}

func (l *loop) stop() error {
	l.cancel()
	if err := <-l.done; !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
