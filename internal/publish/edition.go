package publish

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/render"
)

// series is the editions of one feed in one format, one after the other.
type series struct {
	name    string // as the store knows it, "border.es.rss"
	format  news.Format
	current atomic.Pointer[issue]
	asked   atomic.Int64 // second at which a reader last asked, about; 0 for never
	queued  atomic.Bool  // to be compressed

	compressing sync.Mutex
	// last is of the newest edition published, also before a restart; without a hash if there was
	// none. The sequence is remembered since a feed's also grows by changes that leave its bytes
	// alone.
	last   news.EditionStamp
	base   uint64   // lowest sequence that this series' deltas can start from
	absent []uint64 // keys of the articles that the newest edition leaves out
	made   *issue   // the newest that was made, maybe not yet published
}

// issue is an edition with what only the publisher needs of it.
type issue struct {
	edition *news.Edition
	layout  render.Layout
	known   []known // of each piece
	zipped  zipped
}

// known is what is known of an entry or tombstone in a document.
type known struct {
	key  uint64 // of the article; 0 of a tombstone
	seq  uint64
	id   news.ID
	rank int32 // among the window's entries, 0 the newest; -1 for a tombstone
	low  int32 // among the window's entries, 0 the oldest
}

// proof is an edition that is made and not yet published.
type proof struct {
	series *series
	issue  *issue
	stamp  news.EditionStamp
	known  bool // the store remembers it already
}

// proofs makes the editions of a feed whose bytes are not those of the last ones, side by side. A
// format that fails leaves the others alone; then all is written anew the next time.
func (p *Publisher) proofs(f *feed, c *composer, now time.Time) ([]*proof, error) {
	if c.cut < f.cut {
		f.cutUntil = max(f.cutUntil, c.window.Seq) // there is room for what there was none for
	}
	f.cutNews = f.cutNews || c.cut != f.cut
	f.cut = c.cut
	f.archives.Store(int64(c.window.Archives))
	feed := p.describe(f, c.window, c.items)
	made, errs := make([]*proof, len(f.series)), make([]error, len(f.series))
	var group errgroup.Group
	for i, s := range f.series {
		group.Go(func() error {
			if made[i], errs[i] = p.proof(f, s, feed, c, i, now); errs[i] != nil {
				errs[i] = fmt.Errorf("edition %s: %w", s.name, errs[i])
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs, all of them
	err := errors.Join(errs...)
	if f.items = nil; err == nil {
		f.seen = seenOf(c.window)
		f.items = make(map[uint64]*item, len(c.items))
		for _, it := range c.items {
			f.items[it.Key] = it
		}
	}
	return slices.DeleteFunc(made, func(pr *proof) bool { return pr == nil }), err
}

// proof makes an edition of a draft, nil if its bytes are those of the current one.
func (p *Publisher) proof(
	f *feed, s *series, feed news.Feed, c *composer, i int, now time.Time,
) (*proof, error) {
	before, err := p.pieces(s)
	if err == nil {
		err = c.fill(i, before)
	}
	d := &c.drafts[i]
	if err = cmp.Or(err, d.err); err != nil {
		return nil, err
	}
	doc := d.doc.Bytes(nil)
	next := news.EditionStamp{
		Hash: fingerprint(doc), Seq: c.window.Seq, Epoch: p.settings.Epoch,
	}
	known := next.Hash == s.last.Hash && next.Epoch == s.last.Epoch
	switch {
	case known && s.current.Load() != nil:
		return nil, nil
	case known && !s.last.Modified.After(now.Add(longestHold)):
		next = s.last
	default:
		known = false
		next.Modified = modified(c.window.Stamp, s.last.Modified, now)
		if next.Epoch != s.last.Epoch && next.Modified.Before(p.modified) {
			next.Modified = p.modified // later than all that was published before the restore
		}
		if next.Seq == s.last.Seq {
			s.base = next.Seq + 1 // one sequence stands for two documents
		}
	}
	if !slices.Equal(s.absent, d.barred) {
		s.base, s.absent = max(s.base, c.window.Seq), d.barred
	}
	var last *zipped
	if s.made != nil {
		last = &s.made.zipped
	}
	zipped, err := p.coder.zip(doc, cuts(&d.doc, len(doc)), last)
	if err != nil {
		return nil, err
	}
	made := &issue{layout: d.doc.Layout(), known: d.known, zipped: zipped, edition: &news.Edition{
		Key: feed.Key, Format: s.format, Epoch: next.Epoch, Seq: next.Seq, Modified: next.Modified,
		MaxAge: feed.MaxAge, StaleFor: feed.MaxAge / staleShare, StaleOnError: staleOnError,
		Base:     max(p.base, s.base, f.cutUntil),
		Archived: c.window.Archived,
		Representations: representations(zipped.body,
			p.tag(next.Seq, fingerprint(zipped.body)), p.tag(next.Seq, next.Hash), len(doc)),
	}}
	s.made = made
	p.plain.put(s.name, tagged{tag(made.edition), doc}, len(doc))
	return &proof{series: s, issue: made, stamp: next, known: known}, nil
}

// tag writes an ETag of the epoch that the store is in.
func (p *Publisher) tag(seq uint64, hash string) string {
	return news.ETag(p.settings.Epoch, seq, hash)
}

// bytes returns the plain bytes of an issue.
func (p *Publisher) bytes(s *series, made *issue) ([]byte, error) {
	etag := tag(made.edition)
	if kept, ok := p.plain.get(s.name); ok && kept.tag == etag {
		return kept.bytes, nil
	}
	list := made.edition.Representations
	doc, err := list[len(list)-1].Bytes()
	if err == nil {
		p.plain.put(s.name, tagged{etag, doc}, len(doc))
	}
	return doc, err
}

// pieces returns the entries of the document that a series was last made of, by article.
func (p *Publisher) pieces(s *series) (map[uint64][]byte, error) {
	if s.made == nil {
		return nil, nil
	}
	doc, err := p.bytes(s, s.made)
	if err != nil {
		return nil, err
	}
	bodies := make(map[uint64][]byte, len(s.made.known))
	for i, piece := range s.made.layout.Parts(doc).Pieces {
		bodies[s.made.known[i].key] = piece.Body
	}
	return bodies, nil
}

// Stale editions: a cache that asks again in the background may serve one for a fifth of its age
// more, one that gets no answer for a day.
const (
	staleShare   = 5
	staleOnError = 24 * time.Hour
)

// modified is the Last-Modified of new bytes: the stamp of the feed's newest change or, where
// that would not grow (other configuration, other version, a change that joined a stamp already
// published), now, and always a second past the last.
//
// What lies further ahead than a stamp can was stamped by a clock that was wrong: it counts for
// nothing, or readers would be told of a change only when that time has come.
func modified(stamp, last, now time.Time) time.Time {
	stamp = stamp.UTC().Truncate(time.Second)
	now = now.UTC().Truncate(time.Second)
	far := now.Add(longestHold)
	if stamp.After(far) {
		stamp = now
	}
	if last.After(far) {
		last = now.Add(-time.Second)
	}
	if stamp.After(last) {
		return stamp
	}
	if next := last.Add(time.Second); next.After(now) {
		return next
	}
	return now
}

// wantedFor is for how long after a reader's question a series has its editions made in every
// coding. Those of the others are in gzip alone.
const wantedFor = 24 * time.Hour

// wanted reports whether a reader asked for the series lately.
func (s *series) wanted(now time.Time) bool {
	return now.Unix()-s.asked.Load() < int64(wantedFor/time.Second)
}

// ask notes that a reader asks, to the minute, and reports whether it is the first for long.
func (s *series) ask(now time.Time) (first bool) {
	asked, second := s.asked.Load(), now.Unix()
	if second-asked < 60 {
		return false
	}
	first = !s.wanted(now)
	s.asked.Store(second)
	return first
}

// fingerprint is half of a SHA-256 in hexadecimal digits.
func fingerprint(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}
