package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type topicsCmd struct {
	List topicsListCmd `cmd:"" default:"1" help:"List the topics in force."`
	Diff topicsDiffCmd `cmd:"" help:"Say what changed topic files would change."`

	Doubtful topicsDoubtfulCmd `cmd:"" help:"List articles that are nearly in a topic."`
}

type topicsListCmd struct{}

// Run lists the topics in force.
func (topicsListCmd) Run(in *invocation) error {
	in.empty = true
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		report, err := desk.Topics.Ask(ctx, d, desk.None{})
		if err != nil {
			return err
		}
		if in.flags.JSON {
			return in.printJSON(report)
		}
		table := in.table([]string{"TOPIC", "ARTICLES", "TITLE"})
		for _, t := range report.Topics {
			title, _ := news.Translate(t.Titles, "en")
			table.add(t.ID, fmt.Sprint(t.Articles), title)
		}
		if err := table.write(in.stdout); err != nil {
			return err
		}
		fmt.Fprintln(in.stdout, placedBy(&report))
		in.printFaults(report.Faults)
		return nil
	})
}

// placedBy says how far the stored articles are placed by the topics in force.
func placedBy(report *news.TopicsReport) string {
	c := &report.Classified
	switch {
	case c.Rules != report.Rules:
		return fmt.Sprintf("rules %s; stored articles are placed by other rules until the daemon runs",
			report.Rules)
	case c.Done.IsZero():
		return fmt.Sprintf("rules %s; placing stored articles anew: %d read, %d changed, at %d of %d",
			report.Rules, c.Read, c.Changed, c.Key, c.Last)
	}
	return fmt.Sprintf("rules %s; stored articles placed by them on %s: %d read, %d changed",
		report.Rules, local(c.Done), c.Read, c.Changed)
}

// printFaults tells why the configuration is not in force, if it isn't.
func (in *invocation) printFaults(faults string) {
	if faults != "" {
		fmt.Fprintf(in.stdout, "the configuration as it is now is not in force, the last good one is:"+
			"\n%s\n",
			strings.TrimSpace(faults))
	}
}
