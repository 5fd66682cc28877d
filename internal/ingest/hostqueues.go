package ingest

import (
	"net/url"
	"strings"
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// A host answers one request at a time, so that more runs than a few would only hold slots that
// others need.
const (
	runsPerHost = 2
	mostQueued  = 1000 // sources of a host that wait; what is more comes again after its lease
)

// hostQueues keep the sources of one host behind one another. The zero value is ready for use.
type hostQueues struct {
	extra int // runs for each host beyond runsPerHost
	mu    sync.Mutex
	hosts map[string]*hostQueue
}

type hostQueue struct {
	runs    int
	waiting []news.Source
}

// enter reports whether a source may be read now. If not it waits in its host's queue, and whoever
// reads there is given it by next.
func (l *hostQueues) enter(src news.Source) bool {
	host := hostOf(src)
	if host == "" {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hosts == nil {
		l.hosts = map[string]*hostQueue{}
	}
	at := l.hosts[host]
	if at == nil {
		at = &hostQueue{}
		l.hosts[host] = at
	}
	if at.runs < runsPerHost+l.extra {
		at.runs++
		return true
	}
	if len(at.waiting) < mostQueued {
		at.waiting = append(at.waiting, src)
	}
	return false
}

// next gives who has read a source the next one of its host, and ends its turn if there is none.
func (l *hostQueues) next(src news.Source) (news.Source, bool) {
	host := hostOf(src)
	if host == "" {
		return news.Source{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.hosts[host]
	if len(at.waiting) > 0 {
		src, at.waiting = at.waiting[0], at.waiting[1:]
		return src, true
	}
	if at.runs--; at.runs == 0 {
		delete(l.hosts, host)
	}
	return news.Source{}, false
}

// hostOf is the host of a source's address, empty if it has none.
func hostOf(src news.Source) string {
	u, err := url.Parse(src.URL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
