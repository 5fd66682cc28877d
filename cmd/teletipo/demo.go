package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type demoCmd struct{}

// Run serves articles that come with the program, from a data directory that it throws away. It
// reads no source and needs no network.
func (demoCmd) Run(in *invocation) (err error) {
	if in.flags.Data != "" {
		return &usageError{errors.New("demo has a data directory of its own, which goes with it: " +
			"leave out --data")}
	}
	if in.flags.Data, err = os.MkdirTemp("", "teletipo-demo-"); err != nil {
		return err
	}
	defer os.RemoveAll(in.flags.Data)
	load := func() (config.Config, error) {
		cfg, err := in.load()
		cfg.Sources = slices.DeleteFunc(cfg.Sources, func(src news.Source) bool {
			return src.ID != config.InboxID && src.ID != news.PushID
		})
		return cfg, err
	}
	cfg, err := load()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(in.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := daemon.Open(daemon.Options{Log: log, Config: cfg, Version: version, Reload: load})
	if err != nil {
		return err
	}
	n, err := demonstrate(in.ctx, d.Desk(), cfg.Inbox, time.Now())
	if err != nil {
		return errors.Join(err, d.Close())
	}
	started := func(s daemon.Started) {
		in.greet(&cfg, s)
		fmt.Fprintf(in.stdout, `
%d articles of a made-up desk are in %s, which is gone when you stop this (Ctrl-C).
Open %s/ in a browser, a feed in your reader, and in another terminal try

  teletipo --data %s articles
  teletipo --data %s explain %s
`, n, cfg.Data, s.PublicURL, cfg.Data, cfg.Data, filepath.Join(cfg.Inbox, "07-tunnel.md"))
	}
	return errors.Join(d.Run(in.ctx, started), d.Close())
}

// between is how far apart the articles of a demonstration are dated.
const between = 95 * time.Minute

// demonstrate puts the articles into an inbox and takes them in, the first being the newest. It
// returns how many there are.
func demonstrate(ctx context.Context, d *desk.Desk, inbox string, now time.Time) (int, error) {
	defer d.Close()
	if err := os.MkdirAll(inbox, 0o750); err != nil {
		return 0, err
	}
	names, err := fs.Glob(configs.Demo, "demo/*.md")
	if err != nil {
		return 0, err
	}
	for i, name := range names {
		body, err := configs.Demo.ReadFile(name)
		if err != nil {
			return 0, err
		}
		at := now.Add(-time.Duration(i)*between - 5*time.Minute).UTC().Format(time.RFC3339)
		text := strings.Replace(string(body), "---\n", "---\ndate: "+at+"\n", 1)
		file := filepath.Join(inbox, path.Base(name))
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			return 0, err
		}
		if _, err := desk.Ingest(ctx, d, news.Handed{
			Name: file, Path: file, Body: []byte(text), Time: now,
		}); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	return len(names), nil
}
