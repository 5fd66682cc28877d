package daemon

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/metrics"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/schedule"
	"github.com/teletipo/teletipo/internal/serve"
)

// headerWait is how long a command's request may take to begin at the operator socket.
const headerWait = 10 * time.Second

// Started is told once a daemon serves.
type Started struct {
	PublicURL string
	Operator  net.Addr
	Empty     bool // no article is stored yet
}

// Run runs the daemon until ctx ends, then drains it. It calls started once it serves.
func (d *Daemon) Run(ctx context.Context, started func(Started)) error {
	l, err := listen(d.log, &d.cfg)
	if err != nil {
		return err
	}
	defer l.close()
	if d.cfg.PublicURLDerived {
		d.cfg.Site.PublicURL = config.PublicURL(l.public.Addr().String())
	}
	if err := inbox(d.Sources()); err != nil && !readOnly(err) {
		return err
	}
	var draining drain
	ready := draining.ready
	roster, err := d.newRoster()
	if err != nil {
		return err
	}
	live, err := d.openLive(ctx, ready, roster)
	if err != nil {
		return err
	}
	jobs, err := d.timetable(roster)
	if err != nil {
		return err
	}
	log, service := d.log, d.service(live)
	service.Reload, service.Public = live.ask, config.PublicURL(l.public.Addr().String())
	condition := func() error { return cmp.Or(ready(), d.well()) }
	service.Condition = func() (bool, []string) { return wellness(condition()) }
	orders := serveOn(l.socket, &http.Server{ // no time limits: an order may take what it needs
		Handler: serve.Recover(log, desk.Handler(log, service)), ReadHeaderTimeout: headerWait,
	})
	readers := serve.Bounded(log, l.public, d.cfg.Readers.Connections, d.cfg.Readers.Proxies)
	public := serveOn(readers, serve.NewServer(log, live))
	operator := serveOn(l.operator, serve.NewServer(log,
		named(d.cfg.Data, serve.Operator(log, operatorNames(&d.cfg), condition,
			d.metrics(service, live)))))
	serving := Started{
		PublicURL: d.cfg.Site.PublicURL, Operator: l.operator.Addr(), Empty: d.empty(),
	}
	publishing := background(live.run)
	watching := background(roster.watchFolders)
	jobs.Start()
	started(serving)
	log.Info("ready", "version", d.opts.Version, "public", l.public.Addr().String(),
		"operator", l.operator.Addr().String(),
		"topics", len(d.InForce.Rules().Topics), "sources", len(d.Sources()))

	failed := firstFailure(ctx, orders, public, operator)
	draining.Store(true)
	log.Info("shutting down", "grace", d.cfg.ShutdownGrace)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.cfg.ShutdownGrace)
	defer cancel()
	// Refuse new orders, finish the runs under way, answer what was asked, and only then stop
	// publishing; the caller closes the store last.
	return errors.Join(failed, orders.stop(grace), watching.stop(),
		jobs.Stop(grace, roster.poller.Stop), public.stop(grace), operator.stop(grace), publishing.stop())
}

// drain tells whether the daemon is being told to stop.
type drain struct{ atomic.Bool }

func (d *drain) ready() error {
	if d.Load() {
		return news.Errorf(news.Refused, "shutting down")
	}
	return nil
}

// empty reports whether no article is stored.
func (d *Daemon) empty() bool {
	newest, err := d.Store.Articles(news.Query{Limit: 1})
	return err == nil && len(newest) == 0
}

// operatorNames lists the names that the operator's listener is asked under.
func operatorNames(cfg *config.Config) []string {
	names := slices.Clone(cfg.AdminHosts)
	if host, _, err := net.SplitHostPort(cfg.Admin); err == nil {
		names = append(names, strings.ToLower(host))
	}
	return names
}

// metrics is what the operator's Prometheus scrapes.
func (d *Daemon) metrics(service *desk.Service, f *live) http.Handler {
	return metrics.Handler(metrics.Parts{
		Log: d.log, Version: d.opts.Version,
		Sources: service.SourceStates, Window: d.Store.Window, Classified: d.Store.Classified,
		Space: d.Store.Space, Kept: d.kept.Load,
		Unwritable: d.Store.Unwritable, Damage: d.Store.Damage, LastBackup: service.LastBackup,
		InForce: d.InForce, Feeds: f.Feeds, Reads: f.Reads,
	})
}

// listeners are where a daemon is asked.
type listeners struct {
	public, operator, socket net.Listener
}

// listen opens all listeners, or none.
func listen(log *slog.Logger, cfg *config.Config) (l listeners, err error) {
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
	if readOnly(err) {
		log.Warn("commands can't reach this daemon", "error", err)
		return l, nil
	}
	return l, err
}

// readOnly reports whether nothing can be made on a file system: what is there can be served.
func readOnly(err error) bool {
	return errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOSPC)
}

// close closes what is open; a server that was stopped has closed its listener already.
func (l listeners) close() {
	for _, listener := range []net.Listener{l.public, l.operator, l.socket} {
		if listener != nil {
			listener.Close()
		}
	}
}

// timetable is the table of everything that happens by itself.
func (d *Daemon) timetable(r *roster) (*schedule.Schedule, error) {
	jobs := []schedule.Job{
		{Name: "poll sources that are due", Every: time.Second, Run: func(ctx context.Context) error {
			if d.Store.Unwritable() != nil {
				return nil // what was read could not be stored
			}
			return quiet(r.poller.Tick(ctx))
		}},
		{Name: "try to store again", Every: 5 * time.Second, Run: d.Store.Retry},
		{Name: "bring due times back", Every: time.Minute, Run: r.bringBack},
		{Name: "sweep folders", Every: d.cfg.SweepEvery, Run: r.poller.Sweep},
		{Name: "release embargoed articles", Every: time.Second, Run: func(ctx context.Context) error {
			n, err := d.Store.Release(ctx)
			if n > 0 {
				d.log.Info("embargo over", "articles", n)
			}
			return quiet(err)
		}},
		{Name: "drop what was kept for its time", Every: time.Hour, Run: func(ctx context.Context) error {
			_, err := d.Retain(ctx, d.Store.Unwritable() != nil)
			return quiet(err)
		}},
	}
	if d.cfg.Backup.Every > 0 {
		jobs = append(jobs, schedule.Job{Name: "back up", Every: time.Minute, Run: d.keepBackup})
	}
	return schedule.New(d.log, jobs)
}

// quiet is an error without what the store has told already: that nothing can be stored.
func quiet(err error) error {
	if errors.Is(err, news.ErrUnwritable) {
		return nil
	}
	return err
}

// well says what else than serving does not work: nil if all does.
func (d *Daemon) well() error {
	var reasons serve.Degraded
	if err := d.Store.Unwritable(); err != nil {
		reasons = append(reasons, err.Error())
	}
	if err := d.Polls.Unwritable(); err != nil {
		reasons = append(reasons, err.Error())
	}
	if last := d.lastBackup(); last.failed != nil {
		reasons = append(reasons, "the last backup failed: "+last.failed.Error())
	}
	if jump := d.Store.Jumped(); jump != 0 {
		reasons = append(reasons, "the clock has jumped ahead by "+jump.String()+
			" since the start: embargoes are held until a restart, or until it is back")
	}
	if reasons = append(reasons, d.Store.Damage()...); reasons == nil {
		return nil
	}
	return reasons
}

// wellness says whether readers are served in a condition, and what does not work.
func wellness(err error) (ready bool, why []string) {
	if d, ok := errors.AsType[serve.Degraded](err); ok {
		return true, d
	}
	if err != nil {
		return false, []string{err.Error()}
	}
	return true, nil
}

// DataHeader is the field in which the operator's listener tells whose daemon answers, by the
// DataName of its data directory.
const DataHeader = "Teletipo-Data"

// DataName is a name of a data directory that does not tell where it is.
func DataName(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return fmt.Sprintf("%.8x", sha256.Sum256([]byte(dir)))
}

// named has every answer tell which data directory it is about.
func named(dir string, next http.Handler) http.Handler {
	name := DataName(dir)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(DataHeader, name)
		next.ServeHTTP(w, r)
	})
}

// server is a listener that is being served.
type server struct {
	http *http.Server
	done chan error // what ended it, nil after stop
}

func serveOn(listener net.Listener, h *http.Server) *server {
	s := &server{http: h, done: make(chan error, 1)}
	if listener == nil { // of a file system that is read-only
		return s
	}
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
