package fetch

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/site"
)

// limiter lets few requests pass to each host at a time, each a while after the one before, and not
// too many to all hosts together. The zero value lets one at a time pass to each host.
type limiter struct {
	perHost int           // requests to a host at a time; 1 if 0
	pause   time.Duration // from the end of a request to a host to the start of the next
	all     chan struct{} // holds a token for each request under way; nil if there is no limit

	mu      sync.Mutex
	hosts   map[string]*hostLimit
	shuts   map[string]*shut // sites that have asked to be left alone
	sweepAt int              // number of hosts at which to look for those that can be forgotten
}

// minSweep is how many hosts are not worth sweeping.
const minSweep = 64

// hostLimit belongs to one host while anybody is at it and until its pause is over.
type hostLimit struct {
	turns chan struct{} // holds a token for each request that has its turn
	users int           // with or without a turn; guarded by limiter.mu, as are all below
	next  time.Time     // when the next request may start
}

// shut is why, and until when, nothing is asked of a site.
type shut struct {
	site   string
	status int // that it answered with
	until  time.Time
}

func (s *shut) Error() string {
	return fmt.Sprintf("%s answered %s to another request and wants to be left alone until %s",
		s.site, status(s.status), s.until.UTC().Format(time.RFC3339))
}

// enter waits until a request to a host may start; the next may start no sooner than pause after
// it. The caller calls leave once when it has ended; if ctx ends first there is an error and
// nothing to leave. A site that is shut is not waited for: the error is a *shut.
func (l *limiter) enter(
	ctx context.Context, target *url.URL, pause time.Duration,
) (leave func(), err error) {
	pause = max(pause, l.pause)
	host, of := bare(target.Hostname()), siteOf(target)
	at := l.approach(host)
	err = l.open(of) // before as well as after the wait for a turn, for it may be shut meanwhile
	if err == nil {
		err = take(ctx, at.turns)
	}
	if err != nil {
		l.depart(host, at)
		return nil, err
	}
	// The limit for all comes last: who waits for a host must not keep others from theirs.
	if err = l.open(of); err == nil {
		err = sleep(ctx, l.reserve(at, pause))
	}
	if err == nil && l.all != nil {
		err = take(ctx, l.all)
	}
	if err != nil {
		<-at.turns
		l.depart(host, at)
		return nil, err
	}
	return func() {
		if l.all != nil {
			<-l.all
		}
		l.finish(at, pause)
		<-at.turns
		l.depart(host, at)
	}, nil
}

// siteOf is whose a Retry-After is: on a host that many share only that part of it.
func siteOf(target *url.URL) string { return site.Of(target.String()).String() }

// open returns the reason why a site is shut, nil if it is open.
func (l *limiter) open(of string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.shuts[of]
	if s == nil || !s.until.After(time.Now()) {
		delete(l.shuts, of)
		return nil
	}
	return s
}

// close shuts a site for a while, unless it is for longer already.
func (l *limiter) close(target *url.URL, status int, wait time.Duration) {
	of := siteOf(target)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for other, s := range l.shuts {
		if !s.until.After(now) {
			delete(l.shuts, other)
		}
	}
	if l.shuts == nil {
		l.shuts = map[string]*shut{}
	}
	if s := l.shuts[of]; s == nil || s.until.Before(now.Add(wait)) {
		l.shuts[of] = &shut{site: of, status: status, until: now.Add(wait)}
	}
}

// bare is a host's name in the one form that it is known by.
func bare(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }

// take puts a token where there is room for it.
func take(ctx context.Context, room chan<- struct{}) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func sleep(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// approach counts the caller among those at a host.
func (l *limiter) approach(host string) *hostLimit {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.hosts[host]
	if at == nil {
		l.sweep()
		at = &hostLimit{turns: make(chan struct{}, max(1, l.perHost))}
		if l.hosts == nil {
			l.hosts = make(map[string]*hostLimit)
		}
		l.hosts[host] = at
	}
	at.users++
	return at
}

// reserve gives the caller the next start at a host, and tells how long it has to wait for it.
func (l *limiter) reserve(at *hostLimit, pause time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	start := at.next
	if start.Before(now) {
		start = now
	}
	at.next = start.Add(pause)
	return start.Sub(now)
}

// finish lets the pause begin.
func (l *limiter) finish(at *hostLimit, pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if next := time.Now().Add(pause); next.After(at.next) {
		at.next = next
	}
}

// depart forgets a host that nobody is at, at once if its pause is over.
func (l *limiter) depart(host string, at *hostLimit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.users--; at.isOver(time.Now()) {
		delete(l.hosts, host)
	}
}

// isOver reports whether there is nothing to remember of a host.
func (at *hostLimit) isOver(now time.Time) bool {
	return at.users == 0 && !at.next.After(now)
}

// sweep forgets the hosts whose pause is over, so that there are never more than twice as many as
// there is something to remember of. Its caller holds mu.
func (l *limiter) sweep() {
	if len(l.hosts) < max(l.sweepAt, minSweep) {
		return
	}
	now := time.Now()
	for host, at := range l.hosts {
		if at.isOver(now) {
			delete(l.hosts, host)
		}
	}
	l.sweepAt = 2 * len(l.hosts)
}
