package backup

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/teletipo/teletipo/internal/news"
)

// ToFile writes a backup to a file, and returns its size. Only once it is whole and on the disk it
// takes the place of an older one of that name; another file is not overwritten.
func ToFile(name string, write func(w io.Writer) error) (size int64, err error) {
	if _, err := os.Lstat(name); err == nil && !IsBackup(name) {
		return 0, news.Errorf(news.Refused, "%s is there and is no backup: choose another name", name)
	}
	partial := name + ".partial"
	file, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, news.Errorf(news.Invalid, "the backup can't be written: %w", err)
	}
	tail := &Tail{}
	to := &Syncing{File: file}
	err = write(io.MultiWriter(to, tail))
	if to.failed != nil {
		err = news.Errorf(news.Unreachable, "the backup can't be written: %w; make room or choose "+
			"another disk, older backups are untouched", to.failed)
	}
	if err == nil {
		err = tail.Err()
	}
	if err = cmp.Or(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(partial, name)
	}
	if err != nil {
		if gone := os.Remove(partial); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return 0, err
	}
	return tail.Bytes, syncDir(filepath.Dir(name))
}
