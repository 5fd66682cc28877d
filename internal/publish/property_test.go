package publish

import (
	"log/slog"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// machine is a publisher under random changes, with a clock that only moves when told.
type machine struct {
	now      time.Time
	store    *fakeStore
	settings Settings
	p        *Publisher
	starts   int
	entries  map[int]news.Entry
	seen     map[string]view
}

// view is what a reader has of an edition.
type view struct {
	edition  *news.Edition
	body     string
	tag, zip string
	modified time.Time
	starts   int
}

// TestValidators: whatever happens, when an edition's bytes change then both its ETags do and its
// Last-Modified grows, and when they do not, nothing does, not even over a restart.
func TestValidators(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{now: newstest.Start, entries: map[int]news.Entry{}, seen: map[string]view{}}
		clock := func() time.Time { return m.now }
		m.store, m.settings = newFakeStore(clock), testSettings(clock)
		m.settings.Window.Least = 5
		m.settings.Site.Languages = nil // fewer feeds, the same rules
		m.restart(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"publish or edit": m.edit,
			"withdraw":        m.withdraw,
			"unplace":         m.unplace,
			"join":            m.join,
			"configure":       m.configure,
			"restart":         m.restart,
			"wait":            m.wait,
			"change nothing":  func(*rapid.T) { m.store.note(m.p.Feeds()...) },
			"pass":            m.pass,
			"":                m.look,
		})
		for range 3 { // at rest, everything is out
			m.now = m.now.Add(2 * time.Second)
			m.pass(rt)
			m.look(rt)
		}
		m.complete(rt)
	})
}

// restart forgets all that is not stored, as a crash does.
func (m *machine) restart(rt *rapid.T) {
	m.starts++
	m.p = New(slog.New(slog.DiscardHandler), m.store, m.settings)
	if err := m.p.recall(); err != nil {
		rt.Fatal(err)
	}
}

func (m *machine) edit(rt *rapid.T) {
	n := rapid.IntRange(0, 7).Draw(rt, "article")
	e, known := m.entries[n]
	if !known {
		e = entry(n, m.now)
	}
	e.Title = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "title")
	e.Revision++
	e.Updated = later(e.Updated, m.now.Truncate(time.Second))
	m.entries[n] = e
	m.change(e, keyAll, keyBorder)
}

func (m *machine) withdraw(rt *rapid.T) {
	n := rapid.IntRange(0, 7).Draw(rt, "article")
	if e, known := m.entries[n]; known {
		delete(m.entries, n)
		e.Status = news.Withdrawn
		m.change(e, keyAll, keyBorder)
	}
}

func (m *machine) unplace(rt *rapid.T) {
	if e, known := m.entries[rapid.IntRange(0, 7).Draw(rt, "article")]; known {
		e.Status = news.Withdrawn // from this feed alone
		m.change(e, keyBorder)
	}
}

// join changes a feed under a stamp that may be published already.
func (m *machine) join(rt *rapid.T) {
	if m.store.windows[keyBorder].Seq == 0 {
		return // it never changed: there is no stamp to join
	}
	var entries []news.Entry
	if e, known := m.entries[rapid.IntRange(0, 7).Draw(rt, "article")]; known {
		e.Summary += "!"
		entries = append(entries, e)
	}
	m.store.join(keyBorder, entries...)
}

func (m *machine) configure(rt *rapid.T) {
	m.settings.Site.Title = rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "site")
	m.restart(rt)
}

func (m *machine) wait(rt *rapid.T) {
	ms := rapid.SampledFrom([]int{1, 40, 400, 1000, 5000}).Draw(rt, "milliseconds")
	m.now = m.now.Add(time.Duration(ms) * time.Millisecond)
}

// complete holds what is published to what the store has.
func (m *machine) complete(rt *rapid.T) {
	for _, key := range m.p.Feeds() {
		want, err := m.p.compose(m.p.feeds[key], m.p.feeds[key].series, nil, m.settings.Window.Size,
			func(take news.Taker) (news.Window, error) {
				return m.store.Subscription(key, m.settings.Window, take)
			})
		if err != nil {
			rt.Fatal(err)
		}
		for i, format := range news.Formats {
			if err := want.fill(i, nil); err != nil {
				rt.Fatal(err)
			}
			got := m.seen[key.String()+"."+string(format)].body
			if got != string(want.drafts[i].doc.Bytes(nil)) {
				rt.Fatalf("%v.%s does not show what the store has:\n%s", key, format, got)
			}
		}
	}
}

func (m *machine) change(e news.Entry, keys ...news.FeedKey) {
	m.store.change(e, keys...)
}

func (m *machine) pass(rt *rapid.T) {
	if _, err := m.p.pass(rt.Context()); err != nil {
		rt.Fatal(err)
	}
}

// look compares what is published with what was.
func (m *machine) look(rt *rapid.T) {
	for _, key := range m.p.Feeds() {
		for _, format := range news.Formats {
			e, ok := m.p.Edition(key, format)
			if !ok {
				continue // not published since the restart
			}
			name := key.String() + "." + string(format)
			v := view{
				edition: e, body: string(plainly(e).Body), tag: plainly(e).ETag,
				zip: e.Representations[0].ETag, modified: e.Modified, starts: m.starts,
			}
			old, known := m.seen[name]
			m.seen[name] = v
			switch {
			case v.modified.After(m.now) || v.modified.Nanosecond() != 0:
				rt.Fatalf("%s: modified %v, now %v", name, v.modified, m.now)
			case !known:
			case v.body == old.body:
				if v.tag != old.tag || v.zip != old.zip || !v.modified.Equal(old.modified) {
					rt.Fatalf("%s: same bytes, other validators: %v then %v", name, old, v)
				}
				if v.edition != old.edition && v.starts == old.starts {
					rt.Fatalf("%s was swapped for its equal", name)
				}
			case v.tag == old.tag || v.zip == old.zip || !v.modified.After(old.modified):
				rt.Fatalf("%s: other bytes, validators %s %s %v then %s %s %v", name,
					old.tag, old.zip, old.modified, v.tag, v.zip, v.modified)
			}
		}
	}
}
