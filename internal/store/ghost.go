package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// stored reads what a bucket keeps of an article: something of each. Damage names the article.
func (r reading) stored(name []byte, key uint64) []byte {
	b := r.Bucket(name)
	value, d := b.look(number(key))
	switch {
	case d == nil && value != nil:
		return value
	case d == nil: // on its way there a key of the tree was altered
		d = &damage{Bucket: b.name, Key: string(number(key)), Why: "there is no value"}
	}
	if id, err := r.idOf(key); err == nil {
		d.Why += fmt.Sprintf(" of article %s", id)
		d.Remedy = fmt.Sprintf(withdrawIt, id)
	}
	panic(d)
}

// idOf finds the id of an article without its record: in the change that created it.
func (r reading) idOf(key uint64) (id news.ID, err error) {
	err = attempt(func() error {
		value := r.Bucket(bucketChange).Get(number(key))
		if value == nil {
			return news.Errorf(news.NotFound, "change %d is missing", key)
		}
		c, err := toChange(number(key), value)
		if err == nil {
			id = c.ID
		}
		return err
	})
	return id, err
}

// created finds the key of an article by the change that created it. It reads the log.
func (r reading) created(id news.ID) (uint64, error) {
	c := r.Bucket(bucketChange).Lenient()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		ch, err := toChange(k, v)
		if err != nil {
			return 0, err
		}
		if ch.Kind == kindCreate && ch.ID == id {
			return ch.Key, nil
		}
	}
	return 0, news.Errorf(news.NotFound, "there is no article %s", id)
}

// readable is the content of an article, empty if it is damaged; then that is reported.
func (r reading) readable(key uint64) (content string, ok bool, err error) {
	err = attempt(func() (err error) {
		content, err = r.content(key)
		return err
	})
	if d := isDamage(err); d != nil {
		r.pass(d)
		return "", false, nil
	}
	return content, err == nil, err
}

// sound reads an article's record or, if that is damaged, makes one of what the change log says of
// the article: enough to withdraw it from every feed, and to let its source replace it.
func (r reading) sound(key uint64) (*record, error) {
	var rec *record
	err := attempt(func() (err error) {
		rec, err = r.record(key)
		return err
	})
	d := isDamage(err)
	if d == nil {
		return rec, err
	}
	r.pass(d)
	return r.ghost(key)
}

// known reads the article that a candidate's names lead to. A damaged one that is of the
// candidate's source is one that says nothing yet, so that the candidate replaces it.
func (r reading) known(key uint64, a *news.Article) (*record, error) {
	rec, err := r.sound(key)
	if err != nil || !rec.lost {
		return rec, err
	}
	if rec.Source != a.Source {
		return r.record(key) // which says what is damaged: nobody knows who may take it over
	}
	rec.URL, rec.Entitled, rec.Published = a.URL, a.Entitled, a.Published
	return rec, nil
}

// ghost makes a record of what the change log says of an article. It reads the log from the
// article's creation on.
func (r reading) ghost(key uint64) (*record, error) {
	rec := &record{key: key, lost: true}
	rec.Status = news.Live
	places := map[string]feedChange{}
	c := r.Bucket(bucketChange).Lenient()
	for k, v := c.Seek(number(key)); k != nil; k, v = c.Next() {
		ch, err := toChange(k, v)
		if err != nil {
			return nil, err
		}
		if ch.Key == key {
			rec.follow(ch, places)
		}
	}
	if rec.ID.IsZero() {
		return nil, news.Errorf(news.Internal, "store: nothing is known any more of article %x", key)
	}
	for _, name := range slices.Sorted(maps.Keys(places)) {
		feed := news.ParseFeedKey(name)
		if feed.Lang != "" {
			rec.Lang = feed.Lang
			continue
		}
		p := places[name]
		m := member{Topic: feed.Topic, Order: p.Now, Backfill: p.Backfill}
		rec.Members = append(rec.Members, m)
	}
	r.owner(rec)
	return rec, nil
}

// owner finds whose an article is among its names: its id was minted from its source and guid. It
// reads all names.
func (r reading) owner(rec *record) {
	c := r.Bucket(bucketAlias).Lenient()
	for k, v := c.Seek([]byte("g")); len(k) > 0 && k[0] == 'g'; k, v = c.Next() {
		source, guid, _ := strings.Cut(string(k[1:]), "\x00")
		if toNumber(v) == rec.key && news.MintID(source, guid) == rec.ID {
			rec.Source, rec.GUID, rec.Entitled = source, guid, true
			return
		}
	}
}

// follow brings a ghost to where a change of its article brought it.
func (rec *record) follow(c *change, places map[string]feedChange) {
	rec.ID, rec.Seq = c.ID, c.Seq
	switch c.Kind {
	case kindCreate:
		rec.FirstSeen, rec.Published, rec.Updated, rec.Revision = c.Time, c.Time, c.Time, 1
	case kindUpdate:
		rec.Updated = c.Time
		rec.Revision++
	case kindWithdraw:
		rec.Status = news.Withdrawn
	case kindExpire:
		rec.Status = news.Expired
	}
	for _, move := range c.Feeds {
		if move.Now == 0 {
			delete(places, move.Feed)
			rec.Former = append(rec.Former, move.Feed)
			continue
		}
		places[move.Feed] = move
		rec.Former = slices.DeleteFunc(rec.Former, func(f string) bool { return f == move.Feed })
	}
}
