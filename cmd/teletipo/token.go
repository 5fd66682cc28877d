package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token and print it, once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens, without their secrets."`
	Revoke tokenRevokeCmd `cmd:"" help:"Make a token worthless."`
}

type tokenAddCmd struct {
	Name   string   `arg:"" help:"What to call it: the program that will push with it, say."`
	Source string   `help:"Push source that it is for." default:"push" placeholder:"ID"`
	Pages  []string `help:"Let it hand in pages of these sources' sites alone." placeholder:"ID"`
}

// Run makes a token. The standard output has nothing but the secret, for programs to read.
func (c *tokenAddCmd) Run(in *invocation) error {
	in.begins = true
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		token, err := desk.AddToken.Ask(ctx, d, desk.TokenOrder{
			Name: c.Name, Source: c.Source, Pages: c.Pages,
		})
		switch {
		case err != nil:
			return err
		case in.flags.JSON:
			return in.printJSON(token)
		}
		fmt.Fprintf(in.stderr, "token %s %s; it is not shown again\n", token.Name, use(token.Token))
		_, err = fmt.Fprintln(in.stdout, token.Secret)
		return err
	})
}

// use says what a token is for.
func use(token news.Token) string {
	if len(token.Pages) > 0 {
		return "hands in pages of " + strings.Join(token.Pages, ", ")
	}
	return "pushes into source " + token.Source
}

type tokenListCmd struct{}

// Run lists the tokens.
func (tokenListCmd) Run(in *invocation) error {
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		list, err := desk.Tokens.Ask(ctx, d, desk.None{})
		if err != nil {
			return err
		}
		if in.flags.JSON {
			return listed(in, list)
		}
		table := in.table([]string{"TOKEN", "SOURCE", "CREATED", "LAST USED"})
		for _, t := range list {
			source := t.Source
			if len(t.Pages) > 0 {
				source = "pages of " + strings.Join(t.Pages, ", ")
			}
			table.add(t.Name, source, local(t.Created), local(t.LastUsed))
		}
		return table.write(in.stdout)
	})
}

type tokenRevokeCmd struct {
	Name string `arg:"" help:"The token's name."`
}

// Run revokes a token.
func (c *tokenRevokeCmd) Run(in *invocation) error {
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		if _, err := desk.RevokeToken.Ask(ctx, d, c.Name); err != nil {
			return err
		}
		if in.flags.JSON {
			return in.printJSON(revoked(*c))
		}
		_, err := fmt.Fprintf(in.stderr, "token %s is revoked\n", c.Name)
		return err
	})
}
