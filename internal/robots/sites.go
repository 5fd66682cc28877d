package robots

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// How long the rules of a site hold (RFC 9309, section 2.4), and after how long one that could not
// be asked is asked again.
const (
	shortestHold = time.Hour // whatever its server says of less
	longestHold  = 24 * time.Hour
	retry        = 5 * time.Minute
	maxSites     = 2_000 // that are remembered
)

// Fetcher asks a web server for a document: see source.Fetcher.
type Fetcher interface {
	Fetch(ctx context.Context, req news.Request) (news.Response, error)
}

// Sites knows the rules of sites, each as long as its robots.txt holds. It is safe for concurrent
// use; a site is asked once, however many wait for its rules.
type Sites struct {
	fetcher Fetcher
	now     func() time.Time
	mu      sync.Mutex
	known   map[string]*siteRules
}

// siteRules are those of one scheme, host and port.
type siteRules struct {
	mu         sync.Mutex
	rules      *Rules // nil if they were never known
	validators news.Validators
	until      time.Time
	err        error // why they are not known
}

// NewSites knows no site.
func NewSites(fetcher Fetcher, now func() time.Time) *Sites {
	return &Sites{fetcher: fetcher, now: now, known: map[string]*siteRules{}}
}

// Fetch asks for a document if its site allows it, no faster than the site wants. The error is
// Refused if it does not. A redirect is followed wherever it leads: the site has sent us there.
func (s *Sites) Fetch(ctx context.Context, req news.Request) (news.Response, error) {
	rules, err := s.Rules(ctx, req.URL, req.Allow)
	if err != nil {
		return news.Response{}, err
	}
	if rule, ok := rules.Allows(req.URL); !ok {
		return news.Response{}, news.Errorf(news.Refused,
			"fetch %s: not asked for: line %d of the site's robots.txt disallows %q",
			news.Shown(req.URL), rule.Line, rule.Pattern)
	}
	req.Pause = rules.Delay
	resp, err := s.fetcher.Fetch(ctx, req)
	resp.Document.Signals = rules.Signals(req.URL)
	return resp, err
}

// Rules are those of the site of an address. A site without robots.txt (4xx) allows everything; of
// one that answers 5xx or not at all nothing may be asked until it does, unless its rules were
// known before: then they hold on (RFC 9309, section 2.3.1).
func (s *Sites) Rules(
	ctx context.Context, address string, allow news.Allowance,
) (*Rules, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, news.Errorf(news.Invalid,
			"fetch %s: want an address that begins with http:// or https://", news.Shown(address))
	}
	root := (&url.URL{Scheme: u.Scheme, User: u.User, Host: strings.ToLower(u.Host)}).String()
	site := s.site(root + " " + allow.String())
	site.mu.Lock()
	defer site.mu.Unlock()
	if now := s.now(); !now.Before(site.until) {
		if err := s.ask(ctx, site, root+"/robots.txt", allow); err != nil {
			return nil, err // it was stopped, which says nothing about the site
		}
	}
	if site.rules == nil {
		return nil, site.err
	}
	return site.rules, nil
}

func (s *Sites) site(name string) *siteRules {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[name] == nil {
		if len(s.known) >= maxSites {
			clear(s.known)
		}
		s.known[name] = &siteRules{}
	}
	return s.known[name]
}

// ask asks for a site's robots.txt. The error says that ctx ended.
func (s *Sites) ask(
	ctx context.Context, site *siteRules, address string, allow news.Allowance,
) error {
	resp, err := s.fetcher.Fetch(ctx, news.Request{
		URL: address, Validators: site.validators, Accept: "text/plain, */*;q=0.1", Allow: allow,
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := s.now()
	site.until = now.Add(longestHold)
	if resp.MaxAge > 0 {
		site.until = now.Add(min(max(resp.MaxAge, shortestHold), longestHold))
	}
	switch {
	case err == nil && resp.NotModified:
		return nil
	case err == nil:
		site.rules, site.validators, site.err = Parse(resp.Document.Body, Agent), resp.Validators, nil
		return nil
	case isNone(resp, err):
		site.rules, site.validators, site.err = &Rules{}, news.Validators{}, nil
		return nil
	}
	site.until = now.Add(max(retry, min(resp.RetryAfter, longestHold)))
	if news.KindOf(err) == news.Refused { // our own guard: nothing at this host is asked
		site.err, site.until = err, now
		return nil
	}
	site.err = news.Errorf(news.KindOf(err), "its robots.txt must be read first: %w", err)
	return nil
}

// isNone reports whether an answer says that a site has no rules: a status of 4xx, redirects that
// lead nowhere, or a bot challenge, which the document that is asked for next will meet too. Too
// many requests and the like are no such word.
func isNone(resp news.Response, err error) bool {
	switch resp.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return resp.Challenge != ""
	}
	return resp.Challenge != "" || resp.Status >= 300 && resp.Status < 500 &&
		news.KindOf(err) != news.Busy
}
