package main

import (
	"fmt"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

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
	if in.flags.JSON {
		return listed(in, list)
	}
	heads := []string{
		"READER", "REQUESTS", "304", "DELTAS", "REFUSED", "BYTES", "SUBSCRIBERS", "FEEDS",
	}
	table := in.table(heads, 3, 4, 5)
	for i := range list {
		r, t := &list[i], &list[i].Total
		table.add(r.Family, fmt.Sprint(t.Requests),
			fmt.Sprintf("%d %%", 100*t.NotModified/max(t.Requests, 1)), fmt.Sprint(t.Deltas),
			fmt.Sprint(t.Limited), fmt.Sprint(t.Bytes), fmt.Sprint(t.Subscribers),
			fmt.Sprint(len(r.Feeds)))
	}
	return in.page(func() error { return table.write(in.stdout) })
}
