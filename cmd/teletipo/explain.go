package main

import (
	"context"
	"fmt"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type explainCmd struct {
	What string `arg:"" help:"A file, or the id of a stored article."`
}

// Run prints what every topic makes of an article.
func (c *explainCmd) Run(in *invocation) error {
	return in.withDesk(func(ctx context.Context, d desk.Desk) error {
		handed, err := hand(c.What)
		if err != nil {
			return err
		}
		explanations, err := d.Explain(ctx, handed)
		if err != nil {
			return err
		}
		for i := range explanations {
			if in.flags.JSON {
				in.printJSON(&explanations[i])
			} else {
				in.printExplanation(&explanations[i])
			}
		}
		return nil
	})
}

// printExplanation prints one article's verdicts, each with its evidence, strongest first.
func (in *invocation) printExplanation(e *news.Explanation) {
	fmt.Fprintf(in.stdout, "%s\n", e.Title)
	fmt.Fprintf(in.stdout, "language %s\n", orDash(e.Lang))
	for _, v := range e.Verdicts {
		verdict := "not placed"
		distance := fmt.Sprintf("%.1f short of", v.Threshold-v.Score)
		if v.Placed {
			verdict = "placed"
			distance = fmt.Sprintf("%.1f above", v.Score-v.Threshold)
		}
		fmt.Fprintf(in.stdout, "\n%s: %s, score %.1f, %s its threshold %.1f\n",
			v.Topic, verdict, v.Score, distance, v.Threshold)
		for _, ev := range v.Evidence {
			fmt.Fprintf(in.stdout, "  %+6.2f  %-8s %s", ev.Weight, ev.Place, ev.Term)
			if ev.Count > 1 {
				fmt.Fprintf(in.stdout, " ×%d", ev.Count)
			}
			fmt.Fprintln(in.stdout)
		}
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
