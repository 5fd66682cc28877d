package store

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// standing is an article's place in a feed, as the change log tells.
type standing struct {
	order, key uint64
	second     time.Time
	backfill   bool
}

// told is a feed as the change log tells it from the first change on, in the plainest way.
type told struct {
	seq        uint64
	stamp      time.Time
	stands     map[uint64]standing // by article
	ever       map[uint64]bool     // articles that ever stood in it
	keys       map[news.ID]uint64  // of them
	gone       []news.Tombstone
	boundaries []uint64
	events     []happening
}

// happening is one thing that happened to a feed.
type happening struct {
	seq, key           uint64
	enters, left, gone bool
	size               int
}

// tell reads the whole log.
func (s *tested) tell() map[string]*told {
	s.t.Helper()
	feeds := map[string]*told{}
	for _, c := range s.changes() {
		for _, f := range c.Feeds {
			at := feeds[f.Feed]
			if at == nil {
				at = &told{stands: map[uint64]standing{}, ever: map[uint64]bool{}, keys: map[news.ID]uint64{}}
				feeds[f.Feed] = at
			}
			at.change(&c, f)
		}
		for _, cl := range c.Close {
			at := feeds[cl.Feed]
			if cl.Joins {
				at.boundaries = at.boundaries[:len(at.boundaries)-1]
			}
			at.boundaries = append(at.boundaries, cl.Orders...)
		}
	}
	return feeds
}

func (at *told) change(c *change, f feedChange) {
	at.seq, at.stamp = c.Seq, f.Stamp
	e := happening{seq: c.Seq, key: c.Key, enters: f.Now != 0 && f.Now != f.Was}
	e.gone = c.Kind == kindWithdraw
	e.left = f.Was != 0 && f.Now == 0 && !e.gone
	if e.enters {
		at.stands[c.Key] = standing{f.Now, c.Key, f.Stamp, f.Backfill}
		at.ever[c.Key], at.keys[c.ID] = true, c.Key
		e.size = c.Size
	}
	if e.gone {
		at.gone = append(at.gone, news.Tombstone{ID: c.ID, When: f.Stamp, Seq: c.Seq})
		e.size = goneSize
	}
	if f.Now == 0 {
		delete(at.stands, c.Key)
	}
	at.events = append(at.events, e)
}

// newest lists what stands in a feed, fresh before backfill, the newest first.
func (at *told) newest() []standing {
	return slices.SortedFunc(maps.Values(at.stands), func(a, b standing) int {
		if a.backfill != b.backfill {
			if b.backfill {
				return -1
			}
			return 1
		}
		return int(b.order) - int(a.order)
	})
}

// covered is what the newest part of a feed is to cover, and its tombstones.
func (at *told) covered(x news.Extent) (keys []uint64, gone []uint64) {
	boundary := uint64(0)
	if n := len(at.boundaries); n > 0 {
		boundary = at.boundaries[n-1]
	}
	full := map[bool]bool{}
	for _, p := range at.newest() {
		if p.order <= boundary {
			recent := !p.backfill && !p.second.Before(at.stamp.Add(-x.Span))
			if full[p.backfill] || len(keys) >= x.Least && !recent {
				full[p.backfill] = true
				continue
			}
		}
		keys = append(keys, p.key)
	}
	below := 0
	for _, t := range slices.Backward(at.gone) {
		if t.Seq <= boundary {
			if below++; below > mostGoneBelow || t.When.Before(at.stamp.Add(-x.Span)) {
				break
			}
		}
		gone = append(gone, t.Seq)
	}
	return keys, gone
}

// since is what Since is to tell.
func (at *told) since(base, until uint64) (span news.Span) {
	left, gone := map[uint64]bool{}, map[uint64]bool{}
	for _, e := range at.events {
		if e.seq <= base || e.seq > until {
			continue
		}
		if e.left {
			left[e.key] = true
		}
		if e.gone {
			gone[e.key] = true
		}
	}
	maps.DeleteFunc(left, func(key uint64, _ bool) bool { return gone[key] })
	span.Left = len(left)
	for _, t := range slices.Backward(at.gone) {
		if t.Seq > base && t.Seq <= until {
			span.Gone = append(span.Gone, t)
		}
	}
	return span
}

// followed are the feeds that TestArchives looks at, and how far their newest parts go.
var (
	followed = []string{"all", "a", "a.en", "b.es"}
	extents  = []news.Extent{
		{Least: 50, Span: 48 * time.Hour},
		{Least: 50, Span: time.Hour},
		{Least: 2},
	}
)

// archived is what a test has seen of feeds' archives, and when.
type archived map[string]struct {
	list []news.Window
	at   time.Time
}

// archives reads all closed archives of a feed, and wants no more.
func (s *tested) archives(feed string, n int) (all []news.Window) {
	s.t.Helper()
	key := news.ParseFeedKey(feed)
	for i := range n {
		all = append(all, s.archive(key, i+1))
	}
	for _, i := range []int{-1, 0, n + 1} {
		if _, err := s.Archive(key, i, nil); news.KindOf(err) != news.NotFound {
			s.t.Fatalf("%s: archive %d of %d: %v", feed, i, n, err)
		}
	}
	return all
}

func (s *tested) subscription(feed string, x news.Extent) news.Window {
	s.t.Helper()
	return s.taken(func(take news.Taker) (news.Window, error) {
		return s.Subscription(news.ParseFeedKey(feed), x, take)
	})
}

func (s *tested) archive(key news.FeedKey, n int) news.Window {
	s.t.Helper()
	return s.taken(func(take news.Taker) (news.Window, error) { return s.Archive(key, n, take) })
}

// taken is a part of a feed with all of its entries, the newest first, backfill behind all others.
func (s *tested) taken(offer func(news.Taker) (news.Window, error)) news.Window {
	s.t.Helper()
	var places []news.Place
	entries := map[uint64]news.Entry{}
	w, err := offer(func(p news.Place, read func() (news.Entry, error)) bool {
		e, err := read()
		s.ok(err)
		places, entries[p.Order] = append(places, p), e
		return true
	})
	s.ok(err)
	if !slices.IsSortedFunc(places, func(a, b news.Place) int {
		return cmp.Or(truth(b.Tail)-truth(a.Tail), truth(a.Backfill)-truth(b.Backfill),
			cmp.Compare(b.Order, a.Order))
	}) {
		s.t.Errorf("offered in the order %+v", places)
	}
	slices.SortFunc(places, func(a, b news.Place) int {
		return cmp.Or(truth(a.Backfill)-truth(b.Backfill), cmp.Compare(b.Order, a.Order))
	})
	for _, p := range places {
		w.Entries = append(w.Entries, entries[p.Order])
	}
	return w
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// same reports whether two windows say the same of their articles.
func same(a, b *news.Window) bool {
	return reflect.DeepEqual(a.Entries, b.Entries) && reflect.DeepEqual(a.Gone, b.Gone)
}

// look compares a feed's archives with what they were before: only what leaves them, or what is
// said of it, changes them, and then their sequence and stamp move.
func (seen archived) look(rt *rapid.T, feed string, now []news.Window, clock time.Time) {
	before := seen[feed]
	for i, was := range before.list {
		is := now[i]
		if same(&was, &is) {
			if is.Seq != was.Seq || !is.Stamp.Equal(was.Stamp) {
				rt.Fatalf("%s: archive %d did not change, but its stamp", feed, i+1)
			}
			continue
		}
		// One that was not to be published yet may take what joins its stamp.
		ahead := was.Stamp.After(before.at) && is.Stamp.Equal(was.Stamp)
		grows := is.Stamp.After(was.Stamp) || ahead
		if is.Seq <= was.Seq || !grows || !ahead && !reflect.DeepEqual(is.Gone, was.Gone) {
			rt.Fatalf("%s: archive %d: from %d at %s to %d at %s", feed, i+1,
				was.Seq, was.Stamp, is.Seq, is.Stamp)
		}
		had := guids(was)
		for _, guid := range guids(is) {
			if !slices.Contains(had, guid) && !ahead {
				rt.Fatalf("%s: %s joined archive %d", feed, guid, i+1)
			}
		}
	}
	before.list, before.at = now, clock
	seen[feed] = before
}

// checkWhole wants that the newest part and the archives together are the feed, nothing twice but
// what both cover, with a tombstone for whatever was withdrawn.
func checkWhole(
	rt *rapid.T, m *model, feed string, at *told, w *news.Window, closed []news.Window,
) {
	var stored []string
	buried := map[news.ID]int{}
	for i, a := range closed {
		stored = append(stored, guids(a)...)
		for _, t := range a.Gone {
			buried[t.ID]++
		}
		if err := at.bounded(i); err != nil {
			rt.Fatalf("%s: %v", feed, err)
		}
		for _, e := range a.Entries {
			if e.Seq > a.Seq || e.Updated.After(a.Stamp) {
				rt.Fatalf("%s: archive %d is older than its entries", feed, i+1)
			}
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(stored)))) != len(stored) {
		rt.Fatalf("%s: an article is in two archives: %v", feed, stored)
	}
	for _, guid := range guids(*w) {
		if !slices.Contains(stored, guid) {
			stored = append(stored, guid)
		}
	}
	live := m.window(feed, 1000)
	slices.Sort(live)
	slices.Sort(stored)
	if !slices.Equal(live, stored) {
		rt.Fatalf("%s: live: %v, published: %v", feed, live, stored)
	}
	for _, t := range w.Gone {
		buried[t.ID] = 1
	}
	for guid, a := range m.articles {
		id := piece(guid).Article.ID
		ever := at.ever[at.keys[id]]
		if (a.status == news.Withdrawn && ever) != (buried[id] == 1) {
			rt.Fatalf("%s: %s is %s, was there %t, has %d tombstones", feed, guid, a.status, ever, buried[id])
		}
	}
}

// bounded reports whether something happened in an archive, counted from 0, and it says no more than
// it may. What has left it since, such as an article that was corrected, makes room: an archive that
// is still ahead may take the tail in its place, so that more has happened in it than it says.
func (at *told) bounded(i int) error {
	from, until := uint64(0), at.boundaries[i]
	if i > 0 {
		from = at.boundaries[i-1]
	}
	happened, said, size, last := 0, 0, 0, 0
	for _, e := range at.events {
		if e.seq <= from || e.seq > until || !e.enters && !e.gone {
			continue
		}
		happened++
		if e.gone || at.stands[e.key].order == e.seq {
			said, size, last = said+1, size+e.size, e.size
		}
	}
	if happened == 0 || said > archiveEvents || size-last >= archiveBytes {
		return fmt.Errorf("archive %d: %d things happened, it says %d of %d bytes",
			i+1, happened, said, size)
	}
	return nil
}

// checkWindow holds a newest part against what the log tells.
func checkWindow(rt *rapid.T, feed string, at *told, w *news.Window, x news.Extent) {
	keys, gone := at.covered(x)
	var gotKeys, gotGone []uint64
	for _, e := range w.Entries {
		gotKeys = append(gotKeys, at.keys[e.ID])
	}
	for _, t := range w.Gone {
		gotGone = append(gotGone, t.Seq)
	}
	got := fmt.Sprint(gotKeys, gotGone, w.Seq, w.Stamp, w.Archives)
	want := fmt.Sprint(keys, gone, at.seq, at.stamp, len(at.boundaries))
	if want != got {
		rt.Fatalf("%s as far as %+v:\n%s, want\n%s", feed, x, got, want)
	}
}

// checkDelta wants that Since tells what the log tells, and that whoever had an older newest part
// has all of this one that did not come or change since, if Since says so.
func checkDelta(
	rt *rapid.T, s *tested, feed string, at *told, base, now *news.Window, x news.Extent,
) {
	span, ok, err := s.Since(now.Key, base.Seq, now.Seq)
	s.ok(err)
	if !ok {
		if age := now.Stamp.Sub(base.Stamp); age <= logFor {
			rt.Fatalf("%s: since %d is not known after %s", feed, base.Seq, age)
		}
		return // a step waits up to 30 hours, so that some are older than the log reaches
	}
	if want := at.since(base.Seq, now.Seq); !reflect.DeepEqual(want, span) {
		rt.Fatalf("%s since %d until %d: %+v, want %+v", feed, base.Seq, now.Seq, span, want)
	}
	if span.Left > 0 {
		return
	}
	had := guids(*base)
	for i, e := range now.Entries {
		// What was withdrawn made room at the end of all, and of the news where backfill follows.
		gone := len(span.Gone)
		pulled := i >= len(now.Entries)-gone || i < x.Least && i >= x.Least-gone
		if e.Seq <= base.Seq && !pulled && !slices.Contains(had, e.GUID) {
			rt.Fatalf("%s: %s was not there at %d (%v), but is at %d (%v), %+v",
				feed, e.GUID, base.Seq, had, now.Seq, guids(*now), span)
		}
	}
}

// archiveRun is a store with its model and what was seen of it.
type archiveRun struct {
	*tested
	model *model
	seen  archived
	bases map[string][]news.Window // newest parts, by feed and extent
	made  int
}

// accept offers candidates to the store and the model.
func (r *archiveRun) accept(rt *rapid.T, all ...news.Candidate) {
	now := r.clock.now().Truncate(time.Second)
	for i, result := range r.tested.accept(all...) {
		if want := r.model.accept(&all[i], now); result.Outcome != want {
			rt.Fatalf("%s is %s, want %s", all[i].Article.GUID, result.Outcome, want)
		}
	}
}

// flood offers some articles at once that all are alike.
func (r *archiveRun) flood(rt *rapid.T) {
	if r.made > 250 {
		rt.Skip("enough")
	}
	now := r.clock.now().Truncate(time.Second)
	age := rapid.SampledFrom([]int{1, 1, 1, 72}).Draw(rt, "age")
	var all []news.Candidate
	for range rapid.SampledFrom([]int{10, 20, 40, 120}).Draw(rt, "articles") {
		r.made++
		all = append(all, piece(fmt.Sprint("f", r.made), in("a"), text("short"),
			dated(now.Add(-time.Duration(age)*time.Hour))))
	}
	r.accept(rt, all...)
}

// any draws an article: one of the few that change often, or one of a flood.
func (r *archiveRun) any(rt *rapid.T) news.Candidate {
	now := r.clock.now().Truncate(time.Second)
	c := anyCandidate(now).Draw(rt, "candidate")
	if r.made > 0 && rapid.Bool().Draw(rt, "of a flood") {
		c = piece(fmt.Sprint("f", rapid.IntRange(1, r.made).Draw(rt, "guid")), text("short"),
			in(rapid.SampledFrom([][]string{{"a"}, {"b"}, {"a", "b"}, {}}).Draw(rt, "topics")...))
	}
	if size := rapid.SampledFrom([]int{0, 0, 0, 30, 150, 300}).Draw(rt, "size"); size > 0 {
		text(strings.Repeat("x", size<<10))(&c)
		c.Article.Fingerprint += fmt.Sprint(size)
	}
	return c
}

func (r *archiveRun) withdraw(rt *rapid.T) {
	guid := r.any(rt).Article.GUID
	if r.model.withdraw(guid) {
		r.tested.withdraw(piece(guid).Article.ID)
	}
}

// check looks at the archives of every feed after each step, lest two lawful changes pass for one
// that is not, and at all else of some of the feeds.
func (r *archiveRun) check(rt *rapid.T, feeds ...string) {
	log := r.tell()
	for _, feed := range followed {
		at := log[feed]
		if at == nil {
			continue
		}
		closed := r.archives(feed, len(at.boundaries))
		r.seen.look(rt, feed, closed, r.clock.now())
		if !slices.Contains(feeds, feed) {
			continue
		}
		for i, x := range extents {
			w := r.subscription(feed, x)
			checkWindow(rt, feed, at, &w, x)
			name := fmt.Sprint(feed, i)
			for _, base := range r.bases[name] {
				checkDelta(rt, r.tested, feed, at, &base, &w, x)
			}
			r.bases[name] = append(r.bases[name][max(0, len(r.bases[name])-4):], w)
			checkWhole(rt, r.model, feed, at, &w, closed)
		}
	}
}

// snapshot is all that is published of the feeds.
func (r *archiveRun) snapshot() (all []news.Window) {
	for _, feed := range followed {
		w := r.subscription(feed, extents[0])
		all = append(append(all, w), r.archives(feed, w.Archives)...)
	}
	return all
}

// TestArchives takes random steps and looks at the newest part and archives of a feed after each,
// also with the eyes of somebody who has an older one.
func TestArchives(t *testing.T) {
	fewer(t)
	parent := t.TempDir()
	most := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := &tested{clock: newClock(), t: t, dir: mkdir(t, parent)}
		s.open()
		defer func() { s.ok(s.Close()) }()
		r := &archiveRun{
			tested: s, model: newModel(), seen: archived{}, bases: map[string][]news.Window{},
		}
		rt.Repeat(map[string]func(*rapid.T){
			"accept":   func(rt *rapid.T) { r.accept(rt, r.any(rt)) },
			"correct":  func(rt *rapid.T) { r.accept(rt, r.any(rt)) },
			"flood":    r.flood,
			"withdraw": r.withdraw,
			"wait": func(rt *rapid.T) {
				waits := []time.Duration{300 * time.Millisecond, time.Second, 30 * time.Hour}
				s.clock.step(rapid.SampledFrom(waits).Draw(rt, "wait"))
			},
			"release": func(*rapid.T) { s.release(); r.model.release(s.clock.now()) },
			"reopen": func(rt *rapid.T) {
				before := r.snapshot()
				s.reopen()
				if diff := gocmp.Diff(before, r.snapshot()); diff != "" {
					rt.Fatalf("reopened: (-before +after)\n%s", diff)
				}
			},
			"": func(rt *rapid.T) { r.check(rt, rapid.SampledFrom(followed).Draw(rt, "feed")) },
		})
		r.check(rt, followed...)
		for _, seen := range r.seen {
			most = max(most, len(seen.list))
		}
	})
	if most < 3 {
		t.Errorf("no feed had more than %d archives", most)
	}
}

// fewer has rapid take a quarter of the runs, unless somebody asked for a number.
func fewer(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() != checks.DefValue {
		return
	}
	checks.Value.Set("25")
	t.Cleanup(func() { checks.Value.Set(checks.DefValue) })
}
