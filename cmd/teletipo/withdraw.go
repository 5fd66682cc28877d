package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/progress"
)

type withdrawCmd struct {
	ID     []string `arg:"" optional:"" name:"id" help:"Ids that 'teletipo articles' prints."`
	Source string   `help:"Every article of this source." placeholder:"ID" predictor:"source"`
	DryRun bool     `help:"With --source: only say what would be withdrawn."`
	Yes    bool     `help:"With --source: do not ask."`
}

// Run withdraws each article, and stops at the first that it can't.
func (c *withdrawCmd) Run(in *invocation) error {
	switch {
	case (len(c.ID) == 0) == (c.Source == ""):
		return &usageError{errors.New("name articles, or a source: " +
			"teletipo withdraw ID…, or teletipo withdraw --source ID")}
	case (c.DryRun || c.Yes) && c.Source == "":
		return &usageError{errors.New("--dry-run and --yes are for --source")}
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		if c.Source != "" {
			return c.source(ctx, in, d)
		}
		done := withdrawn{}
		for _, text := range c.ID {
			id, err := news.ParseID(text)
			if err != nil {
				return err
			}
			result, err := desk.Withdraw.Ask(ctx, d, id)
			if err != nil {
				return err
			}
			done.Results, done.Count = append(done.Results, result), done.Count+1
			if !in.flags.JSON {
				fmt.Fprintf(in.stdout, "%s  %q: %s\n", result.ID, result.Title, result.Reason)
			}
		}
		if in.flags.JSON {
			return in.printJSON(&done)
		}
		return nil
	})
}

// mostSamples is how many titles stand for all the articles of a source.
const mostSamples = 10

// source withdraws every article of a source, or says what it would withdraw.
func (c *withdrawCmd) source(ctx context.Context, in *invocation, d *desk.Desk) error {
	var newest []news.Result // the last is the newest
	done := withdrawn{DryRun: c.DryRun}
	note := func(r news.Result) {
		newest = append(newest[max(0, len(newest)-mostSamples+1):], r)
		if in.flags.JSON && c.DryRun {
			done.Results = append(done.Results, r)
		}
	}
	n, err := desk.WithdrawSource(ctx, d, c.Source, true, note)
	if done.Count = n; err != nil {
		return err
	}
	if c.DryRun && in.flags.JSON {
		return in.printJSON(&done)
	} else if c.DryRun {
		in.printSamples(c.Source, n, newest)
		return nil
	}
	if n > 0 && !c.Yes {
		ok, err := in.confirm("Withdraw %d articles of source %s everywhere, for good?", n, c.Source)
		if err != nil || !ok {
			return err
		}
	}
	bar := in.bar("withdraw", n)
	defer bar.Close()
	n, err = desk.WithdrawSource(ctx, d, c.Source, false, func(r news.Result) {
		if in.flags.JSON {
			done.Results = append(done.Results, r)
		}
		bar.Step()
	})
	bar.Close()
	if done.Count = n; in.flags.JSON {
		return errors.Join(in.printJSON(&done), err)
	}
	fmt.Fprintf(in.stdout, "%d articles of source %s withdrawn\n", n, c.Source)
	return err
}

// confirm asks a person at a terminal; false if they say no. Where there is nobody to ask it is an
// error: who means it says --yes.
func (in *invocation) confirm(format string, args ...any) (bool, error) {
	question := fmt.Sprintf(format, args...)
	nobody := &usageError{fmt.Errorf("%s Nobody is there to ask: --yes says so", question)}
	if f, ok := in.stdin.(*os.File); ok && !progress.Terminal(f) {
		return false, nobody
	}
	fmt.Fprintf(in.stderr, "%s [y/N] ", question)
	answer, err := bufio.NewReader(in.stdin).ReadString('\n')
	if err != nil && answer == "" { // the end at once, as /dev/null has it
		fmt.Fprintln(in.stderr)
		return false, nobody
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "s", "sí", "si":
		return true, nil
	}
	fmt.Fprintln(in.stderr, "nothing was done")
	return false, nil
}

// printSamples tells a person what would be withdrawn.
func (in *invocation) printSamples(source string, n int, newest []news.Result) {
	which := ""
	if n > len(newest) {
		which = fmt.Sprintf("; the newest %d of them", len(newest))
	}
	fmt.Fprintf(in.stdout, "%d articles of source %s would be withdrawn%s\n", n, source, which)
	for i := range newest {
		r := &newest[len(newest)-1-i]
		fmt.Fprintf(in.stdout, "%s  %q\n", r.ID, r.Title)
	}
}
