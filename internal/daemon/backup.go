package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/backup"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

// Backup writes a backup of the data directory. What goes wrong once it has begun stands at its end
// too. If still, nobody else writes to the store, and the backup moves it: what is left behind
// begins a new epoch, should it ever be used again.
func (d *Daemon) Backup(ctx context.Context, w io.Writer, still bool) error {
	files, outside := d.configFiles()
	b, err := backup.NewWriter(ctx, w, backup.Head{
		Program: "teletipo " + d.opts.Version, Time: time.Now().UTC(),
		Installation: d.Store.Installation(), Schema: store.Schema, Running: !still,
		Damage: d.Store.Damage(), Faults: d.InForce.Faults(), Outside: outside,
	})
	if err != nil {
		return err
	}
	sums, err := d.backUp(ctx, b, files, still)
	if err == nil {
		err = b.Close(sums)
	}
	if err != nil {
		b.Break(err)
	}
	return err
}

// backUp writes the parts. Poll state comes first: what it says was read is in the store by then.
func (d *Daemon) backUp(
	ctx context.Context, b *backup.Writer, files []configFile, still bool,
) (sums backup.Sums, err error) {
	err = d.Polls.Snapshot(func(s store.Snapshot) error {
		return addSnapshot(b, backup.Polls, s)
	})
	if err != nil {
		return sums, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = b.Add(file.part, int64(len(text)), func(w io.Writer) error {
				_, err := w.Write(text)
				return err
			})
		}
		if err != nil {
			return sums, err
		}
	}
	err = d.Store.Snapshot(func(s store.Snapshot) error {
		sums.Sequence, sums.Epoch = s.Sequence, s.Epoch
		if err := addSnapshot(b, backup.Articles, s); err != nil || !still {
			return err
		}
		_, err := d.Store.Restored(ctx, "a backup moved the store elsewhere")
		if sums.Moves = err == nil; errors.Is(err, news.ErrUnwritable) {
			err = nil // then its restore begins one
		}
		return err
	})
	return sums, err
}

func addSnapshot(b *backup.Writer, name string, s store.Snapshot) error {
	return b.Add(name, s.Size, func(w io.Writer) error {
		_, err := s.WriteTo(w)
		return err
	})
}

// configFile is a file of the configuration, and what part of a backup it is.
type configFile struct{ path, part string }

// configFiles lists the files of the configuration, and the paths of those outside the data
// directory.
func (d *Daemon) configFiles() (files []configFile, outside []string) {
	paths := slices.Clone(d.cfg.Files)
	for _, dir := range []string{
		d.cfg.TopicDir, filepath.Join(d.cfg.Data, "feeds"), filepath.Join(d.cfg.Data, "boilerplate"),
	} {
		for _, pattern := range []string{"*", "*/*"} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if dir != "" && err == nil {
				paths = append(paths, found...)
			}
		}
	}
	slices.Sort(paths)
	for _, path := range slices.Compact(paths) {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		rel, err := filepath.Rel(d.cfg.Data, path)
		if err != nil {
			rel = filepath.Base(path)
		}
		part, isOutside := backup.PartOf(rel, len(outside)+1)
		if isOutside {
			outside = append(outside, path)
		}
		files = append(files, configFile{path, part})
	}
	return files, outside
}

// Restoring says what is restored, and where to.
type Restoring struct {
	Options
	From  io.Reader
	File  string // that From reads, empty if it is none
	Force bool   // take the place of what is there
}

// Restored says what came of a restore.
type Restored struct {
	*backup.Contents
	Epoch  uint64 // that the store is in
	Reason string // for which it began, empty if the store has only moved
}

// Restore puts a backup into a data directory, whole or not at all.
func Restore(ctx context.Context, r Restoring) (*Restored, error) {
	dir := r.Config.Data
	release, owner, err := vacate(&r)
	if err != nil {
		return nil, err
	}
	defer release()
	c, err := backup.Extract(r.From, dir, func(h backup.Head) error {
		switch {
		case h.Schema > store.Schema:
			return news.Errorf(news.Refused, "the backup's store has schema %d, this program knows "+
				"%d: restore it with the newer teletipo that wrote it (%s)", h.Schema, store.Schema,
				h.Program)
		case owner != news.ID{} && owner != h.Installation:
			return news.Errorf(news.Refused, "the backup is of installation %s, %s holds "+
				"installation %s: its feeds would get other ids; restore into an empty directory, with "+
				"--data", h.Installation, dir, owner)
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(backup.Staging(dir)))
	}
	done := &Restored{Contents: c}
	if err := done.open(ctx, &r); err != nil {
		return nil, errors.Join(err, os.RemoveAll(backup.Staging(dir)))
	}
	return done, backup.Commit(dir, time.Now())
}

// vacate makes sure that a directory may be restored into, until release is called.
func vacate(r *Restoring) (release func() error, owner news.ID, err error) {
	dir, release := r.Config.Data, func() error { return nil }
	if _, err := backup.Finish(dir); err != nil && news.KindOf(err) != news.Refused {
		return nil, owner, err
	}
	holds, err := backup.Occupied(dir)
	if err != nil {
		return nil, owner, news.Errorf(news.Invalid, "%s can't be restored into: %w", dir, err)
	}
	if holds != "" && !r.Force {
		return nil, owner, news.Errorf(news.Refused, "%s is not empty, it holds %s: restore into "+
			"another directory with --data, or take its place with --force, which keeps what is there "+
			"in a directory beside", dir, holds)
	}
	if _, err := os.Stat(filepath.Join(dir, backup.Articles)); err == nil {
		owner, release, err = store.Hold(dir)
		if err != nil {
			return nil, owner, fmt.Errorf("a daemon or a command owns the data directory: %w", err)
		}
	}
	return release, owner, nil
}

// open looks into the store that was extracted, and has it begin a new epoch, unless it has moved.
func (done *Restored) open(ctx context.Context, r *Restoring) error {
	s, err := store.Open(r.Log, backup.Staging(r.Config.Data), store.Options{Program: r.Version})
	if err != nil {
		return err
	}
	if why := s.Unwritable(); why != nil {
		return errors.Join(news.Errorf(news.Invalid, "the store in the backup was damaged when that was "+
			"made: %w; use an older one, or save what is sound: teletipo verify FILE --salvage DIR", why),
			s.Close())
	}
	if done.Reason = done.reason(r.File); done.Reason != "" {
		_, err = s.Restored(ctx, done.Reason)
	}
	done.Epoch = s.Epoch()
	return errors.Join(err, s.Close())
}

// reason is why a new epoch begins; empty if the store has only moved, which it does once.
func (done *Restored) reason(file string) string {
	switch {
	case done.Running:
		return "the backup was taken while the store went on"
	case !done.Moves:
		return "the store that was backed up could not be written"
	case done.Restored != "":
		return "the backup was restored before, " + done.Restored
	case file == "":
		return "nobody knows whether the backup was restored before: it is no file"
	}
	if err := backup.MarkRestored(file, time.Now()); err != nil {
		return "it can't be noted in the backup that it was restored: " + err.Error()
	}
	return ""
}

// backupName is the form of the names of backups that are made by themselves.
const backupName = "teletipo-20060102T150405Z.backup"

// ownBackups lists the backups that were made by themselves, the oldest first.
func ownBackups(cfg *config.Backup) (all []string) {
	entries, err := os.ReadDir(cfg.To)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if _, err := time.Parse(backupName, e.Name()); err == nil {
			all = append(all, e.Name())
		}
	}
	slices.Sort(all)
	return all
}

// tryAgain is how soon a backup is tried again that failed.
const tryAgain = time.Hour

// keepBackup makes a backup if the newest is older than it may be, and removes the oldest of more
// than are kept.
func (d *Daemon) keepBackup(ctx context.Context) error {
	cfg, now := &d.cfg.Backup, time.Now().UTC()
	all := ownBackups(cfg)
	if last := d.lastBackup(); last.failed != nil && now.Sub(last.tried) < min(cfg.Every, tryAgain) {
		return nil
	}
	if len(all) > 0 {
		newest, _ := time.Parse(backupName, all[len(all)-1])
		if now.Sub(newest) < cfg.Every {
			d.backedUp(newest, nil)
			return nil
		}
	}
	name := filepath.Join(cfg.To, now.Format(backupName))
	began := time.Now()
	err := os.MkdirAll(cfg.To, 0o700)
	var size int64
	if err == nil {
		brokenOff, _ := filepath.Glob(filepath.Join(cfg.To, "teletipo-*Z.backup.partial"))
		for _, partial := range brokenOff { // of a process that was killed
			err = errors.Join(err, os.Remove(partial))
		}
		size, err = backup.ToFile(name, func(w io.Writer) error { return d.Backup(ctx, w, false) })
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.backedUp(now, err)
	if err != nil {
		return fmt.Errorf("backup %s: %w", name, err)
	}
	d.log.Info("backed up", "file", name, "bytes", size, "took",
		time.Since(began).Round(time.Millisecond))
	all = append(all, filepath.Base(name))
	for _, old := range all[:max(0, len(all)-cfg.Keep)] {
		err = errors.Join(err, os.Remove(filepath.Join(cfg.To, old)))
	}
	return err
}

// lastBackup is what came of the last backup.
type lastBackup struct {
	Time   time.Time // of the newest that is whole
	failed error     // of the last, if it is not
	tried  time.Time
}

// lastBackup returns what is known of the last backup.
func (d *Daemon) lastBackup() lastBackup {
	if last := d.backups.Load(); last != nil {
		return *last
	}
	return lastBackup{}
}

// backedUp notes what came of a backup.
func (d *Daemon) backedUp(at time.Time, err error) {
	last := lastBackup{Time: at}
	if before := d.lastBackup(); err != nil || before.Time.After(at) {
		last.Time = before.Time
	}
	last.failed, last.tried = err, time.Now()
	d.backups.Store(&last)
}
