// Command teletipo publishes news by topic: it ingests articles from feeds and folders, places
// each in topics, and serves every topic as RSS, Atom and JSON Feed.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"sync/atomic"
	"syscall"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/news"
)

// version is the program's own, as the User-Agent and the feeds' generator tell it.
const version = "0.1.0"

func main() {
	ctx, stop := context.WithCancel(context.Background())
	var caught atomic.Int32 // the number of the signal that was
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if s, ok := (<-signals).(syscall.Signal); ok {
			caught.Store(int32(s))
		}
		signal.Stop(signals) // the next one ends the process
		stop()
	}()
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	if err == nil {
		return
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "teletipo: interrupted")
		os.Exit(128 + int(caught.Load())) // as shells tell a signal
	}
	if program, ok := errors.AsType[*programError](err); ok {
		fmt.Fprintln(os.Stderr, program)
	} else {
		fmt.Fprintln(os.Stderr, "teletipo:", err)
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		os.Exit(2)
	}
	os.Exit(1)
}

// programError is an error that a program reads, in JSON.
type programError struct{ err error }

func (e *programError) Unwrap() error { return e.err }

// Error is one line of JSON, as failure has it.
func (e *programError) Error() string {
	f := failure{Error: e.err.Error(), Kind: news.KindOf(e.err).String()}
	if _, ok := errors.AsType[*usageError](e.err); ok {
		f.Kind = "usage"
	}
	if faults, ok := errors.AsType[config.Faults](e.err); ok {
		f.Faults = faults
	}
	return string(appendJSON(nil, reflect.ValueOf(f)))
}
