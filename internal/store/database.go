package store

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// database is one bbolt file of a data directory. Every transaction goes through view or update,
// which make errors of its damage and know whether it can be written.
type database struct {
	*bolt.DB
	log    *slog.Logger
	frozen atomic.Pointer[error] // why nothing is written any more until a restart; nil if it is
	wedged atomic.Bool           // a transaction could not be ended

	mu      sync.Mutex
	damaged map[string]string // what was found damaged: the text, by bucket and key
	failed  error             // what the last write came to, if it was not written; else nil
	since   time.Time         // of the first failure in a row
}

// view runs f in a read transaction. f must copy what it wants to keep, and must not write to a
// client: a slow client would hold the transaction, and the file would grow.
func (db *database) view(f func(tx) error) error {
	err := attempt(func() error {
		return db.View(func(t *bolt.Tx) error { return f(tx{t, db, new(int)}) })
	})
	return db.noted(err)
}

// update runs f in a transaction that writes. An error that is neither f's own nor damage is of the
// disk; it is news.ErrUnwritable, and so is every write to a file that is not safe to be written.
func (db *database) update(f func(tx) error) error {
	if why := db.frozen.Load(); why != nil {
		return *why
	}
	var own error
	var under *bolt.Tx
	err := attempt(func() error {
		return db.Update(func(t *bolt.Tx) error {
			under = t
			own = f(tx{t, db, new(int)})
			return own
		})
	})
	switch {
	case isDamage(err) != nil:
		if own == nil && under != nil && under.DB() != nil {
			// It could not even be rolled back: bbolt's lock is held for good.
			db.wedged.Store(true)
			db.freeze(fmt.Errorf("a transaction broke off over damage: %w", err))
		}
		return db.noted(err)
	case own != nil:
		return err
	}
	return db.wrote(err)
}

// freeze has nothing written from now on until a restart.
func (db *database) freeze(why error) {
	err := unwritable(db.Path(), why, "it goes on being served; see to it and restart the daemon")
	if db.frozen.CompareAndSwap(nil, &err) {
		db.log.Error("nothing is stored any more", "file", db.Path(), "error", why)
	}
}

func unwritable(path string, why error, remedy string) error {
	return news.Errorf(news.Busy, "%w: %s: %w; %s", news.ErrUnwritable, path, why, remedy)
}

// wrote notes what a write came to, and logs when that changes.
func (db *database) wrote(err error) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	switch {
	case err == nil && db.failed != nil:
		db.log.Info("the store can be written again", "file", db.Path(),
			"after", time.Since(db.since).Round(time.Second))
		db.failed = nil
	case err != nil:
		err = unwritable(db.Path(), err, "free some room on its disk, and it goes on by itself")
		if db.failed == nil {
			db.since = time.Now()
			db.log.Error("the store can't be written", "file", db.Path(), "error", err)
		}
		db.failed = err
	}
	return err
}

// writing says why writing fails, nil if it does not.
func (db *database) writing() error {
	if why := db.frozen.Load(); why != nil {
		return *why
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.failed
}

// found notes damage, and logs it once.
func (db *database) found(d *damage) {
	name := d.Bucket + "\x00" + d.Key
	db.mu.Lock()
	_, known := db.damaged[name]
	if !known {
		if db.damaged == nil {
			db.damaged = map[string]string{}
		}
		db.damaged[name] = d.Error()
	}
	db.mu.Unlock()
	if known {
		return
	}
	facts := []any{"file", db.Path(), "error", d.Error()}
	if d.Stack != nil {
		facts = append(facts, "stack", string(d.Stack))
	}
	db.log.Error("damage in the store", facts...)
}

// noted notes the damage in an error.
func (db *database) noted(err error) error {
	if d := isDamage(err); d != nil {
		db.found(d)
	}
	return err
}

// damage lists what was found damaged since the file was opened, in order.
func (db *database) damage() []string {
	db.mu.Lock()
	defer db.mu.Unlock()
	var list []string
	for _, text := range db.damaged {
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

// Close closes the file. After a transaction that could not be ended bbolt would wait for ever.
func (db *database) Close() error {
	if db.wedged.Load() {
		return nil
	}
	return attempt(db.DB.Close)
}
