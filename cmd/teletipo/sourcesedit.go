package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/news"
)

type sourcesRetryCmd struct {
	ID string `arg:"" help:"A source's id." predictor:"source"`
}

// Run has a source looked at now, whatever came of it before.
func (c *sourcesRetryCmd) Run(in *invocation) error {
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		n, err := desk.Retry.Ask(ctx, d, c.ID)
		if err != nil {
			return err
		}
		done := sourceChange{Source: c.ID, Change: "retried", Retried: n}
		if n > 0 && !in.flags.JSON {
			fmt.Fprintf(in.stdout, "%s: %d to be read once more; should the process die again, it is put "+
				"aside at once\n", c.ID, n)
		}
		return in.follow(ctx, &done)
	})
}

type sourcesEnableCmd struct {
	ID string `arg:"" help:"A source's id." predictor:"source"`
}

// Run has a source read from now on.
func (c *sourcesEnableCmd) Run(in *invocation) error { return in.enable(c.ID, true) }

type sourcesOffCmd struct {
	ID string `arg:"" help:"A source's id." predictor:"source"`
}

// Run has a source no longer read.
func (c *sourcesOffCmd) Run(in *invocation) error { return in.enable(c.ID, false) }

func (in *invocation) enable(id string, enabled bool) error {
	file, err := config.EnableSource(in.options(), id, enabled)
	if err != nil {
		return err
	}
	done := sourceChange{Source: id, Change: "disabled", File: file}
	if enabled {
		done.Change = "enabled"
	}
	return in.follow(in.ctx, &done)
}

type sourcesRemoveCmd struct {
	ID string `arg:"" help:"A source's id." predictor:"source"`
}

// Run takes a source out of its file.
func (c *sourcesRemoveCmd) Run(in *invocation) error {
	file, err := config.RemoveSource(in.options(), c.ID)
	if err != nil {
		return err
	}
	return in.follow(in.ctx, &sourceChange{Source: c.ID, Change: "removed", File: file})
}

// sourceChange is what a command has done to a source, and what came of that.
type sourceChange struct {
	Source  string `json:"source"`
	Change  string `json:"change"`            // added, enabled, disabled, removed or retried
	File    string `json:"file,omitempty"`    // that was changed
	Retried int    `json:"retried,omitempty"` // documents that had been put aside
	Daemon  bool   `json:"daemon"`            // one runs, and does by it
	Status  string `json:"status,omitempty"`  // of the source, once the daemon has looked at it
	Why     string `json:"why,omitempty"`
}

// lookWait is how long a command waits for a daemon to look at a source.
const lookWait = 20 * time.Second

// follow has a running daemon do by what was changed, waits until it has looked at a source that it
// is to look at, and says what came of it.
func (in *invocation) follow(ctx context.Context, done *sourceChange) error {
	cfg, err := in.settings()
	if err != nil {
		return err
	}
	if d, runs := desk.Dial(ctx, cfg.Data); runs {
		defer d.Close()
		done.Daemon = true
		if done.File != "" {
			faults, err := desk.Reload.Ask(ctx, d, desk.None{})
			if err != nil {
				return err
			}
			if faults != "" {
				return news.Errorf(news.Invalid, "%s is %s in %s, but the running daemon goes on as before:"+
					"\n%s", done.Source, done.Change, done.File, faults)
			}
		}
		if slices.Contains([]string{"added", "enabled", "retried"}, done.Change) {
			if err := awaitLook(ctx, d, done); err != nil {
				return err
			}
		}
	}
	if in.flags.JSON {
		return in.printJSON(done)
	}
	_, err = fmt.Fprintln(in.stdout, done.text())
	return err
}

// awaitLook waits until a source was looked at since the command began.
func awaitLook(ctx context.Context, d *desk.Desk, done *sourceChange) error {
	began := time.Now().Truncate(time.Second)
	for until := began.Add(lookWait); ; {
		list, err := desk.Sources.Ask(ctx, d, desk.None{})
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(s news.SourceStatus) bool { return s.Source.ID == done.Source })
		if at < 0 || !list[at].Source.Kind.Polled() {
			return nil
		}
		state := list[at].State
		if !state.LastPoll.Before(began) {
			h := health.Of(list[at].Source, state, time.Now())
			done.Status, done.Why = string(h.Status), h.Why
			return nil
		}
		if time.Now().After(until) {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// text says it to a person.
func (c *sourceChange) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Change, c.Source)
	if c.File != "" {
		fmt.Fprintf(&b, " in %s", c.File)
	}
	switch {
	case c.Change == "removed" || c.Change == "disabled":
		fmt.Fprintf(&b, "; its articles stay (teletipo withdraw --source %s takes them back)", c.Source)
	case !c.Daemon:
		fmt.Fprintf(&b, "; `teletipo serve` will poll it, `teletipo ingest %s` reads it now", c.Source)
	case c.Why != "":
		fmt.Fprintf(&b, "; the daemon has looked at it: %s, %s", c.Status, c.Why)
	case c.Status != "":
		fmt.Fprintf(&b, "; the daemon has looked at it: %s", c.Status)
	default:
		b.WriteString("; the daemon looks at it: `teletipo sources` shows what comes of that")
	}
	return b.String()
}
