package ingest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestWait(t *testing.T) {
	const never = time.Duration(0)
	for _, test := range []struct {
		name     string
		every    time.Duration
		failures int
		asked    time.Duration
		want     time.Duration
	}{
		{"its own cadence", 15 * time.Minute, 0, never, 15 * time.Minute},
		{"never more than once a minute", time.Second, 0, never, time.Minute},
		{"doubled at a failure", 15 * time.Minute, 1, never, 30 * time.Minute},
		{"doubled again", 15 * time.Minute, 2, never, time.Hour},
		{"up to eight hours", 15 * time.Minute, 9, never, 8 * time.Hour},
		{"for ever", 15 * time.Minute, 1 << 30, never, 8 * time.Hour},
		{"a slow source is not asked more often because it fails", 24 * time.Hour, 3, never, 24 * time.Hour},
		{"as long as it asked", 15 * time.Minute, 1, 3 * time.Hour, 3 * time.Hour},
		{"not earlier because it asked for less", 15 * time.Minute, 0, time.Second, 15 * time.Minute},
		{"up to a day", 15 * time.Minute, 1, 1000 * time.Hour, 24 * time.Hour},
	} {
		if got := wait(test.every, test.failures, test.asked, 0); got != test.want {
			t.Errorf("%s: wait %s, want %s", test.name, got, test.want)
		}
	}
	if got := wait(time.Hour, 0, 0, 1); got <= time.Hour || got > 66*time.Minute {
		t.Errorf("with the most jitter: wait %s, want up to a tenth more than an hour", got)
	}
}

func TestLearn(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	old := news.Validators{ETag: `"old"`}
	fresh := news.Validators{ETag: `W/"new"`, LastModified: "Sun, 22 Nov 2026 09:00:00 GMT"}
	src := news.Source{ID: "s", Kind: news.KindFeed, Every: time.Hour}
	report := &news.Report{Bytes: 10, Results: []news.Result{
		{Outcome: news.Accepted}, {Outcome: news.Unchanged}, {Outcome: news.Rejected},
	}}

	st := learn(news.PollState{Validators: old, Failures: 2, Error: "x"}, src,
		news.Reading{Status: 200, Validators: fresh}, report, nil, now)
	want := news.PollState{
		Validators: fresh, LastPoll: now, LastSuccess: now, LastChange: now, HTTPStatus: 200,
		Polls: 1, Bytes: 10, Accepted: 1, Unchanged: 1, Rejected: 1, Due: st.Due,
		Why: "every 1h", Items: 3, ValidatorsAt: now,
	}
	if diff := cmp.Diff(want, st); diff != "" {
		t.Errorf("after a success (-want +got):\n%s", diff)
	}
	if st.Due.Before(now.Add(time.Hour)) || st.Due.After(now.Add(70*time.Minute)) {
		t.Errorf("next at %s, want about an hour later", st.Due)
	}

	st = learn(want, src, news.Reading{Status: 304, NotModified: true}, &news.Report{}, nil, now.Add(time.Hour))
	if st.Validators != fresh || st.NotModified != 1 || !st.LastChange.Equal(now) {
		t.Errorf("a 304 must keep the validators and change nothing else: %+v", st)
	}

	st = learn(want, src, news.Reading{Status: 503, RetryAfter: 5 * time.Hour}, &news.Report{},
		errors.New("overloaded"), now)
	if st.Failures != 1 || st.Error != "overloaded" || st.Validators != fresh {
		t.Errorf("a failure must be counted, said, and keep the validators: %+v", st)
	}
	if !st.Due.Equal(now.Add(5 * time.Hour)) {
		t.Errorf("next at %s, want exactly when the source asked for", st.Due)
	}

	folder := news.Source{ID: "f", Kind: news.KindFolder, Every: time.Second}
	if st := learn(news.PollState{}, folder, news.Reading{}, report, nil, now); !st.Due.IsZero() {
		t.Errorf("a folder is due at %s; it is swept by a job of its own", st.Due)
	}
}

// TestLearnWaitsForItsHost has a source keep all that is known of it but for when it is due.
func TestLearnWaitsForItsHost(t *testing.T) {
	before := news.PollState{
		Polls: 3, HTTPStatus: 200, LastPoll: noon.Add(-time.Hour), LastSuccess: noon.Add(-time.Hour),
		Due: noon, Why: "every 1h",
	}
	err := news.Errorf(news.Busy, "fetch https://a.example/: told to wait")
	src := news.Source{ID: "a", Kind: news.KindFeed, Every: time.Hour}
	after := learn(before, src, news.Reading{RetryAfter: 10 * time.Minute}, &news.Report{}, err, noon)
	if wait := after.Due.Sub(noon); wait < 10*time.Minute || wait > 16*time.Minute {
		t.Errorf("due after %s", wait)
	}
	if after.Why != "its host told another source to wait 10m" {
		t.Errorf("why: %s", after.Why)
	}
	after.Due, after.Why = before.Due, before.Why
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
}
