package desk

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// Desk is where calls are made: that of a running daemon, or of this process. It is safe for
// concurrent use, and must be closed.
type Desk struct {
	http http.Client
	wait func() // for what this process still does
}

// Dial connects to the daemon of a data directory. If none listens there, ok is false and the
// caller may open the directory itself.
func Dial(ctx context.Context, dataDir string) (d *Desk, ok bool) {
	path, err := SocketPath(dataDir)
	if err != nil {
		return nil, false
	}
	if checkPrivate(path) != nil {
		return nil, false
	}
	var dialer net.Dialer
	probe, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, false
	}
	probe.Close()
	return &Desk{
		http: http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, "unix", path)
			},
		}},
		wait: func() {},
	}, true
}

// Desk is the desk of this process.
func (s *Service) Desk(log *slog.Logger) *Desk {
	here := &inProcess{handler: Handler(log, s)}
	return &Desk{http: http.Client{Transport: here}, wait: here.underWay.Wait}
}

// Close gives up the connections, and waits until nothing is under way in this process.
func (d *Desk) Close() {
	d.http.CloseIdleConnections()
	d.wait()
}

// inProcess has a handler answer requests as a server would, without a connection: an answer can
// be read while it is still being written.
type inProcess struct {
	handler  http.Handler
	underWay sync.WaitGroup
}

// RoundTrip returns as soon as the handler has begun its answer.
func (p *inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	body, w := io.Pipe()
	a := &answer{header: http.Header{}, body: w, status: make(chan int, 1)}
	p.underWay.Go(func() {
		defer r.Body.Close()
		p.handler.ServeHTTP(a, r)
		a.WriteHeader(http.StatusOK)
		w.Close()
	})
	status := <-a.status
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Header: a.header, Body: body, Request: r,
	}, nil
}

// answer is an answer that is being written, by one goroutine.
type answer struct {
	header http.Header
	body   *io.PipeWriter
	begun  bool
	status chan int // gets the status once
}

// Header returns the answer's fields, which must not change once it has begun.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader begins the answer. A second call does nothing.
func (a *answer) WriteHeader(status int) {
	if !a.begun {
		a.begun = true
		a.status <- status
	}
}

// Write begins the answer if need be, and returns once its reader has taken the bytes.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// FlushError does nothing: what is written has been read.
func (a *answer) FlushError() error { return nil }
