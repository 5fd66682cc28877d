// Package publish owns the editions: it renders the feeds that changed, checks, compresses and
// stamps them, and swaps each in when its time has come. It leaves to others what a feed looks
// like (render) and how an edition is sent (serve).
package publish

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/render"
)

// Store has the windows of feeds, and remembers editions across restarts.
type Store interface {
	// Window gives the newest n live articles of a feed, with their content, as one moment saw
	// them. A feed that never had any has the time of its creation as its stamp.
	Window(key news.FeedKey, n int) (news.Window, error)
	// EditionStamps gives what was saved, by the edition's name.
	EditionStamps() (map[string]news.EditionStamp, error)
	// SaveEditionStamps adds to what was saved, all of it or nothing.
	SaveEditionStamps(stamps map[string]news.EditionStamp) error
}

// Settings is what a Publisher needs to know of the configuration.
type Settings struct {
	Installation news.ID // the feeds' ids are made from it
	Site         news.Site
	Topics       []news.Topic
	WindowSize   int              // entries in a feed, at most
	Now          func() time.Time // time.Now if nil
}

const (
	// longestHold bounds how long an edition waits for its stamp. The store's stamps run a
	// second ahead at most. More means that the clock was set back: waiting is no use then.
	longestHold = 2 * time.Second
	// retryAfter is how long to wait after the store failed.
	retryAfter = 5 * time.Second
)

// Publisher owns the editions of every feed: each topic and all of them together, in all
// languages together and in each language of the site, in each format.
type Publisher struct {
	log      *slog.Logger
	store    Store
	settings Settings
	write    func(news.Feed, news.Format) ([]byte, error) // renders and checks
	feeds    map[news.FeedKey]*feed                       // the map never changes once made
	order    []*feed                                      // the same, in the order of the topics
	zippers  sync.Pool                                    // of *gzip.Writer
	unsaved  map[string]news.EditionStamp                 // what the store has yet to remember

	wake  chan struct{}
	mu    sync.Mutex
	dirty map[news.FeedKey]bool // that changed since they were last rendered
}

// New makes a publisher with nothing published yet: see Start and Run.
func New(log *slog.Logger, store Store, settings Settings) *Publisher {
	if settings.Now == nil {
		settings.Now = time.Now
	}
	renderer := render.New(settings.Site, settings.Topics)
	p := &Publisher{
		log: log, store: store, settings: settings,
		write: func(f news.Feed, format news.Format) ([]byte, error) {
			doc, err := renderer.Render(f, format)
			if err != nil {
				return nil, err
			}
			return doc, render.Check(format, doc)
		},
		feeds:   make(map[news.FeedKey]*feed),
		unsaved: make(map[string]news.EditionStamp),
		wake:    make(chan struct{}, 1),
		dirty:   make(map[news.FeedKey]bool),
	}
	for _, f := range newFeeds(settings) {
		p.feeds[f.key] = f
		p.order = append(p.order, f)
	}
	return p
}

// Feeds lists every feed there is, all topics together first.
func (p *Publisher) Feeds() []news.FeedKey {
	keys := make([]news.FeedKey, 0, len(p.order))
	for _, f := range p.order {
		keys = append(keys, f.key)
	}
	return keys
}

// Edition gives the current edition of a feed, without waiting and without I/O, or false if there
// is no such feed or Start is not done yet. An edition is replaced only when its bytes change.
func (p *Publisher) Edition(key news.FeedKey, format news.Format) (*news.Edition, bool) {
	f, ok := p.feeds[key]
	if !ok {
		return nil, false
	}
	for _, s := range f.series {
		if s.format == format {
			e := s.current.Load()
			return e, e != nil
		}
	}
	return nil, false
}

// Changed tells that feeds changed. It never waits; Run sees to them. A key that is no feed of
// this site is passed over.
func (p *Publisher) Changed(keys []news.FeedKey) {
	p.mu.Lock()
	for _, key := range keys {
		if p.feeds[key] != nil {
			p.dirty[key] = true
		}
	}
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // it is awake, and will look again
	}
}

// Start makes every edition once, with the validators that it had before a restart unless its
// bytes are others, and returns when all are published. It waits at most two seconds for stamps.
func (p *Publisher) Start(ctx context.Context) error {
	began := time.Now()
	stamps, err := p.store.EditionStamps()
	if err != nil {
		return err
	}
	p.recall(stamps)
	for {
		next, err := p.pass(ctx)
		if err != nil {
			return err
		}
		if p.complete() {
			p.log.Info("editions ready", "editions", len(p.order)*len(news.Formats),
				"took", time.Since(began).Round(time.Millisecond))
			return nil
		}
		if err := p.wait(ctx, next); err != nil {
			return err
		}
	}
}

// recall takes up what was remembered of the editions; every feed has yet to be rendered.
func (p *Publisher) recall(stamps map[string]news.EditionStamp) {
	for _, f := range p.order {
		for _, s := range f.series {
			s.last = stamps[s.name]
		}
	}
	p.Changed(p.Feeds())
}

// complete tells whether every feed has an edition in every format.
func (p *Publisher) complete() bool {
	for _, f := range p.order {
		for _, s := range f.series {
			if s.current.Load() == nil {
				return false
			}
		}
	}
	return true
}

// Run publishes what Changed tells of, until ctx ends. Only one of Start and Run may be under way.
// An edition that waits for its stamp then is made again by the next Start, the same.
func (p *Publisher) Run(ctx context.Context) error {
	for {
		next, err := p.pass(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			p.log.Error("feeds not published, the last good editions stay", "error", err)
		}
		if p.wait(ctx, next) != nil {
			return nil
		}
	}
}

// wait returns when there is something to do: at next unless that is zero, or on a change.
func (p *Publisher) wait(ctx context.Context, next time.Time) error {
	var timer <-chan time.Time
	if !next.IsZero() {
		t := time.NewTimer(next.Sub(p.settings.Now()))
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer:
	case <-p.wake:
	}
	return nil
}
