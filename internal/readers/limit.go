package readers

import (
	"net/netip"
	"sync"
	"time"
)

// mostPairs bounds how many pairs of a reader and a document a limit remembers: those of the half
// that is being filled, and those of the half before. Who fetches often stays in.
const mostPairs = 20_000

// pair is a reader and a document.
type pair struct {
	from netip.Addr
	path uint64 // its hash: the path itself may be of any length
}

// limit lets each pair through so often an hour. All at once, if it has been quiet for an hour.
type limit struct {
	every time.Duration // that a pair is owed one more

	mu         sync.Mutex
	young, old map[pair]time.Time // when a pair would have been owed all that it took
}

func newLimit(perHour int) *limit {
	return &limit{every: time.Hour / time.Duration(perHour), young: make(map[pair]time.Time)}
}

// take counts a fetch and lets it through, or does neither and tells how long to wait.
func (l *limit) take(p pair, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	spent := l.spent(p)
	if spent.Before(now) {
		spent = now
	}
	spent = spent.Add(l.every)
	if over := spent.Sub(now) - time.Hour; over > 0 {
		return over
	}
	l.keep(p, spent)
	return 0
}

// spent looks a pair up. One that asks again is kept with the young.
func (l *limit) spent(p pair) time.Time {
	spent, known := l.young[p]
	if known {
		return spent
	}
	if spent, known = l.old[p]; known {
		l.keep(p, spent)
	}
	return spent
}

// keep notes what a pair took.
func (l *limit) keep(p pair, spent time.Time) {
	if _, known := l.young[p]; !known && len(l.young) >= mostPairs/2 {
		l.young, l.old = make(map[pair]time.Time), l.young
	}
	l.young[p] = spent
}
