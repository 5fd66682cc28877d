package ingest

import (
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// starts knows the sources that have failed at every look since the process began: a machine often
// boots before its network, and a new source is looked at while somebody waits for it. They are
// looked at again after one minute, then two, four and so on, until that is as long as the wait of
// any source that fails.
type starts struct {
	began   time.Time
	mu      sync.Mutex
	failing map[string]time.Time // when it failed first
}

// hasten brings the next look at a source nearer that has not been reached since the process
// began. What an answer asks for counts as ever, and so does a refusal.
func (s *starts) hasten(
	id string, st *news.PollState, asked time.Duration, err error, now time.Time,
) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if news.KindOf(err) != news.Unreachable || !st.LastSuccess.Before(s.began) || asked > 0 {
		delete(s.failing, id)
		return
	}
	first, again := s.failing[id]
	if !again {
		first = now
		s.failing[id] = now
	}
	// So long again as it has failed already, and a minute: the looks are 1, 2, 4 … minutes apart.
	if soon := now.Add(now.Sub(first) + shortestWait).UTC(); soon.Before(st.Due) {
		st.Due, st.Why = soon, "not reached since the start: soon once more"
	}
}
