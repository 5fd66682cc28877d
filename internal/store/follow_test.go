package store

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// TestChanges: each change names the feeds that it touches, and no other.
func TestChanges(t *testing.T) {
	s := newStore(t)
	cursor := uint64(1) // the installation
	for _, c := range []struct {
		candidate news.Candidate
		want      []string
	}{
		{piece("a", lang("es")), []string{"create", "all", "all.es", "border", "border.es"}},
		{piece("a", lang("es")), nil},
		{piece("b", in()), []string{"create"}},
		{piece("c", own, after(time.Hour)), []string{"create"}},
		{piece("b", lang("")), []string{"update", "all", "border"}},
	} {
		newer := s.Newer(cursor)
		s.accept(c.candidate)
		if woken := isClosed(newer); woken != (c.want != nil) {
			t.Errorf("%s: woken %v", c.candidate.Article.GUID, woken)
		}
		changes, err := s.Changes(cursor, 9)
		s.ok(err)
		var got []string
		for _, change := range changes {
			got, cursor = append(got, change.Kind), change.Seq
			for _, key := range change.Feeds {
				got = append(got, key.String())
				if len(s.window(key.String(), 9).Entries) == 0 {
					t.Errorf("%s is told before it changed", key)
				}
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.candidate.Article.GUID, diff)
		}
	}
	waiting := s.Newer(cursor)
	s.ok(s.SaveEditionStamps(nil))
	if isClosed(waiting) || !isClosed(s.Newer(cursor-1)) {
		t.Error("woken by no change, or not told of one that there is")
	}
}

// TestDamagedChange: a change that can't be read is not passed over in silence.
func TestDamagedChange(t *testing.T) {
	s := newStore(t)
	s.accept(piece("a"), piece("b"), piece("c"))
	s.spoil(number(3), bucketChange)
	changes, err := s.Changes(1, 9)
	s.ok(err)
	if len(changes) != 3 || changes[1].Seq != 3 || changes[1].Kind != "" || changes[2].Seq != 4 {
		t.Errorf("%+v", changes)
	}
	if d := s.Damage(); len(d) != 1 {
		t.Errorf("reported: %q", d)
	}
}

// TestFollowers has several goroutines write and others follow them, each in its own steps and with
// restarts at random, and one that never reads on: each sees every change once and in order, feeds
// change by nothing that it was not told of, and nobody waits for the one that never reads.
func TestFollowers(t *testing.T) {
	for range 4 {
		s := newStore(t)
		s.Newer(0) // and never looked at
		end := make(chan struct{})
		var writers, followers sync.WaitGroup
		logs := make([]*follower, 4)
		for i := range logs {
			logs[i] = &follower{s: s, random: rand.New(rand.NewPCG(1, uint64(i)))}
			followers.Go(func() { logs[i].run(end) })
		}
		for i := range 4 {
			writers.Go(func() { s.edit(rand.New(rand.NewPCG(2, uint64(i)))) })
		}
		writers.Wait()
		close(end)
		followers.Wait()
		last, err := s.Sequence()
		s.ok(err)
		for i, f := range logs {
			f.check(last)
			if diff := cmp.Diff(logs[0].seen, f.seen); diff != "" {
				t.Errorf("follower %d saw something else than the first:\n%s", i, diff)
			}
		}
		s.reopen()
		rest, err := s.Changes(last/2, int(last))
		s.ok(err)
		if diff := cmp.Diff(logs[0].seen[last/2:], rest); diff != "" {
			t.Errorf("after a restart:\n%s", diff)
		}
	}
}

// edit changes articles at random.
func (s *tested) edit(random *rand.Rand) {
	for range 40 {
		c := piece(fmt.Sprint(random.IntN(12)), text(fmt.Sprint("<p>", random.IntN(3), "</p>")),
			lang([]string{"en", "es", ""}[random.IntN(3)]))
		in([]string{"border", "cartels", "us-mexico"}[:random.IntN(4)]...)(&c)
		var err error
		if random.IntN(5) == 0 {
			_, err = s.Withdraw(s.t.Context(), c.Article.ID)
		} else {
			_, err = s.Accept(s.t.Context(), []news.Candidate{c, piece(fmt.Sprint(random.IntN(12)))})
		}
		if err != nil && news.KindOf(err) != news.NotFound {
			s.t.Error(err)
		}
		s.clock.step(time.Duration(random.IntN(2)) * time.Second)
	}
}

// follower reads a log as its writers go on.
type follower struct {
	s      *tested
	random *rand.Rand
	seen   []news.Change
}

// run follows until end is closed and all is read.
func (f *follower) run(end chan struct{}) {
	var cursor uint64
	for ended := false; ; {
		newer := f.s.Newer(cursor)
		if ended && !isClosed(newer) {
			return
		}
		select {
		case <-newer:
		case <-end:
			ended = true
		}
		if f.random.IntN(3) == 0 {
			time.Sleep(time.Duration(f.random.IntN(3)) * time.Millisecond)
		}
		changes, err := f.s.Changes(cursor, 1+f.random.IntN(20))
		if err != nil {
			f.s.t.Error(err)
			return
		}
		f.seen = append(f.seen, changes...)
		if len(changes) > 0 {
			cursor = changes[len(changes)-1].Seq
		}
		if n := len(f.seen); n > 0 && f.random.IntN(10) == 0 { // a restart from what it remembers
			f.seen = f.seen[:f.random.IntN(n)]
			if cursor = 0; len(f.seen) > 0 {
				cursor = f.seen[len(f.seen)-1].Seq
			}
		}
	}
}

// check holds what was seen to what the store has.
func (f *follower) check(last uint64) {
	newest := map[string]uint64{}
	for i, c := range f.seen {
		if c.Seq != uint64(i+1) || c.Kind == "" {
			f.s.t.Fatalf("change %d is %+v", i+1, c)
		}
		for _, key := range c.Feeds {
			if c.Kind != kindClose {
				newest[key.String()] = c.Seq
			}
		}
	}
	if uint64(len(f.seen)) != last {
		f.s.t.Errorf("%d changes seen of %d", len(f.seen), last)
	}
	for feed, seq := range newest {
		if w := f.s.window(feed, 0); w.Seq != seq {
			f.s.t.Errorf("%s: last told of at %d, changed at %d", feed, seq, w.Seq)
		}
	}
}

// TestHead: whatever the order of steps, a wait for what is there ends at once, and one for what is
// not ends with it and not before.
func TestHead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var h head
		var seq uint64
		waits := map[<-chan struct{}]uint64{}
		rt.Repeat(map[string]func(*rapid.T){
			"wait": func(rt *rapid.T) {
				from := rapid.Uint64Range(0, seq).Draw(rt, "after")
				c := h.after(from)
				if isClosed(c) != (from < seq) {
					rt.Fatalf("after %d at %d: ended %v", from, seq, isClosed(c))
				}
				waits[c] = from
			},
			"set": func(rt *rapid.T) {
				seq += rapid.Uint64Range(0, 2).Draw(rt, "by")
				h.set(seq)
			},
			"": func(rt *rapid.T) {
				for c, from := range waits {
					if isClosed(c) != (from < seq) {
						rt.Fatalf("after %d at %d: ended %v", from, seq, isClosed(c))
					}
				}
			},
		})
	})
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
