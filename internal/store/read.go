package store

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// reading is a transaction seen from who only reads; a writing reads the same way.
type reading struct {
	tx
	zip   *zstd.Encoder
	unzip *zstd.Decoder
	judge Judge
}

// reading begins to read in a transaction.
func (s *Store) reading(t tx) reading { return reading{t, s.zip, s.unzip, s.judge} }

// view runs f in a read transaction: see database.
func (s *Store) view(f func(reading) error) error {
	return s.db.view(func(t tx) error { return f(s.reading(t)) })
}

// record reads an article's metadata.
func (r reading) record(key uint64) (*record, error) {
	k := number(key)
	value := r.stored(bucketArticle, key)
	rec := &record{key: key}
	return rec, decode("article", k, value, rec)
}

// content reads an article's content.
func (r reading) content(key uint64) (string, error) {
	k := number(key)
	content, err := r.unzip.DecodeAll(r.stored(bucketBody, key), nil)
	if err != nil {
		return "", news.Errorf(news.Internal, "store: content of article %x is damaged: %w", k, err)
	}
	return string(content), nil
}

// byID reads the metadata of the article that an id names.
func (r reading) byID(id news.ID) (*record, error) {
	key, err := r.keyOf(id)
	if err != nil {
		return nil, err
	}
	return r.record(key)
}

// soundByID is byID of an article that may be damaged.
func (r reading) soundByID(id news.ID) (*record, error) {
	key, err := r.keyOf(id)
	if err != nil {
		return nil, err
	}
	return r.sound(key)
}

// keyOf finds the key of the article that an id names.
func (r reading) keyOf(id news.ID) (uint64, error) {
	key, d := r.Bucket(bucketAlias).look(aliasID(id))
	if d != nil {
		r.pass(d)
		return r.created(id)
	}
	if key == nil {
		return 0, news.Errorf(news.NotFound, "there is no article %s", id)
	}
	return toNumber(key), nil
}

// entry reads an article whole.
func (r reading) entry(key uint64) (news.Entry, error) {
	rec, err := r.record(key)
	if err != nil {
		return news.Entry{}, err
	}
	rec.Content, err = r.content(key)
	return rec.Entry, err
}

// Article reads one article whole. An id that was never given is NotFound; a withdrawn article is
// given with its status.
func (s *Store) Article(id news.ID) (news.Entry, error) {
	var entry news.Entry
	err := s.view(func(r reading) error {
		rec, err := r.byID(id)
		if err != nil {
			return err
		}
		entry, err = r.entry(rec.key)
		return err
	})
	return entry, err
}

// Item reads what an article was made of, as its source stated it.
func (s *Store) Item(id news.ID) (news.Item, error) {
	var item news.Item
	err := s.view(func(r reading) error {
		rec, err := r.byID(id)
		if err != nil {
			return err
		}
		if rec.Status.Ended() {
			return news.Errorf(news.Gone, "article %s is %s, its text is gone", id, rec.Status)
		}
		raw, err := s.unzip.DecodeAll(r.stored(bucketItem, rec.key), nil)
		if err != nil {
			return news.Errorf(news.Internal, "store: item of %s is damaged: %w", id, err)
		}
		return json.Unmarshal(raw, &item)
	})
	return item, err
}

// Window reads the newest n articles of a feed: fresh ones newest first, then, if there are not
// enough, backfill. It walks n keys, whatever the size of the store. The content of articles that
// is not published in full is left out.
func (s *Store) Window(key news.FeedKey, n int) (news.Window, error) {
	window := news.Window{Key: key}
	err := s.view(func(r reading) (err error) {
		feed, err := r.feed(key)
		if feed == nil {
			window.Stamp = r.made()
			return err
		}
		st := toState(feed.Get(feedState))
		window.Seq, window.Stamp = st.seq, st.stamp
		shown := 0 // or left out
		for _, b := range []*bucket{feed.fresh, feed.backfill} {
			c := b.Lenient()
			for k, v := c.Last(); k != nil && shown < n; k, v = c.Prev() {
				shown++
				entry, err := r.spared(toNumber(v))
				if err == nil {
					window.Entries = append(window.Entries, entry)
				} else if isDamage(err) == nil {
					return err
				}
			}
		}
		return nil
	})
	return window, err
}

// windowEntry reads what a feed shows of an article.
func (r reading) windowEntry(key uint64) (news.Entry, error) {
	rec, err := r.record(key)
	if err != nil || rec.Rights != news.Full {
		if err != nil {
			return news.Entry{}, err
		}
		return rec.Entry, nil
	}
	rec.Content, err = r.content(key)
	return rec.Entry, err
}

// made is when the store was.
func (r reading) made() time.Time { return second(r.Bucket(bucketMeta).Get(metaCreated)) }

// EnsureFeeds makes the feeds that do not exist yet, so that an empty feed has the time of its
// creation as its date, now and after every restart.
func (s *Store) EnsureFeeds(keys []news.FeedKey) error {
	return s.submit(context.Background(), func(w *writing) error {
		c := w.newChange(kindFeeds, nil)
		for _, key := range keys {
			if w.state(key).created.IsZero() {
				c.Made = append(c.Made, key.String())
			}
		}
		if len(c.Made) == 0 {
			return nil
		}
		return w.append(c)
	})
}

// Articles lists the newest articles that fit a query, newest first, without their content. It
// reads backwards until it has enough, at worst everything.
func (s *Store) Articles(q news.Query) ([]news.Entry, error) {
	var entries []news.Entry
	text := strings.ToLower(q.Text)
	source, err := json.Marshal(q.Source)
	if err != nil {
		return nil, err
	}
	err = s.view(func(r reading) error {
		c := r.Bucket(bucketArticle).Lenient()
		for k, v := c.Last(); k != nil && len(entries) < q.Limit; k, v = c.Prev() {
			if q.Source != "" && !bytes.Contains(v, source) {
				continue // without decoding it
			}
			var rec record
			if err := decode("article", k, v, &rec); err != nil {
				return err
			}
			if fits(&rec.Entry, q.Topic, q.Source, text) {
				entries = append(entries, rec.Entry)
			}
		}
		return nil
	})
	return entries, err
}

func fits(e *news.Entry, topic, source, text string) bool {
	if source != "" && e.Source != source {
		return false
	}
	if text != "" && !strings.Contains(strings.ToLower(e.Title), text) {
		return false
	}
	if topic == "" {
		return true
	}
	for _, p := range e.Placements {
		if p.Topic == topic {
			return true
		}
	}
	return false
}

// EditionStamps reads what is remembered of every edition, by its name.
func (s *Store) EditionStamps() (map[string]news.EditionStamp, error) {
	stamps := map[string]news.EditionStamp{}
	err := s.view(func(r reading) error {
		c := r.Bucket(bucketEdition).Lenient()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			var stored storedEdition
			if err := decode("edition", k, v, &stored); err != nil {
				return err
			}
			stamps[string(k)] = stored.EditionStamp
		}
		return nil
	})
	return stamps, err
}

// SaveEditionStamps remembers editions, by name.
func (s *Store) SaveEditionStamps(stamps map[string]news.EditionStamp) error {
	return s.submit(context.Background(), func(w *writing) error {
		packed, err := json.Marshal(stamps)
		if err != nil || len(stamps) == 0 {
			return err
		}
		c := w.newChange(kindEditions, nil)
		c.parts[partEditions] = packed
		return w.append(c)
	})
}

// embargoOver reports whether an article is held whose time has come.
func (s *Store) embargoOver() (bool, error) {
	over := false
	err := s.view(func(r reading) error {
		k, _ := r.Bucket(bucketEmbargo).Lenient().First()
		over = k != nil && !second(k).After(s.trusted())
		return nil
	})
	return over, err
}
