package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// series is the editions of one feed in one format, one after the other.
type series struct {
	name    string // as the store knows it, "border.es.rss"
	format  news.Format
	current atomic.Pointer[issue]
	asked   atomic.Int64 // second at which a reader last asked, about; 0 for never
	queued  atomic.Bool  // for the press

	squeezing sync.Mutex
	// last is of the newest edition published, also before a restart; without a hash if there was
	// none. The sequence is remembered since a feed's also grows by changes that leave its bytes
	// alone.
	last   news.EditionStamp
	base   uint64    // lowest sequence that this series' deltas can start from
	barred []news.ID // articles that the newest document had to leave out
	absent []news.ID // articles that the newest edition leaves out
}

// issue is an edition with what only the publisher needs of it.
type issue struct {
	edition *news.Edition
	asleep  int    // length of the identity's bytes while they are left out, to save memory
	index   *index // nil if there can be no deltas
}

// proof is an edition that is made and not yet published.
type proof struct {
	series *series
	issue  *issue
	stamp  news.EditionStamp
	known  bool // the store remembers it already
}

// draft is a feed as a document, or why there is none.
type draft struct {
	doc    []byte
	parts  []news.Part
	barred []news.ID // articles that it leaves out
	err    error
}

// proofs makes the editions of a feed whose bytes are not those of the last ones. A format that
// fails leaves the others alone.
func (p *Publisher) proofs(f *feed, window news.Window, now time.Time) ([]*proof, error) {
	window, drafts, err := p.drafts(f, window)
	if err != nil {
		return nil, err
	}
	f.archives.Store(int64(window.Archives))
	feed := p.describe(f, window)
	var list []*proof
	var errs []error
	for i, s := range f.series {
		proof, err := p.proof(f, s, feed, window, drafts[i], now)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("edition %s: %w", s.name, err))
		case proof != nil:
			list = append(list, proof)
		}
	}
	return list, errors.Join(errs...)
}

// proof makes an edition of a draft, nil if its bytes are those of the current one.
func (p *Publisher) proof(
	f *feed, s *series, feed news.Feed, window news.Window, draft draft, now time.Time,
) (*proof, error) {
	if draft.err != nil {
		return nil, draft.err
	}
	next := news.EditionStamp{Hash: fingerprint(draft.doc), Seq: window.Seq}
	known := next.Hash == s.last.Hash
	switch {
	case known && s.current.Load() != nil:
		return nil, nil
	case known:
		next = s.last
	default:
		next.Modified = modified(window.Stamp, s.last.Modified, now)
		if next.Seq == s.last.Seq {
			s.base = next.Seq + 1 // one sequence stands for two documents
		}
	}
	if !slices.Equal(s.absent, draft.barred) {
		s.base, s.absent = max(s.base, window.Seq), draft.barred
	}
	e := &news.Edition{
		Key: feed.Key, Format: s.format, Seq: next.Seq, Modified: next.Modified,
		MaxAge: feed.MaxAge, StaleFor: feed.MaxAge / staleShare, StaleOnError: staleOnError,
		Base: max(p.base, s.base, f.cutUntil),
	}
	zipped, err := p.coder.gzip(draft.doc)
	if err != nil {
		return nil, err
	}
	made := &issue{edition: e, index: newIndex(draft.parts, window)}
	var plain []byte
	if s.wanted(now) {
		plain = bytes.Clone(draft.doc) // without the spare room that it was written in
	} else {
		made.asleep = len(draft.doc)
	}
	e.Representations = []news.Representation{
		{Coding: codingGzip, ETag: news.ETag(next.Seq, fingerprint(zipped)), Body: zipped},
		{ETag: news.ETag(next.Seq, next.Hash), Body: plain},
	}
	return &proof{series: s, issue: made, stamp: next, known: known}, nil
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
func modified(stamp, last, now time.Time) time.Time {
	stamp = stamp.UTC().Truncate(time.Second)
	if stamp.After(last) {
		return stamp
	}
	now = now.UTC().Truncate(time.Second)
	if next := last.Add(time.Second); next.After(now) {
		return next
	}
	return now
}

// wantedFor is for how long after a reader's question a series keeps its editions ready in every
// coding. Those of the others are kept in gzip alone.
const wantedFor = 24 * time.Hour

// wanted tells whether a reader asked for the series lately.
func (s *series) wanted(now time.Time) bool {
	return now.Unix()-s.asked.Load() < int64(wantedFor/time.Second)
}

// ask notes that a reader asks, to the minute, and tells whether it is the first for long.
func (s *series) ask(now time.Time) (first bool) {
	asked, second := s.asked.Load(), now.Unix()
	if second-asked < 60 {
		return false
	}
	first = !s.wanted(now)
	s.asked.Store(second)
	return first
}

// awake gives the current issue with the bytes of its identity, nil if there is none.
func (s *series) awake() *issue {
	for {
		current := s.current.Load()
		if current == nil || current.asleep == 0 {
			return current
		}
		e := *current.edition
		e.Representations = slices.Clone(e.Representations)
		plain, err := unzip(e.Representations[0].Body, current.asleep)
		if err != nil {
			return nil // the bytes are our own
		}
		e.Representations[len(e.Representations)-1].Body = plain
		s.current.CompareAndSwap(current, &issue{edition: &e, index: current.index})
	}
}

// fingerprint is half of a SHA-256 in hexadecimal digits.
func fingerprint(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}
