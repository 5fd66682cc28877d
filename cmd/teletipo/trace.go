package main

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/news"
)

// wire tells of what happens below HTTP: names, connections, and what is sent.
type wire struct {
	t       *trial
	mu      sync.Mutex // the transport calls from several goroutines
	since   map[string]time.Time
	headers []string // of the request under way
}

// traced makes a context whose requests tell a trial of every step. A proxy in between shows
// itself instead of the server.
func traced(ctx context.Context, t *trial) context.Context {
	w := &wire{t: t, since: map[string]time.Time{}}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(host string) { w.say("ask", "%s", host) },
		DNSStart:     func(httptrace.DNSStartInfo) { w.begin("dns") },
		DNSDone:      w.named,
		ConnectStart: func(_, address string) { w.begin("connect " + address) },
		ConnectDone: func(_, address string, err error) {
			took := w.took("connect " + address)
			if err != nil {
				w.say("connect", "%s: %v, after %s", address, err, took)
				return
			}
			w.say("connect", "%s in %s", address, took)
		},
		TLSHandshakeStart: func() { w.begin("tls") },
		TLSHandshakeDone:  w.secured,
		WroteHeaderField:  w.field,
		WroteRequest: func(httptrace.WroteRequestInfo) {
			w.begin("answer")
			w.sent()
		},
		GotFirstResponseByte: func() { w.say("answer", "begins after %s", w.took("answer")) },
	})
}

func (w *wire) say(step, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t.say(step, format, args...)
}

func (w *wire) begin(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since[what] = time.Now()
}

func (w *wire) took(what string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return health.Span(time.Since(w.since[what]))
}

func (w *wire) named(info httptrace.DNSDoneInfo) {
	took := w.took("dns")
	if info.Err != nil {
		w.say("dns", "%v, after %s", info.Err, took)
		return
	}
	addresses := make([]string, 0, len(info.Addrs))
	for _, a := range info.Addrs {
		addresses = append(addresses, a.String())
	}
	w.say("dns", "%s in %s", strings.Join(addresses, ", "), took)
}

func (w *wire) secured(state tls.ConnectionState, err error) {
	took := w.took("tls")
	if err != nil {
		w.say("tls", "%v, after %s", err, took)
		return
	}
	protocol := state.NegotiatedProtocol
	if protocol == "" {
		protocol = "HTTP/1.1"
	}
	w.say("tls", "%s, %s in %s", tls.VersionName(state.Version), protocol, took)
}

// field notes a header that is sent; HTTP/2 sends the request line as such.
func (w *wire) field(name string, values []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := strings.Join(values, ", ")
	switch name {
	case ":path":
		text = strings.TrimPrefix(news.Shown("https://host"+text), "https://host")
	case "Authorization", "authorization":
		text = "…"
	}
	w.headers = append(w.headers, name+": "+text)
}

func (w *wire) sent() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.headers {
		w.t.say("sent", "%s", h)
	}
	w.headers = nil
}
