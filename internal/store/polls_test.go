package store

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// testedPolls fails the test for whatever goes wrong.
type testedPolls struct {
	*Polls
	t testing.TB
}

func (p testedPolls) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// due takes sources, a space between each.
func (p testedPolls) due(now time.Time, n int) string {
	p.t.Helper()
	sources, err := p.Due(now, n, 15*time.Minute)
	p.ok(err)
	return strings.Join(sources, " ")
}

func (p testedPolls) dueAt(source string, at time.Time) {
	p.t.Helper()
	p.ok(p.Save(source, news.PollState{Due: at}))
}

func (p testedPolls) state(source string) news.PollState {
	p.t.Helper()
	st, err := p.State(source)
	p.ok(err)
	return st
}

// index lists the due index: each source's time since start.
func (p testedPolls) index() []string {
	p.t.Helper()
	list := []string{}
	p.ok(p.db.view(func(tx tx) error {
		return tx.Bucket(bucketDue).ForEach(func(k, _ []byte) error {
			at := time.UnixMilli(int64(toNumber(k))).Sub(start)
			list = append(list, fmt.Sprint(string(k[8:]), " ", at))
			return nil
		})
	}))
	return list
}

// version is a number that each writing transaction raises.
func (p testedPolls) version() (n int) {
	p.t.Helper()
	p.ok(p.db.view(func(tx tx) error {
		n = tx.ID()
		return nil
	}))
	return n
}

func TestPollState(t *testing.T) {
	p := testedPolls{newPolls(t), t}
	if diff := gocmp.Diff(news.PollState{}, p.state("wire")); diff != "" {
		t.Errorf("never polled: (-want +got)\n%s", diff)
	}
	want := news.PollState{
		Validators: news.Validators{ETag: "W/\"a\xc3\xb1<&>\"", LastModified: "yesterday"},
		Due:        start.Add(123456789 * time.Nanosecond), LastPoll: start, LastSuccess: start,
		LastChange: start, Failures: 2, Error: "no route", HTTPStatus: 503, Polls: 9,
		NotModified: 3, Bytes: 1 << 40, Accepted: 4, Updated: 5, Unchanged: 6, Rejected: 7,
	}
	p.ok(p.Save("wire", want))
	if diff := gocmp.Diff(want, p.state("wire")); diff != "" {
		t.Errorf("saved: (-want +got)\n%s", diff)
	}
}

func TestDue(t *testing.T) {
	p := testedPolls{newPolls(t), t}
	p.dueAt("late", start.Add(-time.Hour))
	p.dueAt("later", start.Add(-time.Minute))
	p.dueAt("now", start)
	p.dueAt("soon", start.Add(time.Millisecond))
	p.dueAt("never", time.Time{})
	for i, c := range []struct {
		at   time.Duration
		n    int
		want string
	}{
		{0, 0, ""},
		{0, 2, "late later"},
		{0, 2, "now"},
		{0, 2, ""},
		{time.Millisecond, 2, "soon"},
		{15*time.Minute - time.Millisecond, 9, ""},
		{15 * time.Minute, 9, "late later now"}, // the lease is over
		{15*time.Minute + time.Millisecond, 9, "soon"},
		{30 * time.Minute, 1, "late"},
	} {
		if got := p.due(start.Add(c.at), c.n); got != c.want {
			t.Errorf("%d: took %q, want %q", i, got, c.want)
		}
	}
	// A poll that ends moves the source from its lease to where it says.
	p.dueAt("later", start.Add(time.Hour))
	p.dueAt("now", time.Time{})
	want := []string{"soon 30m0.001s", "late 45m0s", "later 1h0m0s"}
	if diff := gocmp.Diff(want, p.index()); diff != "" {
		t.Errorf("index: (-want +got)\n%s", diff)
	}
}

func TestAnIdleTickWritesNothing(t *testing.T) {
	p := testedPolls{newPolls(t), t}
	p.dueAt("wire", start)
	before := p.version()
	for i := range 10 {
		p.due(start.Add(time.Duration(i-10)*time.Millisecond), 9)
	}
	if now := p.version(); now != before {
		t.Errorf("ten idle ticks made %d transactions", now-before)
	}
	if got := p.due(start, 9); got != "wire" || p.version() != before+1 {
		t.Errorf("a tick with %q due made %d transactions", got, p.version()-before)
	}
}

func TestEnlist(t *testing.T) {
	p := testedPolls{newPolls(t), t}
	p.dueAt("kept", start.Add(time.Hour))
	p.dueAt("gone", start.Add(-time.Hour))
	p.ok(p.Save("knows", news.PollState{Polls: 7}))
	p.ok(p.Enlist([]string{"kept", "new", "knows"}, start))
	want := []string{"knows 0s", "new 0s", "kept 1h0m0s"}
	if diff := gocmp.Diff(want, p.index()); diff != "" {
		t.Errorf("index: (-want +got)\n%s", diff)
	}
	if st := p.state("knows"); st.Polls != 7 || !st.Due.Equal(start) {
		t.Errorf("what was known: %+v", st)
	}
	if st := p.state("gone"); !st.Due.Equal(start.Add(-time.Hour)) {
		t.Errorf("what is known about one that is gone: %+v", st)
	}
	// One that comes back is due when it said, but not before now.
	p.ok(p.Enlist([]string{"new"}, start))
	p.ok(p.Enlist([]string{"kept", "gone", "new"}, start.Add(time.Minute)))
	want = []string{"new 0s", "gone 1m0s", "kept 1h0m0s"}
	if diff := gocmp.Diff(want, p.index()); diff != "" {
		t.Errorf("index: (-want +got)\n%s", diff)
	}
	p.ok(p.Enlist(nil, start))
	if got := p.index(); len(got) > 0 {
		t.Errorf("nothing enlisted: %v", got)
	}
}

// TestARetiredSourceIsNeverDue: a start lists every source anew, and must not revive it.
func TestARetiredSourceIsNeverDue(t *testing.T) {
	p := testedPolls{newPolls(t), t}
	p.ok(p.Save("retired", news.PollState{Polls: 3, Retired: start}))
	p.ok(p.Enlist([]string{"retired", "other"}, start.Add(time.Hour)))
	if got := p.due(start.Add(48*time.Hour), 10); got != "other" {
		t.Errorf("due: %q, want only the other", got)
	}
	if st := p.state("retired"); !st.Due.IsZero() || !st.Retired.Equal(start) || st.Polls != 3 {
		t.Errorf("state %+v", st)
	}
	// A person revives it: it is in the index again.
	p.ok(p.Save("retired", news.PollState{Polls: 4, Due: start.Add(2 * time.Hour)}))
	if got := p.due(start.Add(3*time.Hour), 10); got != "retired" {
		t.Errorf("due: %q, want the revived one", got)
	}
}

// TestWhatIsNotListedIsNeverDue saves the states of sources that are looked at by hand, or were
// being looked at while they were taken off the list.
func TestWhatIsNotListedIsNeverDue(t *testing.T) {
	p := testedPolls{newPolls(t), t}
	p.ok(p.Enlist([]string{"listed", "dropped"}, start))
	p.ok(p.Enlist([]string{"listed"}, start))
	for _, source := range []string{"listed", "dropped", "stranger"} {
		p.ok(p.Save(source, news.PollState{Polls: 1, Due: start.Add(time.Minute)}))
	}
	if diff := gocmp.Diff([]string{"listed 1m0s"}, p.index()); diff != "" {
		t.Errorf("index: (-want +got)\n%s", diff)
	}
	if st := p.state("stranger"); st.Polls != 1 {
		t.Errorf("state %+v", st)
	}
	p.ok(p.Enlist([]string{"listed", "stranger"}, start))
	if diff := gocmp.Diff([]string{"listed 1m0s", "stranger 1m0s"}, p.index()); diff != "" {
		t.Errorf("index once it is listed: (-want +got)\n%s", diff)
	}
}

// TestSavesTogether has states that are saved at once share transactions, and fail alone.
func TestSavesTogether(t *testing.T) {
	p := testedPolls{newPolls(t), t}
	before := p.version()
	errs := make([]error, 100)
	var savers sync.WaitGroup
	p.saving.commit.Lock() // until all of them wait
	for i := range errs {
		savers.Go(func() {
			source := fmt.Sprint("s", i)
			if i == 7 {
				source = "" // bbolt wants a key
			}
			errs[i] = p.Save(source, news.PollState{Polls: i + 1})
		})
	}
	for waiting := 0; waiting < len(errs); runtime.Gosched() {
		p.saving.mu.Lock()
		waiting = len(p.saving.waiting)
		p.saving.mu.Unlock()
	}
	p.saving.commit.Unlock()
	savers.Wait()
	for i, err := range errs {
		if (err != nil) != (i == 7) {
			t.Errorf("state %d: %v", i, err)
		}
		if i != 7 && p.state(fmt.Sprint("s", i)).Polls != i+1 {
			t.Errorf("state %d was not saved", i)
		}
	}
	version := p.version()
	if version == before {
		t.Error("nothing was written")
	}
	savers = sync.WaitGroup{}
	p.saving.commit.Lock()
	for i := range 50 {
		savers.Go(func() { errs[i] = p.Save(fmt.Sprint("t", i), news.PollState{Polls: 1}) })
	}
	for waiting := 0; waiting < 50; runtime.Gosched() {
		p.saving.mu.Lock()
		waiting = len(p.saving.waiting)
		p.saving.mu.Unlock()
	}
	p.saving.commit.Unlock()
	savers.Wait()
	if n := p.version() - version; n != 1 {
		t.Errorf("50 states took %d transactions", n)
	}
}

func TestPollsReopen(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		opened, err := OpenPolls(newstest.Logger(t), dir, Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		p := testedPolls{opened, t}
		if p.state("wire").Polls != i {
			t.Errorf("start %d: %+v", i, p.state("wire"))
		}
		p.ok(p.Enlist([]string{"wire"}, start))
		if got := p.due(start, 9); (i == 0) != (got == "wire") {
			t.Errorf("start %d: took %q: a lease outlives the process", i, got)
		}
		st := p.state("wire")
		st.Polls++
		p.ok(p.Save("wire", st))
		p.ok(p.Close())
	}
}

// dueSoonest orders sources as the index does: by millisecond, then by name.
func dueSoonest(due map[string]time.Time) []string {
	list := []string{}
	for source := range due {
		list = append(list, source)
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(due[a].UnixMilli(), due[b].UnixMilli()), cmp.Compare(a, b))
	})
	return list
}

// pollsModel is what the due index is meant to have, and what is known of each source, also of
// those that have left it.
type pollsModel struct {
	testedPolls
	listed, known map[string]time.Time
	enlisted      []string // nil as long as nothing was
}

var (
	anySource = rapid.SampledFrom([]string{"a", "b", "c", "d", "ab"})
	anyMoment = rapid.Custom(func(rt *rapid.T) time.Time {
		return start.Add(time.Duration(rapid.IntRange(-3e6, 3e6).Draw(rt, "µs")) * time.Microsecond)
	})
)

func (m *pollsModel) save(rt *rapid.T) {
	source, at := anySource.Draw(rt, "source"), anyMoment.Draw(rt, "due")
	if rapid.IntRange(0, 4).Draw(rt, "zero") == 0 {
		at = time.Time{}
	}
	m.dueAt(source, at)
	m.known[source], m.listed[source] = at, at
	if at.IsZero() || m.enlisted != nil && !slices.Contains(m.enlisted, source) {
		delete(m.listed, source)
	}
}

func (m *pollsModel) take(rt *rapid.T) {
	now, n := anyMoment.Draw(rt, "now"), rapid.IntRange(0, 3).Draw(rt, "n")
	var want []string
	for _, source := range dueSoonest(m.listed) {
		if m.listed[source].UnixMilli() <= now.UnixMilli() && len(want) < n {
			want = append(want, source)
		}
	}
	if got := m.due(now, n); got != strings.Join(want, " ") {
		rt.Fatalf("took %q, want %v", got, want)
	}
	for _, source := range want {
		m.listed[source] = now.Add(15 * time.Minute)
		m.known[source] = m.listed[source]
	}
}

func (m *pollsModel) enlist(rt *rapid.T) {
	sources := rapid.SliceOfDistinct(anySource, rapid.ID).Draw(rt, "sources")
	now := anyMoment.Draw(rt, "now")
	m.ok(m.Enlist(sources, now))
	m.enlisted = append([]string{}, sources...)
	before := m.listed
	m.listed = map[string]time.Time{}
	for _, source := range sources {
		at, stays := before[source]
		if !stays {
			if at = m.known[source]; at.Before(now) {
				at = now
			}
			m.known[source] = at
		}
		m.listed[source] = at
	}
}

// check holds the index, in which no stale key may stay, and the states against the model.
func (m *pollsModel) check(rt *rapid.T) {
	want := []string{}
	for _, source := range dueSoonest(m.listed) {
		at := time.UnixMilli(m.listed[source].UnixMilli()).Sub(start)
		want = append(want, fmt.Sprint(source, " ", at))
	}
	if diff := gocmp.Diff(want, m.index()); diff != "" {
		rt.Fatalf("index: (-want +got)\n%s", diff)
	}
	for source, at := range m.known {
		if st := m.state(source); !st.Due.Equal(at) {
			rt.Fatalf("%s is due at %s, want %s", source, st.Due, at)
		}
	}
}

// TestPollsModel runs random calls against the model.
func TestPollsModel(t *testing.T) {
	parent := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		opened, err := OpenPolls(newstest.Logger(t), mkdir(t, parent), Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		m := &pollsModel{testedPolls: testedPolls{opened, t}}
		m.listed, m.known = map[string]time.Time{}, map[string]time.Time{}
		defer func() { m.ok(m.Close()) }()
		rt.Repeat(map[string]func(*rapid.T){
			"save": m.save, "take": m.take, "enlist": m.enlist, "": m.check,
		})
	})
}
