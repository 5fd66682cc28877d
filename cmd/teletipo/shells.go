package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
	mangokong "github.com/alecthomas/mango-kong"
	kongcompletion "github.com/jotaen/kong-completion"
	"github.com/muesli/roff"
	"github.com/posener/complete"

	"github.com/teletipo/teletipo/internal/news"
)

type completeCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints what makes a shell complete the command line: in bash, source <(teletipo completion
// bash). The shell then asks this program what can follow, so nothing has to be written anew.
func (c *completeCmd) Run(in *invocation, app *kong.Context) error {
	return (&kongcompletion.Completion{Shell: c.Shell, Code: true}).Run(app)
}

// completeWords answers a shell that asks what can follow, and ends the process then. Topics and
// sources are those that are configured.
func completeWords(parser *kong.Kong, env []string) {
	in := &invocation{env: env, flags: &command{}}
	line := strings.Fields(in.variable("COMP_LINE"))
	if len(line) == 0 {
		return
	}
	for i, word := range line[:len(line)-1] {
		switch word {
		case "--data":
			in.flags.Data = line[i+1]
		case "--config":
			in.flags.Config = line[i+1]
		}
	}
	kongcompletion.Register(parser, kongcompletion.WithPredictors(map[string]complete.Predictor{
		"topic": complete.PredictFunc(func(complete.Args) []string {
			cfg, _ := in.load() // without one there is nothing to propose
			return news.TopicIDs(cfg.Topics)
		}),
		"source": complete.PredictFunc(func(complete.Args) []string {
			cfg, _ := in.load()
			var ids []string
			for _, src := range cfg.Sources {
				ids = append(ids, src.ID)
			}
			return ids
		}),
	}))
}

type manCmd struct{}

// Run prints the manual page.
func (manCmd) Run(in *invocation, app *kong.Context) error {
	page := mangokong.NewManPage(1, app.Model)
	_, err := fmt.Fprint(in.stdout, page.Build(roff.NewDocument()))
	return err
}
