package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/feeds"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
)

// command is the command line.
type command struct {
	Config string `help:"Configuration file; without one the built-in settings." placeholder:"FILE"`
	Data   string `help:"Data directory (default ./data)." placeholder:"DIR"`
	Listen string `help:"Address for readers (default 127.0.0.1:8080)." placeholder:"ADDR"`
	Admin  string `help:"Address for the operator (default 127.0.0.1:8081)." placeholder:"ADDR"`
	JSON   bool   `help:"Answer in JSON, for programs." name:"json"`

	Serve    serveCmd    `cmd:"" help:"Run the daemon: poll, publish and serve."`
	Ingest   ingestCmd   `cmd:"" help:"Read now, once, and say what was accepted and placed where."`
	Place    placeCmd    `cmd:"" help:"Decide where an article belongs, as an editor."`
	Topics   topicsCmd   `cmd:"" help:"List the topics, and judge changed topic files."`
	Explain  explainCmd  `cmd:"" help:"Say why an article is, or is not, in each topic."`
	Articles articlesCmd `cmd:"" help:"List what is stored, newest first."`
	Withdraw withdrawCmd `cmd:"" help:"Take articles back everywhere, for good."`
	Sources  sourcesCmd  `cmd:"" help:"List, test, add and import sources."`
	Export   exportCmd   `cmd:"" help:"Write the site as static files, or the sources as OPML."`
	Readers  readersCmd  `cmd:"" help:"List the programs that read the running daemon's feeds."`
	Token    tokenCmd    `cmd:"" help:"Make, list and revoke the tokens that programs push with."`
	Check    checkCmd    `cmd:"" help:"Check the configuration, the sources and the topic files."`
	Lint     lintCmd     `cmd:"" help:"Judge any feed, its document and its server."`
	Score    scoreCmd    `cmd:"" help:"Measure placement against labelled items."`
	Health   healthCmd   `cmd:"" help:"Ask a running daemon how it is; for Docker and systemd."`
	Version  versionCmd  `cmd:"" help:"Print the program's version."`
}

// usageError is a command line that can't be understood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// invocation is what every command gets: where to write, and the flags common to all.
type invocation struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	flags  *command
	allow  []netip.Prefix // of the command's own flag
}

// Allowed is the flag of the commands that ask others' servers.
type Allowed struct {
	Allow []netip.Prefix `help:"Networks to ask although they are not public." placeholder:"CIDR"`
}

// run is the program: it reads the command line and the environment, in which TELETIPO_DATA
// stands for --data and so on, and runs one command until it is done or ctx ends.
func run(
	ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer,
) error {
	var flags command
	left := false // by --help
	parser, err := kong.New(&flags,
		kong.Name("teletipo"),
		kong.Description("News by topic: from articles to RSS, Atom and JSON feeds."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { left = true }),
		kong.Resolvers(environment(env)),
		kong.UsageOnError(),
	)
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(escapeSigns(args))
	switch {
	case left:
		return nil
	case err != nil:
		return &usageError{fmt.Errorf("%w (teletipo --help shows how)", err)}
	}
	return parsed.Run(&invocation{ctx: ctx, stdout: stdout, stderr: stderr, flags: &flags})
}

// environment lets a variable stand for each flag: TELETIPO_ and the flag's name in upper case.
func environment(env func(string) (string, bool)) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		name := "TELETIPO_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		if value, ok := env(name); ok && value != "" {
			return value, nil
		}
		return nil, nil
	})
}

// load reads the configuration that the flags ask for.
func (in *invocation) load() (config.Config, error) {
	cfg, err := config.Load(in.options())
	cfg.Site.Version = version
	cfg.Fetch.Allow = append(cfg.Fetch.Allow, in.allow...)
	return cfg, err
}

// settings reads no more than the settings: a fault of a topic file is no reason not to ask the
// daemon, which goes on with the last good ones.
func (in *invocation) settings() (config.Config, error) {
	opts := in.options()
	opts.Settings = true
	return config.Load(opts)
}

// options say where the configuration comes from.
func (in *invocation) options() config.Options {
	return config.Options{
		File: in.flags.Config, Data: in.flags.Data,
		Listen: in.flags.Listen, Admin: in.flags.Admin,
		CheckTopics: compileFaults,
		Defaults: config.Defaults{
			Config: configs.Config, Sources: configs.Sources, Topics: feeds.Files,
		},
	}
}

// withDesk runs f with the desk of the data directory's owner: the daemon if one runs, else this
// process, for as long as f takes.
func (in *invocation) withDesk(f func(ctx context.Context, d *desk.Desk) error) error {
	settings, err := in.settings()
	if err != nil {
		return err
	}
	if d, ok := desk.Dial(in.ctx, settings.Data); ok {
		defer d.Close()
		return f(in.ctx, d)
	}
	cfg, err := in.load()
	if err != nil {
		return err
	}
	owner, err := in.open(in.quiet(), &cfg)
	if err != nil {
		return err
	}
	d := owner.Desk()
	err = f(in.ctx, d)
	d.Close()
	return errors.Join(err, owner.Close())
}

// quiet is the log of a command, which tells itself what it does: errors alone.
func (in *invocation) quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(in.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// logger makes the log that the configuration asks for, on the standard error.
func (in *invocation) logger(cfg *config.Config) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.Log.Level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(in.stderr, opts))
	}
	return slog.New(slog.NewTextHandler(in.stderr, opts))
}

// printJSON writes a value as one line of JSON.
func (in *invocation) printJSON(value any) error {
	return json.NewEncoder(in.stdout).Encode(value)
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(in *invocation) error {
	_, err := fmt.Fprintln(in.stdout, "teletipo", version)
	return err
}
