package fetch

import (
	"context"
	"net"
	"net/http"
	"time"
)

// How long each phase of an exchange may take, beside the limit for all of it.
const (
	connectTimeout   = 10 * time.Second // looking up the name and connecting
	handshakeTimeout = 10 * time.Second // TLS
	headerTimeout    = 20 * time.Second // from the request to the headers of the answer
	stallTimeout     = 15 * time.Second // from one part of the body to the next
)

// dialFunc connects to an address, HOST:PORT, by its name.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// within limits how long it takes to connect.
func (dial dialFunc) within(limit time.Duration) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return dial(ctx, network, address)
	}
}

// transport gives each phase of an exchange its own limit, and uses neither a proxy nor cookies.
// How many connections there are to a host follows from how many requests its limit lets pass; the
// transport's own limit for that is no use, as it can hang with HTTP/2.
func transport(dial dialFunc, opts Options) *http.Transport {
	return &http.Transport{
		DialContext:            dial.within(min(opts.Timeout, connectTimeout)),
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    min(opts.Timeout, handshakeTimeout),
		ResponseHeaderTimeout:  min(opts.Timeout, headerTimeout),
		MaxResponseHeaderBytes: 256 << 10,
		MaxIdleConns:           max(100, opts.AtOnce),
		MaxIdleConnsPerHost:    max(1, opts.PerHost),
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true, // Fetch does more of it
	}
}
