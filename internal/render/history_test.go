package render

import (
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// TestCheckHistory breaks what documents say of a feed's past.
func TestCheckHistory(t *testing.T) {
	const gone = `ref="urn:uuid:f6d77f24-fd7f-8404-8c9e-e493b36aed6a"`
	complete := `<x:complete xmlns:x="` + nsHistory + `"/>`
	tests := []struct {
		sample   string
		format   news.Format
		from, to string
		want     string
	}{
		{"archive", news.RSS, "<fh:archive></fh:archive>", "", "does not say that it is one"},
		{"archive", news.RSS, "<fh:archive></fh:archive>", "<fh:archive>x</fh:archive>", "not empty"},
		{"archive", news.RSS, "<fh:archive></fh:archive>", "<fh:complete/>", "complete is not wanted"},
		{"empty", news.Atom, "<generator", complete + "<generator", "fh:complete is not wanted"},
		{"archive", news.RSS, `rel="current"`, `rel="next"`, "relation"},
		{"archive", news.RSS, "cartels.rss", "border.rss", "relation current"},
		{"archive", news.Atom, `rel="prev-archive"`, `rel="alternate"`, "prev-archive is missing"},
		{"archive", news.Atom, "archive/1.atom", "archive/3.atom", "relation prev-archive"},
		{"archive", news.Atom, "archive/3.atom", "archive/2.atom", "relation next-archive"},
		{"archive", news.Atom, "archive/2.atom", "archive/02.atom", "not the address of an archive"},
		{"archive", news.RSS, "archive/2.rss", "archive/1.rss", "relation"},
		{"oldest", news.RSS, `rel="next-archive"`, `rel="prev-archive"`, "prev-archive"},
		{"oldest", news.RSS, `rel="next-archive"`, `rel="alternate"`, "next-archive is missing"},
		{"past", news.RSS, `rel="prev-archive"`, `rel="next-archive"`, "belongs to an archive"},
		{"past", news.RSS, "cartels/archive", "border/archive", "no archive of the feed"},
		{"past", news.RSS, "archive/3.rss", "archive/0.rss", "no archive of the feed"},
		{"past", news.RSS, `rel="prev-archive"`, `rel="self"`, "twice"},
		{"past", news.RSS, `f="https://feeds.example/feeds/cartels.rss"`, `f="https://feeds.example/f"`, "RSS"},
		{"past", news.Atom, `rel="prev-archive" type="application/atom+xml"`, `rel="prev-archive"`, "type"},
		{"past", news.RSS, "hourly", "daily", "ttl says"},
		{"past", news.RSS, "<ttl>15</ttl>", "", "ttl says"},
		{"past", news.RSS, "<sy:updateFrequency>4</sy:updateFrequency>", "", "ttl says"},
		{"past", news.JSON, `archive/3.json`, `archive/x.json`, "no archive of the feed"},
		{"archive", news.JSON, `"archive": 2,`, "", "does not say that it is one"},
		{"archive", news.JSON, `"archive": 2,`, `"archive": 3,`, "number 2"},
		{"archive", news.JSON, `"archive": 2,`, `"archive": -2,`, "whole number"},
		{"archive", news.JSON, `archive/1.json`, `archive/2.json`, "itself"},
		{"archive", news.JSON, `"current_url"`, `"_current"`, "relation current"},
		{"archive", news.JSON, `"newer_url"`, `"next_page"`, "not wanted"},
		{"past", news.JSON, `"about"`, `"_about"`, "about is missing"},
		{"past", news.Atom, gone, `ref="f6d77f24"`, "absolute IRI"},
		{"past", news.Atom, gone, "", "absolute IRI"},
		{"past", news.Atom, gone, `ref="` + sampleID + `"`, "twice"},
		{"past", news.Atom, gone, `ref="urn:uuid:66166fb4-d4d6-8b2d-ade3-47a3ba60d6ba"`, "twice"},
		{"past", news.Atom, gone, `ref="urn:uuid:23cbb4fe-09a9-854f-8f98-faf44ae179f4"`, "twice"},
		{"past", news.Atom, "04-03T08:00:00Z", "04-03T08:00:00", "is not a date"},
		{"past", news.Atom, "04-03T08:00:00Z", "04-03T10:00:00Z", "after the feed"},
		{"past", news.Atom, `08:00:00Z"></at`, `08:00:00Z">gone</at`, "not empty"},
		{
			"past", news.Atom, "</feed>",
			`<at:deleted-entry ref="urn:x:1" when="2025-04-03T08:00:00Z"/></feed>`, "behind an entry",
		},
	}
	for _, test := range tests {
		good := string(render(t, samples()[test.sample], test.format))
		bad := strings.Replace(good, test.from, test.to, 1)
		if bad == good {
			t.Errorf("%s.%s has no %q to break", test.sample, test.format, test.from)
		}
		err := Check(test.format, []byte(bad))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s.%s, %q for %q: %v; want something with %q",
				test.sample, test.format, test.to, test.from, err, test.want)
		}
	}
}

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
		doc, err := New(testSite, topics).Render(feed, format)
		times := 1
		if format == news.JSON {
			times = 2 // of the topics themselves
		}
		if err != nil || strings.Count(string(doc), want) != times {
			t.Errorf("%s: %v, no %s, or not %d times in\n%s", format, err, want, times, doc)
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
