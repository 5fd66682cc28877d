package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type articlesCmd struct {
	Topic  string `help:"Only of this topic." placeholder:"TOPIC"`
	Source string `help:"Only of this source." placeholder:"ID"`
	Text   string `help:"Only with this in the title." placeholder:"TEXT"`
	Limit  int    `help:"At most so many (default ${default})." default:"50" short:"n"`
}

// Run lists what is stored.
func (c *articlesCmd) Run(in *invocation) error {
	return in.withDesk(func(ctx context.Context, d desk.Desk) error {
		entries, err := d.Articles(ctx, news.Query{
			Topic: c.Topic, Source: c.Source, Text: c.Text, Limit: c.Limit,
		})
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
		for i := range entries {
			e := &entries[i]
			if in.flags.JSON {
				in.printJSON(e)
				continue
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", e.ID, e.Published.Format(time.RFC3339),
				e.Source, where(e), e.Title)
		}
		return table.Flush()
	})
}

// where says in which topics an article is, or why it is in none.
func where(e *news.Entry) string {
	if e.Status != news.Live {
		return string(e.Status)
	}
	topics := make([]string, 0, len(e.Placements))
	for _, p := range e.Placements {
		topics = append(topics, p.Topic)
	}
	return orDash(strings.Join(topics, ","))
}

type withdrawCmd struct {
	ID []string `arg:"" name:"id" help:"Ids of articles, as 'teletipo articles' prints them."`
}

// Run withdraws each article, and stops at the first that it can't.
func (c *withdrawCmd) Run(in *invocation) error {
	return in.withDesk(func(ctx context.Context, d desk.Desk) error {
		for _, text := range c.ID {
			id, err := news.ParseID(text)
			if err != nil {
				return err
			}
			result, err := d.Withdraw(ctx, id)
			switch {
			case err != nil:
				return err
			case in.flags.JSON:
				in.printJSON(&result)
			default:
				fmt.Fprintf(in.stdout, "%s  %q: %s\n", result.ID, result.Title, result.Reason)
			}
		}
		return nil
	})
}

type sourcesCmd struct{}

// Run lists every source with its health.
func (sourcesCmd) Run(in *invocation) error {
	return in.withDesk(func(ctx context.Context, d desk.Desk) error {
		list, err := d.Sources(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
		if !in.flags.JSON {
			fmt.Fprintln(table, "SOURCE\tKIND\tHEALTH\tLAST SUCCESS\tNEXT\tACCEPTED\tUPDATED\tREJECTED\tWHY")
		}
		for i := range list {
			src, st := &list[i].Source, &list[i].State
			if in.flags.JSON {
				in.printJSON(map[string]any{"source": src, "health": health(src, st), "state": st})
				continue
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", src.ID, src.Kind,
				health(src, st), when(st.LastSuccess), when(st.Due),
				st.Accepted, st.Updated, st.Rejected, st.Error)
		}
		return table.Flush()
	})
}

// health sums a source's state up in a word.
func health(src *news.Source, st *news.PollState) string {
	switch {
	case !src.Enabled:
		return "off"
	case st.Polls == 0:
		return "new"
	case st.Failures > 0:
		return fmt.Sprintf("failing (%d)", st.Failures)
	}
	return "ok"
}

func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.RFC3339)
}
