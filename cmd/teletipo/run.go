package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/feeds"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/progress"
)

// command is the command line.
type command struct {
	Config string `help:"Configuration file ($$TELETIPO_CONFIG)." placeholder:"FILE"`
	Data   string `help:"Data directory ($$TELETIPO_DATA)." placeholder:"DIR"`
	Listen string `help:"Address for readers ($$TELETIPO_LISTEN)." placeholder:"ADDR"`
	Admin  string `help:"Address for the operator ($$TELETIPO_ADMIN)." placeholder:"ADDR"`
	JSON   bool   `help:"Answer in JSON, for programs." name:"json"`

	Print kong.VersionFlag `help:"Print the program's version." name:"version"`

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
	Backup   backupCmd   `cmd:"" help:"Write everything into one file, also while the daemon runs."`
	Restore  restoreCmd  `cmd:"" help:"Put a backup into a data directory."`
	Verify   verifyCmd   `cmd:"" help:"Look whether all that is stored is sound, and save what is."`
	Compact  compactCmd  `cmd:"" help:"Write the store anew, without the room that nothing uses."`
	Retain   retainCmd   `cmd:"" help:"Drop what was kept for as long as 'retention' says, now."`
	Token    tokenCmd    `cmd:"" help:"Make, list and revoke the tokens that programs push with."`
	Check    checkCmd    `cmd:"" help:"Check the configuration, the sources and the topic files."`
	Settings configCmd   `cmd:"" name:"config" help:"Show settings, and schemas for editors."`
	Lint     lintCmd     `cmd:"" help:"Judge any feed, its document and its server."`
	Score    scoreCmd    `cmd:"" help:"Measure placement against labelled items."`
	Health   healthCmd   `cmd:"" help:"Ask a running daemon how it is; for Docker and systemd."`
	Demo     demoCmd     `cmd:"" help:"Serve a dozen articles of a made-up desk, to look around."`
	Complete completeCmd `cmd:"" name:"completion" help:"Print what makes a shell complete commands."`
	Man      manCmd      `cmd:"" help:"Print the manual page, for man."`
	Version  versionCmd  `cmd:"" help:"Print the program's version."`
}

// builtIn are the files that come with the program.
var builtIn = config.Defaults{
	Config: configs.Config, Sources: configs.Sources, Topics: feeds.Files,
}

// vars are what stands in the command line's help.
var vars = kong.Vars{"schemas": schemas, "version": "teletipo " + version}

// usageError is a command line that can't be understood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// invocation is what every command gets: where to write, and the flags common to all.
type invocation struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    []string
	level  slog.LevelVar // of the daemon's log
	flags  *command
	width  int            // of the terminal, 0 if the answer goes to none
	broken bool           // the command works with faults in sources and topics
	begins bool           // the command may make the data directory
	empty  bool           // without one, the command works on an empty one
	steps  jsonList       // of a trial
	allow  []netip.Prefix // of the command's own flag
}

// Allowed is the flag of the commands that ask others' servers.
type Allowed struct {
	Allow []netip.Prefix `help:"Networks to ask although they are not public." placeholder:"CIDR"`
}

// run is the program: it reads the command line and the environment, in which each setting has a
// variable, and runs one command until it is done or ctx ends.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) error {
	var flags command
	left := false // by --help
	parser, err := newParser(&flags, kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.Exit(func(int) { left = true }))
	if err != nil {
		return err
	}
	completeWords(parser, env)
	parsed, err := parser.Parse(escapeSigns(args))
	switch {
	case left:
		return nil
	case err != nil && slices.Contains(args, "--json"):
		return &programError{&usageError{err}}
	case err != nil:
		return &usageError{fmt.Errorf("%w (teletipo --help shows how)", err)}
	}
	err = parsed.Run(&invocation{
		ctx: ctx, stdin: os.Stdin, stdout: stdout, stderr: stderr, env: env, flags: &flags,
		width: progress.Width(stdout),
	})
	if err != nil && flags.JSON {
		return &programError{err}
	}
	return err
}

// newParser makes a parser of the command line.
func newParser(flags *command, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(flags, append(more, vars, kong.Name("teletipo"),
		kong.Description("News by topic: from articles to RSS, Atom and JSON feeds.\n\n"+
			"Every setting has a variable: TELETIPO_PUBLIC_URL is that of public_url, and "+
			"`teletipo config show` lists all. Flags of commands have none."))...)
}

// variable returns the value of a variable, empty if there is none.
func (in *invocation) variable(name string) (value string) {
	for _, pair := range in.env {
		if v, is := strings.CutPrefix(pair, name+"="); is {
			value = v
		}
	}
	return value
}

// load reads the configuration that the flags ask for.
func (in *invocation) load() (config.Config, error) { return in.loadBy(in.options()) }

// loadBy reads the configuration that options ask for.
func (in *invocation) loadBy(opts config.Options) (config.Config, error) {
	cfg, err := config.Load(opts)
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
		File:    cmp.Or(in.flags.Config, in.variable(config.FileVariable)),
		Environ: in.env, Data: in.flags.Data,
		Listen: in.flags.Listen, Admin: in.flags.Admin,
		CheckTopics: compileFaults,
		Defaults:    builtIn,
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
		if len(in.allow) > 0 {
			return &usageError{fmt.Errorf("--allow has no effect beside the running daemon of %s, which "+
				"asks by its own settings: set allow at the source, or fetch.allow", settings.Data)}
		}
		return f(in.ctx, d)
	}
	cfg, faults := in.load()
	if faults != nil && !in.broken {
		return faults
	} else if faults != nil {
		cfg = settings
	}
	if done, err := in.elsewhere(&cfg); err != nil {
		return err
	} else if done != nil {
		defer done()
	}
	owner, err := in.open(in.quiet(), &cfg)
	if err != nil {
		return err
	}
	if faults != nil {
		owner.InForce.Refuse(faults.Error())
	}
	d := owner.Desk()
	err = f(in.ctx, d)
	d.Close()
	return errors.Join(err, owner.Close())
}

// elsewhere refuses a data directory that does not exist, unless the command begins one. Who only
// looks at what needs no article, and named no directory, gets one that is thrown away: then done
// has to be called.
func (in *invocation) elsewhere(cfg *config.Config) (done func(), err error) {
	missing, err := in.missing(cfg)
	if err != nil || !missing {
		return nil, err
	}
	if cfg.Data, err = os.MkdirTemp("", "teletipo-"); err != nil {
		return nil, err
	}
	return func() { os.RemoveAll(cfg.Data) }, nil
}

// missing reports whether there is no data directory; that is an error unless the command can do
// without one.
func (in *invocation) missing(cfg *config.Config) (bool, error) {
	_, err := os.Stat(cfg.Data)
	switch {
	case !errors.Is(err, fs.ErrNotExist) || in.begins:
		return false, nil // what else is wrong is told by who opens it
	case !in.empty || cfg.Origin("data") != config.FromDefaults:
		return true, news.Errorf(news.NotFound, "there is no data directory %s: `teletipo serve` or "+
			"`teletipo ingest` begins one, `teletipo demo` shows what comes of it", cfg.Data)
	}
	return true, nil
}

// quiet is the log of a command, which tells itself what it does: errors alone.
func (in *invocation) quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(in.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// logger makes the log that the configuration asks for, on the standard error.
func (in *invocation) logger(cfg *config.Config) *slog.Logger {
	in.level.Set(cfg.Log.Level)
	opts := &slog.HandlerOptions{Level: &in.level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(in.stderr, opts))
	}
	return slog.New(slog.NewTextHandler(in.stderr, opts))
}

// bar tells on the standard error how far a command has come with so many steps, 0 if nobody knows.
func (in *invocation) bar(label string, total int) *progress.Bar {
	return progress.New(in.stderr, progress.Terminal(in.stderr), label, total, time.Now)
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(in *invocation) error {
	if in.flags.JSON {
		return in.printJSON(versionShown{version})
	}
	_, err := fmt.Fprintln(in.stdout, "teletipo", version)
	return err
}
