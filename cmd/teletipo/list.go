package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type articlesCmd struct {
	ID          string `arg:"" optional:"" name:"id" help:"Id, for --history and --release-link."`
	History     bool   `help:"List the versions of the article ID, and what each changed."`
	ReleaseLink bool   `help:"Take its link from the article ID, so that another can have it."`

	Topic  string `help:"Only of this topic." placeholder:"TOPIC"`
	Source string `help:"Only of this source." placeholder:"ID"`
	Text   string `help:"Only with this in the title." placeholder:"TEXT"`
	Limit  int    `help:"At most so many (default ${default})." default:"50" short:"n"`
}

// Run lists what is stored.
func (c *articlesCmd) Run(in *invocation) error {
	switch {
	case c.ReleaseLink:
		return c.releaseLink(in)
	case c.ID != "" || c.History:
		return c.history(in)
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		entries, err := desk.Articles.Ask(ctx, d, news.Query{
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

// releaseLink takes an article's link away from it, and says what became of that.
func (c *articlesCmd) releaseLink(in *invocation) error {
	if c.ID == "" || c.History {
		return &usageError{errors.New("a link is given back by: teletipo articles ID --release-link")}
	}
	id, err := news.ParseID(c.ID)
	if err != nil {
		return err
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		result, err := desk.GiveBack.Ask(ctx, d, id)
		switch {
		case err != nil:
			return err
		case in.flags.JSON:
			return in.printJSON(&result)
		}
		_, err = fmt.Fprintf(in.stdout, "%s  %q: %s\n", result.ID, result.Title, result.Reason)
		return err
	})
}

// history lists the versions of one article, the newest first.
func (c *articlesCmd) history(in *invocation) error {
	if c.ID == "" || !c.History {
		return &usageError{errors.New("an article's versions: teletipo articles ID --history")}
	}
	id, err := news.ParseID(c.ID)
	if err != nil {
		return err
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		versions, err := desk.History.Ask(ctx, d, id)
		if err != nil {
			return err
		}
		entry, err := desk.Entry.Ask(ctx, d, id)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
		if err := in.printDecisions(table, entry.Decisions); err != nil {
			return err
		}
		if entry.From != "" && !in.flags.JSON {
			fmt.Fprintf(table, "-\t%s\ttaken over\tfrom %s\tby %s, which its link belongs to\n",
				entry.FirstSeen.Format(time.RFC3339), entry.From, entry.Source)
		}
		for i := range versions {
			v := &versions[i]
			if in.flags.JSON {
				if err := in.printJSON(v); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", v.Revision, v.Time.Format(time.RFC3339),
				v.Status, orDash(strings.Join(v.Changed, ",")), v.Title)
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
