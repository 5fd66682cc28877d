package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"strings"
)

// runRounds reads every feed once for each round, and has each peer do the same.
func (s *settings) runRounds(ctx context.Context, stdout io.Writer) error {
	stop, err := s.startFixture(ctx)
	if err != nil {
		return err
	}
	defer stop()
	addresses, err := s.addresses(ctx)
	if err != nil {
		return err
	}
	d, closeDesk, err := s.openDesk(ctx)
	if err != nil {
		return err
	}
	defer closeDesk()
	if s.profile != "" {
		f, err := os.Create(s.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	sources := sourcesOf(addresses)
	newest := s.items
	for i, round := range strings.Split(s.rounds, ",") {
		if newest, err = s.advance(ctx, round, i, newest); err != nil {
			return err
		}
		forgetPeak()
		watch := watchMemory()
		var came *sum
		spent, err := measure(func() (err error) {
			came, err = d.round(ctx, sources, s.atOnce)
			return err
		})
		peak := watch()
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%-5s teletipo  %s  %7.0f articles/s  peak %4.0f MB "+
			"(%.0f MB of it own)  %s\n", round, spent, float64(came.accepted.Load())/spent.wall.Seconds(),
			peak.all, peak.own, came)
		for _, peer := range s.peers {
			if err := s.runPeer(ctx, stdout, round, peer); err != nil {
				return err
			}
		}
	}
	return nil
}

// advance moves the fixture's feeds as a round asks for it.
func (s *settings) advance(ctx context.Context, round string, i, newest int) (int, error) {
	if s.opml != "" {
		return newest, nil // whoever serves them moves them
	}
	switch {
	case round == "all" && i > 0:
		newest += s.items
	case round == "one":
		newest++
	case round != "all" && round != "same":
		return 0, fmt.Errorf("no round is called %q: want all, one or same", round)
	default:
		return newest, nil
	}
	return newest, s.setNewest(ctx, newest)
}

// directory makes the directory for the stores.
func (s *settings) directory() (dir string, remove func(), err error) {
	if s.data != "" {
		return s.data, func() {}, os.MkdirAll(s.data, 0o750)
	}
	dir, err = os.MkdirTemp("", "loadtest")
	return dir, func() { os.RemoveAll(dir) }, err
}
