package store

import (
	"bytes"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// Buckets of poll.db.
var (
	bucketDue   = []byte("due")
	bucketState = []byte("state")
)

// Polls keeps what polling has taught about each source, and when each is due. It is safe for
// concurrent use.
type Polls struct {
	log    *slog.Logger
	db     *bolt.DB
	saving saving
	listed atomic.Pointer[map[string]bool] // by Enlist; nil as long as nothing was
}

// OpenPolls opens the data directory's poll state, and creates it where it is missing. Errors are
// as Open's.
func OpenPolls(log *slog.Logger, dir string, opts Options) (*Polls, error) {
	db, err := openFile(dir, "poll.db", opts.NoSync)
	if err != nil {
		return nil, err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if _, err := checkSchema(tx, db.Path(), pollSchema); err != nil {
			return err
		}
		for _, name := range [][]byte{bucketDue, bucketState} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Polls{log: log, db: db}, nil
}

// Close closes the file.
func (p *Polls) Close() error { return p.db.Close() }

// State reads what is known about a source; a source never polled has the zero state.
func (p *Polls) State(source string) (news.PollState, error) {
	var st news.PollState
	err := p.db.View(func(tx *bolt.Tx) (err error) {
		st, err = pollState(tx, source)
		return err
	})
	return st, err
}

// Due takes up to n sources whose time has come, the longest overdue first, and moves each
// a lease ahead, so that nobody else takes it and a crash only delays it. It writes only if there
// is something to take.
func (p *Polls) Due(now time.Time, n int, lease time.Duration) ([]string, error) {
	var sources []string
	if err := p.db.View(func(tx *bolt.Tx) error {
		sources = due(tx, now, n)
		return nil
	}); err != nil || len(sources) == 0 {
		return nil, err
	}
	err := p.db.Update(func(tx *bolt.Tx) error {
		sources = due(tx, now, n)
		for _, source := range sources {
			st, err := pollState(tx, source)
			if err != nil {
				return err
			}
			st.Due = now.Add(lease)
			if err := p.savePoll(tx, source, st); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err // none was taken
	}
	return sources, nil
}

// Enlist makes the due index hold exactly the given sources: new ones are due now, those that are
// gone leave it (what is known about them stays), and so do retired ones.
func (p *Polls) Enlist(sources []string, now time.Time) error {
	wanted := make(map[string]bool, len(sources))
	for _, source := range sources {
		wanted[source] = true
	}
	return p.db.Update(func(tx *bolt.Tx) error {
		p.listed.Store(&wanted)
		var stale [][]byte
		listed := make(map[string]bool, len(sources))
		err := tx.Bucket(bucketDue).ForEach(func(k, _ []byte) error {
			source := string(k[8:])
			if !wanted[source] {
				stale = append(stale, bytes.Clone(k))
			}
			listed[source] = true
			return nil
		})
		if err != nil {
			return err
		}
		for _, k := range stale {
			if err := tx.Bucket(bucketDue).Delete(k); err != nil {
				return err
			}
		}
		for _, source := range sources {
			if listed[source] {
				continue
			}
			st, err := pollState(tx, source)
			if err != nil {
				return err
			}
			if !st.Retired.IsZero() {
				continue // it takes a person to try it again
			}
			if st.Due.Before(now) {
				st.Due = now
			}
			if err := p.savePoll(tx, source, st); err != nil {
				return err
			}
		}
		return nil
	})
}

// due lists the sources whose time has come.
func due(tx *bolt.Tx, now time.Time, n int) []string {
	var sources []string
	limit := uint64(now.UnixMilli())
	c := tx.Bucket(bucketDue).Cursor()
	for k, _ := c.First(); k != nil && len(sources) < n && toNumber(k) <= limit; k, _ = c.Next() {
		sources = append(sources, string(k[8:]))
	}
	return sources
}

// savePoll writes a state and moves the source's place in the due index, which only has sources
// that are enlisted: another may be looked at too, by hand or while it is taken off the list.
func (p *Polls) savePoll(tx *bolt.Tx, source string, st news.PollState) error {
	before, err := pollState(tx, source)
	if err != nil {
		return err
	}
	index := tx.Bucket(bucketDue)
	if !before.Due.IsZero() {
		if err := index.Delete(dueKey(before.Due, source)); err != nil {
			return err
		}
	}
	listed := p.listed.Load()
	if !st.Due.IsZero() && (listed == nil || (*listed)[source]) {
		if err := index.Put(dueKey(st.Due, source), nil); err != nil {
			return err
		}
	}
	return put(tx.Bucket(bucketState), []byte(source), st)
}

func dueKey(at time.Time, source string) []byte {
	return pair(uint64(at.UnixMilli()), []byte(source))
}

func pollState(tx *bolt.Tx, source string) (st news.PollState, err error) {
	if value := tx.Bucket(bucketState).Get([]byte(source)); value != nil {
		err = decode("poll state", []byte(source), value, &st)
	}
	return st, err
}
