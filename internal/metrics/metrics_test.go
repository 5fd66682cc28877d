package metrics

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// scraped returns a collector's page. The registry also checks that the collector keeps to what it
// describes.
func scraped(t *testing.T, c prometheus.Collector) *httptest.ResponseRecorder {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(c); err != nil {
		t.Fatal(err)
	}
	page := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).
		ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	return page
}

// samples are the lines of a page that begin with prefix.
func samples(page, prefix string) (list []string) {
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, prefix) {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

// storing is a collector of sources that there would be in the store.
func storing(t *testing.T, list []news.SourceStatus) *stored {
	return &stored{
		log:     newstest.Logger(t),
		sources: func() ([]news.SourceStatus, error) { return list, nil },
		feeds:   func() []news.FeedKey { return nil },
		now:     func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
	}
}

func TestManySourcesHaveFewFigures(t *testing.T) {
	list := make([]news.SourceStatus, mostSourceSeries+1)
	for i := range list {
		list[i].Source = news.Source{ID: fmt.Sprint("s", i), Enabled: true, Kind: news.KindFeed}
	}
	list[7].State = news.PollState{Polls: 1, Failures: 1}
	page := scraped(t, storing(t, list)).Body.String()
	if n := len(samples(page, "teletipo_source_")); n == 0 || n > 20 {
		t.Errorf("%d samples, want only those of the one that fails", n)
	}
	page = scraped(t, storing(t, list[:10])).Body.String()
	for _, want := range []string{
		`teletipo_sources{status="failing"} 1`, `teletipo_sources{status="new"} 9`,
		`teletipo_source_status{source="s7",status="failing"} 1`,
		`teletipo_source_failures{source="s7"} 1`, `teletipo_source_failures{source="s8"} 0`,
	} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("lacks %s:\n%s", want, page)
		}
	}
}

func TestFiguresComeWholeOrNotAtAll(t *testing.T) {
	var log bytes.Buffer
	s := storing(t, make([]news.SourceStatus, 1))
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	s.sources = func() ([]news.SourceStatus, error) { return nil, errors.New("the disk is gone") }
	page := scraped(t, s)
	body := page.Body.String()
	if page.Code != http.StatusInternalServerError || strings.Contains(body, "disk") ||
		len(samples(body, "teletipo_")) > 0 {
		t.Errorf("status %d:\n%s", page.Code, body)
	}
	if !strings.Contains(log.String(), "the disk is gone") {
		t.Errorf("the log does not say why: %s", log.String())
	}
}

// TestFeedThatCannotBeRead: the others, and what else is told, must not go with it.
func TestFeedThatCannotBeRead(t *testing.T) {
	s := storing(t, make([]news.SourceStatus, 1))
	s.log = slog.New(slog.DiscardHandler)
	s.feeds = func() []news.FeedKey { return []news.FeedKey{{Topic: "border"}, {Topic: "cartels"}} }
	s.window = func(key news.FeedKey, _ int) (news.Window, error) {
		if key.Topic == "border" {
			return news.Window{}, errors.New("it is damaged")
		}
		return news.Window{Stamp: time.UnixMilli(1500)}, nil
	}
	page := scraped(t, s)
	if n := len(samples(page.Body.String(), "teletipo_feed_changed")); page.Code != 200 || n != 1 {
		t.Errorf("status %d, %d feeds", page.Code, n)
	}
}

func TestSeconds(t *testing.T) {
	if got := seconds(time.UnixMilli(1500)); got != 1.5 {
		t.Errorf("%v, want 1.5", got)
	}
	if got := seconds(time.Time{}); got != 0 {
		t.Errorf("%v for no time, want 0", got)
	}
}

func TestRequestsAreCounted(t *testing.T) {
	list := func() []news.Reads {
		return []news.Reads{
			{
				Key: news.FeedKey{Topic: "border"}, Format: news.RSS,
				Tally: news.Tally{
					Requests: 4, Whole: 1, Deltas: 1, NotModified: 2, Bytes: 4, Subscribers: 7,
				},
			},
			{
				Key: news.FeedKey{Topic: "border", Lang: "es"}, Format: news.JSON,
				Tally: news.Tally{Requests: 1, Subscribers: 7},
			},
		}
	}
	want := []string{
		`teletipo_feed_bytes_total{format="json",lang="es",topic="border"} 0`,
		`teletipo_feed_bytes_total{format="rss",lang="",topic="border"} 4`,
		`teletipo_feed_requests_total{format="json",lang="es",status="other",topic="border"} 1`,
		`teletipo_feed_requests_total{format="rss",lang="",status="200",topic="border"} 1`,
		`teletipo_feed_requests_total{format="rss",lang="",status="226",topic="border"} 1`,
		`teletipo_feed_requests_total{format="rss",lang="",status="304",topic="border"} 2`,
		`teletipo_feed_subscribers{format="json",lang="es",topic="border"} 7`,
		`teletipo_feed_subscribers{format="rss",lang="",topic="border"} 7`,
	}
	got := samples(scraped(t, &reads{list}).Body.String(), "teletipo_")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
