package daemon

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/teletipo/teletipo/internal/backup"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

// Verify looks at all that is stored in a directory that nobody owns, which must hold a store. If
// salvage names an empty directory, what is sound is saved into it.
func Verify(
	ctx context.Context, log *slog.Logger, version, dir, salvage string,
) (found news.Verified, saved *news.Salvaged, err error) {
	if _, err := os.Stat(filepath.Join(dir, backup.Articles)); err != nil {
		return found, nil, news.Errorf(news.NotFound, "%s holds no store: %w", dir, err)
	}
	s, err := store.Open(log, dir, store.Options{Program: version})
	if err != nil {
		return found, nil, err
	}
	if found, err = s.Verify(ctx); err != nil {
		found.Fault(err.Error())
	}
	if why := s.Unwritable(); why != nil {
		found.Fault(why.Error())
	}
	err = ctx.Err()
	if salvage != "" && err == nil {
		var told news.Salvaged
		told, err = s.Salvage(ctx, salvage)
		saved = &told
	}
	return found, saved, errors.Join(err, s.Close())
}

// Published returns the topics that a directory's feeds were last published by, none if there are
// none. Nobody may have the directory open.
func Published(log *slog.Logger, dir string) ([]news.Topic, error) {
	if _, err := os.Stat(filepath.Join(dir, backup.Articles)); err != nil {
		return nil, nil
	}
	s, err := store.Open(log, dir, store.Options{})
	if err != nil {
		return nil, err
	}
	topics, err := s.ClassifiedBy()
	return topics, errors.Join(err, s.Close())
}

// VerifyBackup does that with a backup, which is first written to a temporary directory as far as
// it can be read.
func VerifyBackup(
	ctx context.Context, log *slog.Logger, version string, from io.Reader, salvage string,
) (found news.Verified, saved *news.Salvaged, err error) {
	dir, err := os.MkdirTemp("", "teletipo-verify-")
	if err != nil {
		return found, nil, err
	}
	defer os.RemoveAll(dir)
	contents, damaged := backup.Extract(from, dir, nil)
	if damaged != nil && salvage == "" {
		return found, nil, damaged
	}
	if found, saved, err = Verify(ctx, log, version, backup.Staging(dir), salvage); damaged != nil {
		found.Fault(damaged.Error())
	} else {
		found.Bytes = contents.Bytes
	}
	return found, saved, err
}
