package main

import (
	"fmt"
	"text/tabwriter"

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
