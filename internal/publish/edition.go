package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/teletipo/teletipo/internal/news"
)

// series is the editions of one feed in one format, one after the other.
type series struct {
	name    string // as the store knows it, "border.es.rss"
	format  news.Format
	current atomic.Pointer[news.Edition]
	// last is of the newest edition published, also before a restart; without a hash if there was
	// none. The sequence is remembered since a feed's also grows by changes that leave its bytes
	// alone.
	last   news.EditionStamp
	barred []news.ID // articles that the newest edition had to leave out
}

// proof is an edition that is made and not yet published.
type proof struct {
	series  *series
	edition *news.Edition
	stamp   news.EditionStamp
	known   bool // the store remembers it already
}

// proofs makes the editions of a feed whose bytes are not those of the last ones. A format that
// fails leaves the others alone.
func (p *Publisher) proofs(f *feed, window news.Window, now time.Time) ([]*proof, error) {
	feed := f.describe(window)
	var list []*proof
	var errs []error
	for _, s := range f.series {
		doc, err := p.document(s, feed)
		if err != nil {
			errs = append(errs, fmt.Errorf("edition %s: %w", s.name, err))
			continue
		}
		next := news.EditionStamp{Hash: fingerprint(doc), Seq: window.Seq}
		known := next.Hash == s.last.Hash
		switch {
		case known && s.current.Load() != nil:
			continue
		case known:
			next = s.last
		default:
			next.Modified = modified(window.Stamp, s.last.Modified, now)
		}
		edition, err := p.edition(feed, s.format, next, doc)
		if err != nil {
			errs = append(errs, fmt.Errorf("edition %s: %w", s.name, err))
			continue
		}
		list = append(list, &proof{series: s, edition: edition, stamp: next, known: known})
	}
	return list, errors.Join(errs...)
}

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

// edition puts a document in all its codings.
func (p *Publisher) edition(
	feed news.Feed, format news.Format, stamp news.EditionStamp, doc []byte,
) (*news.Edition, error) {
	e := &news.Edition{
		Key: feed.Key, Format: format, Seq: stamp.Seq, Modified: stamp.Modified, MaxAge: feed.MaxAge,
	}
	zipped, err := p.zip(doc)
	if err != nil {
		return nil, err
	}
	for _, rep := range []news.Representation{
		{Coding: "gzip", Body: zipped},
		{Body: bytes.Clone(doc)}, // without the spare room that it was written in
	} {
		rep.ETag = news.ETag(stamp.Seq, fingerprint(rep.Body))
		e.Representations = append(e.Representations, rep)
	}
	return e, nil
}

// zip compresses. Its header has neither a time nor a name: the same bytes give the same bytes.
func (p *Publisher) zip(doc []byte) ([]byte, error) {
	var b bytes.Buffer
	z, ok := p.zippers.Get().(*gzip.Writer)
	if !ok {
		var err error
		if z, err = gzip.NewWriterLevel(nil, zipLevel); err != nil {
			return nil, err
		}
	}
	defer p.zippers.Put(z)
	z.Reset(&b)
	z.ModTime = time.Unix(0, 0) // a zero time.Time is none to this library
	if _, err := z.Write(doc); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil
}

// zipLevel is where more effort stops to pay.
const zipLevel = 6

// fingerprint is half of a SHA-256 in hexadecimal digits.
func fingerprint(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}
