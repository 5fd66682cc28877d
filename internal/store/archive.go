package store

import (
	"math"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// documentSize is what a document takes beside its entries, in bytes, as estimated.
const documentSize = 2 << 10

// mostGoneBelow is how many tombstones a window has at most beyond the tail.
const mostGoneBelow = 100

// Subscription reads the newest part of a feed as far as the extent goes, and all that is in no
// archive yet. The content of articles that is not published in full is left out. How far it goes
// is decided from the feed's index: only the articles that are part of it are read.
func (s *Store) Subscription(key news.FeedKey, extent news.Extent) (news.Window, error) {
	window := news.Window{Key: key}
	err := s.view(func(r reading) error {
		window.Stamp = second(r.Bucket(bucketMeta).Get(metaCreated))
		f := r.feed(key)
		if f == nil {
			window.Size = documentSize
			window.Lean = lean(extent, window.Size)
			return nil
		}
		st := toState(f.Get(feedState))
		window.Seq, window.Stamp = st.seq, st.stamp
		last, boundary := f.archives()
		window.Archives = int(last)
		places, size := f.covered(extent, boundary, st.stamp.Add(-extent.Span).Unix())
		window.Size, window.Lean = size, lean(extent, size)
		window.Gone = f.goneSince(boundary, st.stamp.Add(-extent.Span).Unix())
		var err error
		window.Entries, err = r.windowEntries(places)
		return err
	})
	return window, err
}

// lean is how far a document of a size is from the bound.
func lean(extent news.Extent, size int) int {
	if extent.Size == 0 {
		return math.MaxInt
	}
	return extent.Size - size
}

// covered lists the places that a feed's newest part covers, and the size of a document of them.
func (f *feed) covered(
	extent news.Extent, boundary uint64, since int64,
) (places []place, size int) {
	size = documentSize + tailSize(f.fresh, boundary) + tailSize(f.backfill, boundary)
	full := false
	walk := func(b *bolt.Bucket, news bool) {
		c := b.Cursor()
		for k, v := c.Last(); k != nil; k, v = c.Prev() {
			p := toPlace(v)
			if toNumber(k) <= boundary {
				wanted := len(places) < extent.Least || news && p.second >= since
				full = full || wanted && extent.Size > 0 && size+p.size > extent.Size
				if full || !wanted {
					return
				}
				size += p.size
			}
			places = append(places, p)
		}
	}
	walk(f.fresh, true)
	walk(f.backfill, false)
	return places, size
}

// tailSize is the size in a document of what lies above a boundary.
func tailSize(b *bolt.Bucket, boundary uint64) (size int) {
	c := b.Cursor()
	for k, v := c.Last(); toNumber(k) > boundary; k, v = c.Prev() {
		size += toPlace(v).size
	}
	return size
}

// goneSince lists the tombstones of a feed's newest part, the newest first.
func (f *feed) goneSince(boundary uint64, since int64) (gone []news.Tombstone) {
	c, below := f.gone.Cursor(), 0
	for k, v := c.Last(); k != nil; k, v = c.Prev() {
		t := toTombstone(k, v)
		if t.Seq <= boundary {
			if below++; below > mostGoneBelow || t.When.Unix() < since {
				break
			}
		}
		gone = append(gone, t)
	}
	return gone
}

// Archive reads a closed archive of a feed, counted from 1, the oldest. One that there is not is
// NotFound.
func (s *Store) Archive(key news.FeedKey, n int) (news.Window, error) {
	window := news.Window{Key: key, Number: n, Size: documentSize}
	err := s.view(func(r reading) error {
		var value []byte
		f := r.feed(key)
		if f != nil && n > 0 {
			value = f.archive.Get(number(uint64(n)))
		}
		if value == nil {
			return news.Errorf(news.NotFound, "feed %s has no archive %d", key, n)
		}
		a, last := toArchive(value), uint64(0)
		window.Seq, window.Stamp = a.seq, a.stamp
		last, _ = f.archives()
		window.Archives = int(last)
		before := toArchive(f.archive.Get(number(uint64(n - 1)))).boundary
		var places []place
		for _, b := range []*bolt.Bucket{f.fresh, f.backfill} {
			places = append(places, placesIn(b, before, a.boundary)...)
		}
		for _, p := range places {
			window.Size += p.size
		}
		window.Gone = f.goneIn(before, a.boundary)
		var err error
		window.Entries, err = r.windowEntries(places)
		return err
	})
	return window, err
}

// placesIn lists the places after an order and until another, the newest first.
func placesIn(b *bolt.Bucket, after, until uint64) []place {
	var places []place
	c := b.Cursor()
	for k, v := c.Seek(number(after + 1)); k != nil && toNumber(k) <= until; k, v = c.Next() {
		places = append(places, toPlace(v))
	}
	slices.Reverse(places)
	return places
}

// windowEntries reads what a feed shows of the articles at some places.
func (r reading) windowEntries(places []place) ([]news.Entry, error) {
	var entries []news.Entry
	for _, p := range places {
		entry, err := r.windowEntry(p.key)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// Sequence is the highest sequence so far, 0 at first.
func (s *Store) Sequence() (seq uint64, err error) {
	err = s.view(func(r reading) error {
		seq = r.Bucket(bucketChange).Sequence()
		return nil
	})
	return seq, err
}

// FeedNames lists the topics that ever had a feed, All among them.
func (s *Store) FeedNames() ([]string, error) {
	var names []string
	err := s.view(func(r reading) error {
		return r.Bucket(bucketFeed).ForEachBucket(func(name []byte) error {
			names = append(names, news.ParseFeedKey(string(name)).Topic)
			return nil
		})
	})
	slices.Sort(names)
	return slices.Compact(names), err
}
