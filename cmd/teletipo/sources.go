package main

import (
	"context"
	"fmt"
	"text/tabwriter"
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
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		list, err := desk.Sources.Ask(ctx, d, desk.None{})
		if err != nil {
			return err
		}
		if in.flags.JSON {
			return in.printSources(list, time.Now())
		}
		return in.tableOfSources(list, time.Now())
	})
}

// printSources writes a line of JSON for each source.
func (in *invocation) printSources(list []news.SourceStatus, now time.Time) error {
	for _, s := range list {
		err := in.printJSON(map[string]any{
			"source": s.Source, "health": health.Of(s.Source, s.State, now), "state": s.State,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (in *invocation) tableOfSources(list []news.SourceStatus, now time.Time) error {
	table := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SOURCE\tKIND\tSTATUS\tLAST SUCCESS\tLAST CHANGE\tNEXT POLL\t"+
		"HTTP\tBYTES\tACCEPTED\tUPDATED\tUNCHANGED\tREJECTED\t304\tWHY")
	var findings []string
	for i := range list {
		src, st := &list[i].Source, &list[i].State
		h := health.Of(*src, *st, now)
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%.0f%%\t%s\n",
			src.ID, src.Kind, h.Status, minute(st.LastSuccess), minute(st.LastChange),
			nextPoll(src, st), orDash(httpStatus(st)), size(st.Bytes),
			st.Accepted, st.Updated, st.Unchanged, st.Rejected, 100*h.Share304, orDash(h.Why))
		for _, f := range h.Findings {
			if f.Text != h.Why {
				findings = append(findings, fmt.Sprintf("%s: %s (%s)", src.ID, f.Text, f.Name))
			}
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, f := range findings {
		fmt.Fprintln(in.stdout, "finding:", f)
	}
	return nil
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
		return minute(st.Due)
	}
	return minute(st.Due) + " (" + st.Why + ")"
}

func httpStatus(st *news.PollState) string {
	if st.HTTPStatus == 0 {
		return ""
	}
	return fmt.Sprint(st.HTTPStatus)
}

// minute writes a time for a table.
func minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02T15:04Z")
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
