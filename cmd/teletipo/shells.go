package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	mangokong "github.com/alecthomas/mango-kong"
	kongcompletion "github.com/jotaen/kong-completion"
	"github.com/muesli/roff"
)

type completeCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints what makes a shell complete the command line: in bash, source <(teletipo completion
// bash). The shell then asks this program what can follow, so nothing has to be written anew.
func (c *completeCmd) Run(in *invocation, app *kong.Context) error {
	return (&kongcompletion.Completion{Shell: c.Shell, Code: true}).Run(app)
}

// completeWords answers a shell that asks what can follow, and ends the process then.
func completeWords(parser *kong.Kong, env []string) {
	asked := func(pair string) bool { return strings.HasPrefix(pair, "COMP_LINE=") }
	if slices.ContainsFunc(env, asked) {
		kongcompletion.Register(parser)
	}
}

type manCmd struct{}

// Run prints the manual page.
func (manCmd) Run(in *invocation, app *kong.Context) error {
	page := mangokong.NewManPage(1, app.Model)
	_, err := fmt.Fprint(in.stdout, page.Build(roff.NewDocument()))
	return err
}
