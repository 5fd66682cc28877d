package store

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/teletipo/teletipo/internal/news"
)

// Log is the changes of a store as events, in the order of their numbers, which begin at 1 and
// leave none out. Whoever applies them all has the same store. The methods are safe for concurrent
// use, and an event that is in the log stays as it is, unless it is superseded.
type Log interface {
	// Append adds events, the first of which follows the number after: all of them or none. It is
	// ErrConflict if the newest event is not that of the number, also if the group was added
	// before; and Refused, with a word on what to do, if the log can't tell what an event says.
	Append(ctx context.Context, after uint64, group [][]byte) error
	// Read returns the events that follow a number, at most so many; none if there are none yet.
	Read(ctx context.Context, after uint64, most int) ([]Logged, error)
	// Head is the number of the newest event, 0 if there is none.
	Head(ctx context.Context) (uint64, error)
}

// Logged is an event as it comes out of a log.
type Logged struct {
	Seq   uint64
	ID    news.ID // of the article, zero if it is of none
	Hash  []byte  // SHA-256 of the parts that it was written with, nil if it had none
	Event []byte  // as docs/log.md says
	// Superseded says that parts are missing, for a later change has replaced them or withdrawn
	// the article: a log need not keep what no longer holds. The head is whole, and so is a store
	// that all events were applied to, up to the one that was the newest when they were read.
	Superseded bool
}

// Log is the store's own log. It keeps no copy of what articles say: what they no longer say has
// been superseded. Only a Replica takes what is appended.
func (s *Store) Log() Log { return local{s} }

// local is the log of a store in its own file.
type local struct{ s *Store }

func (l local) Head(context.Context) (uint64, error) { return l.s.Sequence() }

func (l local) Append(ctx context.Context, after uint64, group [][]byte) error {
	if !l.s.replica {
		return news.Errorf(news.Refused, "this store decides about its changes itself")
	}
	return l.s.send(ctx, len(group), func(w *writing) error {
		if head := w.Bucket(bucketChange).Sequence(); head != after {
			return conflict(after+1, head)
		}
		for _, event := range group {
			c, err := w.decodeEvent(event)
			if err != nil {
				return err
			}
			if err := w.adopt(c); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l local) Read(ctx context.Context, after uint64, most int) (events []Logged, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = l.s.view(func(r reading) error {
		c := r.Bucket(bucketChange).Cursor()
		k, head := c.Seek(number(after + 1))
		for ; k != nil && len(events) < most; k, head = c.Next() {
			change, err := toChange(k, head)
			if err != nil {
				return err
			}
			if err := r.gather(change, r.get); err != nil {
				return err
			}
			event, err := r.encode(change)
			if err != nil {
				return err
			}
			events = append(events, Logged{
				Seq: change.Seq, ID: change.ID, Hash: change.Hash, Event: event,
				Superseded: !bytes.Equal(change.Hash, change.parts.hash()),
			})
		}
		return nil
	})
	return events, err
}

// get reads a value, nil if it is not there.
func (r reading) get(bucket, key []byte) []byte { return r.Bucket(bucket).Get(key) }

// gather reads the parts of a change that still hold from where they are kept, with get.
func (r reading) gather(c *change, get func(bucket, key []byte) []byte) error {
	if c.Hash == nil {
		return nil
	}
	switch c.Kind {
	case kindRules:
		now := parts{partTopics: bytes.Clone(get(bucketMeta, metaTopics))}
		if bytes.Equal(now.hash(), c.Hash) { // they still are in force
			c.parts = now
		}
		return nil
	case kindEditions:
		return r.gatherEditions(c)
	}
	key := number(c.Key)
	value := get(bucketArticle, key)
	if value == nil {
		return nil
	}
	rec := &record{}
	if err := decode("article", key, value, rec); err != nil {
		return err
	}
	if rec.Last == c.Seq {
		c.parts[partArticle] = bytes.Clone(value)
	}
	if rec.Text == c.Seq {
		c.parts[partContent] = bytes.Clone(get(bucketBody, key))
		c.parts[partItem] = bytes.Clone(get(bucketItem, key))
	}
	if c.Replaces != 0 {
		version := get(bucketVersion, pair(c.Key, number(uint64(c.Replaces))))
		c.parts[partVersion] = bytes.Clone(version)
	}
	return nil
}

// gatherEditions reads what is remembered of editions since a change, and was not changed later.
func (r reading) gatherEditions(c *change) error {
	stamps := map[string]news.EditionStamp{}
	cursor := r.Bucket(bucketEdition).Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		var stored storedEdition
		if err := decode("edition", k, v, &stored); err != nil {
			return err
		}
		if stored.Last == c.Seq {
			stamps[string(k)] = stored.EditionStamp
		}
	}
	if len(stamps) == 0 {
		return nil
	}
	var err error
	c.parts[partEditions], err = json.Marshal(stamps)
	return err
}

// conflict is the error of a change that does not follow the newest.
func conflict(seq, head uint64) error {
	return news.Errorf(news.Refused, "%w: change %d does not follow change %d", ErrConflict, seq, head)
}
