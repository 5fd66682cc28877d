package readers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// reading is a Readers before a handler that answers as serve does, and a clock.
type reading struct {
	*Readers
	h   http.Handler
	now time.Time
}

func newReading(settings Settings) *reading {
	r := &reading{now: newstest.Start}
	settings.Now = func() time.Time { return r.now }
	if settings.Feeds == nil {
		settings.Feeds = []news.FeedKey{{Topic: "border"}, {Topic: "border", Lang: "es"}}
	}
	r.Readers = New(settings)
	r.h = r.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("If-None-Match") == `"now"`, r.Header.Get("If-Modified-Since") != "":
			w.WriteHeader(http.StatusNotModified)
		case r.Header.Get("A-IM") != "":
			w.WriteHeader(http.StatusIMUsed)
			_, _ = w.Write([]byte("new"))
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case r.Method != http.MethodHead:
			_, _ = w.Write([]byte("the feed"))
		}
	}))
	return r
}

// ask asks for a path, with headers given as name, value.
func (r *reading) ask(method, path string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "From" {
			req.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(headers[i+1]), 1).String()
		}
	}
	w := httptest.NewRecorder()
	r.h.ServeHTTP(w, req)
	return w
}

func TestWhoReads(t *testing.T) {
	const agent, feed = "User-Agent", "/feeds/border.es.rss"
	r := newReading(Settings{})
	r.ask("GET", feed, agent, "Cloud/1.0 (9 subscribers; feed-id=1)")
	r.ask("GET", feed, agent, "Cloud/1.1 (12 subscribers)", "If-None-Match", `"now"`)
	r.ask("GET", feed, agent, "Cloud/1.1", "If-None-Match", `"old"`, "A-IM", "feed")
	r.ask("HEAD", "/feeds/border.json?any=query", agent, "Cloud/1.1 (3 subscribers)")
	r.ask("GET", feed, agent, "boat/2", "If-Modified-Since", "Fri, 20 Nov 2026 10:00:00 GMT")
	r.ask("POST", feed, agent, "boat/2")
	r.ask("GET", "/feeds/border/archive/1.rss", agent, "boat/2")
	r.ask("GET", "/feeds/made-up.rss", agent, "Liar/1")
	r.ask("GET", "/", agent, "Liar/1")

	want := []news.Readership{
		{
			Family: "Cloud",
			Total: news.Tally{
				Requests: 4, Whole: 2, Deltas: 1, NotModified: 1, Bytes: 11, Subscribers: 15,
			},
			Feeds: map[string]news.Tally{
				"border.es.rss": {
					Requests: 3, Whole: 1, Deltas: 1, NotModified: 1, Bytes: 11, Subscribers: 12,
				},
				"border.json": {Requests: 1, Whole: 1, Subscribers: 3},
			},
		},
		{
			Family: "boat",
			Total:  news.Tally{Requests: 3, Whole: 1, NotModified: 1, Bytes: 8},
			Feeds:  map[string]news.Tally{"border.es.rss": {Requests: 2, NotModified: 1}},
		},
	}
	if diff := cmp.Diff(want, r.Readers.Readers()); diff != "" {
		t.Errorf("readers (-want +got):\n%s", diff)
	}
	reads := []news.Reads{
		{
			Key: news.FeedKey{Topic: "border"}, Format: news.JSON,
			Tally: news.Tally{Requests: 1, Whole: 1, Subscribers: 3},
		},
		{
			Key: news.FeedKey{Topic: "border", Lang: "es"}, Format: news.RSS,
			Tally: news.Tally{
				Requests: 5, Whole: 1, Deltas: 1, NotModified: 2, Bytes: 11, Subscribers: 12,
			},
		},
	}
	if diff := cmp.Diff(reads, r.Reads()); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
}

// TestFamiliesAreBounded: programs that make names up share one family, and take the place of
// others only when those were not seen for a day.
func TestFamiliesAreBounded(t *testing.T) {
	r := newReading(Settings{})
	ask := func(name string) {
		r.ask("GET", "/feeds/border.rss", "User-Agent", name+"/1.0 (2 subscribers)")
	}
	counted := func() map[string]int64 {
		m := make(map[string]int64)
		for _, family := range r.Readers.Readers() {
			m[family.Family] = family.Total.Requests
		}
		return m
	}
	for i := range 2 * mostFamilies {
		ask("Liar" + strconv.Itoa(i))
	}
	got := counted()
	if len(got) != mostFamilies || got[Others] != mostFamilies+1 {
		t.Fatalf("%d families, %d requests of others", len(got), got[Others])
	}
	if n := r.Reads()[0].Subscribers; n != 2*(mostFamilies-1) {
		t.Errorf("%d subscribers", n)
	}
	r.now = r.now.Add(20 * time.Hour)
	ask("Liar7")
	r.now = r.now.Add(5 * time.Hour)
	ask("Honest")
	got = counted()
	if got["Honest"] != 1 || got["Liar7"] != 2 || len(got) != 3 {
		t.Errorf("after a day there are %v", got)
	}
	if n := r.Reads()[0]; n.Subscribers != 4 || n.Requests != 2*mostFamilies+2 {
		t.Errorf("the feed has %+v", n)
	}
}

// TestMetersAreBounded: many families that ask for many feeds take a bounded part of memory.
func TestMetersAreBounded(t *testing.T) {
	var feeds []news.FeedKey
	for i := range 100 {
		feeds = append(feeds, news.FeedKey{Topic: fmt.Sprint("t", i)})
	}
	r := newReading(Settings{Feeds: feeds})
	for i := range mostFamilies {
		for _, key := range feeds {
			r.ask("GET", news.FeedPath(key, news.RSS), "User-Agent", fmt.Sprint("p", i))
		}
	}
	if n := r.families.pairs.Load(); n != mostMeters {
		t.Errorf("%d meters, want %d", n, mostMeters)
	}
	var requests, metered int64
	for _, family := range r.Readers.Readers() {
		requests += family.Total.Requests
		metered += int64(len(family.Feeds))
	}
	if requests != mostFamilies*100 || metered != mostMeters {
		t.Errorf("%d requests, %d meters", requests, metered)
	}
}

func TestLimit(t *testing.T) {
	const feed, from = "/feeds/border.rss", "From"
	r := newReading(Settings{FullPerHour: 4, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	status := func(want int, headers ...string) *httptest.ResponseRecorder {
		t.Helper()
		w := r.ask("GET", feed, headers...)
		if w.Code != want {
			t.Errorf("%v: status %d, want %d", headers, w.Code, want)
		}
		return w
	}
	for range 4 {
		status(http.StatusOK, from, "192.0.2.1")
	}
	w := status(http.StatusTooManyRequests, from, "192.0.2.1")
	want := http.Header{
		"Access-Control-Allow-Origin": {"*"}, "Access-Control-Expose-Headers": {"Retry-After"},
		"Cache-Control": {"no-store"}, "Content-Type": {"text/plain; charset=utf-8"},
		"Content-Length": {strconv.Itoa(w.Body.Len())}, "Retry-After": {"900"},
		"X-Content-Type-Options": {"nosniff"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	// Who asks whether something changed is never limited, whatever comes of it.
	status(http.StatusNotModified, from, "192.0.2.1", "If-None-Match", `"now"`)
	status(http.StatusOK, from, "192.0.2.1", "If-None-Match", `"old"`)
	status(http.StatusNotModified, from, "192.0.2.1", "If-Modified-Since", "any date")
	// Other addresses and other feeds are not touched.
	status(http.StatusOK, from, "192.0.2.2")
	status(http.StatusOK, from, "10.0.0.1", "X-Forwarded-For", "192.0.2.3")
	status(http.StatusTooManyRequests, from, "10.0.0.1", "X-Forwarded-For", "192.0.2.1")
	status(http.StatusTooManyRequests, from, "192.0.2.1", "X-Forwarded-For", "192.0.2.9")
	if w := r.ask("GET", "/feeds/border.atom", from, "192.0.2.1"); w.Code != http.StatusOK {
		t.Errorf("another feed: status %d", w.Code)
	}
	if w := r.ask("HEAD", feed, from, "192.0.2.1"); w.Code != http.StatusOK {
		t.Errorf("HEAD: status %d", w.Code)
	}
	if w := r.ask("GET", "/", from, "192.0.2.1"); w.Code != http.StatusOK {
		t.Errorf("a page: status %d", w.Code)
	}
	// After the time that it was told to wait, once more; after an hour, all four.
	r.now = r.now.Add(15 * time.Minute)
	status(http.StatusOK, from, "192.0.2.1")
	status(http.StatusTooManyRequests, from, "192.0.2.1")
	r.now = r.now.Add(time.Hour)
	for range 4 {
		status(http.StatusOK, from, "192.0.2.1")
	}
	status(http.StatusTooManyRequests, from, "192.0.2.1")
	// Archives are limited as feeds are.
	for i := range 5 {
		w := r.ask("GET", "/feeds/border/archive/1.rss", from, "192.0.2.8")
		if limited := w.Code == http.StatusTooManyRequests; limited != (i == 4) {
			t.Errorf("archive, time %d: status %d", i+1, w.Code)
		}
	}
	if n := r.Readers.Readers()[0].Total.Limited; n != 6 {
		t.Errorf("%d limited answers counted, want 6", n)
	}
}

// TestNext: when the topics change, what was counted of the feeds that stay is not lost, nor is who
// fetched too much.
func TestNext(t *testing.T) {
	r := newReading(Settings{FullPerHour: 2})
	const agent, es = "User-Agent", "/feeds/border.es.rss"
	for range 3 {
		r.ask("GET", es, agent, "Cloud/1 (9 subscribers)")
	}
	r.ask("GET", "/feeds/border.rss", agent, "Cloud/1 (2 subscribers)")
	next := r.Next([]news.FeedKey{{Topic: "rivers"}, {Topic: "border", Lang: "es"}})
	r.Readers = next
	r.h = next.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if w := r.ask("GET", es, agent, "Cloud/1 (8 subscribers)"); w.Code != http.StatusTooManyRequests {
		t.Errorf("status %d", w.Code)
	}
	r.ask("GET", "/feeds/rivers.rss", agent, "boat/1")
	r.ask("GET", "/feeds/border.rss", agent, "boat/1") // is no more
	want := []news.Readership{
		{
			Family: "Cloud",
			Total:  news.Tally{Requests: 5, Whole: 3, Limited: 2, Bytes: 24 + 2*refusalBytes(t), Subscribers: 8},
			Feeds: map[string]news.Tally{"border.es.rss": {
				Requests: 4, Whole: 2, Limited: 2, Bytes: 16 + 2*refusalBytes(t), Subscribers: 8,
			}},
		},
		{
			Family: "boat", Total: news.Tally{Requests: 1, Whole: 1},
			Feeds: map[string]news.Tally{"rivers.rss": {Requests: 1, Whole: 1}},
		},
	}
	if diff := cmp.Diff(want, next.Readers()); diff != "" {
		t.Errorf("readers (-want +got):\n%s", diff)
	}
	if got := next.Reads(); len(got) != 2 || got[1].Requests != 4 || got[1].Subscribers != 8 {
		t.Errorf("reads %+v", got)
	}
	if n := next.families.pairs.Load(); n != 2 {
		t.Errorf("%d meters in use, want 2", n)
	}
}

// refusalBytes is how long a refusal is.
func refusalBytes(t *testing.T) int64 {
	t.Helper()
	w := httptest.NewRecorder()
	refuse(w, time.Second)
	return int64(w.Body.Len())
}

// TestNoLimit: without a setting nobody is held off.
func TestNoLimit(t *testing.T) {
	r := newReading(Settings{})
	for range 1000 {
		if w := r.ask("GET", "/feeds/border.rss"); w.Code != http.StatusOK {
			t.Fatalf("status %d", w.Code)
		}
	}
}

// TestLimitIsBounded: many addresses push the quiet ones out of memory, not the one that asks on.
func TestLimitIsBounded(t *testing.T) {
	l := newLimit(2)
	rude := pair{netip.MustParseAddr("192.0.2.1"), 1}
	let := 0
	for i := range 3 * mostPairs {
		if i%1000 == 0 && l.take(rude, newstest.Start) == 0 {
			let++
		}
		l.take(pair{netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 1}, newstest.Start)
		if n := len(l.young) + len(l.old); n > mostPairs {
			t.Fatalf("%d pairs in memory", n)
		}
	}
	if let != 2 {
		t.Errorf("the rude one was let through %d times, want 2", let)
	}
}

// TestTogether: readers that come at the same time are all counted.
func TestTogether(t *testing.T) {
	r := newReading(Settings{FullPerHour: 1_000_000})
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 100 {
				r.ask("GET", "/feeds/border.rss", "User-Agent", fmt.Sprint("p", (g+i)%10, "/1 (1 subscriber)"))
				if i%25 == 0 {
					r.Readers.Readers()
				}
			}
		})
	}
	all.Wait()
	if got := r.Reads()[0]; got.Requests != 800 || got.Subscribers != 10 {
		t.Errorf("%+v", got)
	}
}

// BenchmarkHandler is what counting costs one request.
func BenchmarkHandler(b *testing.B) {
	rs := New(Settings{Feeds: []news.FeedKey{{Topic: "border"}}})
	h := rs.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := httptest.NewRequest("GET", "/feeds/border.rss", nil)
	r.Header.Set("User-Agent", "Cloud/1.0 (+https://cloud.example/; 12 subscribers)")
	w := httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(w, r)
	}
}
