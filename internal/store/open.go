package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/teletipo/teletipo/internal/news"
)

// lockWait is how long Open waits for another process to let go of the data directory.
const lockWait = 500 * time.Millisecond

// openDatabase opens one bbolt file of the data directory, and creates both if need be. What can
// be read but is not safe to be written, or may not be, is opened to be read.
func openDatabase(log *slog.Logger, dir, name string, opts Options) (*database, error) {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, news.Errorf(news.Invalid, "data directory %s can't be made: %w", dir, err)
	}
	db, err := openWhole(path, boltOptions(opts))
	if err == nil {
		return &database{DB: db, log: log}, nil
	}
	if readable(path, err) {
		if readOnly, no := openToRead(path, boltOptions(opts)); no == nil {
			db := &database{DB: readOnly, log: log}
			db.freeze(err)
			return db, nil
		}
	}
	return nil, refusal(dir, path, err)
}

// boltOptions are how bbolt opens a file of ours.
func boltOptions(opts Options) *bolt.Options {
	o := *bolt.DefaultOptions
	o.Timeout = lockWait
	// Each commit writes the list of free pages. The array has it sorted; the map sorts it anew,
	// which at a million articles doubled the time of a small commit.
	o.FreelistType = bolt.FreelistArrayType
	o.NoSync = opts.NoSync
	o.NoStatistics = true
	o.OpenFile = opts.OpenFile
	if o.OpenFile == nil {
		o.OpenFile = os.OpenFile
	}
	if strconv.IntSize == 64 {
		// Address space only. With less, growing the file waits for every open reader, and a
		// commit stalls behind a long backup.
		o.InitialMmapSize = 64 << 30
	}
	return &o
}

// openWhole opens a file to write it, if that is safe: if it is all there, and its list of free
// pages too. bbolt trusts what it reads, and would write over pages that are in use.
func openWhole(path string, opts *bolt.Options) (db *bolt.DB, err error) {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		if err := whole(path, info.Size(), opts); err != nil {
			return nil, err
		}
	}
	err = attempt(func() error {
		db, err = bolt.Open(path, 0o640, opts)
		return err
	})
	return db, err
}

// whole looks at a file without writing to it: bbolt leaves one locked that it stumbles over when
// it opens it to write.
func whole(path string, size int64, opts *bolt.Options) error {
	if size < 2*int64(os.Getpagesize()) {
		return &damage{Why: fmt.Sprintf("the file is cut off: %d bytes are less than its head", size)}
	}
	db, err := openToRead(path, opts)
	if err != nil {
		return err
	}
	err = attempt(func() error {
		return db.View(func(tx *bolt.Tx) error {
			if size < tx.Size() {
				return &damage{
					Why: fmt.Sprintf("the file is cut off: it has %d bytes of %d", size, tx.Size()),
				}
			}
			return examine(path, tx)
		})
	})
	return errors.Join(err, db.Close())
}

// openToRead opens a file that nobody writes to as long as it is open.
func openToRead(path string, opts *bolt.Options) (db *bolt.DB, err error) {
	o := *opts
	o.ReadOnly = true
	err = attempt(func() error {
		db, err = bolt.Open(path, 0, &o)
		return err
	})
	return db, err
}

// isDamaged reports whether an error is of what a file holds, and not of the system or of others.
func isDamaged(err error) bool {
	return isDamage(err) != nil || errors.Is(err, bolterrors.ErrInvalid) ||
		errors.Is(err, bolterrors.ErrVersionMismatch) || errors.Is(err, bolterrors.ErrChecksum)
}

// readable reports whether a file that can't be opened to be written may be opened to be read.
func readable(path string, err error) bool {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return false
	}
	return isDamage(err) != nil || errors.Is(err, fs.ErrPermission) ||
		errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOSPC)
}

// refusal says why a file can't be opened, and what to do.
func refusal(dir, path string, err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return news.Errorf(news.Busy,
			"data directory %s is in use by another process; stop it or choose another with --data", dir)
	case isDamaged(err):
		return news.Errorf(news.Invalid,
			"%s is not a database of ours, or damaged: %w; move it away or `teletipo restore` a backup",
			path, err)
	case isPathError(err):
		return news.Errorf(news.Invalid,
			"data directory %s can't be used: %w; choose another with --data", dir, err)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// isPathError reports whether the system would not give us the file: no permission, say.
func isPathError(err error) bool {
	_, is := errors.AsType[*fs.PathError](err)
	return is
}
