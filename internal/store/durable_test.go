package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestReopen(t *testing.T) {
	s, _ := fill(t)
	feeds := []string{"all", "all.en", "all.es", "border", "border.es", "cartels", "quiet.es", "none"}
	read := func() (all []news.Window) {
		for _, feed := range feeds {
			all = append(all, s.window(feed, 9))
		}
		return all
	}
	installation, windows, log := s.Installation(), read(), s.changes()
	stamps, err := s.EditionStamps()
	s.ok(err)
	if len(stamps) != 1 || installation.IsZero() || len(windows[0].Entries) != 5 {
		t.Fatalf("not filled: %v, %s, %v", stamps, installation, windows[0])
	}
	for range 2 {
		s.clock.step(time.Hour / 2) // whatever the clock says
		s.reopen()
		if diff := cmp.Diff(windows, read()); diff != "" {
			t.Errorf("windows: (-before +after)\n%s", diff)
		}
		if diff := cmp.Diff(log, s.changes(), cmp.AllowUnexported(change{}, feedChange{}, moves{})); diff != "" {
			t.Errorf("log: (-before +after)\n%s", diff)
		}
		again, err := s.EditionStamps()
		s.ok(err)
		if diff := cmp.Diff(stamps, again); diff != "" || s.Installation() != installation {
			t.Errorf("installation %s, then %s; stamps: %s", installation, s.Installation(), diff)
		}
	}
	if n := s.release(); n != 1 {
		t.Errorf("%d released after the restart, want 1", n)
	}
	if r := s.offer(news.Accepted, piece("next")); s.article(r.ID).Seq != log[len(log)-1].Seq+2 {
		t.Errorf("the sequence went from %d to %d", log[len(log)-1].Seq, s.article(r.ID).Seq)
	}
}

// hold keeps the writing goroutine busy until the function that it gives is called.
func (s *tested) hold() (release func()) {
	s.t.Helper()
	began, end, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		done <- s.submit(context.Background(), func(*writing) error {
			began <- true
			<-end
			return nil
		})
	}()
	<-began
	return func() {
		close(end)
		s.ok(<-done)
	}
}

// queued waits until so many requests wait for the writing goroutine.
func (s *tested) queued(n int) {
	for len(s.requests) < n {
		runtime.Gosched()
	}
}

func TestAFailureSpoilsNoOther(t *testing.T) {
	s := newStore(t)
	bad := errors.New("bad request")
	release := s.hold()
	var wg sync.WaitGroup
	var runs atomic.Int32
	for i := range 5 {
		wg.Go(func() {
			if _, err := s.Accept(t.Context(), []news.Candidate{piece(fmt.Sprint(i))}); err != nil {
				t.Errorf("article %d: %v", i, err)
			}
		})
	}
	wg.Go(func() {
		err := s.submit(t.Context(), func(w *writing) error {
			runs.Add(1)
			w.touched[news.FeedKey{Topic: "border"}] = true
			return errors.Join(bad, put(w.Bucket(bucketEdition), []byte("never"), "seen"))
		})
		if !errors.Is(err, bad) {
			t.Errorf("the failing one: %v", err)
		}
	})
	s.queued(6)
	release()
	wg.Wait()
	if runs.Load() != 2 {
		t.Errorf("the failing one ran %d times, want once with the others and once alone", runs.Load())
	}
	if w := s.window("border", 9); len(w.Entries) != 5 || w.Seq != 6 {
		t.Errorf("window at %d: %v", w.Seq, guids(w))
	}
	if stamps, err := s.EditionStamps(); len(stamps) > 0 || err != nil {
		t.Errorf("what failed was stored: %v, %v", stamps, err)
	}
}

// TestGroupsShareAStamp queues several callers' changes, which then make one state of the feed.
func TestGroupsShareAStamp(t *testing.T) {
	s := newStore(t)
	release := s.hold()
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() { s.Accept(t.Context(), []news.Candidate{piece(fmt.Sprint(i))}) })
	}
	s.queued(5)
	release()
	wg.Wait()
	if w := s.window("border", 9); len(w.Entries) != 5 || !w.Stamp.Equal(start) {
		t.Errorf("%d entries at %s", len(w.Entries), w.Stamp)
	}
}

// TestManyWriters has several goroutines offer overlapping documents at once, while others read.
func TestManyWriters(t *testing.T) {
	s := newStore(t)
	const writers, each, apart = 8, 60, 20
	var outcomes sync.Map // guid → how often it was accepted
	var writing, readers sync.WaitGroup
	stop := make(chan bool)
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				w, err := s.Window(news.FeedKey{Topic: "border"}, 50)
				if err != nil || w.Seq == 0 && len(w.Entries) > 0 {
					t.Errorf("window at %d: %v", w.Seq, err)
					return
				}
			}
		})
	}
	for i := range writers {
		writing.Go(func() {
			for j := 0; j < each; j += 3 {
				var doc []news.Candidate
				for k := range 3 {
					doc = append(doc, piece(fmt.Sprint(i*apart+j+k)))
				}
				results, err := s.Accept(t.Context(), doc)
				if err != nil || len(results) != 3 {
					t.Errorf("writer %d: %d results, %v", i, len(results), err)
					return
				}
				for k, r := range results {
					if r.Outcome == news.Accepted {
						n, _ := outcomes.LoadOrStore(doc[k].Article.GUID, new(atomic.Int32))
						n.(*atomic.Int32).Add(1)
					}
				}
			}
		})
	}
	writing.Wait()
	close(stop)
	readers.Wait()
	const articles = (writers-1)*apart + each
	seen := map[string]bool{}
	for _, guid := range guids(s.window("all", 2*articles)) {
		n, ok := outcomes.Load(guid)
		if !ok || n.(*atomic.Int32).Load() != 1 || seen[guid] {
			t.Errorf("%s was not accepted once", guid)
		}
		seen[guid] = true
	}
	changes := slices.DeleteFunc(s.changes(), func(c change) bool { return c.Kind == kindClose })
	if len(seen) != articles || len(changes) != articles {
		t.Errorf("%d articles by %d changes, want %d", len(seen), len(changes), articles)
	}
}

// TestCloseWhileWritersWait closes the store under callers that wait in the queue: each of them
// is either stored or refused, and what was stored is there afterwards.
func TestCloseWhileWritersWait(t *testing.T) {
	s := newStore(t)
	const callers, queued = 250, 200 // several transactions' worth
	closed := s.Store
	release := s.hold()
	errs := make([]error, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			_, errs[i] = closed.Accept(context.Background(), []news.Candidate{piece(fmt.Sprint(i))})
		})
		if i == queued {
			s.queued(queued)
			wg.Go(func() { s.ok(closed.Close()) })
		}
	}
	<-closed.closing
	release()
	wg.Wait()
	s.ok(closed.Close()) // again
	s.open()
	stored := 0
	for i, err := range errs {
		_, missing := s.Article(piece(fmt.Sprint(i)).Article.ID)
		switch {
		case err == nil && missing == nil:
			stored++
		case news.KindOf(err) == news.Refused && news.KindOf(missing) == news.NotFound:
		default:
			t.Errorf("caller %d was told %v, and then: %v", i, err, missing)
		}
	}
	if stored < queued {
		t.Errorf("%d stored: those that waited when Close was called were refused", stored)
	}
}

func TestAfterClose(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a")).ID
	s.ok(s.Close())
	_, accept := s.Accept(t.Context(), []news.Candidate{piece("b")})
	_, withdraw := s.Withdraw(t.Context(), id)
	for name, err := range map[string]error{
		"accept": accept, "withdraw": withdraw,
		"ensure feeds": s.EnsureFeeds([]news.FeedKey{{Topic: "border"}}),
		"save stamps":  s.SaveEditionStamps(map[string]news.EditionStamp{"a.rss": {}}),
	} {
		if news.KindOf(err) != news.Refused {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
	if _, err := s.Window(news.FeedKey{Topic: "border"}, 1); err == nil {
		t.Error("window: read from a closed store")
	}
	if _, err := s.Item(id); err == nil {
		t.Error("item: read from a closed store")
	}
	if results, err := s.Accept(t.Context(), nil); len(results) > 0 || err != nil {
		t.Errorf("nothing: %v, %v", results, err)
	}
}

// TestCloseWhileReading closes the store under a goroutine that reads items.
func TestCloseWhileReading(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a")).ID
	var wg sync.WaitGroup
	first := make(chan bool)
	wg.Go(func() {
		var once sync.Once
		for {
			item, err := s.Item(id)
			if err != nil {
				if news.KindOf(err) != news.Internal || strings.Contains(err.Error(), "damaged") {
					t.Errorf("a closed store: %v", err)
				}
				return
			}
			if item.GUID != "a" {
				t.Errorf("item %+v", item)
			}
			once.Do(func() { close(first) })
		}
	})
	<-first
	s.ok(s.Close())
	wg.Wait()
}

func TestContext(t *testing.T) {
	s := newStore(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // a select among ready cases would take it now and then
		if _, err := s.Accept(over, []news.Candidate{piece("a")}); !errors.Is(err, context.Canceled) {
			t.Fatalf("a context that is over: %v", err)
		}
	}
	// One that ends while the request waits in the queue does not take it back, but the answer
	// is true.
	later, cancel := context.WithCancel(t.Context())
	release := s.hold()
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.Accept(later, []news.Candidate{piece("b")}); err != nil {
			t.Errorf("queued before its context ended: %v", err)
		}
	})
	s.queued(1)
	cancel()
	// One that ends while the queue is full does.
	for i := range cap(s.requests) - 1 {
		wg.Go(func() {
			s.ok(s.SaveEditionStamps(map[string]news.EditionStamp{fmt.Sprint(i): {}}))
		})
	}
	s.queued(cap(s.requests))
	waiting, cancel := context.WithCancel(t.Context())
	wg.Go(func() {
		if _, err := s.Withdraw(waiting, news.ID{}); !errors.Is(err, context.Canceled) {
			t.Errorf("the queue was full: %v", err)
		}
	})
	runtime.Gosched()
	cancel()
	release()
	wg.Wait()
	s.shows(9, map[string]string{"border": "b"})
}
