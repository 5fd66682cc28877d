package render

import (
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// TestArchiveStays: what is added to a feed, and how often, is nothing to its closed archives.
func TestArchiveStays(t *testing.T) {
	before := samples()["archive"]
	after := before
	after.Archives, after.MaxAge = 9, time.Hour
	for _, format := range news.Formats {
		if a, b := render(t, before, format), render(t, after, format); string(a) != string(b) {
			t.Errorf("%s: %s is now %s", format, a, b)
		}
	}
}

// TestPace: the syndication module tells the same rhythm as ttl, or nothing.
func TestPace(t *testing.T) {
	tests := []struct {
		every  time.Duration
		period string
		times  int
	}{
		{0, "", 0},
		{-time.Hour, "", 0},
		{59 * time.Second, "", 0},
		{5*time.Minute + 59*time.Second, "hourly", 12},
		{15 * time.Minute, "hourly", 4},
		{time.Hour, "hourly", 1},
		{90 * time.Minute, "daily", 16},
		{24 * time.Hour, "daily", 1},
		{7 * 24 * time.Hour, "weekly", 1},
		{8 * 24 * time.Hour, "", 0},
		{11 * time.Minute, "", 0},
	}
	for _, test := range tests {
		period, times := pace(test.every)
		if period != test.period || times != test.times {
			t.Errorf("every %v: %q, %d times", test.every, period, times)
		}
	}
}

// TestMediaTopics: a topic that is none of the IPTC's says nothing of it, and no code comes twice.
func TestMediaTopics(t *testing.T) {
	for medtop, want := range map[string]string{
		"medtop:20000639": "20000639", "": "", "medtop:": "", "medtop:1x": "", "subject:1": "",
	} {
		if got := mediaTopic(medtop); got != want {
			t.Errorf("%q: %q, want %q", medtop, got, want)
		}
	}
	feed := samples()["mixed"]
	feed.Entries = feed.Entries[:1] // in three topics
	topics := []news.Topic{
		{ID: "border", Medtop: "medtop:7"},
		{ID: "cartels", Medtop: "medtop:7"},
		{ID: "us-mexico", Medtop: "x"},
	}
	for format, want := range map[news.Format]string{
		news.RSS:  `<category domain="` + mediaTopics + `">7</category>`,
		news.Atom: `<category term="7" scheme="` + mediaTopics + `"></category>`,
		news.JSON: `"medtop": "medtop:7"`,
	} {
		doc := written(t, New(testSite, topics), feed, format)
		times := 1
		if format == news.JSON {
			times = 2 // of the topics themselves
		}
		if strings.Count(string(doc), want) != times {
			t.Errorf("%s: no %s, or not %d times in\n%s", format, want, times, doc)
		}
	}
}

// TestTextThatLooksLikeHTML: no reader takes a title for markup, nobody sees why.
func TestTextThatLooksLikeHTML(t *testing.T) {
	for text, want := range map[string]string{
		"AT&T; <b> a&b & c": "AT&\u2060T; <b> a&b & c", "x </b> y": "x <\u2060/b> y",
		"1 < 2 && 3 / 4": "1 < 2 && 3 / 4", "&#x26; &nbsp;": "&\u2060#x26; &\u2060nbsp;",
	} {
		if got := line(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := line(want); got != want {
			t.Errorf("%q became %q", want, got)
		}
	}
	if got := plain("x </b>"); got != (atomText{"html", "x &lt;/b&gt;"}) {
		t.Errorf("got %+v", got)
	}
}
