package daemon

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/publish"
	"github.com/teletipo/teletipo/internal/readers"
	"github.com/teletipo/teletipo/internal/watch"
)

// settled is how long topic files must have been left alone before they are read again: an editor
// writes a file in several steps, and a deployment writes several files.
const settled = 300 * time.Millisecond

// searchEvery is how often a directory of topic files that has gone is looked for.
const searchEvery = time.Second

// live is the part of a daemon that follows from its configuration. It is replaced when that
// changes, while the daemon goes on serving; only its run does that.
type live struct {
	*Daemon
	roster *roster
	ready  func() error
	hup    chan os.Signal
	asked  chan chan string // to read the configuration again, and tell what is wrong with it
	files  atomic.Pointer[[]string]
	read   []config.Setting // as they were read last

	now        atomic.Pointer[generation]
	publishing *loop
}

// generation is what readers are answered by.
type generation struct {
	publisher *publish.Publisher
	counts    *readers.Readers
	pages     http.Handler
}

// openLive publishes everything and is ready to answer readers; see run.
func (d *Daemon) openLive(
	ctx context.Context, ready func() error, roster *roster,
) (*live, error) {
	f := &live{
		Daemon: d, roster: roster, ready: ready, hup: make(chan os.Signal, 1),
		asked: make(chan chan string), read: d.cfg.Settings,
	}
	f.files.Store(&d.cfg.Files)
	signal.Notify(f.hup, syscall.SIGHUP) // unheard it would end the process
	s, err := f.build(ctx, d.InForce.Rules())
	if err != nil {
		return nil, err
	}
	f.now.Store(s)
	return f, nil
}

// build makes what readers are answered by, of rules.
func (f *live) build(ctx context.Context, rules *classify.Rules) (*generation, error) {
	publisher, err := f.publish(ctx, rules, f.now.Load() == nil)
	switch {
	case err == nil:
	case publisher == nil || ctx.Err() != nil || f.now.Load() != nil:
		return nil, err
	default: // there is nothing older to fall back to: what could be made is served
		f.log.Error("not every feed is published, they are tried again", "error", err)
	}
	s := &generation{publisher: publisher}
	if old := f.now.Load(); old != nil {
		s.counts = old.counts.Next(publisher.Feeds())
	} else {
		s.counts = newReaders(&f.cfg, publisher)
	}
	s.pages, err = f.publicSide(rules, publisher, s.counts, f.ready)
	return s, err
}

// ServeHTTP answers a reader by the topics in force.
func (f *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.now.Load().pages.ServeHTTP(w, r)
}

// Feeds lists the feeds of the topics in force.
func (f *live) Feeds() []news.FeedKey { return f.now.Load().publisher.Feeds() }

// Readers lists who reads these feeds.
func (f *live) Readers() []news.Readership { return f.now.Load().counts.Readers() }

// Reads lists what was asked of these feeds.
func (f *live) Reads() []news.Reads { return f.now.Load().counts.Reads() }

// run publishes what changes, places the stored articles by the rules in force, and follows the
// files of the configuration, until ctx ends.
func (f *live) run(ctx context.Context) error {
	defer signal.Stop(f.hup)
	changed := make(chan struct{})
	watching := background(f.watch(changed))
	defer watching.stop()
	placing := background(func(ctx context.Context) error {
		f.Flow.KeepReclassifying(ctx, f.Store)
		return nil
	})
	f.start()
	for {
		select {
		case <-ctx.Done():
			return errors.Join(placing.stop(), f.publishing.stop())
		case <-f.hup:
			f.reload(ctx, "SIGHUP")
		case <-changed:
			f.reload(ctx, filesChanged)
		case answer := <-f.asked:
			f.reload(ctx, "asked")
			answer <- f.InForce.Faults()
		}
	}
}

// ask has the configuration read again now, and returns what is wrong with it; then the last good
// one stays in force.
func (f *live) ask(ctx context.Context) (faults string, err error) {
	answer := make(chan string, 1)
	select {
	case f.asked <- answer:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case faults = <-answer:
		return faults, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// watch sends when something has changed in the files of the configuration. The directory of topic
// files in the data directory is made. Where they can't be watched a SIGHUP has to tell.
func (f *live) watch(changed chan<- struct{}) func(context.Context) error {
	topics := f.topicDirs()
	first := true
	w := &watch.Watcher{
		Log: f.log, Quiet: settled, Again: searchEvery,
		Matters: func(event fsnotify.Event) watch.Meaning {
			return matters(event, topics, *f.files.Load())
		},
		Cover: func(notify *fsnotify.Watcher) (missing bool) {
			for _, dir := range topics { // again each time: one may have been replaced as a whole
				missing = notify.Add(dir) != nil || missing
				_ = notify.Add(filepath.Join(dir, "groups")) // where there are shared groups
			}
			for _, file := range *f.files.Load() {
				_ = notify.Add(filepath.Dir(file)) // one that is missing is a fault already
			}
			// What was written while the daemon started, before anything was watched, is missed else.
			missed := first && touched(f.cfg.Began, topics, f.cfg.Files)
			first = false
			return missing || missed
		},
	}
	tell := func(ctx context.Context) {
		select {
		case changed <- struct{}{}:
		case <-ctx.Done():
		}
	}
	return func(ctx context.Context) error {
		err := os.MkdirAll(topics[0], 0o750)
		if err == nil {
			err = w.Run(ctx, tell)
		}
		if err != nil {
			f.log.Warn("configuration not watched, SIGHUP has it read again", "error", err)
		}
		return nil
	}
}

// touched reports whether something was written to files, or in directories, since a time.
func touched(since time.Time, dirs, files []string) bool {
	paths := slices.Clone(files)
	for _, dir := range dirs {
		entries, err := filepath.Glob(filepath.Join(dir, "*"))
		if err == nil {
			paths = append(append(paths, dir), entries...)
		}
	}
	const coarse = 20 * time.Millisecond // how exact the times of files are
	return slices.ContainsFunc(paths, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && !info.ModTime().Before(since.Add(-coarse))
	})
}

// matters reports whether an event may be about one of some files, or in a directory of topic
// files: there about anything but a hidden one, since directories are also replaced as a whole by
// moving a link.
func matters(event fsnotify.Event, topics, files []string) watch.Meaning {
	name := filepath.Base(event.Name)
	switch {
	case name == "..data" || slices.Contains(files, event.Name): // Kubernetes moves the former
		return watch.Change
	case strings.HasPrefix(name, "."):
		return watch.Nothing
	}
	for _, dir := range topics {
		if rel, err := filepath.Rel(dir, event.Name); err == nil && filepath.IsLocal(rel) {
			return watch.Change
		}
	}
	return watch.Nothing
}

// start starts publishing.
func (f *live) start() { f.publishing = background(f.now.Load().publisher.Run) }

// filesChanged is why the configuration is read again if nobody asked.
const filesChanged = "files changed"

// topicDirs are the directories of topic files, first the one in the data directory.
func (f *live) topicDirs() []string {
	dirs := []string{filepath.Join(f.cfg.Data, "feeds")}
	if f.cfg.TopicDir != "" {
		dirs = append(dirs, f.cfg.TopicDir)
	}
	return dirs
}

// reload reads the configuration again and brings it into force. If anything is wrong with it, the
// last good one stays.
func (f *live) reload(ctx context.Context, why string) {
	began := time.Now()
	cfg, err := f.opts.Reload()
	if why == filesChanged && touched(began, f.topicDirs(), *f.files.Load()) {
		return // half of a file may have been read: the watcher tells once it is whole
	}
	if err != nil {
		f.InForce.Refuse(err.Error())
		f.log.Error("configuration not taken, the last good one stays in force", "why", why)
		for fault := range strings.Lines(err.Error()) {
			f.log.Error("fault in the configuration", "fault", strings.TrimSpace(fault))
		}
		return
	}
	f.InForce.Refuse("")
	f.files.Store(&cfg.Files)
	changed, err := f.adopt(ctx, &cfg)
	switch {
	case err != nil && ctx.Err() == nil:
		f.InForce.Refuse(err.Error())
		f.log.Error("configuration not taken, the last good one stays in force", "error", err)
	case err == nil && !changed:
		f.log.Info("configuration read again, nothing has changed", "why", why)
	}
}

// liveSettings are the settings that take effect while the daemon runs. What topics and sources
// their files have does too.
var liveSettings = []string{
	"title", "public_url", "languages", "window_size", "max_age.fastest", "max_age.slowest",
	"push.max_size", "push.under_way", "push.at_once", "per_hour", "inbox", "sources", "log.level",
}

// changes lists the settings that have another value than when they were read last, and warns of
// those that wait for a restart.
func (f *live) changes(cfg *config.Config) (names []string) {
	before := map[string]any{}
	for _, s := range f.read {
		before[s.Name] = s.Value
	}
	for _, s := range cfg.Settings {
		if reflect.DeepEqual(before[s.Name], s.Value) {
			continue
		}
		if slices.Contains(liveSettings, s.Name) {
			names = append(names, s.Name)
			continue
		}
		f.log.Warn("a setting has changed, which takes effect when the daemon is started again",
			"setting", s.Name, "value", s.Value)
	}
	return names
}

// take takes what of a configuration's settings can change while the daemon runs. An address that
// follows from the listener stays, since that does.
func (d *Daemon) take(cfg *config.Config) {
	if !cfg.PublicURLDerived || !d.cfg.PublicURLDerived && cfg.Site.PublicURL != "" {
		d.cfg.Site.PublicURL, d.cfg.PublicURLDerived = cfg.Site.PublicURL, cfg.PublicURLDerived
	}
	d.cfg.Site.Title, d.cfg.Site.Languages = cfg.Site.Title, cfg.Site.Languages
	d.cfg.Window.Least, d.cfg.MaxAge, d.cfg.Push = cfg.Window.Least, cfg.MaxAge, cfg.Push
}

// adopt brings a configuration into force as far as it differs, and reports whether it does.
// Readers are answered by the old one until the new feeds are published.
func (f *live) adopt(ctx context.Context, cfg *config.Config) (changed bool, err error) {
	began, sources := time.Now(), bounded(cfg)
	rules, err := classify.Compile(f.opts.Version, cfg.Topics, sources)
	if err != nil {
		return false, err
	}
	settings, now := f.changes(cfg), f.InForce.Rules()
	if f.opts.Level != nil {
		f.opts.Level.Set(cfg.Log.Level)
	}
	topics := rules.Hash != now.Hash || !reflect.DeepEqual(rules.Topics, now.Topics)
	others := !reflect.DeepEqual(sources, f.Sources())
	if !topics && !others && len(settings) == 0 {
		f.read = cfg.Settings
		return false, nil
	}
	before := f.cfg
	f.take(cfg)
	if topics || len(settings) > 0 {
		if err := f.republish(ctx, rules); err != nil {
			f.take(&before)
			return false, err
		}
	}
	f.read = cfg.Settings
	if topics {
		f.InForce.Swap(rules)
		f.log.Info("topics in force", "topics", strings.Join(news.TopicIDs(rules.Topics), " "),
			"rules", rules.Hash, "took", time.Since(began).Round(time.Millisecond))
	}
	if others {
		return true, f.replaceSources(sources, rules)
	}
	f.log.Info("settings in force", "settings", strings.Join(settings, " "))
	return true, nil
}

// republish publishes every feed anew.
func (f *live) republish(ctx context.Context, rules *classify.Rules) error {
	if err := f.publishing.stop(); err != nil {
		f.log.Error("publishing had failed", "error", err)
	}
	defer f.start()
	s, err := f.build(ctx, rules)
	if err == nil {
		f.now.Store(s)
	}
	return err
}

// replaceSources brings other sources into force. Programs can push into those of that kind then.
func (f *live) replaceSources(sources []news.Source, rules *classify.Rules) error {
	if err := inbox(sources); err != nil && !readOnly(err) {
		return err
	}
	if err := f.roster.replace(sources); err != nil && !errors.Is(err, news.ErrUnwritable) {
		return err
	}
	next := *f.now.Load()
	pages, err := f.publicSide(rules, next.publisher, next.counts, f.ready)
	if err != nil {
		return err
	}
	next.pages = pages
	f.now.Store(&next)
	f.log.Info("sources in force", "sources", len(sources), "enabled", len(enabled(sources)))
	return nil
}
