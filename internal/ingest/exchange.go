package ingest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// exchange notes what happens below HTTP: names, connections, and what is sent. A proxy in between
// shows itself instead of the server.
type exchange struct {
	tell    func(news.Step) // nil for nobody
	mu      sync.Mutex      // the transport calls from several goroutines
	list    []news.Step
	since   map[string]time.Time
	headers []string // of the request under way
}

// traced makes a context whose requests are noted.
func (x *exchange) traced(ctx context.Context) context.Context {
	x.since = map[string]time.Time{}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(host string) { x.note("ask", "%s", host) },
		DNSStart:     func(httptrace.DNSStartInfo) { x.begin("dns") },
		DNSDone:      x.named,
		ConnectStart: func(_, address string) { x.begin("connect " + address) },
		ConnectDone: func(_, address string, err error) {
			took := x.took("connect " + address)
			if err != nil {
				x.note("connect", "%s: %v, after %s", address, err, took)
				return
			}
			x.note("connect", "%s in %s", address, took)
		},
		TLSHandshakeStart: func() { x.begin("tls") },
		TLSHandshakeDone:  x.secured,
		WroteHeaderField:  x.field,
		WroteRequest: func(httptrace.WroteRequestInfo) {
			x.begin("answer")
			x.sent()
		},
		GotFirstResponseByte: func() { x.note("answer", "begins after %s", x.took("answer")) },
	})
}

// steps returns what has been noted so far.
func (x *exchange) steps() []news.Step {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.list)
}

func (x *exchange) note(name, format string, args ...any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.add(news.Step{Name: name, Text: fmt.Sprintf(format, args...)})
}

// add notes a step. The caller holds mu.
func (x *exchange) add(step news.Step) {
	x.list = append(x.list, step)
	if x.tell != nil {
		x.tell(step)
	}
}

func (x *exchange) begin(what string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.since[what] = time.Now()
}

func (x *exchange) took(what string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return news.ShortDuration(time.Since(x.since[what]))
}

func (x *exchange) named(info httptrace.DNSDoneInfo) {
	took := x.took("dns")
	if info.Err != nil {
		x.note("dns", "%v, after %s", info.Err, took)
		return
	}
	addresses := make([]string, 0, len(info.Addrs))
	for _, a := range info.Addrs {
		addresses = append(addresses, a.String())
	}
	x.note("dns", "%s in %s", strings.Join(addresses, ", "), took)
}

func (x *exchange) secured(state tls.ConnectionState, err error) {
	took := x.took("tls")
	if err != nil {
		x.note("tls", "%v, after %s", err, took)
		return
	}
	protocol := state.NegotiatedProtocol
	if protocol == "" {
		protocol = "HTTP/1.1"
	}
	x.note("tls", "%s, %s in %s", tls.VersionName(state.Version), protocol, took)
}

// field notes a header that is sent; HTTP/2 sends the request line as such.
func (x *exchange) field(name string, values []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	text := strings.Join(values, ", ")
	switch name {
	case ":path":
		text = strings.TrimPrefix(news.Shown("https://host"+text), "https://host")
	case "Authorization", "authorization":
		text = "…"
	}
	x.headers = append(x.headers, name+": "+text)
}

func (x *exchange) sent() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, h := range x.headers {
		x.add(news.Step{Name: "sent", Text: h})
	}
	x.headers = nil
}
