package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/teletipo/teletipo/internal/backup"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type backupCmd struct {
	File string `arg:"" help:"File to write, or - for the standard output."`
}

// Run writes a backup of the data directory, by the daemon that owns it or without one.
func (c *backupCmd) Run(in *invocation) error {
	in.broken = true
	if c.File == "-" {
		tail := &backup.Tail{}
		out := io.MultiWriter(in.stdout, tail)
		return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
			return errors.Join(desk.Backup(ctx, d, out), tail.Err())
		})
	}
	began := time.Now()
	size, err := backup.ToFile(c.File, func(w io.Writer) error {
		return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
			return desk.Backup(ctx, d, w)
		})
	})
	if err != nil {
		return err
	}
	if in.flags.JSON {
		return in.printJSON(backedUp{c.File, size})
	}
	_, err = fmt.Fprintf(in.stdout, "%s: %d bytes in %s\n", c.File, size,
		time.Since(began).Round(time.Millisecond))
	return err
}

// backedUp is a backup that was written.
type backedUp struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
}

// restored is what was restored.
type restored struct {
	Data     string      `json:"data"`
	Backup   backup.Head `json:"backup"`
	Sequence uint64      `json:"sequence"` // of the newest change in the backup
	Epoch    uint64      `json:"epoch"`
	Reason   string      `json:"reason,omitempty"` // for which a new epoch began
}

type restoreCmd struct {
	File  string `arg:"" help:"Backup to restore, or - for the standard input."`
	Force bool   `help:"Take the place of what is there, which is kept in a directory beside."`
}

// Run puts a backup into the data directory, which no daemon may own.
func (c *restoreCmd) Run(in *invocation) error {
	settings, err := in.settings()
	if err != nil {
		return err
	}
	if d, ok := desk.Dial(in.ctx, settings.Data); ok {
		d.Close()
		return news.Errorf(news.Busy, "a daemon runs with the data directory %s: stop it first, or "+
			"restore into another with --data", settings.Data)
	}
	from, name := in.stdin, ""
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return news.Errorf(news.NotFound, "backup: %w", err)
		}
		defer file.Close()
		from, name = file, c.File
	}
	done, err := daemon.Restore(in.ctx, daemon.Restoring{
		Options: daemon.Options{Log: in.quiet(), Config: settings, Version: version},
		From:    bufio.NewReaderSize(from, 1<<20), File: name, Force: c.Force,
	})
	if err != nil {
		return fmt.Errorf("restore %s: %w", c.File, err)
	}
	if in.flags.JSON {
		return in.printJSON(restored{
			settings.Data, done.Head, done.Contents.Sequence, done.Epoch, done.Reason,
		})
	}
	c.tell(in, settings.Data, done)
	return nil
}

// tell says what was restored, and what is left to do.
func (c *restoreCmd) tell(in *invocation, dir string, done *daemon.Restored) {
	fmt.Fprintf(in.stdout, "%s is restored as of %s, change %d\n", dir,
		done.Time.Format(time.RFC3339), done.Contents.Sequence)
	if done.Reason == "" {
		fmt.Fprintln(in.stdout, "the store has moved: its feeds keep their tags and dates")
	} else {
		fmt.Fprintf(in.stdout, "a new epoch begins, every reader gets its feeds whole once: %s\n",
			done.Reason)
	}
	for _, path := range done.Outside {
		fmt.Fprintf(in.stdout, "%s was outside the data directory: it is in %s/elsewhere\n", path, dir)
	}
	for _, text := range done.Damage {
		fmt.Fprintf(in.stderr, "teletipo: damaged when the backup was made: %s\n", text)
	}
	if done.Faults != "" {
		fmt.Fprintf(in.stderr, "teletipo: the files of the configuration had faults when the backup was "+
			"made, see teletipo check: %s\n", done.Faults)
	}
}
