package publish

import (
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// fakeLog is a log of changes in memory.
type fakeLog struct {
	logging sync.Mutex
	changes []news.Change
	newer   chan struct{} // closed and replaced with each change
	failing error         // what reading ends with
}

// tell appends a change of feeds.
func (l *fakeLog) tell(seq uint64, keys ...news.FeedKey) {
	l.logging.Lock()
	defer l.logging.Unlock()
	l.changes = append(l.changes, news.Change{Seq: seq, Kind: "update", Feeds: keys})
	if l.newer != nil {
		close(l.newer)
		l.newer = nil
	}
}

func (l *fakeLog) Newer(seq uint64) <-chan struct{} {
	l.logging.Lock()
	defer l.logging.Unlock()
	if n := len(l.changes); n > 0 && l.changes[n-1].Seq > seq {
		past := make(chan struct{})
		close(past)
		return past
	}
	if l.newer == nil {
		l.newer = make(chan struct{})
	}
	return l.newer
}

func (l *fakeLog) Changes(after uint64, most int) (list []news.Change, err error) {
	l.logging.Lock()
	defer l.logging.Unlock()
	for _, c := range l.changes {
		if c.Seq > after && len(list) < most {
			list = append(list, c)
		}
	}
	return list, l.failing
}
