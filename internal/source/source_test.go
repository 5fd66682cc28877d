package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// fakeFetcher answers every request alike and keeps the last one.
type fakeFetcher struct {
	asked news.Request
	resp  news.Response
	err   error
}

func (f *fakeFetcher) Fetch(_ context.Context, req news.Request) (news.Response, error) {
	f.asked = req
	return f.resp, f.err
}

var noon = time.Date(2025, 3, 4, 12, 0, 0, 0, time.UTC)

func feedReader(t *testing.T, fetcher Fetcher) *Reader {
	return New(newstest.Logger(t), fetcher, func() time.Time { return noon })
}

var feedSource = news.Source{ID: "courier", Kind: news.KindFeed, URL: "https://x.example/rss"}

func TestFeedFromTheWeb(t *testing.T) {
	last := news.Validators{ETag: `"1"`, LastModified: "then"}
	f := &fakeFetcher{resp: news.Response{
		Status:     200,
		Validators: news.Validators{ETag: `"2"`},
		RetryAfter: time.Minute,
		Document: news.Document{
			URL: "https://y.example/rss", Body: []byte("<rss/>"), MediaType: "text/xml", Time: noon,
		},
	}}
	reading, err := feedReader(t, f).Read(t.Context(), feedSource, last)
	if err != nil {
		t.Fatal(err)
	}
	if f.asked.URL != feedSource.URL || f.asked.Validators != last ||
		!strings.Contains(f.asked.Accept, "application/rss+xml") {
		t.Errorf("asked for %+v", f.asked)
	}
	if len(reading.Documents) != 1 {
		t.Fatalf("documents %+v", reading.Documents)
	}
	doc := reading.Documents[0]
	if doc.Source != "courier" || doc.URL != "https://y.example/rss" ||
		doc.MediaType != "text/xml" || string(doc.Body) != "<rss/>" || !doc.Time.Equal(noon) {
		t.Errorf("document %+v", doc)
	}
	if reading.Validators.ETag != `"2"` || reading.Status != 200 || reading.NotModified ||
		reading.RetryAfter != time.Minute {
		t.Errorf("reading %+v", reading)
	}
}

func TestFeedNotModified(t *testing.T) {
	f := &fakeFetcher{resp: news.Response{
		Status: 304, NotModified: true, Validators: news.Validators{ETag: `"2"`},
	}}
	reading, err := feedReader(t, f).Read(t.Context(), feedSource, news.Validators{ETag: `"1"`})
	if err != nil || !reading.NotModified || reading.Status != 304 || len(reading.Documents) != 0 ||
		reading.Validators.ETag != `"2"` {
		t.Errorf("%+v, %v", reading, err)
	}
}

func TestFeedErrorsKeepWhatIsKnown(t *testing.T) {
	last := news.Validators{ETag: `"1"`}
	f := &fakeFetcher{
		resp: news.Response{Status: 503, RetryAfter: time.Hour},
		err:  news.Errorf(news.Unreachable, "fetch x: down"),
	}
	reading, err := feedReader(t, f).Read(t.Context(), feedSource, last)
	if !errors.Is(err, f.err) || reading.Status != 503 || reading.RetryAfter != time.Hour ||
		reading.Validators != last || len(reading.Documents) != 0 {
		t.Errorf("%+v, %v", reading, err)
	}
}

func TestAChallengeIsRecordedAndYieldsNothing(t *testing.T) {
	last := news.Validators{ETag: `"1"`}
	f := &fakeFetcher{
		resp: news.Response{Status: 200, Challenge: "Cloudflare", Validators: news.Validators{ETag: `"2"`}},
		err:  news.Errorf(news.Refused, "fetch x: challenged by Cloudflare"),
	}
	reading, err := feedReader(t, f).Read(t.Context(), feedSource, last)
	if !errors.Is(err, f.err) || !reading.Challenged || reading.Status != 200 {
		t.Errorf("%+v, %v", reading, err)
	}
	if len(reading.Documents) != 0 || reading.Validators.ETag != last.ETag {
		t.Errorf("a challenge yields %+v", reading)
	}
}

func TestAFeedThatBreaksOffIsReadAsFarAsItCame(t *testing.T) {
	fault := news.Errorf(news.Unreachable, "fetch x: the document breaks off after 60 bytes")
	for body, want := range map[string]bool{
		"<rss><channel><item><title>A</title></item><item><ti":         true,
		`<feed><atom:entry><title>A</title></atom:entry ><entry>`:      true,
		`{"version": "1", "items": [{"id": "1"}, {"id": "2", "cont`:    true,
		"<rss><channel><title>A</title><item><title>B":                 false,
		`{"version": "1", "items": [{"id": "1", "cont`:                 false,
		"<html><body><ul><li>A</li></ul><p>Something about an </item>": false,
	} {
		f := &fakeFetcher{
			resp: news.Response{
				Status: 200, Partial: true, Note: "it was in gzip",
				Document: news.Document{URL: feedSource.URL, Body: []byte(body)},
			},
			err: fault,
		}
		last := news.Validators{ETag: `"1"`}
		reading, err := feedReader(t, f).Read(t.Context(), feedSource, last)
		if !want {
			if !errors.Is(err, fault) || len(reading.Documents) != 0 || reading.Validators != last {
				t.Errorf("%s: %+v, %v", body, reading, err)
			}
			continue
		}
		if err != nil || len(reading.Documents) != 1 || string(reading.Documents[0].Body) != body {
			t.Errorf("%s: %+v, %v", body, reading, err)
		}
		if reading.Note != "it was in gzip; "+fault.Error() || reading.Validators.ETag != "" {
			t.Errorf("%s: note %q, validators %+v", body, reading.Note, reading.Validators)
		}
	}
}

func TestFeedFromAFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a feed.xml")
	write(t, name, "<rss/>", noon)
	t.Chdir(dir)
	escaped := "file://" + strings.ReplaceAll(filepath.ToSlash(name), " ", "%20")
	for _, url := range []string{name, escaped, "a feed.xml", "file:a%20feed.xml", "./a feed.xml"} {
		src := news.Source{ID: "disk", Kind: news.KindFeed, URL: url}
		reading, err := feedReader(t, nil).Read(t.Context(), src, news.Validators{})
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		doc := reading.Documents[0]
		if doc.Name != name || doc.Source != "disk" || doc.URL != "" ||
			string(doc.Body) != "<rss/>" || !doc.Time.Equal(noon) {
			t.Errorf("%s: %+v", url, doc)
		}
	}
}

func TestFeedFileNotModified(t *testing.T) {
	src := news.Source{ID: "disk", Kind: news.KindFeed, URL: filepath.Join(t.TempDir(), "f.xml")}
	write(t, src.URL, "<rss/>", noon)
	r := feedReader(t, nil)
	first, err := r.Read(t.Context(), src, news.Validators{})
	if err != nil || first.NotModified || first.Validators == (news.Validators{}) {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := r.Read(t.Context(), src, first.Validators)
	if err != nil || !again.NotModified || len(again.Documents) != 0 ||
		again.Validators != first.Validators {
		t.Errorf("%+v, %v", again, err)
	}
	write(t, src.URL, "<feed/>", noon)
	changed, err := r.Read(t.Context(), src, first.Validators)
	if err != nil || changed.NotModified || len(changed.Documents) != 1 {
		t.Errorf("%+v, %v", changed, err)
	}
}

func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.txt")
	write(t, big, "", noon)
	if err := os.Truncate(big, maxFile+1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		src  news.Source
		kind news.Kind
		want string
	}{
		{news.Source{Kind: news.KindFeed, URL: dir + "/none.xml"}, news.NotFound, dir + "/none.xml"},
		{news.Source{Kind: news.KindFeed, URL: "file://other/f.xml"}, news.Invalid, "another machine"},
		{news.Source{Kind: news.KindFeed, URL: dir}, news.Invalid, "a folder, not a file"},
		{news.Source{Kind: news.KindFeed, ID: "x"}, news.Invalid, "source x: no address"},
		{news.Source{Kind: news.KindFeed, Path: dir + "/none"}, news.NotFound, dir + "/none"},
		{news.Source{Kind: news.KindFeed, URL: big}, news.TooLarge, big + ": the file is larger"},
		{news.Source{Kind: news.KindFeed, URL: os.DevNull}, news.Invalid, "not a regular file"},
		{
			news.Source{Kind: news.KindFolder, ID: "x", Path: dir + "/none"},
			news.NotFound,
			dir + `/none: the folder of source "x" does not exist`,
		},
		{news.Source{Kind: news.KindFolder, ID: "x", Path: big}, news.Invalid, "is not a folder"},
		{
			news.Source{Kind: "pigeon", ID: "x"},
			news.Invalid,
			`source x: cannot read sources of the kind "pigeon"`,
		},
	} {
		_, err := feedReader(t, nil).Read(t.Context(), c.src, news.Validators{})
		if err == nil || news.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v of kind %v, want %v, %s", c.src, err, news.KindOf(err), c.kind, c.want)
		}
	}
}

// write makes a file that was last changed at a time.
func write(t *testing.T, name, text string, at time.Time) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkSweepOfAnUnchangedFolder(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		name := filepath.Join(dir, fmt.Sprintf("%d.txt", i))
		if err := os.WriteFile(name, []byte("text"), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	src := news.Source{ID: "inbox", Kind: news.KindFolder, Path: dir}
	later := func() time.Time { return time.Now().Add(time.Hour) }
	r := New(slog.New(slog.DiscardHandler), nil, later)
	for {
		reading, err := r.Read(b.Context(), src, news.Validators{})
		if err != nil {
			b.Fatal(err)
		}
		if len(reading.Documents) == 0 {
			break
		}
		r.Keep(src, reading)
	}
	b.ReportAllocs()
	for b.Loop() {
		if again, err := r.Read(b.Context(), src, news.Validators{}); err != nil ||
			len(again.Documents) != 0 {
			b.Fatal(again, err)
		}
	}
}
