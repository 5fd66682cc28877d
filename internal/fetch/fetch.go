// Package fetch asks web servers for documents: conditionally, at each host's pace, within limits
// of time and size, never at addresses that are not public, and it says clearly what went wrong.
// What is asked for and when is left to packages source and schedule, charsets and formats to
// package parse.
package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// What holds where Options say nothing, and what nobody needs to set.
const (
	defaultTimeout  = 30 * time.Second
	defaultMaxBytes = 10_000_000
	defaultAtOnce   = 32
	maxSaid         = 100_000        // bytes that are read of what a server says about an error
	longestShut     = 24 * time.Hour // that a host is left alone for at its word
)

// Options say who asks, whom, how often, and what it will wait for and take in.
type Options struct {
	Version  string         // of teletipo, for the User-Agent
	Contact  string         // mail or web address of who runs it, for the User-Agent
	Timeout  time.Duration  // for a document, redirects and all; 30 s if 0
	MaxBytes int64          // of a body, decompressed; 10 MB if 0
	Allow    []netip.Prefix // networks to fetch from although they are not public
	// Hosts has further such networks, each list for the one host of its name.
	Hosts   map[string][]netip.Prefix
	PerHost int              // requests to a host at a time; 1 if 0
	Pause   time.Duration    // after a request to a host before the next to it; none if 0
	AtOnce  int              // requests to all hosts at a time; 32 if 0
	Now     func() time.Time // time.Now if nil
}

// Client fetches documents over HTTP and HTTPS. It is safe for concurrent use.
type Client struct {
	log      *slog.Logger
	agent    string
	timeout  time.Duration
	maxBytes int64
	now      func() time.Time
	http     *http.Transport // Fetch follows redirects itself: every hop passes the limit of its host
	opts     Options
	guard    guard
	mu       sync.Mutex
	more     map[string]*http.Transport // by allowance, see allowed
	limits   limiter
	decoders decoders
}

// New makes a client. Close it when done.
func New(log *slog.Logger, opts Options) *Client {
	g := newGuard(opts.Allow)
	g.hosts = map[string][]netip.Prefix{}
	for host, networks := range opts.Hosts {
		g.hosts[bare(host)] = unmapped(networks)
	}
	c := newClient(log, opts, g.dial)
	c.guard = g
	return c
}

func newClient(log *slog.Logger, opts Options, dial dialFunc) *Client {
	if opts.Timeout <= 0 {
		opts.Timeout = defaultTimeout
	}
	if opts.MaxBytes <= 0 {
		opts.MaxBytes = defaultMaxBytes
	}
	if opts.AtOnce <= 0 {
		opts.AtOnce = defaultAtOnce
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Client{
		log:      log,
		agent:    userAgent(opts.Version, opts.Contact),
		timeout:  opts.Timeout,
		maxBytes: opts.MaxBytes,
		now:      opts.Now,
		http:     transport(dial, opts),
		opts:     opts,
		limits: limiter{
			perHost: opts.PerHost, pause: opts.Pause, all: make(chan struct{}, opts.AtOnce),
		},
	}
}

// allowed is what makes the requests that may ask more than others. Its connections are its own:
// one that is kept open to an address would else serve everybody who asks for its host.
func (c *Client) allowed(more news.Allowance) *http.Transport {
	if more.IsZero() {
		return c.http
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	client := c.more[more.String()]
	if client == nil {
		client = transport(c.guard.with(more).dial, c.opts)
		if c.more == nil {
			c.more = map[string]*http.Transport{}
		}
		c.more[more.String()] = client
	}
	return client
}

// userAgent is a form that servers take which turn away the bare name of a product.
func userAgent(version, contact string) string {
	if contact == "" {
		return "Mozilla/5.0 (compatible; teletipo/" + version + ")"
	}
	return "Mozilla/5.0 (compatible; teletipo/" + version + "; +" + contact + ")"
}

// Close lets go of connections that are kept for the next request.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, client := range c.more {
		client.CloseIdleConnections()
	}
}

// Fetch asks for a document and follows redirects. Whenever a server answered, the response has
// its status, address, header and what it says of time, beside an error as well. A trace that
// net/http/httptrace has put into ctx is told of every step.
//
// The kinds of error: Invalid for an address that is none, NotFound (404), Gone (410), TooLarge,
// Refused for any other 4xx, a bot challenge, a cookie wall and an address that is not public, and
// Unreachable
// for all that may pass by itself: the network, 408, 425, 429, 5xx and answers that make no
// sense. If ctx ends, the error wraps ctx.Err().
//
// A site that answers 429 or 503 with Retry-After is not asked for anything until then: the error
// is Busy at once, and the response says how long that will be. Others
// on a host that it shares are.
func (c *Client) Fetch(ctx context.Context, req news.Request) (news.Response, error) {
	target, err := address(req.URL)
	if err != nil {
		return news.Response{}, err
	}
	way, left, note := newRoute(target), c.timeout, ""
	for {
		resp, next, err := c.turn(ctx, &left, target, req)
		if resp.Status == http.StatusNotAcceptable && resp.Challenge == "" &&
			!strings.Contains(req.Accept, "text/html") {
			note = "the server answers 406 Not Acceptable unless text/html is accepted"
			req.Accept = cmp.Or(req.Accept, "*/*") + ", text/html;q=0.1"
			continue
		}
		if err == nil && next != nil {
			way.cookies = way.cookies || resp.Header["Set-Cookie"] != nil
			err = way.follow(resp.Status, next)
			if errors.Is(err, errCookieWall) {
				resp.Challenge = cookieWall
			}
		} else if err == nil {
			resp.Moved = way.moved()
			resp.Note = cmp.Or(resp.Note, note)
		}
		if err != nil || next == nil {
			return resp, err
		}
		target = next
	}
}

// turn waits for a host and makes one exchange with it, which takes from the time that is left.
func (c *Client) turn(
	ctx context.Context, left *time.Duration, target *url.URL, req news.Request,
) (resp news.Response, next *url.URL, err error) {
	// Waiting for one's turn takes nothing from the time that the document has.
	leave, err := c.limits.enter(ctx, target, req.Pause)
	if s, ok := errors.AsType[*shut](err); ok {
		return news.Response{RetryAfter: time.Until(s.until)}, nil,
			news.Errorf(news.Busy, "fetch %s: %w", shown(target), err)
	}
	if err != nil {
		return news.Response{}, nil, fmt.Errorf("fetch %s: %w", shown(target), err)
	}
	start := time.Now()
	resp, next, err = c.ask(ctx, *left, target, req)
	leave()
	*left -= time.Since(start)
	c.log.Debug("fetched", "url", shown(target), "status", resp.Status,
		"bytes", len(resp.Document.Body), "error", err)
	return resp, next, err
}

// ask makes one exchange within the given time. If the answer is a redirect, next is where to.
func (c *Client) ask(
	ctx context.Context, limit time.Duration, target *url.URL, req news.Request,
) (resp news.Response, next *url.URL, err error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := http.NewRequestWithContext(limited, http.MethodGet, target.String(), nil)
	if err != nil {
		return resp, nil, news.Errorf(news.Invalid, "fetch %s: %w", shown(target), err)
	}
	c.fill(out.Header, req)
	if password, ok := target.User.Password(); ok || target.User.Username() != "" {
		out.SetBasicAuth(target.User.Username(), password)
	}
	in, err := c.allowed(req.Allow).RoundTrip(out)
	if err != nil {
		return resp, nil, c.fault(ctx, target, err)
	}
	defer in.Body.Close() // what it could report, reading the body has reported
	return c.answer(ctx, cancel, target, req, in)
}

// answer makes out what a server answered. Cancel ends the exchange.
func (c *Client) answer(
	ctx context.Context, cancel func(), target *url.URL, req news.Request, in *http.Response,
) (resp news.Response, next *url.URL, err error) {
	now := c.now()
	resp = news.Response{
		Status:     in.StatusCode,
		Header:     in.Header,
		RetryAfter: retryAfter(in.Header.Get("Retry-After"), now),
		MaxAge:     maxAge(in.Header, now),
		Document:   news.Document{URL: public(target), Time: now},
	}
	if asks := min(resp.RetryAfter, longestShut); asks > 0 && isTooMuch(in.StatusCode) {
		c.limits.close(target, in.StatusCode, asks)
	}
	if next, err = redirect(target, in); next != nil || err != nil {
		return resp, next, err
	}
	denial, limit := refusal(target, in, req.Validators), cmp.Or(req.MaxBytes, c.maxBytes)
	switch {
	case denial != nil:
		limit = maxSaid
	case in.StatusCode == http.StatusNotModified:
		resp.NotModified = true
		resp.Validators = validators(in, req.Validators)
		return resp, nil, nil
	case in.ContentLength > limit:
		return resp, nil, tooLarge(target, limit)
	}
	body, err := c.body(ctx, cancel, target, in, limit)
	resp.Note = body.note
	resp.Document.MediaType = in.Header.Get("Content-Type")
	// The status says enough where the words that go with it do not come.
	if err != nil && (denial == nil || ctx.Err() != nil) {
		if body.partial && ctx.Err() == nil {
			resp.Partial, resp.Document.Body = true, body.doc
		}
		return resp, nil, err
	}
	if name, ok := challenged(target, in.StatusCode, in.Header, body.doc); ok {
		resp.Challenge = name
		return resp, nil, challenge(target, in.StatusCode, name)
	}
	resp.Document.Body = body.doc
	if denial == nil {
		resp.Validators = validators(in, req.Validators)
	}
	return resp, nil, denial
}

// public is an address as it may be shown and stored: without a name and password.
func public(u *url.URL) string {
	bare := *u
	bare.User = nil
	return bare.String()
}

// fill writes the headers of a request. Validators go back byte for byte (RFC 9110, 13.1).
func (c *Client) fill(header http.Header, req news.Request) {
	header.Set("User-Agent", c.agent)
	header.Set("Accept", "*/*")
	header.Set("Accept-Encoding", codings)
	if req.Accept != "" {
		header.Set("Accept", req.Accept)
	}
	if req.Validators.ETag != "" {
		header["If-None-Match"] = []string{req.Validators.ETag}
		if req.Delta { // it makes no sense without what to reckon from
			header.Set("A-Im", "feed")
		}
	}
	if req.Validators.LastModified != "" {
		header["If-Modified-Since"] = []string{req.Validators.LastModified}
	}
}
