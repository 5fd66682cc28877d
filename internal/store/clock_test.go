package store

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestClockThatWasAhead stores with a clock that is ahead, and goes on when it is right again: what
// changes is stamped by the clock as it is, whatever was stamped before.
func TestClockThatWasAhead(t *testing.T) {
	for _, ahead := range []time.Duration{time.Hour, 400 * 24 * time.Hour} {
		s := newStore(t)
		s.clock.step(ahead)
		s.accept(piece("a"), piece("b"))
		s.clock.step(-ahead)
		s.offer(news.Updated, piece("a", text("<p>New.</p>")))
		first := s.window("border", 9)
		if !first.Stamp.Equal(start) || !first.Entries[0].Updated.Equal(start) {
			t.Errorf("%s: stamped %s, updated %s", ahead, first.Stamp, first.Entries[0].Updated)
		}
		s.clock.step(time.Minute)
		s.offer(news.Accepted, piece("c"))
		if w := s.window("border", 9); !w.Stamp.Equal(start.Add(time.Minute)) || w.Seq <= first.Seq {
			t.Errorf("%s: then stamped %s at %d", ahead, w.Stamp, w.Seq)
		}
	}
}

// TestClockThatJumpsReleasesNothing has the clock jump ahead while a store is open: an embargo is
// over when its time has passed, and not before.
func TestClockThatJumpsReleasesNothing(t *testing.T) {
	var passed time.Duration
	clock := newClock()
	opened, err := Open(newstest.Logger(t), t.TempDir(), Options{
		Now: clock.now, NoSync: true, Passed: func() time.Duration { return passed },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	s := &tested{Store: opened, clock: clock, t: t}
	step := func(d time.Duration) { clock.step(d); passed += d }
	s.offer(news.Accepted, piece("held", own, after(2*time.Hour)))
	for _, jump := range []time.Duration{time.Hour + time.Minute, 400 * 24 * time.Hour} {
		step(time.Minute)
		clock.step(jump)
		if n := s.release(); n != 0 || s.Jumped() != jump {
			t.Errorf("%d released by a jump of %s, seen as %s", n, jump, s.Jumped())
		}
		clock.step(-jump)
	}
	if step(2 * time.Hour); s.release() != 1 || s.Jumped() != 0 {
		t.Error("not released when its time had come")
	}
}

// readOnly opens files as on a file system that is read-only, as which user ever.
func readOnly(name string, flag int, mode os.FileMode) (*os.File, error) {
	if flag&(os.O_RDWR|os.O_WRONLY) != 0 {
		return nil, &os.PathError{Op: "open", Path: name, Err: syscall.EROFS}
	}
	return os.OpenFile(name, flag, mode)
}

// TestReadOnly opens both files on a file system that is read-only: all is read, nothing written.
func TestReadOnly(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a")).ID
	s.ok(s.Close())
	p, err := OpenPolls(newstest.Logger(t), s.dir, Options{})
	s.ok(err)
	s.ok(p.Save("wire", news.PollState{Polls: 3}))
	s.ok(p.Close())
	opts := Options{Now: s.clock.now, OpenFile: readOnly}
	s.Store, err = Open(newstest.Logger(t), s.dir, opts)
	s.ok(err)
	defer s.Close()
	s.shows(9, map[string]string{"border": "a"})
	_, err = s.Withdraw(t.Context(), id)
	if news.KindOf(err) != news.Busy || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("withdrawn: %v", err)
	}
	if err := s.Unwritable(); err == nil || len(s.Damage()) > 0 {
		t.Errorf("unwritable: %v, damage %q", err, s.Damage())
	}
	p, err = OpenPolls(newstest.Logger(t), s.dir, opts)
	s.ok(err)
	defer p.Close()
	if st, err := p.State("wire"); err != nil || st.Polls != 3 || p.Save("wire", st) == nil {
		t.Errorf("poll state: %+v, %v", st, err)
	}
}
