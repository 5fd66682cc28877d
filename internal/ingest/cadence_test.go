package ingest

import (
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

func TestNext(t *testing.T) {
	hourly := news.Source{Kind: news.KindFeed, Every: time.Hour}
	bounded := news.Source{Kind: news.KindFeed, Every: time.Hour, Slowest: 2 * time.Hour}
	changed := func(ago, usual time.Duration) news.PollState {
		return news.PollState{LastChange: noon.Add(-ago), Usual: usual}
	}
	for _, test := range []struct {
		name    string
		src     news.Source
		st      news.PollState
		reading news.Reading
		least   time.Duration // and up to a tenth more
		why     string
	}{
		{"nothing known", hourly, news.PollState{}, news.Reading{}, time.Hour, "every 1h"},
		{"busy", hourly, changed(0, time.Minute), news.Reading{}, time.Hour, "every 1h"},
		{"slow", hourly, changed(0, 5*time.Hour), news.Reading{}, 150 * time.Minute, "changes every 5h"},
		{"slower", hourly, changed(0, 90*time.Hour), news.Reading{}, 4 * time.Hour, "changes every 3d"},
		{"bounded", bounded, changed(0, 90*time.Hour), news.Reading{}, 2 * time.Hour, "every 3d"},
		{"quiet", hourly, changed(6*time.Hour, time.Hour), news.Reading{}, 3 * time.Hour, "nothing new for 6h"},
		{"more to come", hourly, changed(6*time.Hour, 0), news.Reading{Later: 3}, time.Hour, "every 1h"},
		{"failing", hourly, news.PollState{Failures: 2}, news.Reading{}, 4 * time.Hour, "2 failures in a row"},
		{
			"ttl", hourly,
			news.PollState{Rhythm: news.Rhythm{TTL: 3 * time.Hour}},
			news.Reading{},
			3 * time.Hour, "the feed asks for 3h",
		},
		{
			"a short ttl", hourly,
			news.PollState{Rhythm: news.Rhythm{TTL: time.Minute}},
			news.Reading{},
			time.Hour, "every 1h",
		},
		{
			"a ttl of a year", hourly,
			news.PollState{Rhythm: news.Rhythm{TTL: 8760 * time.Hour}},
			news.Reading{},
			24 * time.Hour, "the feed asks for",
		},
		{"max-age", hourly, news.PollState{}, news.Reading{MaxAge: 90 * time.Minute}, 90 * time.Minute, "fresh for 1h30m"},
		{"max-age of a year", hourly, news.PollState{}, news.Reading{MaxAge: 8760 * time.Hour}, 24 * time.Hour, "fresh for"},
		{"Retry-After", hourly, news.PollState{}, news.Reading{RetryAfter: 2 * time.Hour}, 2 * time.Hour, "the server asked for 2h"},
		{ // it is noon: 13 to 16 h are skipped
			"skipHours", hourly,
			news.PollState{Rhythm: news.Rhythm{Hours: 15 << 13}},
			news.Reading{},
			5 * time.Hour, "skip the hours",
		},
		{
			"skipDays for a day at most", hourly,
			news.PollState{Rhythm: news.Rhythm{Days: 3}},
			news.Reading{},
			24 * time.Hour, "skip the hours",
		},
	} {
		due, why := next(test.st, test.src, test.reading, noon)
		got := due.Sub(noon)
		if got < test.least || got > test.least+test.least/10 {
			t.Errorf("%s: after %s, want %s", test.name, got, test.least)
		}
		if !strings.Contains(why, test.why) {
			t.Errorf("%s: because %q, want %q", test.name, why, test.why)
		}
	}
}

func TestUsualFollowsWhatASourcePublishes(t *testing.T) {
	st := news.PollState{}
	for i := range 20 { // something new every six hours
		now := noon.Add(time.Duration(i) * 6 * time.Hour)
		st.Usual, st.LastChange = usual(st, now), now
	}
	if st.Usual < 5*time.Hour || st.Usual > 6*time.Hour {
		t.Errorf("usual %s, want about six hours", st.Usual)
	}
	for range 40 { // then at every look, however often
		src := news.Source{Kind: news.KindFeed, Every: 10 * time.Minute, Slowest: 6 * time.Hour}
		now := st.LastChange
		due, _ := next(st, src, news.Reading{}, now)
		st.Usual, st.LastChange = usual(st, due), due
	}
	if st.Usual > 25*time.Minute {
		t.Errorf("usual %s: it never got faster again", st.Usual)
	}
}

func TestValidatorsAreDroppedAfterEightDays(t *testing.T) {
	st := news.PollState{
		Validators:   news.Validators{ETag: `"1"`, LastModified: "then", Mark: "m"},
		ValidatorsAt: noon,
	}
	if got := validators(st, noon.Add(8*24*time.Hour-time.Second)); got != st.Validators {
		t.Errorf("before: %+v", got)
	}
	if got, want := validators(st, noon.Add(8*24*time.Hour)), (news.Validators{Mark: "m"}); got != want {
		t.Errorf("after: %+v, want %+v", got, want)
	}
}

func TestAFeedThatIsGoneIsRetiredUntilAPersonRevivesIt(t *testing.T) {
	gone := news.Errorf(news.Gone, "fetch x: the server answers 410 Gone")
	w := &world{reading: news.Reading{Status: 410}, readErr: gone}
	f := flowOn(t, w)
	src := news.Source{ID: "s", Kind: news.KindFeed, Every: time.Hour}
	if _, err := f.Run(t.Context(), src); err == nil {
		t.Fatal("no error")
	}
	st := w.states["s"]
	if st.Retired.IsZero() || !st.Due.IsZero() || !strings.Contains(st.Why, "410 Gone") {
		t.Errorf("state %+v", st)
	}
	w.reading, w.readErr = news.Reading{Status: 200, Documents: []news.Document{feedDocument()}}, nil
	if _, err := f.Run(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	if st := w.states["s"]; !st.Retired.IsZero() || st.Due.IsZero() || st.Items != 3 {
		t.Errorf("revived: %+v", st)
	}
}

func TestAChallengeIsRecorded(t *testing.T) {
	w := &world{
		reading: news.Reading{Status: 200, Challenged: true},
		readErr: news.Errorf(news.Refused, "a challenge"),
	}
	f := flowOn(t, w)
	src := news.Source{ID: "s", Kind: news.KindFeed, Every: time.Hour}
	if _, err := f.Run(t.Context(), src); err == nil || !w.states["s"].Challenged {
		t.Errorf("%v, %+v", err, w.states["s"])
	}
	w.reading, w.readErr = news.Reading{Status: 304, NotModified: true}, nil
	if _, err := f.Run(t.Context(), src); err != nil || w.states["s"].Challenged {
		t.Errorf("%v, %+v", err, w.states["s"])
	}
}
