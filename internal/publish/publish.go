// Package publish owns the editions: it renders the feeds that changed, compresses and stamps them,
// swaps each in when its time has come, makes deltas of their pieces, and archives when they are
// asked for. It leaves to others what a feed looks like (render) and how an edition is sent
// (serve).
//
// A feed is made anew of the pieces that its last documents have, and of what changed since: that
// alone is read from the store and written, once for all feeds that it looks the same in.
package publish

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/render"
)

// Windows has what feeds show, as one moment saw it.
type Windows interface {
	// Subscription has take see the newest part of a feed, as much of it as the least number and
	// the span of an extent say: its tail first, and of the rest the newest first, backfill last.
	// A feed that never had an article has the time of its creation as its stamp.
	Subscription(key news.FeedKey, extent news.Extent, take news.Taker) (news.Window, error)
	// Archive has take see a closed archive, counted from 1. The error is NotFound if there is
	// none of that number.
	Archive(key news.FeedKey, number int, take news.Taker) (news.Window, error)
	// Since tells what happened to a feed after the sequence base, up to until, false if that is
	// no longer known.
	Since(key news.FeedKey, base, until uint64) (news.Span, bool, error)
}

// Memory remembers editions across restarts.
type Memory interface {
	// EditionStamps gives what was saved, by the edition's name.
	EditionStamps() (map[string]news.EditionStamp, error)
	// SaveEditionStamps adds to what was saved, all of it or nothing.
	SaveEditionStamps(stamps map[string]news.EditionStamp) error
	// Sequence is the highest sequence so far.
	Sequence() (uint64, error)
}

// Log has what changed, in the order of the sequence.
type Log interface {
	// Newer returns a channel that is closed as soon as there is a change after a sequence.
	Newer(seq uint64) <-chan struct{}
	// Changes returns the changes after a sequence, at most so many, the oldest first. One without a
	// kind can't be read.
	Changes(after uint64, most int) ([]news.Change, error)
}

// Store has the windows of feeds and what changed in them, and remembers editions.
type Store interface {
	Windows
	Log
	Memory
}

// Settings is what a Publisher needs to know of the configuration.
type Settings struct {
	Installation news.ID // the feeds' ids are made from it
	// Epoch is the store's. In another one no state is known that was published before.
	Epoch  uint64
	Site   news.Site
	Topics []news.Topic
	// Window says what a feed's subscription document covers. No document is longer than its Size,
	// unless what stands in no archive yet is.
	Window news.Extent
	// Fastest and Slowest bound how long a reader may wait before it asks again; 5 minutes and an
	// hour if both are 0.
	Fastest, Slowest time.Duration
	// Cache is a directory for what is published, so that the next start need not make it again. It
	// may be deleted at any time; empty for none.
	Cache string
	// Early has Start return as soon as there is something to serve of each feed: what was
	// published last, though it is yet to be made anew.
	Early bool
	Now   func() time.Time // time.Now if nil
}

const (
	// longestHold bounds how long an edition waits for its stamp. The store's stamps run a
	// second ahead at most. More means that the clock was set back: waiting is no use then.
	longestHold = 2 * time.Second
	// retryAfter is how long to wait after the store failed.
	retryAfter = 5 * time.Second
	// What is made when it is asked for is kept up to so many bytes.
	archiveBytes, deltaBytes = 64 << 20, 16 << 20
	// Pieces are kept until the feeds that an article is in have taken them over. Plain documents
	// and those in br and zstd are kept where there is room: others are made of their gzip when they
	// are needed.
	pieceBytes, plainBytes, bodyBytes = 8 << 20, 12 << 20, 32 << 20
)

// Publisher owns the editions of every feed: each topic and all of them together, in all
// languages together and in each language of the site, in each format.
type Publisher struct {
	log      *slog.Logger
	store    Store
	settings Settings
	draft    func(news.Feed, news.Format) (writer, error)
	coder    *coder
	feeds    map[news.FeedKey]*feed       // the map never changes once made
	order    []*feed                      // the same, in the order of the topics
	unsaved  map[string]news.EditionStamp // what the store has yet to remember
	base     uint64                       // lowest sequence that documents were written alike from
	modified time.Time                    // when they began to be; zero if they always were

	slow    slowQueue
	keeping struct {
		mu    sync.Mutex
		queue map[*feed]*keptFeed
		wake  chan struct{}
	}
	settingsHash string // of what shapes documents
	archives     *cache[*bound]
	deltas       *cache[*delta]
	written      *cache[[]byte] // pieces, by article and variant
	plain        *cache[tagged] // documents, by series
	bodies       *cache[tagged] // and in the codings that take longer, by series and coding
	flights      singleflight.Group
	work         chan struct{} // full while as much is being made for readers as there are processors

	cursor uint64 // sequence of the last change that was seen
	blind  bool   // what came after it could not be read
}

// writer writes a feed in a format, piece by piece: see render.Draft.
type writer interface {
	Frame() (head, end []byte, err error)
	Entry(*news.Entry) ([]byte, error)
	Variant(*news.Entry) string
	Tombstones() []render.Piece
}

// New makes a publisher with nothing published yet: see Start and Run.
func New(log *slog.Logger, store Store, settings Settings) *Publisher {
	if settings.Now == nil {
		settings.Now = time.Now
	}
	if settings.Fastest == 0 && settings.Slowest == 0 {
		settings.Fastest, settings.Slowest = 5*time.Minute, time.Hour
	}
	p := &Publisher{
		log: log, store: store, settings: settings,
		draft:    newWriter(settings),
		coder:    newCoder(),
		feeds:    make(map[news.FeedKey]*feed),
		unsaved:  make(map[string]news.EditionStamp),
		slow:     slowQueue{wake: make(chan struct{}, 1)},
		archives: newCache[*bound](archiveBytes),
		deltas:   newCache[*delta](deltaBytes),
		written:  newCache[[]byte](pieceBytes),
		plain:    newCache[tagged](plainBytes),
		bodies:   newCache[tagged](bodyBytes),
		work:     make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	p.keeping.queue, p.keeping.wake = map[*feed]*keptFeed{}, make(chan struct{}, 1)
	for _, f := range newFeeds(settings) {
		p.feeds[f.key] = f
		p.order = append(p.order, f)
	}
	return p
}

func newWriter(settings Settings) func(news.Feed, news.Format) (writer, error) {
	renderer := render.New(settings.Site, settings.Topics)
	return func(f news.Feed, format news.Format) (writer, error) { return renderer.Draft(f, format) }
}

// Feeds lists every feed there is, all topics together first.
func (p *Publisher) Feeds() []news.FeedKey {
	keys := make([]news.FeedKey, 0, len(p.order))
	for _, f := range p.order {
		keys = append(keys, f.key)
	}
	return keys
}

// Edition returns the current edition of a feed, without waiting and without I/O, or false if there
// is no such feed or Start is not done yet. An edition is replaced when its bytes change, and once
// a moment later by one in more codings.
func (p *Publisher) Edition(key news.FeedKey, format news.Format) (*news.Edition, bool) {
	s := p.series(key, format)
	if s == nil {
		return nil, false
	}
	first := s.ask(p.settings.Now())
	current := s.current.Load()
	if current == nil {
		return nil, false
	}
	if first {
		p.slow.add(s)
	}
	return current.edition, true
}

// Compressed returns the current edition of a feed in every coding. Those that take longer are made
// now if they are not there yet, some milliseconds once for an edition: who asks for one of them
// gets it, and a tag of one is known again right after a restart.
func (p *Publisher) Compressed(key news.FeedKey, format news.Format) (*news.Edition, bool) {
	if s := p.series(key, format); s != nil {
		if err := p.compress(s); err != nil {
			p.log.Error("edition not compressed", "edition", s.name, "error", err)
		}
	}
	return p.Edition(key, format)
}

// series finds the editions of a feed in a format, nil if there are none.
func (p *Publisher) series(key news.FeedKey, format news.Format) *series {
	if f, ok := p.feeds[key]; ok {
		for _, s := range f.series {
			if s.format == format {
				return s
			}
		}
	}
	return nil
}

// Start makes every edition once, but for those that are kept as they would be made, with the
// validators that it had before a restart unless its bytes are others, and returns when all are
// published; see Settings.Early. It waits at most two seconds for stamps.
// Beside an error those are published that could be; Run tries the others again.
func (p *Publisher) Start(ctx context.Context) error {
	began := time.Now()
	if err := p.recall(); err != nil {
		return err
	}
	ready := func() {
		p.log.Info("editions ready", "editions", len(p.order)*len(news.Formats),
			"took", time.Since(began).Round(time.Millisecond))
	}
	if p.settings.Early && p.complete() {
		ready()
		return nil
	}
	var failed error
	for {
		next, err := p.pass(ctx)
		if failed = errors.Join(failed, err); failed != nil && !p.waiting() {
			return failed
		}
		if p.complete() {
			ready()
			return nil
		}
		if err := p.wait(ctx, next); err != nil {
			return err
		}
	}
}

// waiting reports whether a feed waits for its stamp.
func (p *Publisher) waiting() bool {
	return slices.ContainsFunc(p.order, func(f *feed) bool { return !f.due.IsZero() })
}

// complete reports whether every feed has an edition in every format.
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

// Run publishes what changes, on from where Start ended, until ctx ends. Only one of Start and Run
// may be under way.
// An edition that waits for its stamp then is made again by the next Start, the same.
func (p *Publisher) Run(ctx context.Context) error {
	var others sync.WaitGroup
	done := make(chan struct{})
	others.Go(func() { p.compressQueued(ctx) })
	others.Go(func() { p.writeKept(done) })
	defer others.Wait()
	defer close(done) // what is published by then is kept
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
	var newer <-chan struct{}
	if !p.blind {
		newer = p.store.Newer(p.cursor)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer:
	case <-newer:
	}
	return nil
}
