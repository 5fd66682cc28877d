package main

import (
	"context"
	"fmt"
	"time"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/news"
)

type sourcesCmd struct {
	List   sourcesListCmd   `cmd:"" default:"1" help:"List every source with its health."`
	Test   sourcesTestCmd   `cmd:"" help:"Explain one fetch step by step; nothing is stored."`
	Add    sourcesAddCmd    `cmd:"" help:"Add a source to sources.yaml in the data directory."`
	Retry  sourcesRetryCmd  `cmd:"" help:"Look at a source now, whatever came of it."`
	Enable sourcesEnableCmd `cmd:"" help:"Have a source read."`
	Off    sourcesOffCmd    `cmd:"" name:"disable" help:"Have a source no longer read."`
	Remove sourcesRemoveCmd `cmd:"" help:"Take a source out of its file."`
	Import sourcesImportCmd `cmd:"" help:"Add the feeds that an OPML file lists."`
}

type sourcesListCmd struct{}

// Run lists every source with its health, and then what somebody should look into.
func (sourcesListCmd) Run(in *invocation) error {
	in.empty = true
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		list, err := desk.Sources.Ask(ctx, d, desk.None{})
		if err != nil {
			return err
		}
		if in.flags.JSON {
			return in.printSources(list, time.Now())
		}
		if c, err := desk.Health.Ask(ctx, d, desk.None{}); err == nil { // else no daemon runs
			defer in.printFaults(c.Faults)
		}
		return in.tableOfSources(list, time.Now())
	})
}

// printSources writes every source in JSON.
func (in *invocation) printSources(list []news.SourceStatus, now time.Time) error {
	shown := make([]sourceShown, 0, len(list))
	for _, s := range list {
		shown = append(shown, sourceShown{s.Source, health.Of(s.Source, s.State, now), s.State})
	}
	return listed(in, shown)
}

func (in *invocation) tableOfSources(list []news.SourceStatus, now time.Time) error {
	heads := []string{
		"SOURCE", "KIND", "STATUS", "LAST SUCCESS", "LAST CHANGE", "NEXT POLL", "HTTP", "BYTES",
		"ACCEPTED", "UPDATED", "UNCHANGED", "REJECTED", "304", "WHY",
	}
	table := in.table(heads, 7, 10, 9, 6, 11, 12, 4, 1, 5, 8)
	var findings []string
	for i := range list {
		src, st := &list[i].Source, &list[i].State
		h := health.Of(*src, *st, now)
		table.add(src.ID, string(src.Kind), string(h.Status), local(st.LastSuccess),
			local(st.LastChange), nextPoll(src, st), orDash(httpStatus(st)), size(st.Bytes),
			fmt.Sprint(st.Accepted), fmt.Sprint(st.Updated), fmt.Sprint(st.Unchanged),
			fmt.Sprint(st.Rejected), fmt.Sprintf("%.0f%%", 100*h.Share304), orDash(h.Why))
		for _, f := range h.Findings {
			if f.Text != h.Why {
				findings = append(findings, fmt.Sprintf("%s: %s (%s)", src.ID, f.Text, f.Name))
			}
		}
	}
	return in.page(func() error {
		err := table.write(in.stdout)
		for _, f := range findings {
			fmt.Fprintln(in.stdout, "finding:", f)
		}
		return err
	})
}

// nextPoll is when a source is looked at next, and why then.
func nextPoll(src *news.Source, st *news.PollState) string {
	switch {
	case !src.Enabled || !st.Retired.IsZero():
		return "never"
	case src.Kind == news.KindPush:
		return "when pushed"
	case src.Kind == news.KindFolder:
		return "every " + news.ShortDuration(src.Every)
	case st.Due.IsZero():
		return "-"
	case st.Why == "":
		return local(st.Due)
	}
	return local(st.Due) + " (" + st.Why + ")"
}

func httpStatus(st *news.PollState) string {
	if st.HTTPStatus == 0 {
		return ""
	}
	return fmt.Sprint(st.HTTPStatus)
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	const kilo = 1000
	value, units := float64(bytes), []string{"B", "kB", "MB", "GB", "TB"}
	for value >= kilo && len(units) > 1 {
		value, units = value/kilo, units[1:]
	}
	if value < 10 && units[0] != "B" {
		return fmt.Sprintf("%.1f%s", value, units[0])
	}
	return fmt.Sprintf("%.0f%s", value, units[0])
}
