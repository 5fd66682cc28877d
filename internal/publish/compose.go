package publish

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/render"
)

// item is an article as a feed's documents show it. It is never changed once made.
type item struct {
	news.Place
	lost      bool // it can't be read: all but its place is unknown
	id        news.ID
	seq       uint64 // of the article's newest change
	published time.Time
	firstSeen time.Time
	updated   time.Time
	sizes     []int // bytes of its piece in each format, 0 where it has none
}

// composer takes what the store offers of a feed, as much as fits, and writes what is new of it.
type composer struct {
	p       *Publisher
	f       *feed
	series  []*series           // that are written
	known   map[uint64]*item    // of the documents before, whose pieces need not be written again
	writers []writer            // in each format, as are the next two
	written []map[uint64][]byte // pieces that no earlier document has, by article
	lengths []int               // bytes of the pieces
	ids     map[news.ID]bool
	limit   int // bytes of a document; 0 for no bound

	window news.Window
	items  []*item // those that may be missing last; in the end newest first by order
	cut    uint64  // level of the newest that had no room; 0 if all that was offered has
	drafts []draft // of each of the series
}

// draft is a feed as a document, or why there is none.
type draft struct {
	doc    render.Document
	size   int // bytes of the document
	known  []known
	barred []uint64 // articles that it leaves out
	err    error
}

// compose writes what some series of a feed show: all that the store offers, as far as it fits.
// What is known is as the feed's last documents have it, and not written again.
func (p *Publisher) compose(
	f *feed, written []*series, known map[uint64]*item, limit int,
	offer func(news.Taker) (news.Window, error),
) (*composer, error) {
	c := &composer{
		p: p, f: f, series: written, known: known, limit: limit,
		ids: map[news.ID]bool{}, lengths: make([]int, len(written)),
	}
	for _, s := range written {
		w, err := p.draft(p.describe(f, news.Window{}, nil), s.format)
		if err != nil {
			return nil, err
		}
		c.writers = append(c.writers, w)
		c.written = append(c.written, map[uint64][]byte{})
	}
	var err error
	if c.window, err = offer(c.take); err != nil {
		return nil, err
	}
	c.finish()
	return c, nil
}

// take adds an article, if there is room.
func (c *composer) take(place news.Place, read func() (news.Entry, error)) (more bool) {
	it := c.known[place.Key]
	if it == nil || it.Version != place.Version {
		it = c.write(place, read)
	} else if it.Place != place {
		moved := *it
		moved.Place = place
		it = &moved
	}
	if !it.lost && c.ids[it.id] {
		return true // it stands there already
	}
	if !place.Tail && !c.fits(it) {
		c.cut = level(place)
		return false
	}
	c.ids[it.id] = true
	c.items = append(c.items, it)
	for i, size := range it.sizes {
		c.lengths[i] += size
	}
	return true
}

// fits reports whether no document is too long with one more article, its frame apart.
func (c *composer) fits(it *item) bool {
	if c.limit > 0 {
		for i, size := range it.sizes {
			if c.lengths[i]+size > c.limit {
				return false
			}
		}
	}
	return true
}

// level orders the places of a feed by where they stand: what does not fit is below a level.
func level(p news.Place) uint64 {
	if p.Backfill {
		return p.Order
	}
	return p.Order | 1<<63
}

// write writes an article in each format. Where that fails it is left out, and reported once.
func (c *composer) write(place news.Place, read func() (news.Entry, error)) *item {
	it := &item{Place: place, sizes: make([]int, len(c.writers))}
	e, err := read()
	if err != nil {
		it.lost = true
		c.quarantine(it, c.f.key.String(), err)
		return it
	}
	it.id, it.seq = e.ID, e.Seq
	it.published, it.firstSeen, it.updated = e.Published, e.FirstSeen, e.Updated
	for i, w := range c.writers {
		body, err := c.p.piece(w, place, &e)
		if err != nil {
			c.quarantine(it, c.series[i].name, err)
			continue
		}
		c.written[i][place.Key] = body
		it.sizes[i] = len(body)
	}
	return it
}

// piece writes an entry in a format, or finds that it was written so for another feed. A panic over
// one article must not take the others along.
func (p *Publisher) piece(w writer, place news.Place, e *news.Entry) (body []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			body, err = nil, news.Errorf(news.Internal, "panic: %v", cause)
		}
	}()
	name := fmt.Sprintf("%x %x %s", place.Key, place.Version, w.Variant(e))
	if body, ok := p.written.get(name); ok {
		return body, nil
	}
	if body, err = w.Entry(e); err == nil {
		p.written.put(name, body, len(body))
	}
	return body, err
}

// quarantine reports that an article is left out. It stays so until it changes.
func (c *composer) quarantine(it *item, where string, err error) {
	c.p.log.Error("article quarantined: it would spoil the feed", "edition", where,
		"article", it.id.String(), "key", it.Key, "error", err)
}

// finish begins the documents of what was taken. Where one is too long with its frame, what was
// taken last of what may be missing is left out of all, until they fit.
func (c *composer) finish() {
	c.window.Gone = slices.DeleteFunc(slices.Clone(c.window.Gone), func(t news.Tombstone) bool {
		return c.ids[t.ID]
	})
	for {
		feed, longest := c.p.describe(c.f, c.window, c.items), 0
		c.drafts = make([]draft, len(c.series))
		for i := range c.drafts {
			c.frame(i, feed)
			longest = max(longest, c.drafts[i].size)
		}
		last := len(c.items) - 1
		if c.limit == 0 || longest <= c.limit || last < 0 || c.items[last].Tail {
			break
		}
		c.drop(last)
	}
	slices.SortStableFunc(c.items, func(a, b *item) int {
		return cmp.Compare(level(b.Place), level(a.Place))
	})
}

// drop leaves out the last article that was taken.
func (c *composer) drop(last int) {
	it := c.items[last]
	c.items, c.cut = c.items[:last], level(it.Place)
	c.window.Covered = 0 // nobody knows any more
	for i, size := range it.sizes {
		c.lengths[i] -= size
	}
}

// frame begins a document: all but its entries.
func (c *composer) frame(i int, feed news.Feed) {
	d := &c.drafts[i]
	w, err := c.p.draft(feed, c.series[i].format)
	if err != nil {
		d.err = err
		return
	}
	d.doc.Format = c.series[i].format
	if d.doc.Head, d.doc.End, d.err = w.Frame(); d.err != nil {
		return
	}
	d.doc.Pieces = w.Tombstones()
	n, length := len(d.doc.Pieces), c.lengths[i]
	for _, p := range d.doc.Pieces {
		length += len(p.Body)
		d.known = append(d.known, known{id: p.ID, seq: p.Seq, rank: -1})
	}
	for _, it := range c.items {
		if it.sizes[i] > 0 {
			n++
		}
	}
	d.size = d.doc.Size(n, length)
}

// fill adds the entries of a document, the newest first by date of publication; before has the
// pieces that were not written just now.
func (c *composer) fill(i int, before map[uint64][]byte) error {
	d := &c.drafts[i]
	if d.err != nil {
		return nil
	}
	shown := make([]known, 0, len(c.items))
	dates := make(map[uint64]time.Time, len(c.items))
	for rank, it := range c.items {
		if it.sizes[i] == 0 {
			d.barred = append(d.barred, it.Key)
			continue
		}
		dates[it.Key] = it.published
		shown = append(shown, known{
			key: it.Key, seq: it.seq, id: it.id, rank: int32(rank), low: int32(len(c.items) - 1 - rank),
		})
	}
	slices.Sort(d.barred)
	slices.SortFunc(shown, func(a, b known) int {
		// Of one date those stored last come first: see ingest, which stores the first of a document
		// last.
		return cmp.Or(dates[b.key].Compare(dates[a.key]), cmp.Compare(b.key, a.key))
	})
	for _, k := range shown {
		body := c.written[i][k.key]
		if body == nil {
			body = before[k.key]
		}
		if body == nil {
			return news.Errorf(news.Internal, "the piece of article %s is lost", k.id)
		}
		d.doc.Pieces = append(d.doc.Pieces, render.Piece{ID: k.id, Seq: k.seq, Body: body})
	}
	d.known = append(d.known, shown...)
	return nil
}
