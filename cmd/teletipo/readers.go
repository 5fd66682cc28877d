package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"text/tabwriter"
	"time"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/publish"
	"github.com/teletipo/teletipo/internal/readers"
	"github.com/teletipo/teletipo/internal/serve"
)

// publicSide is the handler of the public listener, and what it knows of who asks.
func publicSide(
	log *slog.Logger, cfg *config.Config, o *owner, publisher *publish.Publisher,
	counts *readers.Readers, ready func() error,
) (http.Handler, error) {
	pages, err := site(log, cfg, o, publisher)
	if err != nil {
		return nil, err
	}
	return counts.Handler(withPush(log, cfg, o, ready, pages)), nil
}

// newReaders makes counters for the feeds of a publisher.
func newReaders(cfg *config.Config, publisher *publish.Publisher) *readers.Readers {
	return readers.New(readers.Settings{
		Feeds: publisher.Feeds(), Proxies: cfg.Readers.Proxies,
		FullPerHour: cfg.Readers.FullPerHour, Now: time.Now,
	})
}

// site answers readers.
func site(
	log *slog.Logger, cfg *config.Config, o *owner, publisher *publish.Publisher,
) (http.Handler, error) {
	names, err := o.store.FeedNames()
	if err != nil {
		return nil, err
	}
	// Those among them that are still published serve takes out itself.
	return serve.Public(log, publisher, o.store, serve.Settings{
		Site: cfg.Site, Topics: cfg.Topics, Gone: names,
	}), nil
}

type readersCmd struct{}

// Run lists the programs that read the feeds of the running daemon.
func (readersCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	client, ok := desk.Dial(in.ctx, cfg.Data)
	if !ok {
		return news.Errorf(news.Unreachable, "no daemon runs with the data directory %s: "+
			"only a running one knows its readers", cfg.Data)
	}
	defer client.Close()
	list, err := desk.Readers.Ask(in.ctx, client, desk.None{})
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
	if !in.flags.JSON {
		fmt.Fprintln(table, "READER\tREQUESTS\t304\tDELTAS\tREFUSED\tBYTES\tSUBSCRIBERS\tFEEDS")
	}
	for i := range list {
		r, t := &list[i], &list[i].Total
		if in.flags.JSON {
			if err := in.printJSON(r); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(table, "%s\t%d\t%d %%\t%d\t%d\t%d\t%d\t%d\n", r.Family, t.Requests,
			100*t.NotModified/max(t.Requests, 1), t.Deltas, t.Limited, t.Bytes, t.Subscribers,
			len(r.Feeds))
	}
	return table.Flush()
}
