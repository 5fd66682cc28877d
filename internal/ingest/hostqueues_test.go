package ingest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// dueOnce gives a list of sources once.
type dueOnce struct {
	mu  sync.Mutex
	ids []string
}

func (d *dueOnce) Due(_ time.Time, n int, _ time.Duration) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	taken := d.ids[:min(n, len(d.ids))]
	d.ids = d.ids[len(taken):]
	return taken, nil
}

// slowly is a reader for whom one host takes ten seconds for each source and others nothing.
type slowly struct {
	mu    sync.Mutex
	reads []string
	began time.Time
	at    map[string]time.Duration
}

func (s *slowly) Read(
	ctx context.Context, src news.Source, _ news.Validators,
) (news.Reading, error) {
	s.mu.Lock()
	s.reads = append(s.reads, src.ID)
	s.at[src.ID] = time.Since(s.began)
	s.mu.Unlock()
	if strings.HasPrefix(src.ID, "slow") {
		select {
		case <-time.After(10 * time.Second):
		case <-ctx.Done():
			return news.Reading{}, ctx.Err()
		}
	}
	return news.Reading{Status: 304, NotModified: true}, nil
}

func (s *slowly) Keep(news.Source, news.Reading) {}

// slowPoller makes a poller with forty sources of a slow host that are due, and one of another.
func slowPoller(t *testing.T) (*Poller, *slowly, *polled) {
	t.Helper()
	var sources []news.Source
	due := &dueOnce{}
	for i := range 41 {
		src := news.Source{
			ID: fmt.Sprint("slow", i), Kind: news.KindFeed, URL: fmt.Sprintf("https://Slow.example/%d", i),
		}
		if i == 40 {
			src.ID, src.URL = "quick", "https://quick.example/feed"
		}
		sources, due.ids = append(sources, src), append(due.ids, src.ID)
	}
	reader := &slowly{began: time.Now(), at: map[string]time.Duration{}}
	polls := &polled{states: map[string]news.PollState{}}
	flow := flowOn(t, &world{})
	flow.reader, flow.polls, flow.now = reader, polls, time.Now
	return NewPoller(newstest.Logger(t), flow, due, sources, Bounds{AtOnce: 4}), reader, polls
}

func TestOneHostDoesNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, reader, polls := slowPoller(t)
		if err := p.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Wait()
		if at := reader.at["quick"]; at > time.Second {
			t.Errorf("the other host's source was read after %s", at)
		}
		if len(polls.states) != 41 || len(reader.reads) != 41 {
			t.Errorf("%d sources read in %d looks", len(polls.states), len(reader.reads))
		}
		if at := reader.at["slow39"]; at != 190*time.Second {
			t.Errorf("the last of the slow host was read after %s: not two at a time", at)
		}
		if len(p.queues.hosts) != 0 {
			t.Errorf("%d queues left behind", len(p.queues.hosts))
		}
	})
}

// TestWhatWasTakenIsGivenBack ends a poller in the middle of its work.
func TestWhatWasTakenIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, reader, polls := slowPoller(t)
		ctx, cancel := context.WithCancel(t.Context())
		if err := p.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Second)
		cancel()
		p.Stop()
		read, back := 0, 0
		for id, st := range polls.states {
			switch {
			case st.Polls == 1 && st.Due.After(time.Now()):
				read++
			case st.Polls == 0 && st.Due.Equal(time.Now().UTC()):
				back++
			default:
				t.Errorf("%s: %+v", id, st)
			}
		}
		if read != 5 || back != 36 { // two by two of the slow host, and the quick one
			t.Errorf("%d read (%d looks), %d given back", read, len(reader.reads), back)
		}
	})
}

// TestStopBeginsNothingMore lets what is being read come to its end.
func TestStopBeginsNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, reader, polls := slowPoller(t)
		if err := p.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		p.Stop()
		if took := time.Since(reader.began); took != 10*time.Second || len(reader.reads) != 3 {
			t.Errorf("%d looks in %s, want the three that had begun", len(reader.reads), took)
		}
		back := 0
		for _, st := range polls.states {
			if st.Polls == 0 {
				back++
			}
		}
		if back != 38 {
			t.Errorf("%d given back", back)
		}
	})
}

func TestALaneIsBounded(t *testing.T) {
	var l hostQueues
	src := news.Source{URL: "https://a.example/"}
	for range runsPerHost {
		if !l.enter(src) {
			t.Fatal("not let in")
		}
	}
	for range mostQueued + 10 {
		if l.enter(src) {
			t.Fatal("let in beside others")
		}
	}
	if n := len(l.hosts["a.example"].waiting); n != mostQueued {
		t.Errorf("%d wait", n)
	}
	l = hostQueues{extra: 3}
	for range runsPerHost + 3 {
		if !l.enter(src) {
			t.Error("not let in, though the host is asked for more at a time")
		}
	}
}

func TestASourceThatWasRetiredIsRevivedByANewAddress(t *testing.T) {
	polls := &polled{states: map[string]news.PollState{}}
	const old = "https://a.example/old"
	gone := news.Reading{Status: 410}
	err := news.Errorf(news.Gone, "the server answers 410 Gone")
	for _, id := range []string{"stays", "moves"} {
		src := news.Source{ID: id, Kind: news.KindFeed, URL: old}
		polls.states[id] = learn(news.PollState{Polls: 3}, src, gone, &news.Report{}, err, noon)
	}
	if err := Revive(polls, []news.Source{
		{ID: "stays", URL: old}, {ID: "moves", URL: "https://a.example/new"}, {ID: "new"},
	}); err != nil {
		t.Fatal(err)
	}
	if st := polls.states["stays"]; st.Retired.IsZero() || st.Failures == 0 {
		t.Errorf("one with its old address: %+v", st)
	}
	if st := polls.states["moves"]; !st.Retired.IsZero() || st.Failures != 0 || st.Polls != 4 {
		t.Errorf("one with a new address: %+v", st)
	}
	if polls.saves != 1 {
		t.Errorf("%d states saved, want one", polls.saves)
	}
}
