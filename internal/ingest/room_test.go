package ingest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// TestUndatedOfANewSource has a source with articles that state no date: only those that it brings
// after the first look, which its quota may stretch, are news.
func TestUndatedOfANewSource(t *testing.T) {
	doc := func(titles ...string) news.Document {
		d := feedDocument()
		d.Body = []byte(`<rss version="2.0"><channel><title>F</title><item><title>Dated</title>` +
			`<pubDate>` + noon.Format(time.RFC1123Z) + `</pubDate></item><item><title>` +
			strings.Join(titles, `</title></item><item><title>`) + `</title></item></channel></rss>`)
		return d
	}
	for _, quota := range []int{0, 2} {
		w := &world{stored: map[string]bool{}, reading: news.Reading{Status: 200}}
		now := noon
		flow := flowOn(t, w)
		flow.now = func() time.Time { return now }
		src := news.Source{ID: "s", Kind: news.KindFeed, Enabled: true, Every: time.Hour, PerHour: quota}
		for _, titles := range [][]string{{"a", "b"}, {"a", "b"}, {"c", "a", "b"}} {
			now = now.Add(2 * time.Hour)
			w.reading.Documents = []news.Document{doc(titles...)}
			if _, err := flow.Run(t.Context(), src); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range w.candidates {
			if want := c.Article.Title == "a" || c.Article.Title == "b"; c.Backlog != want &&
				!w.stored[c.Article.Title] {
				t.Errorf("quota %d: %s is of any age: %t, want %t", quota, c.Article.Title, c.Backlog, want)
			}
		}
		if len(w.stored) != 4 {
			t.Errorf("quota %d: stored %v, want all four", quota, w.stored)
		}
	}
}

// TestAFeedHandedOverForTheFirstTime is new to the archive, not to any state of polls.
func TestAFeedHandedOverForTheFirstTime(t *testing.T) {
	w := &world{}
	flow := flowOn(t, w)
	doc := feedDocument()
	doc.Name, doc.URL = "/tmp/feed.xml", ""
	doc.Body = []byte(`<rss version="2.0"><channel><title>F</title><link>https://f.example/</link>` +
		`<item><title>One</title></item></channel></rss>`)
	for i, want := range []bool{true, false} {
		w.candidates = w.candidates[:min(i, len(w.candidates))]
		_, err := flow.Take(t.Context(), news.Source{ID: "file", Kind: news.KindFile}, doc)
		if err != nil || w.candidates[len(w.candidates)-1].Backlog != want {
			t.Errorf("time %d: of any age: %t, want %t (%v)", i, !want, want, err)
		}
	}
}

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
