package ingest

import (
	"errors"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// A machine that boots before its network reads its sources as soon as that is there.
func TestLooksAfterAStartThatFails(t *testing.T) {
	down := news.Errorf(news.Unreachable, "fetch x: no way to the server")
	w := &world{readErr: down}
	f := flowOn(t, w)
	now := noon
	f.now = func() time.Time { return now }
	src := news.Source{ID: "s", Kind: news.KindFeed, Every: 20 * time.Minute}
	// What is known from before the start makes no difference.
	w.states = map[string]news.PollState{
		"s": {Polls: 9, LastSuccess: noon.Add(-time.Hour), Rhythm: news.Rhythm{TTL: 3 * time.Hour}},
	}
	look := func() time.Duration {
		t.Helper()
		if _, err := f.Run(t.Context(), src); !errors.Is(err, w.readErr) {
			t.Fatal(err)
		}
		return w.states["s"].Due.Sub(now)
	}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128} {
		got := look()
		if got != want*time.Minute {
			t.Errorf("after failure %d the next look is in %s, want %d minutes", i+1, got, want)
		}
		now = now.Add(got)
	}
	for range 3 { // up to the wait of any source that fails
		got := look()
		if got > longestBackOff+longestBackOff/10 {
			t.Errorf("the next look is in %s", got)
		}
		now = now.Add(got)
	}
	w.readErr, w.reading = nil, news.Reading{Status: 200, Documents: []news.Document{feedDocument()}}
	look()
	now = now.Add(time.Hour)
	w.readErr, w.reading = down, news.Reading{}
	if got := look(); got < 40*time.Minute {
		t.Errorf("after a success a failure is waited for %s, want two cadences", got)
	}
}

func TestLooksAfterAStartThatIsRefused(t *testing.T) {
	w := &world{readErr: news.Errorf(news.Refused, "fetch x: 403"), reading: news.Reading{Status: 403}}
	f := flowOn(t, w)
	src := news.Source{ID: "s", Kind: news.KindFeed, Every: 20 * time.Minute}
	for _, c := range []struct {
		err   error
		asked time.Duration
	}{
		{w.readErr, 0},
		{news.Errorf(news.Unreachable, "fetch x: 503"), 10 * time.Minute},
	} {
		w.readErr, w.reading = c.err, news.Reading{RetryAfter: c.asked}
		if _, err := f.Run(t.Context(), src); err == nil {
			t.Fatal("no error")
		}
		if got := w.states["s"].Due.Sub(noon); got < 40*time.Minute {
			t.Errorf("%v: the next look is in %s, want two cadences", c.err, got)
		}
	}
}
