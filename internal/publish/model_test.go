package publish

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// model is a store in memory that keeps to what Windows and Memory ask for, as simply as it can
// be said: every question walks all that ever happened.
type model struct {
	fakeLog
	now func() time.Time

	mu       sync.Mutex
	seq      uint64
	articles map[news.ID]*modelled
	feeds    map[news.FeedKey]*modelFeed
	stamps   map[string]news.EditionStamp
	closeAt  int // events that close an archive
	asked    int // how often a window was read
}

// modelled is an article with its places.
type modelled struct {
	news.Entry
	places map[news.FeedKey]place
	moved  time.Time // when it last changed visibly
}

type place struct {
	order    uint64
	backfill bool
}

type modelFeed struct {
	seq    uint64
	stamp  time.Time
	bounds []uint64 // of the closed archives
	marks  []modelMark
	tail   int // events since the last bound
	gone   []news.Tombstone
	log    []modelEvent
}

// modelMark is an archive's sequence and stamp.
type modelMark struct {
	seq   uint64
	stamp time.Time
}

// modelEvent is one thing that made a feed smaller.
type modelEvent struct {
	seq  uint64
	gone *news.Tombstone
	left bool
}

func newModel(now func() time.Time, closeAt int) *model {
	return &model{
		now: now, closeAt: closeAt, articles: map[news.ID]*modelled{},
		feeds: map[news.FeedKey]*modelFeed{}, stamps: map[string]news.EditionStamp{},
	}
}

// offer commits entries as they should be from now on: each in the topics of its placements, in
// All if it has any.
func (m *model) offer(entries ...news.Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	touched := map[news.FeedKey]bool{}
	for _, e := range entries {
		m.seq++
		m.apply(e, touched)
	}
	for key := range touched {
		f := m.feeds[key]
		fresh, backfill := m.members(key)
		bound := f.bound()
		late := slices.ContainsFunc(backfill, func(a *modelled) bool {
			return a.places[key].order > bound
		})
		if f.tail >= m.closeAt || late && len(fresh) >= m.closeAt {
			f.bounds = append(f.bounds, m.seq)
			f.marks = append(f.marks, modelMark{f.seq, f.stamp})
			f.tail = 0
		}
	}
	m.tell(m.seq, slices.Collect(maps.Keys(touched))...)
}

func (f *modelFeed) bound() uint64 {
	if len(f.bounds) == 0 {
		return 0
	}
	return f.bounds[len(f.bounds)-1]
}

// apply makes one change at the current sequence.
func (m *model) apply(e news.Entry, touched map[news.FeedKey]bool) {
	now := m.now().UTC().Truncate(time.Second)
	old := m.articles[e.ID]
	a := &modelled{Entry: e, places: map[news.FeedKey]place{}, moved: now}
	a.Seq = m.seq
	visible := old == nil || old.Fingerprint != e.Fingerprint
	if e.Status == news.Live {
		keys := []news.FeedKey{}
		for _, p := range e.Placements {
			keys = append(keys, news.FeedKey{Topic: p.Topic})
		}
		if len(keys) > 0 {
			keys = append(keys, keyAll)
		}
		for _, key := range keys {
			at := place{m.seq, e.FirstSeen.Sub(e.Published) > 48*time.Hour}
			if old != nil {
				if before, ok := old.places[key]; ok {
					at.backfill = before.backfill
					if !visible {
						at.order = before.order
					}
				}
			}
			a.places[key] = at
		}
	}
	if old != nil && !visible {
		a.moved = old.moved
	}
	m.articles[e.ID] = a
	keys := maps.Clone(a.places)
	if old != nil {
		maps.Copy(keys, old.places)
	}
	for key := range keys {
		touched[key] = true
		m.log(key, old, a, now)
	}
}

// log notes a change in a feed's own history.
func (m *model) log(key news.FeedKey, old, a *modelled, now time.Time) {
	f := m.feeds[key]
	if f == nil {
		f = &modelFeed{}
		m.feeds[key] = f
	}
	f.seq = m.seq
	if !f.stamp.After(now) {
		f.stamp = later(now, f.stamp.Add(time.Second))
	}
	after, in := a.places[key]
	var before place
	was := false
	if old != nil {
		before, was = old.places[key]
	}
	switch {
	case in && (!was || before.order != after.order):
		f.tail++
	case !in && a.Status == news.Withdrawn:
		t := news.Tombstone{ID: a.ID, When: now, Seq: m.seq}
		f.gone = append(f.gone, t)
		f.log = append(f.log, modelEvent{seq: m.seq, gone: &t})
		f.tail++
	case !in:
		f.log = append(f.log, modelEvent{seq: m.seq, left: true})
	}
	if n, ok := f.archiveOf(before.order); was && ok {
		mark := &f.marks[n-1]
		mark.seq, mark.stamp = m.seq, later(now, mark.stamp.Add(time.Second))
	}
}

// archiveOf tells the closed archive that an order falls into.
func (f *modelFeed) archiveOf(order uint64) (int, bool) {
	n, _ := slices.BinarySearch(f.bounds, order)
	return n + 1, n < len(f.bounds)
}

// members lists a feed's articles, newest first by order.
func (m *model) members(key news.FeedKey) (fresh, backfill []*modelled) {
	for _, a := range m.articles {
		if at, ok := a.places[key]; ok && at.backfill {
			backfill = append(backfill, a)
		} else if ok {
			fresh = append(fresh, a)
		}
	}
	for _, list := range [][]*modelled{fresh, backfill} {
		slices.SortFunc(list, func(a, b *modelled) int {
			return cmp.Compare(b.places[key].order, a.places[key].order)
		})
	}
	return fresh, backfill
}

func (m *model) Subscription(
	key news.FeedKey, extent news.Extent, take news.Taker,
) (news.Window, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	f := m.feeds[key]
	if f == nil {
		return news.Window{Key: key, Stamp: created}, nil
	}
	w := news.Window{Key: key, Archives: len(f.bounds), Seq: f.seq, Stamp: f.stamp}
	fresh, backfill := m.members(key)
	from, bound := f.stamp.Add(-extent.Span), f.bound()
	var tail, older offered
	for i, a := range fresh {
		if a.places[key].order > bound {
			tail.add(a, key, true)
		} else if i < extent.Least || !a.moved.Before(from) {
			older.add(a, key, false)
		}
	}
	for i, a := range backfill {
		if a.places[key].order > bound {
			tail.add(a, key, true)
		} else if len(fresh)+i < extent.Least {
			older.add(a, key, false)
		}
	}
	newstest.Offer(take, append(tail.entries, older.entries...), append(tail.places, older.places...))
	beyond := 0
	for _, t := range slices.Backward(f.gone) {
		if t.Seq > bound {
			w.Gone = append(w.Gone, t)
		} else if beyond++; beyond <= 3 && !t.When.Before(from) {
			w.Gone = append(w.Gone, t)
		}
	}
	return w, nil
}

// offered is a part of a feed as the model offers it.
type offered struct {
	entries []news.Entry
	places  []news.Place
}

func (o *offered) add(a *modelled, key news.FeedKey, tail bool) {
	p := placeOf(&a.Entry, a.places[key].order)
	p.Backfill, p.Tail = a.places[key].backfill, tail
	o.entries, o.places = append(o.entries, a.Entry), append(o.places, p)
}

func (m *model) Archive(key news.FeedKey, number int, take news.Taker) (news.Window, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	f := m.feeds[key]
	if f == nil || number < 1 || number > len(f.bounds) {
		return news.Window{}, news.Errorf(news.NotFound, "feed %s has no archive %d", key, number)
	}
	mark := f.marks[number-1]
	w := news.Window{
		Key: key, Number: number, Archives: len(f.bounds), Seq: mark.seq, Stamp: mark.stamp,
	}
	fresh, backfill := m.members(key)
	var all offered
	for _, a := range slices.Concat(fresh, backfill) {
		if n, ok := f.archiveOf(a.places[key].order); ok && n == number {
			all.add(a, key, true)
		}
	}
	newstest.Offer(take, all.entries, all.places)
	for _, t := range slices.Backward(f.gone) {
		if n, ok := f.archiveOf(t.Seq); ok && n == number {
			w.Gone = append(w.Gone, t)
		}
	}
	return w, nil
}

func (m *model) Since(key news.FeedKey, base, until uint64) (news.Span, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var span news.Span
	for _, e := range slices.Backward(m.feeds[key].log) {
		if e.seq <= base || e.seq > until {
			continue
		}
		if e.gone != nil {
			span.Gone = append(span.Gone, *e.gone)
		}
		if e.left {
			span.Left++
		}
	}
	return span, true, nil
}

func (m *model) EditionStamps() (map[string]news.EditionStamp, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.stamps), nil
}

func (m *model) SaveEditionStamps(stamps map[string]news.EditionStamp) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.Copy(m.stamps, stamps)
	return nil
}

func (m *model) Sequence() (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seq, nil
}
