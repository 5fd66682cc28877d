package daemon

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/teletipo/teletipo/internal/classify"
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

// live is the part of a daemon that follows from its topics. It is replaced as a whole when they
// change, while the daemon goes on serving; only its run does that.
type live struct {
	*Daemon
	ready func() error
	hup   chan os.Signal

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
func (d *Daemon) openLive(ctx context.Context, ready func() error) (*live, error) {
	f := &live{Daemon: d, ready: ready, hup: make(chan os.Signal, 1)}
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
// topic files, until ctx ends.
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
			f.reload(ctx, "files changed")
		}
	}
}

// watch sends when something has changed in the directories of the topic files; the one in the
// data directory is made. Where they can't be watched a SIGHUP has to tell.
func (f *live) watch(changed chan<- struct{}) func(context.Context) error {
	dirs := []string{filepath.Join(f.cfg.Data, "feeds")}
	if f.cfg.TopicDir != "" {
		dirs = append(dirs, f.cfg.TopicDir)
	}
	w := &watch.Watcher{
		Log: f.log, Quiet: settled, Again: searchEvery, Matters: topicFile,
		Cover: func(notify *fsnotify.Watcher) (missing bool) {
			for _, dir := range dirs { // again each time: one may have been replaced as a whole
				missing = notify.Add(dir) != nil || missing
				_ = notify.Add(filepath.Join(dir, "groups")) // where there are shared groups
			}
			return missing
		},
	}
	return func(ctx context.Context) error {
		err := os.MkdirAll(dirs[0], 0o750)
		if err == nil {
			err = w.Run(ctx, func(ctx context.Context) {
				select {
				case changed <- struct{}{}:
				case <-ctx.Done():
				}
			})
		}
		if err != nil {
			f.log.Warn("topic files not watched, SIGHUP has them read again", "error", err)
		}
		return nil
	}
}

// topicFile reports whether a change may be one of a topic file: of anything but a hidden one,
// since directories are also replaced as a whole by moving a link.
func topicFile(event fsnotify.Event) watch.Meaning {
	if name := filepath.Base(event.Name); strings.HasPrefix(name, ".") && name != "..data" {
		return watch.Nothing
	}
	return watch.Change
}

// start starts publishing.
func (f *live) start() { f.publishing = background(f.now.Load().publisher.Run) }

// reload reads the topic files again and brings them into force. If anything is wrong with them,
// those in force stay.
func (f *live) reload(ctx context.Context, why string) {
	cfg, err := f.opts.Reload()
	if err != nil {
		f.InForce.Refuse(err.Error())
		f.log.Error("topic files not taken, the last good ones stay in force", "why", why)
		for fault := range strings.Lines(err.Error()) {
			f.log.Error("fault in the configuration", "fault", strings.TrimSpace(fault))
		}
		return
	}
	f.InForce.Refuse("")
	if reflect.DeepEqual(cfg.Topics, f.InForce.Rules().Topics) {
		f.log.Info("topic files read again, nothing has changed", "why", why)
		return
	}
	if err := f.replace(ctx, cfg.Topics); err != nil && ctx.Err() == nil {
		f.InForce.Refuse(err.Error())
		f.log.Error("topics not replaced, the last good ones stay in force", "error", err)
	}
}

// replace brings other topics into force. Readers are answered by the old ones until the new
// feeds are published.
func (f *live) replace(ctx context.Context, topics []news.Topic) error {
	began := time.Now()
	rules, err := classify.Compile(f.opts.Version, topics, f.cfg.Sources)
	if err != nil {
		return err
	}
	if err := f.publishing.stop(); err != nil {
		f.log.Error("publishing had failed", "error", err)
	}
	defer f.start()
	s, err := f.build(ctx, rules)
	if err != nil {
		return err
	}
	f.now.Store(s)
	f.InForce.Swap(rules)
	f.log.Info("topics in force", "topics", strings.Join(news.TopicIDs(topics), " "),
		"rules", rules.Hash, "took", time.Since(began).Round(time.Millisecond))
	return nil
}
