package main

import (
	"context"
	"fmt"

	"github.com/teletipo/teletipo/internal/desk"
)

type retainCmd struct {
	DryRun bool `help:"Only say how many would be dropped."`
}

// Run drops what was kept for its time, in the daemon that owns the data directory or without one.
func (c *retainCmd) Run(in *invocation) error {
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		done, err := desk.Retain.Ask(ctx, d, c.DryRun)
		if err != nil {
			return err
		}
		if in.flags.JSON {
			return in.printJSON(&done)
		}
		verb := "dropped"
		if c.DryRun {
			verb = "would be dropped"
		}
		for _, s := range done.Sources {
			fmt.Fprintf(in.stdout, "%s: %d\n", s.Source, s.Count)
		}
		_, err = fmt.Fprintf(in.stdout, "%d %s, %d kept\n", done.Dropped, verb, done.Kept)
		return err
	})
}
