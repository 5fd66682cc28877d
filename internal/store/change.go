package store

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// The kinds of change; docs/log.md says what each carries. The first eight are of an article.
const (
	kindCreate   = "create"
	kindUpdate   = "update"
	kindWithdraw = "withdraw"
	kindPlace    = "place" // its topics changed, not its text
	kindRelease  = "release"
	kindAlias    = "alias" // a further name for it: it changes no feed
	kindNote     = "note"  // what only we know of it changed, such as why it is where it is
	kindDrop     = "drop"  // it is damaged, and held for good
	kindExpire   = "expire"

	kindClose      = "close"  // archives of feeds that the changes before it have filled
	kindForget     = "forget" // a dropped article is listed by nobody any more
	kindInstall    = "install"
	kindFeeds      = "feeds"
	kindRules      = "rules"
	kindClassified = "classified"
	kindEditions   = "editions"
	kindToken      = "token"
	kindRevoke     = "revoke"
	kindEpoch      = "epoch"
)

// kinds are all kinds that this program knows.
var kinds = []string{
	kindCreate, kindUpdate, kindWithdraw, kindPlace, kindRelease, kindAlias, kindNote, kindDrop,
	kindExpire, kindClose, kindForget, kindInstall, kindFeeds, kindRules, kindClassified,
	kindEditions, kindToken, kindRevoke, kindEpoch,
}

// change is one accepted change with all that was decided about it: a head, which the log keeps as
// it is, and parts, which the other buckets keep. See docs/log.md, which has every field.
type change struct {
	Seq      uint64    `json:"seq"`
	Kind     string    `json:"kind"`
	Key      uint64    `json:"key,omitempty"`
	ID       news.ID   `json:"id,omitzero"` // of the article; of an install the installation's
	Time     time.Time `json:"time"`
	Program  string    `json:"program,omitempty"`
	Size     int       `json:"size,omitempty"`     // bytes in a document, as estimated
	From     string    `json:"from,omitempty"`     // source that an update takes the article from
	Names    []naming  `json:"names,omitempty"`    // that lead to the article from now on
	Moves    []moves   `json:"moves,omitempty"`    // Feeds, as it is written
	Freed    int64     `json:"freed,omitempty"`    // second until which it was held
	Held     int64     `json:"held,omitempty"`     // second until which it is held
	Replaces int       `json:"replaces,omitempty"` // revision that the version part is of

	Close      []closing        `json:"close,omitempty"`
	Made       []string         `json:"made,omitempty"` // feeds that begin
	Classified *news.Classified `json:"classified,omitempty"`
	Token      *storedToken     `json:"token,omitempty"`
	Name       string           `json:"name,omitempty"` // of the token
	Epoch      uint64           `json:"epoch,omitempty"`
	Reason     string           `json:"reason,omitempty"`
	Forgotten  [][]byte         `json:"forgotten,omitempty"` // aliases that are removed

	Hash []byte `json:"hash,omitempty"` // SHA-256 of the parts, as they are written

	Feeds []feedChange `json:"-"` // by feed
	parts parts

	before, after *record // what it is decided from and to; nil before a creation, and on a replica
}

// feedChange is what a change does to one feed: the article leaves order Was (0: it was not
// there) and enters order Now (0: it is gone). It stays where it was if both are equal; then only
// what the feed says of it changed. Both are 0 if the article had left before it was withdrawn.
type feedChange struct {
	Feed string
	move
}

// move is a feedChange without its feed: an article moves alike in most of its feeds.
type move struct {
	Stamp       time.Time `json:"stamp"`
	Was         uint64    `json:"was,omitempty"`
	Now         uint64    `json:"now,omitempty"`
	Backfill    bool      `json:"backfill,omitempty"` // Now is among the backfill
	WasBackfill bool      `json:"was_backfill,omitempty"`
	Quiet       bool      `json:"quiet,omitempty"` // no reader of the newest part can see it
}

// moves is a move in some feeds.
type moves struct {
	Feeds []string `json:"feeds"`
	move
}

// head is what the log keeps of a change.
func (c *change) head() ([]byte, error) {
	c.Moves = nil
	for _, f := range c.Feeds {
		i := slices.IndexFunc(c.Moves, func(m moves) bool { return m.move == f.move })
		if i < 0 {
			i = len(c.Moves)
			c.Moves = append(c.Moves, moves{move: f.move})
		}
		c.Moves[i].Feeds = append(c.Moves[i].Feeds, f.Feed)
	}
	return json.Marshal(c)
}

// toChange reads a head.
func toChange(seq, head []byte) (*change, error) {
	c := &change{}
	if err := decode("change", seq, head, c); err != nil {
		return nil, err
	}
	for _, m := range c.Moves {
		for _, feed := range m.Feeds {
			c.Feeds = append(c.Feeds, feedChange{feed, m.move})
		}
	}
	c.sortFeeds()
	return c, nil
}

// ofWhole reports whether a change is of what the whole store is: its installation, or its epoch.
func (c *change) ofWhole() bool { return c.Kind == kindInstall || c.Kind == kindEpoch }

// ends reports whether a change takes away what an article says.
func (c *change) ends() bool { return c.Kind == kindWithdraw || c.Kind == kindExpire }

func (c *change) sortFeeds() {
	slices.SortFunc(c.Feeds, func(a, b feedChange) int { return cmp.Compare(a.Feed, b.Feed) })
}

// newChange begins a change with the next number; before is the article that it is of, as it
// stands, nil if there is none yet.
func (w *writing) newChange(kind string, before *record) *change {
	seq := w.Bucket(bucketChange).Sequence() + 1
	c := &change{Seq: seq, Kind: kind, Time: w.now, Program: w.program, before: before}
	switch {
	case before != nil:
		c.ID, c.Key = before.ID, before.key
	case kind == kindCreate:
		c.Key = seq
	}
	return c
}

// stampFeeds works out what a change from c.before to c.after does to each feed, and stamps it.
func (w *writing) stampFeeds(c *change) {
	all := map[news.FeedKey]move{}
	if c.before != nil {
		for _, m := range c.before.Members {
			for _, key := range m.feeds(c.before.Lang) {
				all[key] = move{Was: m.Order, WasBackfill: m.Backfill}
			}
		}
	}
	for _, m := range c.after.Members {
		for _, key := range m.feeds(c.after.Lang) {
			move := all[key]
			move.Now, move.Backfill = m.Order, m.Backfill
			all[key] = move
		}
	}
	c.leave(all)
	if len(all) > 0 && !c.ends() {
		c.Size = w.size(c)
	}
	for key, move := range all {
		move.Stamp = w.stamp(key)
		updated := c.after.Updated
		if updated.After(move.Stamp) && !updated.After(w.now.Add(farAhead)) {
			move.Stamp = c.after.Updated // no feed is older than its newest entry
		}
		c.Feeds = append(c.Feeds, feedChange{key.String(), move})
	}
	c.sortFeeds()
}

// leave keeps the list of feeds that an article has left. When it is withdrawn, these too have to
// tell it to their readers.
func (c *change) leave(all map[news.FeedKey]move) {
	var former []string
	if c.before != nil {
		former = slices.Clone(c.before.Former)
	}
	if c.Kind == kindWithdraw {
		for _, name := range former {
			if key := news.ParseFeedKey(name); all[key].Was == 0 {
				all[key] = move{}
			}
		}
		c.after.Former = nil
		return
	}
	for key, move := range all {
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

// append completes a change that was decided, and applies it. If it is of an article whose record
// changes, c.after is that.
func (w *writing) append(c *change) error {
	if c.before != nil && c.before.Status == news.Embargoed && c.after != nil {
		c.Freed = c.before.Published.Unix()
	}
	if c.after != nil {
		if c.after.Status == news.Embargoed {
			c.Held = c.after.Published.Unix()
		}
		if err := c.record(); err != nil {
			return err
		}
	}
	c.Hash = c.parts.hash()
	if err := w.adopt(c); err != nil {
		return err
	}
	w.fill(c)
	return nil
}

// adopt applies a change that is complete, also one that was decided elsewhere.
func (w *writing) adopt(c *change) error {
	if err := w.apply(c); err != nil {
		return err
	}
	w.group = append(w.group, c)
	return nil
}

// record writes the article's part: all of it but its content, which is a part of its own.
func (c *change) record() (err error) {
	bare := *c.after
	bare.Content, bare.Last = "", c.Seq
	if c.parts[partContent] != nil {
		bare.Text = c.Seq
	}
	c.parts[partArticle], err = json.Marshal(&bare)
	return err
}

// put writes a value as JSON.
func put(b *bucket, key []byte, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return b.Put(key, encoded)
}
