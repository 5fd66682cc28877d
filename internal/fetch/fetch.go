// Package fetch asks web servers for documents: conditionally, one request at a time per host,
// within limits of time and size, and it says clearly what went wrong. What is asked for and when
// is left to packages source and schedule, charsets and formats to package parse.
package fetch

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// What holds where Options say nothing, and what nobody needs to set.
const (
	defaultTimeout  = 30 * time.Second
	defaultMaxBytes = 10_000_000
	connectTimeout  = 10 * time.Second // for the TCP connection, and again for the TLS handshake
	headerTimeout   = 20 * time.Second // from the request to the headers of the answer
	maxRedirects    = 10
)

// Options say who asks and what it will wait for and take in.
type Options struct {
	Version  string           // of teletipo, for the User-Agent
	Contact  string           // mail or web address of who runs it, for the User-Agent
	Timeout  time.Duration    // for a document, redirects and all; 30 s if 0
	MaxBytes int64            // of a body, decompressed; 10 MB if 0
	Now      func() time.Time // time.Now if nil
}

// Client fetches documents over HTTP and HTTPS. It is safe for concurrent use.
type Client struct {
	log      *slog.Logger
	agent    string
	timeout  time.Duration
	maxBytes int64
	now      func() time.Time
	http     *http.Client
	gates    gates
}

// New makes a client. Close it when done.
func New(log *slog.Logger, opts Options) *Client {
	c := &Client{
		log:      log,
		agent:    userAgent(opts.Version, opts.Contact),
		timeout:  opts.Timeout,
		maxBytes: opts.MaxBytes,
		now:      opts.Now,
	}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	if c.maxBytes <= 0 {
		c.maxBytes = defaultMaxBytes
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.http = &http.Client{
		Transport: transport(min(c.timeout, headerTimeout)),
		// Every hop passes the gate of its host, so Fetch follows redirects itself.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// userAgent is a form that servers take which turn away the bare name of a product.
func userAgent(version, contact string) string {
	if contact == "" {
		return "Mozilla/5.0 (compatible; teletipo/" + version + ")"
	}
	return "Mozilla/5.0 (compatible; teletipo/" + version + "; +" + contact + ")"
}

// transport keeps one connection per host and gives each phase of an exchange its own limit.
func transport(header time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    connectTimeout,
		ResponseHeaderTimeout:  header,
		MaxResponseHeaderBytes: 256 << 10,
		MaxConnsPerHost:        1,
		MaxIdleConns:           100,
		IdleConnTimeout:        30 * time.Second,
	}
}

// Close lets go of connections that are kept for the next request.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Fetch asks for a document and follows redirects. Whenever a server answered, the response has
// its status, address and Retry-After, beside an error as well.
//
// The kinds of error: Invalid for an address that is none, NotFound (404), Gone (410), Refused
// (any other 4xx), TooLarge, and Unreachable for all that may pass by itself: the network, 408,
// 425, 429, 5xx and answers that make no sense. If ctx ends, the error wraps ctx.Err().
func (c *Client) Fetch(ctx context.Context, req news.Request) (news.Response, error) {
	target, err := address(req.URL)
	if err != nil {
		return news.Response{}, err
	}
	first, left := target, c.timeout
	for range maxRedirects + 1 {
		// Waiting for one's turn takes nothing from the time that the document has.
		leave, err := c.gates.enter(ctx, target.Host)
		if err != nil {
			return news.Response{}, fmt.Errorf("fetch %s: %w", target.Redacted(), err)
		}
		start := time.Now()
		resp, next, err := c.ask(ctx, left, target, req)
		leave()
		left -= time.Since(start)
		c.log.Debug("fetched", "url", target.Redacted(), "status", resp.Status,
			"bytes", len(resp.Document.Body), "error", err)
		if err != nil || next == nil {
			return resp, err
		}
		target = next
	}
	return news.Response{}, news.Errorf(news.Unreachable,
		"fetch %s: more than %d redirects, the last to %s",
		first.Redacted(), maxRedirects, target.Redacted())
}

// address checks that a URL can be fetched at all.
func address(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, news.Errorf(news.Invalid, "fetch %q: not an address: %w", raw, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, news.Errorf(news.Invalid,
			"fetch %q: want an address that begins with http:// or https://", u.Redacted())
	}
	if u.Hostname() == "" {
		return nil, news.Errorf(news.Invalid, "fetch %q: the address names no host", u.Redacted())
	}
	u.Fragment = ""
	return u, nil
}

// ask makes one exchange within the given time. If the answer is a redirect, next is where to.
func (c *Client) ask(
	ctx context.Context, limit time.Duration, target *url.URL, req news.Request,
) (resp news.Response, next *url.URL, err error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := http.NewRequestWithContext(limited, http.MethodGet, target.String(), nil)
	if err != nil {
		return resp, nil, news.Errorf(news.Invalid, "fetch %s: %w", target.Redacted(), err)
	}
	c.fill(out.Header, req)
	in, err := c.http.Do(out)
	if err != nil {
		return resp, nil, c.fault(ctx, target, err)
	}
	defer in.Body.Close() // what it could report, reading the body has reported
	resp = news.Response{
		Status:     in.StatusCode,
		RetryAfter: retryAfter(in.Header.Get("Retry-After"), c.now()),
		Document:   news.Document{URL: public(target), Time: c.now()},
	}
	if next, err = redirect(target, in); next != nil || err != nil {
		return resp, next, err
	}
	if err := refusal(target, in, req.Validators); err != nil {
		return resp, nil, err
	}
	resp.Validators = validators(in, req.Validators)
	if in.StatusCode == http.StatusNotModified {
		resp.NotModified = true
		return resp, nil, nil
	}
	resp.Document.MediaType = in.Header.Get("Content-Type")
	resp.Document.Body, err = c.body(ctx, target, in)
	return resp, nil, err
}

// public is an address as it may be shown and stored: without a name and password.
func public(u *url.URL) string {
	shown := *u
	shown.User = nil
	return shown.String()
}

// fill writes the headers of a request. Validators go back byte for byte (RFC 9110, 13.1).
func (c *Client) fill(header http.Header, req news.Request) {
	header.Set("User-Agent", c.agent)
	header.Set("Accept", "*/*")
	if req.Accept != "" {
		header.Set("Accept", req.Accept)
	}
	if req.Validators.ETag != "" {
		header["If-None-Match"] = []string{req.Validators.ETag}
	}
	if req.Validators.LastModified != "" {
		header["If-Modified-Since"] = []string{req.Validators.LastModified}
	}
}
