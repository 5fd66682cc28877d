package store

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// The kinds of change. An alias changes no feed: it is a further name for an article. A close is of
// no article: it closes archives of feeds that the changes before it have filled.
const (
	kindCreate   = "create"
	kindUpdate   = "update"
	kindWithdraw = "withdraw"
	kindPlace    = "place" // its topics changed, not its text
	kindRelease  = "release"
	kindAlias    = "alias"
	kindClose    = "close"
)

// change is one accepted change with all that was decided about it. The log keeps the exported
// fields; apply needs the rest too.
type change struct {
	Seq   uint64       `json:"seq"`
	Kind  string       `json:"kind"`
	Key   uint64       `json:"key,omitempty"`
	ID    news.ID      `json:"id,omitzero"`
	Time  time.Time    `json:"time"`
	Size  int          `json:"size,omitempty"` // bytes in a document, as estimated
	From  string       `json:"from,omitempty"` // source that an update takes the article from
	Feeds []feedChange `json:"feeds,omitempty"`
	Close []closing    `json:"close,omitempty"`

	before, after *record // nil before a creation
	body          []byte  // compressed; nil: as it was
	item          []byte  // compressed; nil: as it was
	version       []byte  // compressed: the version that this one replaces; nil: nobody has seen one
	aliases       [][]byte
	sharedURL     bool // the link is claimed by several guids: it identifies none
	givesBack     bool // the names are given back: they lead to no article any more
}

// feedChange is what a change does to one feed: the article leaves order Was (0: it was not
// there) and enters order Now (0: it is gone). It stays where it was if both are equal; then only
// what the feed says of it changed. Both are 0 if the article had left before it was withdrawn.
type feedChange struct {
	Feed     string    `json:"feed"`
	Stamp    time.Time `json:"stamp"`
	Was      uint64    `json:"was,omitempty"`
	Now      uint64    `json:"now,omitempty"`
	Backfill bool      `json:"backfill,omitempty"` // Now is among the backfill

	wasBackfill bool
}

// newChange begins a change with the next sequence number.
func (w *writing) newChange(kind string, before *record) (*change, error) {
	seq, err := w.Bucket(bucketChange).NextSequence()
	if err != nil {
		return nil, err
	}
	c := &change{Seq: seq, Kind: kind, Key: seq, Time: w.now, before: before}
	if before != nil {
		c.ID = before.ID
		c.Key = before.key
	}
	return c, nil
}

// stampFeeds works out what a change from c.before to c.after does to each feed, and stamps it.
func (w *writing) stampFeeds(c *change) {
	moves := map[news.FeedKey]feedChange{}
	if c.before != nil {
		for _, m := range c.before.Members {
			for _, key := range m.feeds(c.before.Lang) {
				moves[key] = feedChange{Was: m.Order, wasBackfill: m.Backfill}
			}
		}
	}
	for _, m := range c.after.Members {
		for _, key := range m.feeds(c.after.Lang) {
			move := moves[key]
			move.Now, move.Backfill = m.Order, m.Backfill
			moves[key] = move
		}
	}
	c.leave(moves)
	if len(moves) > 0 && c.Kind != kindWithdraw {
		c.Size = w.size(c)
	}
	for key, move := range moves {
		move.Feed = key.String()
		move.Stamp = w.stamp(key)
		updated := c.after.Updated
		if updated.After(move.Stamp) && !updated.After(w.now.Add(farAhead)) {
			move.Stamp = c.after.Updated // no feed is older than its newest entry
		}
		st := w.state(key)
		st.seq, st.stamp = c.Seq, move.Stamp
		if st.created.IsZero() {
			st.created = w.now
		}
		w.count(key, &st, c, move)
		w.states[key], w.touched[key] = st, true
		c.Feeds = append(c.Feeds, move)
	}
	slices.SortFunc(c.Feeds, func(a, b feedChange) int { return cmp.Compare(a.Feed, b.Feed) })
}

// leave keeps the list of feeds that an article has left. When it is withdrawn, these too have to
// tell it to their readers.
func (c *change) leave(moves map[news.FeedKey]feedChange) {
	var former []string
	if c.before != nil {
		former = slices.Clone(c.before.Former)
	}
	if c.Kind == kindWithdraw {
		for _, name := range former {
			if key := news.ParseFeedKey(name); moves[key].Was == 0 {
				moves[key] = feedChange{}
			}
		}
		c.after.Former = nil
		return
	}
	for key, move := range moves {
		name := key.String()
		if move.Now != 0 {
			former = slices.DeleteFunc(former, func(f string) bool { return f == name })
		} else {
			former = append(former, name)
		}
	}
	slices.Sort(former)
	c.after.Former = former
}

// apply puts what a change says, and nothing that it does not say.
func (w *writing) apply(c *change) error {
	key := number(c.Key)
	if err := put(w.Bucket(bucketChange), number(c.Seq), c); err != nil {
		return err
	}
	if err := w.putArticle(c.Key, c.after); err != nil {
		return err
	}
	if c.body != nil {
		if err := w.Bucket(bucketBody).Put(key, c.body); err != nil {
			return err
		}
	}
	if c.item != nil {
		if err := w.Bucket(bucketItem).Put(key, c.item); err != nil {
			return err
		}
	}
	for _, alias := range c.aliases {
		value := key
		if alias[0] == 'u' {
			l := linkTo{key: c.Key, shared: c.sharedURL, strange: !c.after.Entitled}
			if c.givesBack {
				l = linkTo{givenBack: c.Key}
			}
			value = l.bytes()
		}
		if err := w.Bucket(bucketAlias).Put(alias, value); err != nil {
			return err
		}
	}
	if err := w.applyVersion(c); err != nil {
		return err
	}
	if err := w.applyEmbargo(c, key); err != nil {
		return err
	}
	for _, move := range c.Feeds {
		if err := w.applyMove(c, move); err != nil {
			return err
		}
	}
	return nil
}

// applyEmbargo keeps the index of articles that wait for their date.
func (w *writing) applyEmbargo(c *change, key []byte) error {
	b := w.Bucket(bucketEmbargo)
	if c.before != nil && c.before.Status == news.Embargoed {
		if err := b.Delete(pair(uint64(c.before.Published.Unix()), key)); err != nil {
			return err
		}
	}
	if c.after.Status == news.Embargoed {
		return b.Put(pair(uint64(c.after.Published.Unix()), key), nil)
	}
	return nil
}

// applyMove moves an article within one feed, and logs what the feed lost by it.
func (w *writing) applyMove(c *change, move feedChange) error {
	key := news.ParseFeedKey(move.Feed)
	f, err := w.feed(key)
	if err != nil {
		return err
	}
	if move.Was != 0 {
		if err := f.touch(move.Was, c.Seq, move.Stamp); err != nil {
			return err
		}
		if move.Was != move.Now {
			if err := f.part(move.wasBackfill).Delete(number(move.Was)); err != nil {
				return err
			}
		}
	}
	if move.Now != move.Was && move.Now != 0 {
		now := place{key: c.Key, second: move.Stamp.Unix(), size: c.Size}
		if err := f.part(move.Backfill).Put(number(move.Now), now.bytes()); err != nil {
			return err
		}
	}
	if c.Kind == kindWithdraw {
		if err := f.gone.Put(number(c.Seq), tombstone(c.ID, move.Stamp)); err != nil {
			return err
		}
	}
	if e := lostBy(c, move); e.kind != 0 {
		return w.logEvent(key, f, c.Seq, move.Stamp, e)
	}
	return nil
}

// putArticle writes all of an article but its content, which has a bucket of its own.
func (w *writing) putArticle(key uint64, rec *record) error {
	bare := *rec
	bare.Content = ""
	return put(w.Bucket(bucketArticle), number(key), &bare)
}

// put writes a value as JSON.
func put(b *bucket, key []byte, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return b.Put(key, encoded)
}
