package readers

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Bounds of what is kept, however many programs there are and whatever they call themselves.
const (
	mostFamilies = 500
	mostMeters   = 20_000 // of a family and a feed
	// forgotten is how long a family must have kept away for another to take its place.
	forgotten = 24 * time.Hour
	// tidyEvery is how often at most one is looked for.
	tidyEvery = time.Minute
)

// meter counts answers.
type meter struct {
	whole, deltas, notModified, limited, other, bytes, subscribers atomic.Int64
}

// add counts an answer.
func (m *meter) add(a *answer) {
	switch a.status {
	case http.StatusOK:
		m.whole.Add(1)
	case http.StatusIMUsed:
		m.deltas.Add(1)
	case http.StatusNotModified:
		m.notModified.Add(1)
	case http.StatusTooManyRequests:
		m.limited.Add(1)
	default:
		m.other.Add(1)
	}
	if a.bytes > 0 {
		m.bytes.Add(a.bytes)
	}
}

// reading returns what was counted.
func (m *meter) tally() news.Tally {
	r := news.Tally{
		Whole: m.whole.Load(), Deltas: m.deltas.Load(), NotModified: m.notModified.Load(),
		Limited: m.limited.Load(), Bytes: m.bytes.Load(), Subscribers: m.subscribers.Load(),
	}
	r.Requests = r.Whole + r.Deltas + r.NotModified + r.Limited + m.other.Load()
	return r
}

// program is what one family asked for.
type program struct {
	total *meter
	feeds []atomic.Pointer[meter] // one a feed, nil until it asks for it
	seen  atomic.Int64            // Unix seconds
}

// feed returns the meter of one feed, nil if there is no room for one more.
func (p *program) feed(i int, pairs *atomic.Int64) *meter {
	if m := p.feeds[i].Load(); m != nil {
		return m
	}
	if pairs.Add(1) > mostMeters {
		pairs.Add(-1)
		return nil
	}
	if !p.feeds[i].CompareAndSwap(nil, new(meter)) {
		pairs.Add(-1) // somebody else was as fast
	}
	return p.feeds[i].Load()
}

// families are the programs by name. Looking one up takes no lock: the map is never changed, a new
// family is a new map.
type families struct {
	totals []*meter // of the feeds, whoever asks
	byName atomic.Pointer[map[string]*program]
	others *program
	pairs  atomic.Int64 // meters of a family and a feed

	mu     sync.Mutex
	tidied time.Time
}

func (f *families) start(totals []*meter) {
	f.totals = totals
	f.others = f.program()
	f.byName.Store(&map[string]*program{Others: f.others})
}

func (f *families) program() *program {
	return &program{total: new(meter), feeds: make([]atomic.Pointer[meter], len(f.totals))}
}

// get finds a family, or makes it if there is room.
func (f *families) get(name string, now func() time.Time) *program {
	at := now()
	p := (*f.byName.Load())[name]
	if p == nil {
		p = f.make(name, at)
	}
	if second := at.Unix(); p.seen.Load() != second {
		p.seen.Store(second)
	}
	return p
}

// make adds a family. If there is no room, one that was not seen for a day gives it its place.
func (f *families) make(name string, now time.Time) *program {
	f.mu.Lock()
	defer f.mu.Unlock()
	known := *f.byName.Load()
	if p := known[name]; p != nil {
		return p
	}
	full := len(known) >= mostFamilies
	if full && now.Sub(f.tidied) < tidyEvery {
		return f.others
	}
	next := maps.Clone(known)
	if full {
		f.tidied = now
		for name, p := range known {
			if p != f.others && now.Sub(time.Unix(p.seen.Load(), 0)) > forgotten {
				f.drop(p)
				delete(next, name)
			}
		}
	}
	p := f.others
	if len(next) < mostFamilies {
		p = f.program()
		p.seen.Store(now.Unix())
		next[strings.Clone(name)] = p // it is part of a header
	}
	f.byName.Store(&next)
	return p
}

// drop gives back the meters of a family. What it asked for stays in the feeds' own figures, but
// not its subscribers.
func (f *families) drop(p *program) {
	for i := range p.feeds {
		if m := p.feeds[i].Load(); m != nil {
			f.pairs.Add(-1)
			f.totals[i].subscribers.Add(-m.subscribers.Load())
		}
	}
}

// take goes on from other families, whose feeds are now where to says; a negative number is a feed
// that does not stay.
func (f *families) take(from *families, to []int) {
	known := make(map[string]*program)
	for name, old := range *from.byName.Load() {
		p := &program{total: old.total, feeds: make([]atomic.Pointer[meter], len(f.totals))}
		p.seen.Store(old.seen.Load())
		for i := range old.feeds {
			if m := old.feeds[i].Load(); m != nil && to[i] >= 0 {
				p.feeds[to[i]].Store(m)
				f.pairs.Add(1)
			}
		}
		known[name] = p
	}
	f.others = known[Others]
	f.byName.Store(&known)
}

// Readers lists the families, those that ask most first.
func (rs *Readers) Readers() []news.Readership {
	var list []news.Readership
	for name, p := range *rs.families.byName.Load() {
		r := news.Readership{Family: name, Total: p.total.tally()}
		if r.Total.Requests == 0 {
			continue
		}
		for i := range p.feeds {
			m := p.feeds[i].Load()
			if m == nil {
				continue
			}
			if r.Feeds == nil {
				r.Feeds = make(map[string]news.Tally)
			}
			got := m.tally()
			r.Feeds[rs.names[i]] = got
			r.Total.Subscribers += got.Subscribers
		}
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b news.Readership) int {
		return cmp.Or(cmp.Compare(b.Total.Requests, a.Total.Requests), cmp.Compare(a.Family, b.Family))
	})
	return list
}

// Reads lists what was asked of each feed document, in the order of the settings. Those that
// nobody asked for are left out.
func (rs *Readers) Reads() []news.Reads {
	var list []news.Reads
	for i, key := range rs.settings.Feeds {
		for j, format := range news.Formats {
			got := rs.totals[i*len(news.Formats)+j].tally()
			if got.Requests > 0 {
				list = append(list, news.Reads{Key: key, Format: format, Tally: got})
			}
		}
	}
	return list
}
