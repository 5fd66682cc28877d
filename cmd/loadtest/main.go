// Command loadtest measures teletipo under load, and other readers of feeds beside it: rounds over
// a thousand made-up feeds, what each stage of the flow costs, what an idle daemon costs, and what
// size does to the store. It is for developers and no part of the program; docs/benchmarks.md
// tells how to read what it prints.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

// settings are what the command line says.
type settings struct {
	feeds, items, hosts int
	addr                string
	opml                string
	atOnce              int
	rounds              string
	data                string
	peers               list
	profile             string
	sizes               string
	sources             int
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

const usage = `usage: loadtest [flags] [rounds | stages | idle | store | fixture]

  rounds   read every feed: all items new, one new in each, nothing new (the default)
  stages   what each stage costs alone, on one core
  idle     what waiting for many sources costs
  store    ingest of 50 articles into a small and a large store
  fixture  only serve the feeds, until interrupted

flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "loadtest:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var s settings
	flags := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.IntVar(&s.feeds, "n", 1000, "feeds that are made up")
	flags.IntVar(&s.items, "items", 50, "items of each")
	flags.IntVar(&s.hosts, "hosts", 16, "loopback addresses that they are spread over")
	flags.StringVar(&s.addr, "addr", "127.0.0.1:8091", "address to serve them at")
	flags.StringVar(&s.opml, "feeds", "",
		"address of an OPML list of other feeds on loopback, in place of made-up ones")
	flags.IntVar(&s.atOnce, "at-once", 8, "feeds read at the same time")
	flags.StringVar(&s.rounds, "rounds", "all,one,same", "rounds, in this order")
	flags.StringVar(&s.data, "data", "", "directory for the stores, a temporary one if empty")
	flags.Var(&s.peers, "peer", "another reader to time beside it: a command, which finds the list "+
		"in $LOADTEST_OPML, or an http address that makes it read; may be repeated")
	flags.StringVar(&s.profile, "cpuprofile", "", "write a CPU profile of the rounds")
	flags.StringVar(&s.sizes, "sizes", "10000,1000000", "articles in the stores that are compared")
	flags.IntVar(&s.sources, "sources", 10_000, "sources that an idle daemon waits for")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch what := flags.Arg(0); what {
	case "", "rounds":
		return s.runRounds(ctx, stdout)
	case "stages":
		return s.runStages(ctx, stdout)
	case "idle":
		return s.runIdle(ctx, stdout)
	case "store":
		return s.runSizes(ctx, stdout)
	case "fixture":
		f := &fixture{feeds: s.feeds, items: s.items, hosts: s.hosts, addr: s.addr}
		return f.serve(stdout)
	default:
		flags.Usage()
		return fmt.Errorf("nothing is called %q", what)
	}
}
