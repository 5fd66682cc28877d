package store

import (
	"errors"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// compactAtOnce is how many bytes Compact copies in one transaction.
const compactAtOnce = 16 << 20

// Compact writes the files of a data directory anew, without the pages that nothing uses, and
// returns their sizes before and after. Nobody may have the directory open. A file is replaced once
// its successor is on the disk.
func Compact(dir string) (before, after int64, err error) {
	for _, name := range []string{"teletipo.db", pollFile} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			continue
		}
		was, is, err := compactFile(path)
		if err != nil {
			return before, after, refusal(dir, path, err)
		}
		before, after = before+was, after+is
	}
	if before == 0 {
		err = news.Errorf(news.NotFound, "%s holds no store", dir)
	}
	return before, after, err
}

func compactFile(path string) (before, after int64, err error) {
	from, err := openWhole(path, boltOptions(Options{}))
	if err != nil {
		return 0, 0, err
	}
	defer attempt(from.Close) // keeps others out until the new file has its place
	next := path + ".compact"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, 0, err
	}
	to, err := bolt.Open(next, 0o640, boltOptions(Options{NoSync: true}))
	if err != nil {
		return 0, 0, err
	}
	to.AllocSize = 1 << 20 // the file grows by as much: by 16 MB else
	err = attempt(func() error { return bolt.Compact(to, from, compactAtOnce) })
	if err == nil {
		err = to.Sync()
	}
	err = errors.Join(err, to.Close())
	if err == nil {
		before, after, err = sizeOf(path), sizeOf(next), os.Rename(next, path)
	}
	if err != nil {
		return 0, 0, errors.Join(unlessDamage(err), os.Remove(next))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return before, after, err
	}
	return before, after, errors.Join(dir.Sync(), dir.Close())
}

// unlessDamage is an error with what to do about it.
func unlessDamage(err error) error {
	if isDamage(err) != nil {
		return err
	}
	return news.Errorf(news.Unreachable,
		"the compact file can't be written: %w; make room, the store is as it was", err)
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
