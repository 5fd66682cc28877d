package serve

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestRoutesAreDocumented: docs/http.md has every route with its caption.
func TestRoutesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/http.md")
	if err != nil {
		t.Fatal(err)
	}
	tables := [][]route{new(public).routes(), operatorRoutes(nil, nil)}
	for _, table := range tables {
		for _, row := range table {
			pattern := strings.TrimSuffix(row.pattern, "{$}")
			line := fmt.Sprintf("| `%s` | %s |", pattern, row.caption)
			if row.methods == "" {
				line = "| anything else | " + strings.TrimPrefix(row.caption, "anything else: ")
			}
			if !bytes.Contains(doc, []byte(line)) {
				t.Errorf("docs/http.md has no line %s", line)
			}
		}
	}
}

// TestFeedsNeverReadArticles: a feed document comes from its edition alone.
func TestFeedsNeverReadArticles(t *testing.T) {
	s := filledShelf()
	h := newPublic(t, s)
	for _, path := range []string{"/feeds/all.rss", "/feeds/border.rss", "/feeds/cartels.rss"} {
		get(t, h, path)
	}
	if s.reads != 0 {
		t.Errorf("feeds read articles %d times", s.reads)
	}
}

// TestEveryFeedIsServed: each topic and "all", in all languages and each, in every format.
func TestEveryFeedIsServed(t *testing.T) {
	s := newShelf()
	h := newPublic(t, s)
	n := 0
	for _, topic := range []string{"all", "border", "cartels"} {
		for _, lang := range []string{"", "en", "es"} {
			for _, format := range news.Formats {
				key := news.FeedKey{Topic: topic, Lang: lang}
				s.put(sampleEdition(key, format, "t", newstest.Start))
				w := get(t, h, news.FeedPath(key, format))
				if want := fmt.Sprintf("%s %s t", key, format); w.Body.String() != want {
					t.Errorf("%s: %d %q, want %q", news.FeedPath(key, format), w.Code, w.Body, want)
				}
				n++
			}
		}
	}
	if got := len(feedTable(sampleSettings())); got != n {
		t.Errorf("%d feeds have an address, want %d", got, n)
	}
}

// TestConcurrentReaders: readers that come while editions change get one edition or the other,
// never headers of one with the bytes of the other.
func TestConcurrentReaders(t *testing.T) {
	s := newShelf()
	key := news.FeedKey{Topic: "border"}
	s.put(sampleEdition(key, news.RSS, "t0", newstest.Start))
	h := Public(quiet(), s, s, sampleSettings())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 200 {
				w := get(t, h, "/feeds/border.rss")
				tag := strings.Trim(w.Header().Get("ETag"), `"`)
				if w.Body.String() != "border rss "+tag {
					t.Errorf("tag %s came with %q", tag, w.Body)
				}
			}
		})
	}
	for n := range 200 {
		s.put(sampleEdition(key, news.RSS, fmt.Sprintf("t%d", n), newstest.Start))
	}
	readers.Wait()
}

// TestLogging: requests are logged at debug level only.
func TestLogging(t *testing.T) {
	for level, want := range map[slog.Level]string{
		slog.LevelInfo:  "",
		slog.LevelDebug: "msg=request method=GET path=/feeds/border.rss status=200 bytes=13 ",
	} {
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level}))
		s := filledShelf()
		get(t, Public(log, s, s, sampleSettings()), "/feeds/border.rss")
		if got := out.String(); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("at %s: logged %q, want %q in it", level, got, want)
		}
	}
}

// TestServerLimits: a server refuses headers beyond its limit and waits for nobody for ever.
func TestServerLimits(t *testing.T) {
	srv := NewServer(newstest.Logger(t), newPublic(t, filledShelf()))
	for name, limit := range map[string]int64{
		"ReadHeaderTimeout": int64(srv.ReadHeaderTimeout), "ReadTimeout": int64(srv.ReadTimeout),
		"WriteTimeout": int64(srv.WriteTimeout), "IdleTimeout": int64(srv.IdleTimeout),
	} {
		if limit <= 0 {
			t.Errorf("%s is not set", name)
		}
	}
	ts := httptest.NewUnstartedServer(nil)
	ts.Config = srv
	ts.Start()
	defer ts.Close()
	for size, want := range map[int]int{
		8 << 10:  http.StatusOK,
		32 << 10: http.StatusRequestHeaderFieldsTooLarge,
	} {
		address := ts.URL + "/feeds/border.rss"
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("If-None-Match", `"`+strings.Repeat("x", size)+`"`)
		res, err := ts.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Error(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		if res.StatusCode != want {
			t.Errorf("header of %d bytes: status %d, want %d", size, res.StatusCode, want)
		}
	}
}

// TestAnswersAllocateNothing: negotiating and comparing must not cost memory.
func TestAnswersAllocateNothing(t *testing.T) {
	e := sampleEdition(news.FeedKey{Topic: "border"}, news.RSS, "t", newstest.Start, "br", "gzip")
	d := editionDocument(e)
	for name, header := range map[string]http.Header{
		"200": {"Accept-Encoding": {"gzip, deflate;q=0.5"}, "If-None-Match": {`"old", W/"older"`}},
		"304": {"Accept-Encoding": {"gzip, deflate, br"}, "If-None-Match": {`"t-gzip"`}},
		"IMS": {"If-Modified-Since": {newstest.Start.Format(http.TimeFormat)}},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/feeds/border.rss", nil)
		r.Header = header
		w := &sink{header: make(http.Header)}
		if n := testing.AllocsPerRun(100, func() { d.serve(w, r) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// sink is a ResponseWriter that keeps nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
