package ingest

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// stock holds articles with keys 2, 4, 6…, and notes what it was told of them.
type stock struct {
	titles []string
	state  news.Classified
	placed map[string][]string
	calls  []string
	fail   int // the call of Reclassify that fails, from 1
}

func (s *stock) Stored(after uint64, most int) ([]news.Stored, uint64, error) {
	var batch []news.Stored
	last := after
	for i, title := range s.titles {
		key := uint64(2 * (i + 1))
		if key > after && len(batch) < min(most, 2) {
			last = key
			a := news.Article{Source: "s", Title: title, Lang: "en", Fingerprint: title}
			batch = append(batch, news.Stored{Key: key, Entry: news.Entry{Article: a}})
		}
	}
	return batch, last, nil
}

func (s *stock) BeginClassify(
	_ context.Context, rules string, topics []news.Topic,
) (news.Classified, error) {
	if s.state.Rules != rules {
		s.state = news.Classified{Rules: rules}
	}
	s.calls = append(s.calls, fmt.Sprintf("begin %s %d", rules, len(topics)))
	return s.state, nil
}

func (s *stock) Reclassify(
	_ context.Context, rules string, until uint64, batch []news.Reclassified,
) (news.Classified, error) {
	s.calls = append(s.calls, fmt.Sprintf("place %d until %d", len(batch), until))
	if len(s.calls) == s.fail {
		return s.state, news.Errorf(news.Internal, "the disk is full")
	}
	for _, r := range batch {
		topics := []string{}
		for _, p := range r.Placements {
			topics = append(topics, p.Topic)
		}
		s.placed[r.Fingerprint] = topics
	}
	s.state.Key, s.state.Read = until, s.state.Read+len(batch)
	if until == 0 {
		s.state.Done = noon
	}
	return s.state, nil
}

func TestReclassify(t *testing.T) {
	f := flowOn(t, &world{})
	s := &stock{
		titles: []string{"The river rises", "Soup", "A bridge", "The river falls"},
		placed: map[string][]string{}, fail: 3,
	}
	one := f.inForce.Rules()
	_, err := f.Reclassify(t.Context(), s, one)
	if err == nil || s.state.Key != 4 {
		t.Fatalf("after a fault: %v, %+v", err, s.state)
	}
	state, err := f.Reclassify(t.Context(), s, one)
	if err != nil || state.Read != 4 || state.Done.IsZero() {
		t.Fatalf("%v, %+v", err, state)
	}
	want := map[string][]string{
		"The river rises": {"rivers"}, "Soup": {}, "A bridge": {}, "The river falls": {"rivers"},
	}
	if diff := cmp.Diff(want, s.placed); diff != "" {
		t.Errorf("placed (-want +got):\n%s", diff)
	}
	begin := "begin " + one.Hash + " 1"
	calls := []string{
		begin, "place 2 until 4", "place 2 until 8",
		begin, "place 2 until 8", "place 0 until 0",
	}
	if diff := cmp.Diff(calls, s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if _, err := f.Reclassify(t.Context(), s, one); err != nil || len(s.calls) != 7 {
		t.Errorf("done again: %v, %q", err, s.calls)
	}

	two := rulesOf(t, "two", "bridges", "bridge", "s")
	if _, err := f.Reclassify(t.Context(), s, two); err != nil {
		t.Fatal(err)
	}
	if got := s.placed["Soup"]; !cmp.Equal(got, []string{"bridges"}) {
		t.Errorf("an article of a source that belongs to a topic is in %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Reclassify(ctx, s, one); err == nil || s.state.Read != 0 {
		t.Errorf("stopped: %v, %+v", err, s.state)
	}
}

// TestKeepReclassifying: what fails is tried again, more and more rarely while it gets nowhere,
// and goes on where it was; other rules begin anew at once.
func TestKeepReclassifying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := flowOn(t, &world{})
		s := &stock{titles: []string{"A", "B", "C", "D"}, placed: map[string][]string{}}
		shelf := &fullDisk{stock: s, at: map[int]bool{1: true, 2: true, 3: true, 5: true}}
		began := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			f.KeepReclassifying(ctx, shelf)
		}()
		time.Sleep(time.Hour)
		synctest.Wait()
		want := []time.Duration{0, 1, 3, 7, 7, 8, 8} // seconds
		for i := range want {
			want[i] *= time.Second
		}
		var got []time.Duration
		for _, at := range shelf.times {
			got = append(got, at.Sub(began))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("times of the tries (-want +got):\n%s", diff)
		}
		if s.state.Read != 4 || s.state.Done.IsZero() || len(s.placed) != 4 {
			t.Errorf("%+v, placed %v", s.state, s.placed)
		}

		shelf.always = true
		f.inForce.Swap(rulesOf(t, "two", "rivers", "river"))
		time.Sleep(4*time.Minute + time.Second) // the next try would be minutes later
		synctest.Wait()
		if !s.state.Done.IsZero() {
			t.Errorf("done although nothing could be stored: %+v", s.state)
		}
		shelf.always = false
		three := rulesOf(t, "three", "rivers", "river")
		f.inForce.Swap(three)
		synctest.Wait()
		if s.state.Rules != three.Hash || s.state.Done.IsZero() {
			t.Errorf("by other rules: %+v, want %s done", s.state, three.Hash)
		}

		shelf.always = true
		f.inForce.Swap(rulesOf(t, "four", "rivers", "river"))
		time.Sleep(time.Minute)
		cancel()
		<-ended
		if !s.state.Done.IsZero() {
			t.Errorf("ended before it was stopped: %+v", s.state)
		}
	})
}

// fullDisk is a stock some of whose writes fail, counted from 1, and the times of all of them.
type fullDisk struct {
	*stock
	at     map[int]bool
	always bool
	times  []time.Time
}

func (s *fullDisk) Reclassify(
	ctx context.Context, rules string, until uint64, batch []news.Reclassified,
) (news.Classified, error) {
	s.times = append(s.times, time.Now())
	if s.always || s.at[len(s.times)] {
		return news.Classified{}, news.Errorf(news.Internal, "the disk is full")
	}
	return s.stock.Reclassify(ctx, rules, until, batch)
}
