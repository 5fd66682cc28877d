package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type placeCmd struct {
	ID     string   `arg:"" name:"id" help:"Id of the article, as 'teletipo articles' prints it."`
	Topics []string `arg:"" optional:"" name:"±topic" help:"+TOPIC: there. -TOPIC: not there."`
	Reset  []string `help:"Leave this topic to the rules again." placeholder:"TOPIC" predictor:"topic"`
	By     string   `help:"Who decides (default: the user of this system)." placeholder:"NAME"`
}

// Run keeps an editor's decisions, and says where the article is now.
func (c *placeCmd) Run(in *invocation) error {
	id, err := news.ParseID(c.ID)
	if err != nil {
		return err
	}
	if len(c.Topics)+len(c.Reset) == 0 {
		return &usageError{errors.New("say where it belongs: teletipo place ID +TOPIC -TOPIC, " +
			"or --reset TOPIC")}
	}
	by := c.By
	if by == "" {
		if by, err = systemUser(); err != nil {
			return err
		}
	}
	var decisions []news.Decision
	for _, sign := range c.Topics {
		d, err := news.ParseDecision(strings.TrimPrefix(sign, escapeSign))
		if err != nil {
			return &usageError{err}
		}
		d.By = by
		decisions = append(decisions, d)
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		result, err := desk.Place.Ask(ctx, d, desk.Placing{
			ID: id, Decisions: decisions, Reset: c.Reset,
		})
		switch {
		case err != nil:
			return err
		case in.flags.JSON:
			return in.printJSON(&result)
		}
		topics := make([]string, 0, len(result.Placements))
		for _, p := range result.Placements {
			topics = append(topics, p.Topic)
		}
		slices.Sort(topics)
		_, err = fmt.Fprintf(in.stdout, "%s  %q: %s; it is in %s\n", result.ID, result.Title,
			result.Reason, orDash(strings.Join(topics, ", ")))
		return err
	})
}

// systemUser is who runs this process, as the system knows them.
func systemUser() (string, error) {
	u, err := user.Current()
	if err != nil {
		return "", news.Errorf(news.Invalid, "the system does not say who you are: %w; use --by", err)
	}
	return u.Username, nil
}

// escapeSign begins an argument of place that would be taken for a flag.
const escapeSign = "\x00"

// escapeSigns makes -TOPIC after the command place an argument that is no flag. A topic of one
// letter is a flag's name, and has to stand after "--".
func escapeSigns(args []string) []string {
	at := slices.Index(args, "place")
	if at < 0 || !isCommand(args[:at]) {
		return args
	}
	escaped := slices.Clone(args)
	for i := at + 1; i < len(args) && args[i] != "--"; i++ {
		if len(args[i]) > 2 && args[i][0] == '-' && args[i][1] != '-' {
			escaped[i] = escapeSign + args[i]
		}
	}
	return escaped
}

// isCommand reports whether what follows after some arguments is a command: before it are only
// flags common to all, and their values.
func isCommand(before []string) bool {
	for i := 0; i < len(before); i++ {
		if !strings.HasPrefix(before[i], "-") {
			return false
		}
		switch before[i] {
		case "--config", "--data", "--listen", "--admin":
			i++
		}
	}
	return true
}
