package store

import (
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// shares is how much of the newest news of each topic is whose, so that no source pushes the others
// out of a window: what it brings beyond its share enters as backfill, which never does. Only the
// goroutine that writes uses it. It is read from the topic's feed when it is first needed, and
// forgotten when a transaction fails.
type shares struct {
	most   int           // bytes in documents, as estimated, of one source in one topic; 0: any
	span   time.Duration // of what counts: as long as a window covers
	topics map[string]*topicShare
}

// topicShare is the news of a topic in the order of its coming, and its sum for each source.
type topicShare struct {
	entries []portion
	sums    map[string]int
}

type portion struct {
	second int64
	source string
	size   int
}

// mostShared bounds how many articles are read to learn the shares of a topic.
const mostShared = 5000

// crowds reports whether an article of a source would go beyond the source's share of a topic, and
// counts it if not.
func (w *writing) crowds(topic, source string, size int) (bool, error) {
	s := w.shares
	if s == nil || s.most == 0 {
		return false, nil
	}
	t := s.topics[topic]
	if t == nil {
		var err error
		if t, err = w.readShare(topic); err != nil {
			return false, err
		}
		s.topics[topic] = t
	}
	t.forget(w.now.Add(-s.span).Unix())
	if t.sums[source]+size > s.most {
		return true, nil
	}
	t.add(portion{w.now.Unix(), source, size})
	return false, nil
}

func (t *topicShare) add(p portion) {
	t.entries = append(t.entries, p)
	t.sums[p.source] += p.size
}

// forget drops what came before a second.
func (t *topicShare) forget(before int64) {
	for len(t.entries) > 0 && t.entries[0].second < before {
		p := t.entries[0]
		t.entries = t.entries[1:]
		if t.sums[p.source] -= p.size; t.sums[p.source] <= 0 {
			delete(t.sums, p.source)
		}
	}
}

// readShare reads the shares of a topic from its newest news.
func (w *writing) readShare(topic string) (*topicShare, error) {
	t := &topicShare{sums: map[string]int{}}
	f, err := w.reading.feed(news.FeedKey{Topic: topic})
	if err != nil || f == nil {
		return t, err
	}
	oldest := w.now.Add(-w.shares.span).Unix()
	var newest []portion
	c := f.fresh.Cursor()
	for k, v := c.Last(); k != nil && len(newest) < mostShared; k, v = c.Prev() {
		p := toPlace(v)
		if p.second < oldest {
			break
		}
		if rec, err := w.record(p.key); err == nil && !rec.Own { // one that is damaged counts as none
			newest = append(newest, portion{p.second, rec.Source, p.size})
		}
	}
	for i := len(newest) - 1; i >= 0; i-- {
		t.add(newest[i])
	}
	return t, nil
}

// bound has an article of somebody else's enter those topics as backfill that its source has its
// share of, and reports whether there is one. The desk's own is bounded by nobody.
func (w *writing) bound(c *change) (crowded bool, err error) {
	if c.after.Own {
		return false, nil
	}
	was := map[string]bool{}
	if c.before != nil && c.before.Source == c.after.Source {
		for _, m := range c.before.Members {
			was[m.Topic] = true
		}
	}
	size := -1
	for i := range c.after.Members {
		m := &c.after.Members[i]
		if m.Backfill || was[m.Topic] {
			continue
		}
		if size < 0 {
			size = w.size(c)
		}
		is, err := w.crowds(m.Topic, c.after.Source, size)
		if err != nil {
			return crowded, err
		}
		if is {
			m.Backfill, crowded = true, true
		}
	}
	return crowded, nil
}
