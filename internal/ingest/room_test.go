package ingest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// TestAQuotaPutsOffAndLosesNothing has a source bring 25 articles at once that may bring 10 an hour.
func TestAQuotaPutsOffAndLosesNothing(t *testing.T) {
	var items strings.Builder
	for i := range 25 {
		fmt.Fprintf(&items, "<item><title>Story %02d</title><guid>%d</guid><pubDate>%s</pubDate></item>",
			i, i, noon.Add(time.Duration(i-60)*time.Minute).Format(time.RFC1123Z))
	}
	doc := feedDocument()
	doc.Body = []byte(`<rss version="2.0"><channel><title>F</title>` + items.String() + `</channel></rss>`)
	w := &world{
		stored: map[string]bool{},
		reading: news.Reading{
			Documents: []news.Document{doc}, Status: 200,
			Validators: news.Validators{ETag: `"1"`, Mark: "as far as this"},
		},
	}
	now := noon
	flow := flowOn(t, w)
	flow.now = func() time.Time { return now }
	src := news.Source{ID: "s", Kind: news.KindFeed, Enabled: true, Every: 15 * time.Minute, PerHour: 10}
	for i, want := range []struct {
		after             time.Duration
		accepted, waiting int
		validators        bool
	}{
		{0, 10, 15, false},
		{15 * time.Minute, 0, 15, false},
		{45 * time.Minute, 10, 5, false},
		{time.Hour, 5, 0, true},
		{time.Hour, 0, 0, true},
	} {
		now = now.Add(want.after)
		w.calls = nil
		report, err := flow.Run(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		st := w.states["s"]
		if got := report.Count(news.Accepted); got != want.accepted || st.Deferred != want.waiting {
			t.Errorf("look %d: %d accepted, %d wait, want %d and %d",
				i, got, st.Deferred, want.accepted, want.waiting)
		}
		kept := slices.Contains(w.calls, "keep 1")
		if has := st.Validators != (news.Validators{}); has != want.validators || kept != has {
			t.Errorf("look %d: validators %+v, kept %t", i, st.Validators, kept)
		}
		if end := st.Hour.Add(time.Hour); want.waiting > 0 && st.Due.After(end) {
			t.Errorf("look %d: due at %s, the hour ends at %s", i, st.Due, end)
		}
	}
	if len(w.stored) != 25 {
		t.Errorf("%d of 25 are stored", len(w.stored))
	}
}

// TestRoomFor looks at hours that are over, and at clocks that were set back.
func TestRoomFor(t *testing.T) {
	src := news.Source{PerHour: 10}
	for _, c := range []struct {
		hour time.Time
		used int
		want int
	}{
		{time.Time{}, 0, 10},
		{noon.Add(-time.Minute), 4, 6},
		{noon.Add(-time.Minute), 40, 0},
		{noon.Add(-time.Hour), 40, 10},
		{noon.Add(400 * 24 * time.Hour), 40, 10},
	} {
		if got := roomFor(src, news.PollState{Hour: c.hour, HourNew: c.used}, noon); *got != c.want {
			t.Errorf("%d of 10 since %s: room for %d, want %d", c.used, c.hour, *got, c.want)
		}
	}
	if roomFor(news.Source{}, news.PollState{HourNew: 99}, noon) != nil {
		t.Error("no quota, and yet a bound")
	}
}
