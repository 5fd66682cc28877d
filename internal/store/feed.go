package store

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// feed is the buckets of a feed.
type feed struct {
	*bucket
	fresh, backfill    *bucket
	archive, gone, log *bucket
}

// feedParts are the buckets of a feed, in the order of the fields.
var feedParts = [][]byte{feedFresh, feedBackfill, feedArchive, feedGone, feedLog}

// feed opens the buckets of a feed, nil if there is none. In a damaged file one that is not there
// may be lost, so that is an error.
func (r reading) feed(key news.FeedKey) (*feed, error) {
	b := r.Bucket(bucketFeed).Bucket([]byte(key.String()))
	if b == nil {
		if why := r.db.frozen.Load(); why != nil && isDamage(*why) != nil {
			return nil, news.Errorf(news.Internal, "feed %s is not found: %w", key, *why)
		}
		return nil, nil
	}
	f := &feed{bucket: b}
	for i, part := range []**bucket{&f.fresh, &f.backfill, &f.archive, &f.gone, &f.log} {
		if *part = b.Bucket(feedParts[i]); *part == nil {
			panic(&damage{Bucket: b.name + "/" + string(feedParts[i]), Why: "the bucket is missing"})
		}
	}
	return f, nil
}

// feed opens or makes the buckets of a feed, once in a transaction.
func (w *writing) feed(key news.FeedKey) (*feed, error) {
	if f := w.feeds[key]; f != nil {
		return f, nil
	}
	b, err := w.Bucket(bucketFeed).CreateBucketIfNotExists([]byte(key.String()))
	if err != nil {
		return nil, err
	}
	for _, name := range feedParts {
		if _, err := b.CreateBucketIfNotExists(name); err != nil {
			return nil, err
		}
	}
	f, err := w.reading.feed(key)
	if err != nil {
		return nil, err
	}
	for _, part := range []*bucket{f.fresh, f.backfill, f.archive, f.gone, f.log} {
		part.grows()
	}
	w.feeds[key] = f
	return f, nil
}

// part is the bucket that an order stands in.
func (f *feed) part(backfill bool) *bucket {
	if backfill {
		return f.backfill
	}
	return f.fresh
}

// holds reports whether a feed has at least n fresh articles.
func (f *feed) holds(n int) bool {
	c := f.fresh.Cursor()
	for k, _ := c.Last(); k != nil && n > 0; k, _ = c.Prev() {
		n--
	}
	return n <= 0
}

// place is what a feed says of an article at an order: enough to decide how far a window goes.
type place struct {
	key    uint64
	second int64 // of the stamp that the feed got by it
	size   int   // bytes in a document, as estimated
}

// bytes and toPlace write and read a place: 8 bytes, and twice 4, which is enough until 2106.
func (p place) bytes() []byte {
	b := binary.BigEndian.AppendUint32(number(p.key), uint32(p.second))
	return binary.BigEndian.AppendUint32(b, uint32(p.size))
}

func toPlace(b []byte) place {
	if len(b) != 16 {
		return place{key: toNumber(b)}
	}
	return place{
		key: toNumber(b), second: int64(binary.BigEndian.Uint32(b[8:])),
		size: int(binary.BigEndian.Uint32(b[12:])),
	}
}

// archive is a closed archive: the orders up to a boundary that are in none before it.
type archive struct {
	boundary uint64
	stamp    time.Time
	seq      uint64 // of its newest change
}

// bytes and toArchive write and read an archive: three numbers.
func (a archive) bytes() []byte {
	return tuple(a.boundary, uint64(a.stamp.Unix()), a.seq)
}

func toArchive(b []byte) archive {
	if len(b) != 24 {
		return archive{}
	}
	return archive{boundary: toNumber(b), stamp: second(b[8:]), seq: toNumber(b[16:])}
}

// archives is the number of closed archives and the boundary of the newest, 0 if there is none.
func (f *feed) archives() (n, boundary uint64) {
	k, v := f.archive.Cursor().Last()
	return toNumber(k), toNumber(v)
}

// archiveOf finds the archive that an order is in, 0 if it is in none.
func (f *feed) archiveOf(order uint64) uint64 {
	last, boundary := f.archives()
	if order > boundary {
		return 0
	}
	low, high := uint64(1), last
	for low < high {
		middle := (low + high) / 2
		if toNumber(f.archive.Get(number(middle))) < order {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// touch notes that what an archive says has changed, if the order is in one.
func (f *feed) touch(order, seq uint64, stamp time.Time) error {
	n := f.archiveOf(order)
	if n == 0 {
		return nil
	}
	a := toArchive(f.archive.Get(number(n)))
	a.seq, a.stamp = seq, maxTime(a.stamp, stamp)
	return f.archive.Put(number(n), a.bytes())
}

// tombstone and toTombstone write and read what is left of a withdrawn article: its id and the
// second of its withdrawal.
func tombstone(id news.ID, when time.Time) []byte {
	return append(slices.Clone(id[:]), number(uint64(when.Unix()))...)
}

func toTombstone(seq, b []byte) news.Tombstone {
	return news.Tombstone{
		ID: news.ID(b[:16]), When: second(b[16:]), Seq: toNumber(seq),
	}
}
