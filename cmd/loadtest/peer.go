package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// quiet is how long nobody must have asked the fixture until a peer counts as done.
const quiet = 2 * time.Second

// runPeer times another reader on the same round. A command is done when it ends. A server is
// asked at its address to begin, and is done when it has asked for every feed and rests; its
// time runs from its first request to the fixture's last answer.
func (s *settings) runPeer(ctx context.Context, stdout io.Writer, round, peer string) error {
	if s.opml == "" {
		if _, err := s.served(ctx); err != nil {
			return err
		}
	}
	if strings.HasPrefix(peer, "http://") || strings.HasPrefix(peer, "https://") {
		return s.runServer(ctx, stdout, round, peer)
	}
	command := exec.CommandContext(ctx, "sh", "-c", peer)
	command.Env = append(os.Environ(), "LOADTEST_OPML="+s.list(), "LOADTEST_ROUND="+round)
	command.Stderr = os.Stderr
	start := time.Now()
	if err := command.Run(); err != nil {
		return fmt.Errorf("peer %s: %w", peer, err)
	}
	spent := cost{time.Since(start), 0}
	most := 0.0
	if u, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		spent.cpu = time.Duration(u.Utime.Nano() + u.Stime.Nano())
		most = float64(u.Maxrss) * 1024 / 1e6
	}
	fmt.Fprintf(stdout, "%-5s peer      %s  peak %4.0f MB  %s\n", round, spent, most, peer)
	return nil
}

func (s *settings) runServer(ctx context.Context, stdout io.Writer, round, peer string) error {
	if s.opml != "" {
		return fmt.Errorf("peer %s: only on the feeds that are made up here", peer)
	}
	if err := ask(ctx, peer, nil); err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	var total tally
	for rested := time.Duration(0); rested < quiet; {
		const pause = 250 * time.Millisecond
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		var now tally
		err := ask(ctx, "http://"+s.addr+"/stats", func(body io.Reader) error {
			return decode(body, &now)
		})
		if err != nil {
			return err
		}
		if rested += pause; now.Full+now.Same != total.Full+total.Same ||
			now.Full+now.Same < int64(s.feeds) {
			rested = 0
		}
		total = now
	}
	fmt.Fprintf(stdout, "%-5s peer      %7.2f s wall  %d × 200, %d × 304  %s\n",
		round, total.Seconds, total.Full, total.Same, peer)
	return nil
}
