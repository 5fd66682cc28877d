package store

import (
	"hash/crc64"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

// mostGoneBelow is how many tombstones a window has at most beyond the tail.
const mostGoneBelow = 100

// Subscription has take see the newest part of a feed, as far as the least number of articles and
// the span of an extent go, and all that is in no archive yet: that first, then the newest first,
// backfill at the end. Articles that are not read cost next to nothing.
func (s *Store) Subscription(
	key news.FeedKey, extent news.Extent, take news.Taker,
) (news.Window, error) {
	window := news.Window{Key: key}
	err := s.view(func(r reading) error {
		f, err := r.feed(key)
		if err != nil {
			return err
		}
		if f == nil {
			window.Stamp = r.made()
			return nil
		}
		st := toState(f.Get(feedState))
		window.Seq, window.Stamp = st.seq, st.stamp
		last, boundary := f.archives()
		window.Archives, window.First = int(last), f.first()
		since := st.stamp.Add(-extent.Span).Unix()
		window.Gone = f.goneSince(boundary, since)
		hidden := r.cover(f, boundary, extent.Least, since, take)
		window.Covered, window.Archived = f.covered(hidden, window.Gone)
		return nil
	})
	return window, err
}

// covered tells how many of a feed's newest archives hold only what its newest part has, of which
// hidden is the newest article that is not in it, and the boundary of the archive below them.
func (f *feed) covered(hidden uint64, gone []news.Tombstone) (n int, boundary uint64) {
	last, boundary := f.archives()
	for ; boundary > hidden; n++ {
		before := toArchive(f.archive.Get(number(last - uint64(n) - 1))).boundary
		told := f.goneIn(before, boundary)
		if hidden > before || len(told) > 0 &&
			(len(gone) == 0 || gone[len(gone)-1].Seq > told[len(told)-1].Seq) {
			break
		}
		boundary = before
	}
	return n, boundary
}

// cover has take see what a feed's newest part covers, and returns the order of the newest article
// that it does not.
func (r reading) cover(
	f *feed, boundary uint64, least int, since int64, take news.Taker,
) (hidden uint64) {
	tail := r.offerTail(f.fresh, boundary, false, take)
	backfill := r.offerTail(f.backfill, boundary, true, take)
	n, full := tail, false
	older := func(b *bucket, backfill bool) {
		c := b.Lenient()
		k, v := below(c, boundary)
		for ; k != nil && !full; k, v = c.Prev() {
			p := toPlace(v)
			if n >= least && (backfill || p.second < since) {
				break
			}
			if full = !r.offer(p, toNumber(k), backfill, false, take); full {
				break
			}
			n++
		}
		hidden = max(hidden, toNumber(k))
	}
	older(f.fresh, false)
	n += backfill
	older(f.backfill, true)
	return hidden
}

// below moves a cursor to the last order that is not above a boundary.
func below(c cursor, boundary uint64) (k, v []byte) {
	if k, _ = c.Seek(number(boundary + 1)); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// offerTail has take see what lies above a boundary, and counts it.
func (r reading) offerTail(
	b *bucket, boundary uint64, backfill bool, take news.Taker,
) (n int) {
	c := b.Lenient()
	for k, v := c.Last(); toNumber(k) > boundary; k, v = c.Prev() {
		r.offer(toPlace(v), toNumber(k), backfill, true, take)
		n++
	}
	return n
}

// versions is the table of the checksum that tells versions of a stored article apart.
var versions = crc64.MakeTable(crc64.ECMA)

// offer has take see one place. Of a damaged article it gets the error.
func (r reading) offer(
	p place, order uint64, backfill, tail bool, take news.Taker,
) (more bool) {
	var version uint64 // none of a damaged one: reading it says so
	_ = attempt(func() error {
		version = crc64.Checksum(r.Bucket(bucketArticle).Get(number(p.key)), versions)
		return nil
	})
	return take(news.Place{
		Key: p.key, Version: version, Order: order, Backfill: backfill, Tail: tail,
	}, func() (news.Entry, error) { return r.spared(p.key) })
}

// spared reads what a feed shows of an article. Damage is reported, and harms nothing else.
func (r reading) spared(key uint64) (entry news.Entry, err error) {
	err = attempt(func() (err error) {
		entry, err = r.windowEntry(key)
		return err
	})
	if d := isDamage(err); d != nil {
		r.pass(d)
	}
	return entry, err
}

// goneSince lists the tombstones of a feed's newest part, the newest first.
func (f *feed) goneSince(boundary uint64, since int64) (gone []news.Tombstone) {
	c, below := f.gone.Lenient(), 0
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

// Archive has take see all of a closed archive of a feed, counted from 1, the oldest. One that
// there is not is NotFound.
func (s *Store) Archive(key news.FeedKey, n int, take news.Taker) (news.Window, error) {
	window := news.Window{Key: key, Number: n}
	err := s.view(func(r reading) error {
		var value []byte
		f, err := r.feed(key)
		if err != nil {
			return err
		}
		if f != nil && n > 0 {
			value = f.archive.Get(number(uint64(n)))
		}
		if value == nil {
			return news.Errorf(news.NotFound, "feed %s has no archive %d", key, n)
		}
		a, last := toArchive(value), uint64(0)
		window.Seq, window.Stamp = a.seq, a.stamp
		last, _ = f.archives()
		window.Archives, window.First = int(last), f.first()
		before := toArchive(f.archive.Get(number(uint64(n - 1)))).boundary
		for _, b := range []*bucket{f.fresh, f.backfill} {
			c := b.Lenient()
			for k, v := below(c, a.boundary); toNumber(k) > before; k, v = c.Prev() {
				r.offer(toPlace(v), toNumber(k), b == f.backfill, true, take)
			}
		}
		window.Gone = f.goneIn(before, a.boundary)
		return nil
	})
	return window, err
}

// placesIn lists the places after an order and until another, the newest first.
func placesIn(b *bucket, after, until uint64) []place {
	var places []place
	c := b.Lenient()
	for k, v := c.Seek(number(after + 1)); k != nil && toNumber(k) <= until; k, v = c.Next() {
		places = append(places, toPlace(v))
	}
	slices.Reverse(places)
	return places
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
