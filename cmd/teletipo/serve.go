package main

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/news"
)

type serveCmd struct {
	Allowed
}

// Run runs the daemon until it is told to stop.
func (c *serveCmd) Run(in *invocation) error {
	in.allow = c.Allow
	cfg, err := in.load()
	faults := err
	if err != nil {
		if cfg, err = in.lastGood(err); err != nil {
			return err
		}
	}
	log := in.logger(&cfg)
	d, err := in.open(log, &cfg)
	if err != nil {
		return err
	}
	if faults != nil {
		d.InForce.Refuse(faults.Error())
	}
	for _, text := range cfg.Warnings {
		log.Warn("configuration", "warning", text)
	}
	started := func(s daemon.Started) { in.greet(&cfg, s) }
	return errors.Join(d.Run(in.ctx, started), d.Close())
}

// lastGood is the configuration with the topics that were published last in the place of topic
// files that have faults; the faults if they are of something else, or nothing was published yet.
func (in *invocation) lastGood(faults error) (config.Config, error) {
	settings, err := in.settings()
	if err != nil {
		return config.Config{}, faults
	}
	topics, err := daemon.Published(in.quiet(), settings.Data)
	if err != nil || len(topics) == 0 {
		return config.Config{}, faults
	}
	opts := in.options()
	opts.LastGood = topics
	cfg, err := in.loadBy(opts)
	if err != nil {
		return config.Config{}, faults
	}
	for fault := range strings.Lines(faults.Error()) {
		cfg.Warnings = append(cfg.Warnings, "topic files are not in force, those published last are: "+
			strings.TrimSpace(fault))
	}
	return cfg, nil
}

// open opens the data directory.
func (in *invocation) open(log *slog.Logger, cfg *config.Config) (*daemon.Daemon, error) {
	return daemon.Open(daemon.Options{
		Log: log, Config: *cfg, Version: version, Reload: in.load, Level: &in.level,
	})
}

// greet tells a person where everything is.
func (in *invocation) greet(cfg *config.Config, s daemon.Started) {
	base := s.PublicURL
	fmt.Fprintf(in.stdout, "teletipo %s publishes at %s/\n", version, base)
	for _, topic := range append([]string{news.All}, news.TopicIDs(cfg.Topics)...) {
		path := news.FeedPath(news.FeedKey{Topic: topic}, news.RSS)
		fmt.Fprintf(in.stdout, "  %-12s %s%s  (.atom .json; .%s.rss …)\n",
			topic, base, path, cfg.Site.Languages[0])
	}
	for _, src := range cfg.Sources {
		if src.ID == config.InboxID && src.Enabled {
			fmt.Fprintf(in.stdout, "  drop articles into %s, or run: teletipo ingest FILE\n",
				filepath.Clean(src.Path))
		}
	}
	fmt.Fprintf(in.stdout, "  health       http://%s/healthz\n", s.Operator)
	if s.Empty {
		n := 0
		for _, src := range cfg.Sources {
			if src.Enabled && src.Kind.Polled() {
				n++
			}
		}
		fmt.Fprintf(in.stdout, "  no article yet: %d sources are being read (teletipo sources tells "+
			"how that goes);\n  teletipo sources add URL adds yours, teletipo demo shows all of this "+
			"without a network\n", n)
	}
	for _, text := range cfg.Warnings {
		fmt.Fprintf(in.stdout, "  WARNING      %s\n", text)
	}
}
