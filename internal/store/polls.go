package store

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

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
	db     *database
	saving saving
	listed atomic.Pointer[map[string]bool] // by Enlist; nil as long as nothing was
}

// OpenPolls opens the data directory's poll state, and creates it where it is missing. A damaged
// file is set aside and begun anew, since looking at the sources teaches all of it again. Other
// errors are as Open's.
func OpenPolls(log *slog.Logger, dir string, opts Options) (*Polls, error) {
	p, err := openPolls(log, dir, opts)
	if err == nil || !isDamaged(err) {
		return p, err
	}
	path := filepath.Join(dir, pollFile)
	aside := path + ".damaged-" + time.Now().UTC().Format("20060102T150405.000")
	if os.Rename(path, aside) != nil {
		return nil, err
	}
	log.Error("what was known of the sources is damaged: it is set aside, and they are read again",
		"file", path, "aside", aside, "error", err)
	return openPolls(log, dir, opts)
}

const pollFile = "poll.db"

func openPolls(log *slog.Logger, dir string, opts Options) (*Polls, error) {
	db, err := openDatabase(log, dir, pollFile, opts)
	if err != nil {
		return nil, err
	}
	p := &Polls{log: log, db: db}
	names := [][]byte{bucketDue, bucketState}
	if err = db.begin(pollSchema, names, nil); err == nil {
		err = db.view(func(t tx) error {
			for _, name := range names {
				nothing := func(_, _ []byte) error { return nil }
				if err := t.Bucket(name).ForEach(nothing); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if why := db.frozen.Load(); err == nil && why != nil && isDamage(*why) != nil {
		err = *why
		err = &news.Error{Kind: news.Internal, Err: err} // it is not busy: it can be begun anew
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return p, nil
}

// Unwritable says why nothing can be stored at the moment, nil if it can: as of the last attempt.
func (p *Polls) Unwritable() error { return p.db.writing() }

// Close closes the file.
func (p *Polls) Close() error { return p.db.Close() }

// State reads what is known about a source; a source never polled has the zero state.
func (p *Polls) State(source string) (news.PollState, error) {
	var st news.PollState
	err := p.db.view(func(t tx) (err error) {
		st, err = pollState(t, source)
		return err
	})
	return st, err
}

// Due takes up to n sources whose time has come, the longest overdue first, and moves each
// a lease ahead, so that nobody else takes it and a crash only delays it. It writes only if there
// is something to take.
func (p *Polls) Due(now time.Time, n int, lease time.Duration) ([]string, error) {
	var sources []string
	if err := p.db.view(func(t tx) error {
		sources = due(t, now, n)
		return nil
	}); err != nil || len(sources) == 0 {
		return nil, err
	}
	err := p.db.update(func(t tx) error {
		sources = due(t, now, n)
		for _, source := range sources {
			st, err := pollState(t, source)
			if err != nil {
				return err
			}
			st.Due = now.Add(lease)
			if err := p.savePoll(t, source, st); err != nil {
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
	return p.db.update(func(t tx) error {
		p.listed.Store(&wanted)
		var stale [][]byte
		listed := make(map[string]bool, len(sources))
		err := t.Bucket(bucketDue).ForEach(func(k, _ []byte) error {
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
			if err := t.Bucket(bucketDue).Delete(k); err != nil {
				return err
			}
		}
		for _, source := range sources {
			if listed[source] {
				continue
			}
			st, err := pollState(t, source)
			if err != nil {
				return err
			}
			if !st.Retired.IsZero() {
				continue // it takes a person to try it again
			}
			if st.Due.Before(now) {
				st.Due = now
			}
			if err := p.savePoll(t, source, st); err != nil {
				return err
			}
		}
		return nil
	})
}

// due lists the sources whose time has come.
func due(t tx, now time.Time, n int) []string {
	var sources []string
	limit := uint64(now.UnixMilli())
	c := t.Bucket(bucketDue).Cursor()
	for k, _ := c.First(); k != nil && len(sources) < n && toNumber(k) <= limit; k, _ = c.Next() {
		sources = append(sources, string(k[8:]))
	}
	return sources
}

// savePoll writes a state and moves the source's place in the due index, which only has sources
// that are enlisted: another may be looked at too, by hand or while it is taken off the list.
func (p *Polls) savePoll(t tx, source string, st news.PollState) error {
	before, err := pollState(t, source)
	if err != nil {
		return err
	}
	index := t.Bucket(bucketDue)
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
	return put(t.Bucket(bucketState), []byte(source), st)
}

func dueKey(at time.Time, source string) []byte {
	return pair(uint64(at.UnixMilli()), []byte(source))
}

func pollState(t tx, source string) (st news.PollState, err error) {
	value, d := t.Bucket(bucketState).look([]byte(source))
	switch {
	case d != nil:
		t.pass(d) // it is as if the source had never been looked at
	case value != nil:
		err = decode("poll state", []byte(source), value, &st)
	}
	return st, err
}
