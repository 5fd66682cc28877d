package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type articlesCmd struct {
	ID          string `arg:"" optional:"" name:"id" help:"Show this article."`
	History     bool   `help:"List the versions of the article ID, and what each changed."`
	ReleaseLink bool   `help:"Take its link from the article ID, so that another can have it."`

	Topic  string `help:"Only of this topic." placeholder:"TOPIC" predictor:"topic"`
	Source string `help:"Only of this source." placeholder:"ID" predictor:"source"`
	Text   string `help:"Only with this in the title." placeholder:"TEXT"`
	Limit  int    `help:"At most so many (default ${default})." default:"50" short:"n"`
	IDs    bool   `name:"ids" help:"Print ids alone, one on each line."`
}

// Run lists what is stored, or shows one article.
func (c *articlesCmd) Run(in *invocation) error {
	switch {
	case c.ID == "" && c.ReleaseLink, c.ReleaseLink && c.History:
		return &usageError{errors.New("a link is given back by: teletipo articles ID --release-link")}
	case c.ID == "" && c.History:
		return &usageError{errors.New("an article's versions: teletipo articles ID --history")}
	case c.ID == "":
		return in.withDesk(func(ctx context.Context, d *desk.Desk) error { return c.list(ctx, in, d) })
	}
	id, err := news.ParseID(c.ID)
	if err != nil {
		return err
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		switch {
		case c.ReleaseLink:
			return in.releaseLink(ctx, d, id)
		case c.History:
			return in.history(ctx, d, id)
		}
		return in.article(ctx, d, id)
	})
}

// list lists articles, the newest first.
func (c *articlesCmd) list(ctx context.Context, in *invocation, d *desk.Desk) error {
	entries, err := desk.Articles.Ask(ctx, d, news.Query{
		Topic: c.Topic, Source: c.Source, Text: c.Text, Limit: c.Limit,
	})
	if err != nil {
		return err
	}
	if in.flags.JSON {
		return listed(in, entries)
	}
	if c.IDs {
		for i := range entries {
			fmt.Fprintln(in.stdout, entries[i].ID)
		}
		return nil
	}
	if len(entries) == 0 {
		fmt.Fprintln(in.stderr, "no such article yet: `teletipo serve` reads the sources, `teletipo "+
			"ingest FILE` takes one in, `teletipo demo` shows what comes of it")
		return nil
	}
	t := in.table([]string{"ID", "PUBLISHED", "SOURCE", "TOPICS", "TITLE"}, 2, 1)
	for i := range entries {
		e := &entries[i]
		t.add(e.ID.String(), local(e.Published), e.Source, where(e), e.Title)
	}
	return in.page(func() error { return t.write(in.stdout) })
}

// releaseLink takes an article's link away from it, and says what became of that.
func (in *invocation) releaseLink(ctx context.Context, d *desk.Desk, id news.ID) error {
	result, err := desk.GiveBack.Ask(ctx, d, id)
	switch {
	case err != nil:
		return err
	case in.flags.JSON:
		return in.printJSON(&result)
	}
	_, err = fmt.Fprintf(in.stdout, "%s  %q: %s\n", result.ID, result.Title, result.Reason)
	return err
}

// history lists the versions of one article, the newest first.
func (in *invocation) history(ctx context.Context, d *desk.Desk, id news.ID) error {
	versions, err := desk.History.Ask(ctx, d, id)
	if err != nil {
		return err
	}
	e, err := desk.Entry.Ask(ctx, d, id)
	if err != nil {
		return err
	}
	if in.flags.JSON {
		return in.printJSON(history{e.ID, e.Title, e.Source, e.From, e.Decisions, versions})
	}
	t := in.table([]string{"VERSION", "TIME", "STATUS", "CHANGED", "TITLE"}, 2, 1)
	for i := range e.Decisions {
		d := &e.Decisions[i]
		t.add("-", local(d.At), "decided", d.Sign(), "by "+d.By)
	}
	if e.From != "" {
		t.add("-", local(e.FirstSeen), "taken over", "from "+e.From, "by "+e.Source+
			", which its link belongs to")
	}
	for i := range versions {
		v := &versions[i]
		t.add(fmt.Sprint(v.Revision), local(v.Time), string(v.Status),
			orDash(strings.Join(v.Changed, ",")), v.Title)
	}
	return in.page(func() error { return t.write(in.stdout) })
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
