package publish

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// archiveMaxAge is how long a reader may keep a closed archive without asking: what is in it
// changes only when an article of it does.
const archiveMaxAge = time.Hour

// bound is an archive document as it was made.
type bound struct {
	edition *news.Edition
	stamp   time.Time // of the window that it was made of
	seen    uint64    // sequence when the store was last asked
}

// Archives tells how many closed archives a feed has, 0 if there is no such feed.
func (p *Publisher) Archives(key news.FeedKey) int {
	f, ok := p.feeds[key]
	if !ok {
		return 0
	}
	return int(f.archives.Load())
}

// Archive returns a closed archive document of a feed, counted from 1. The error is NotFound if
// there is none of that number. It is rendered when it is asked for, once for all who ask at a
// time.
func (p *Publisher) Archive(
	key news.FeedKey, format news.Format, number int,
) (*news.Edition, error) {
	f, ok := p.feeds[key]
	if !ok || number < 1 || number > p.Archives(key) || !slices.Contains(news.Formats, format) {
		return nil, news.Errorf(news.NotFound, "feed %s has no archive %d in %s", key, number, format)
	}
	name := fmt.Sprintf("%s/%d.%s", key, number, format)
	if kept, ok := p.archives.get(name); ok && !p.newer(kept.seen) {
		return kept.edition, nil
	}
	made, err, _ := p.flights.Do(name, func() (any, error) {
		return p.bind(f, format, number, name)
	})
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", name, err)
	}
	return made.(*bound).edition, nil
}

// newer reports whether there is a change after a sequence.
func (p *Publisher) newer(seq uint64) bool {
	select {
	case <-p.store.Newer(seq):
		return true
	default:
		return false
	}
}

// bind makes an archive document and keeps it, or finds that the one kept is still right.
func (p *Publisher) bind(
	f *feed, format news.Format, number int, name string,
) (*bound, error) {
	p.work <- struct{}{}
	defer func() { <-p.work }()
	seen, err := p.store.Sequence() // first: after a change from here on it is asked again
	if err != nil {
		return nil, err
	}
	window, err := p.store.Archive(f.key, number, nothing)
	if err != nil {
		return nil, err
	}
	made := &bound{stamp: window.Stamp, seen: seen}
	kept, ok := p.archives.get(name)
	if ok && kept.edition.Seq == window.Seq && kept.stamp.Equal(window.Stamp) {
		made.edition = kept.edition
	} else if made.edition, made.stamp, err = p.archive(f, format, number); err != nil {
		return nil, err
	}
	p.archives.put(name, made, size(made.edition.Representations))
	return made, nil
}

// archive makes an archive document, and returns the stamp of its window. Where that lies a moment
// ahead it waits for it.
func (p *Publisher) archive(
	f *feed, format news.Format, number int,
) (e *news.Edition, stamp time.Time, err error) {
	s := []*series{p.series(f.key, format)}
	c, err := p.compose(f, s, nil, 0, func(take news.Taker) (news.Window, error) {
		return p.store.Archive(f.key, number, take)
	})
	if err == nil {
		err = cmp.Or(c.drafts[0].err, c.fill(0, nil))
	}
	if err != nil {
		return nil, stamp, err
	}
	window := c.window
	list, err := p.coder.all(c.drafts[0].doc.Bytes(nil))
	if err != nil {
		return nil, stamp, err
	}
	for i := range list {
		list[i].ETag = p.tag(window.Seq, fingerprint(list[i].Body))
	}
	e = &news.Edition{
		Key: f.key, Format: format, Epoch: p.settings.Epoch, Seq: window.Seq,
		Modified: window.Stamp.UTC().Truncate(time.Second),
		MaxAge:   archiveMaxAge, StaleFor: archiveMaxAge, StaleOnError: staleOnError,
		Base:            window.Seq + 1,
		Representations: list,
	}
	if e.Modified.Before(p.modified) {
		e.Modified = p.modified
	}
	if now := p.settings.Now().UTC().Truncate(time.Second); e.Modified.After(now.Add(longestHold)) {
		e.Modified = now // it was stamped by a clock that was wrong
	}
	if ahead := e.Modified.Sub(p.settings.Now()); ahead > 0 && ahead <= longestHold {
		time.Sleep(ahead)
	}
	return e, window.Stamp, nil
}
