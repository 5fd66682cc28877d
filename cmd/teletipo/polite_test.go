package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// poller is a client that asks for a feed again and again.
type poller struct {
	name        string
	conditional bool
	fields      http.Header // that it sends each time

	etag, date  string
	bytes       int // sent and received, headers included
	full, delta int
	unchanged   int
}

// poll asks once and counts.
func (p *poller) poll(t *testing.T, address string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = p.fields.Clone()
	req.Header.Set("User-Agent", "reader/1.0 (+https://reader.example/about)")
	if p.conditional && p.etag != "" {
		req.Header.Set("If-None-Match", p.etag)
		req.Header.Set("If-Modified-Since", p.date)
	}
	sent, err := httputil.DumpRequestOut(req, false)
	if err != nil {
		t.Fatal(err)
	}
	if req.Header.Get("Accept-Encoding") == "" {
		sent = sent[:len(sent)-len("Accept-Encoding: gzip\r\n")] // DumpRequestOut's own
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	head, err := httputil.DumpResponse(res, false)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil {
		t.Fatal(err)
	}
	p.bytes += len(sent) + len(head) + int(n)
	switch res.StatusCode {
	case http.StatusOK:
		p.full++
	case http.StatusIMUsed:
		p.delta++
	case http.StatusNotModified:
		p.unchanged++
	default:
		t.Fatalf("%s: %s", p.name, res.Status)
	}
	p.etag, p.date = res.Header.Get("ETag"), res.Header.Get("Last-Modified")
}

// TestPoliteReader counts the bytes of a day of a client that polls every 15 minutes a feed with 40
// new articles a day, each of 3 KB and published in full. With -v it prints the figures of
// docs/deltas.md.
func TestPoliteReader(t *testing.T) {
	extent := news.Extent{Least: 50, Span: 48 * time.Hour, Size: 1_000_000}
	w, err := newNewsroom(t.TempDir(), extent)
	if err != nil {
		t.Fatal(err)
	}
	defer w.store.Close()
	server := httptest.NewServer(w.public())
	defer server.Close()
	gzip := http.Header{"Accept-Encoding": {"gzip"}}
	delta := http.Header{"Accept-Encoding": {"gzip"}, "A-Im": {"feed"}}
	pollers := map[news.Format][]*poller{}
	for _, format := range news.Formats {
		pollers[format] = []*poller{
			{name: "plain", fields: http.Header{}},
			{name: "conditional", conditional: true, fields: http.Header{}},
			{name: "conditional, gzip", conditional: true, fields: gzip},
			{name: "conditional, delta", conditional: true, fields: http.Header{"A-Im": {"feed"}}},
			{name: "conditional, gzip, delta", conditional: true, fields: delta},
		}
	}
	poll := func() {
		if err := w.settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		for format, list := range pollers {
			for _, p := range list {
				p.poll(t, server.URL+news.FeedPath(news.FeedKey{Topic: "border"}, format))
			}
		}
	}
	for quarter := range 3 * 96 { // the third day counts
		w.now = w.now.Add(15 * time.Minute)
		if quarter*40/96 != (quarter+1)*40/96 {
			c := w.write(3000, time.Hour, "border")
			c.Article.Content = prose(w.wrote)
			if _, err := w.store.Accept(t.Context(), []news.Candidate{c}); err != nil {
				t.Fatal(err)
			}
		}
		if quarter == 2*96-1 {
			poll() // so that there are validators
			for _, list := range pollers {
				for _, p := range list {
					p.bytes, p.full, p.delta, p.unchanged = 0, 0, 0, 0
				}
			}
		}
		if quarter >= 2*96 {
			poll()
		}
	}
	for _, format := range news.Formats {
		for _, p := range pollers[format] {
			t.Logf("%-4s  %-24s  %6.0f kB a day: %2d × 200, %2d × 226, %2d × 304", format, p.name,
				float64(p.bytes)/1000, p.full, p.delta, p.unchanged)
		}
		plain, best := pollers[format][0], pollers[format][4]
		if best.full > 0 || best.delta != 40 || best.bytes*50 > plain.bytes {
			t.Errorf("%s: %d bytes with deltas, %d × 200, %d × 226; plain %d", format, best.bytes,
				best.full, best.delta, plain.bytes)
		}
	}
}
