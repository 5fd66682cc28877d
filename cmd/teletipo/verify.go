package main

import (
	"bufio"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/teletipo/teletipo/internal/backup"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

type verifyCmd struct {
	Path    string `arg:"" optional:"" help:"Backup or directory, not the configured one."`
	Salvage string `help:"Save what is sound into a new data directory." placeholder:"DIR"`
}

// verification is what came of looking at all that is stored.
type verification struct {
	news.Verified
	Salvaged *news.Salvaged `json:"salvaged,omitempty"`
}

// Run looks at all that is stored, with the daemon that owns it or without one.
func (c *verifyCmd) Run(in *invocation) error {
	began := time.Now()
	found, err := c.look(in)
	if err != nil {
		return err
	}
	if in.flags.JSON {
		err = in.printJSON(found)
	} else {
		c.tell(in, found, time.Since(began))
	}
	if n := len(found.Faults) + found.More; n > 0 && err == nil {
		err = news.Errorf(news.Invalid, "%d faults: restore a backup, or save what is sound with the "+
			"daemon stopped: teletipo verify --salvage DIR", n)
		if c.Salvage != "" {
			err = news.Errorf(news.Invalid, "%d faults; what is sound is in %s", n, c.Salvage)
		}
	}
	return err
}

// silent is the log of a store that is looked at: what it would say, the faults say.
var silent = slog.New(slog.DiscardHandler)

func (c *verifyCmd) look(in *invocation) (found *verification, err error) {
	found = &verification{}
	if info, err := os.Stat(c.Path); c.Path != "" && err != nil {
		return nil, news.Errorf(news.NotFound, "verify: %w", err)
	} else if c.Path != "" && !info.IsDir() {
		file, err := os.Open(c.Path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		found.Verified, found.Salvaged, err = daemon.VerifyBackup(in.ctx, silent, version,
			bufio.NewReaderSize(file, 1<<20), c.Salvage)
		return found, err
	}
	dir := c.Path
	if dir == "" {
		settings, err := in.settings()
		if err != nil {
			return nil, err
		}
		dir = settings.Data
	}
	if d, ok := desk.Dial(in.ctx, dir); ok {
		defer d.Close()
		if c.Salvage != "" {
			return nil, news.Errorf(news.Busy, "a daemon runs with %s: stop it before it is salvaged, or "+
				"salvage a backup", dir)
		}
		found.Verified, err = desk.Verify.Ask(in.ctx, d, desk.None{})
		return found, err
	}
	found.Verified, found.Salvaged, err = daemon.Verify(in.ctx, silent, version, dir, c.Salvage)
	return found, err
}

func (c *verifyCmd) tell(in *invocation, found *verification, took time.Duration) {
	for _, text := range found.Faults {
		fmt.Fprintln(in.stdout, text)
	}
	if found.More > 0 {
		fmt.Fprintf(in.stdout, "and %d more\n", found.More)
	}
	if s := found.Salvaged; s != nil {
		fmt.Fprintf(in.stdout, "saved %d articles in %s; %d are lost, and %d entries of the log\n",
			s.Articles, c.Salvage, s.Lost, s.Heads)
		for _, id := range s.IDs {
			fmt.Fprintln(in.stdout, "lost", id)
		}
	}
	if len(found.Faults) == 0 {
		fmt.Fprintf(in.stdout, "ok: %d articles, %d changes, %d values, %d bytes in %s\n",
			found.Articles, found.Changes, found.Values, found.Bytes, took.Round(time.Millisecond))
	}
}

type compactCmd struct{}

// compacted is what came of writing the files anew.
type compacted struct {
	Before int64 `json:"before"` // bytes
	After  int64 `json:"after"`
}

// Run writes the files of the data directory anew, which no daemon may own.
func (compactCmd) Run(in *invocation) error {
	settings, err := in.settings()
	if err != nil {
		return err
	}
	if _, err := backup.Finish(settings.Data); err != nil {
		return err
	}
	before, after, err := store.Compact(filepath.Clean(settings.Data))
	switch {
	case err != nil:
		return err
	case in.flags.JSON:
		return in.printJSON(compacted{before, after})
	}
	_, err = fmt.Fprintf(in.stdout, "%d bytes, before %d\n", after, before)
	return err
}
