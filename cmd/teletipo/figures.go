package main

import (
	"context"
	"io"
	"runtime"
	"time"

	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/metrics"
	"github.com/teletipo/teletipo/internal/news"
)

// mostSourceSeries is how many sources have figures of their own. Of more, only those have that
// are not well: a scrape of 10,000 sources would be some 120,000 lines.
const mostSourceSeries = 2000

// gauges are what /metrics shows of a daemon.
type gauges struct {
	sources  func(context.Context) ([]news.SourceStatus, error)
	window   func(key news.FeedKey, n int) (news.Window, error)
	feeds    []news.FeedKey
	requests *metrics.Requests
	started  time.Time
	now      func() time.Time
}

// newGauges makes the figures of this process.
func newGauges(o *owner, feeds []news.FeedKey) *gauges {
	return &gauges{
		sources: o.service.Sources, window: o.store.Window, feeds: feeds,
		requests: metrics.NewRequests(feeds), started: time.Now(), now: time.Now,
	}
}

// write writes every figure in the Prometheus text format.
func (g *gauges) write(ctx context.Context, w io.Writer) error {
	list, err := g.sources(ctx)
	if err != nil {
		return err
	}
	families := []metrics.Family{
		metrics.One("teletipo_build_info", "What runs.", metrics.Gauge, 1,
			"version", version, "goversion", runtime.Version()),
		metrics.One("process_start_time_seconds", "When the process began, in seconds since 1970.",
			metrics.Gauge, metrics.Seconds(g.started)),
	}
	families = append(families, sourceFigures(list, g.now())...)
	feeds, err := g.feedFigures()
	if err != nil {
		return err
	}
	families = append(families, feeds...)
	families = append(families, g.requests.Family())
	return metrics.Write(w, append(families, metrics.Runtime()...))
}

// feedFigures are the figures of each feed.
func (g *gauges) feedFigures() ([]metrics.Family, error) {
	changed := metrics.Family{
		Name: "teletipo_feed_changed_timestamp_seconds", Type: metrics.Gauge,
		Help: "When a feed changed last, in seconds since 1970.",
	}
	for _, key := range g.feeds {
		window, err := g.window(key, 0)
		if err != nil {
			return nil, err
		}
		changed.Add(metrics.Seconds(window.Stamp), "topic", key.Topic, "lang", key.Lang)
	}
	return []metrics.Family{changed}, nil
}

// outcomes of articles, in the order in which they are shown.
var outcomes = []news.Outcome{news.Accepted, news.Updated, news.Unchanged, news.Rejected}

// counts are a source's articles by outcome, in the order of outcomes.
func counts(st *news.PollState) [4]int {
	return [4]int{st.Accepted, st.Updated, st.Unchanged, st.Rejected}
}

// sourceFigures sums sources up, and gives each its own figures.
func sourceFigures(list []news.SourceStatus, now time.Time) []metrics.Family {
	byStatus := map[health.Status]int{}
	var sums [4]int
	table := perSource()
	for i := range list {
		src, st := &list[i].Source, &list[i].State
		h := health.Of(*src, *st, now)
		byStatus[h.Status]++
		for n, count := range counts(st) {
			sums[n] += count
		}
		well := h.Status == health.OK || h.Status == health.New || h.Status == health.Off
		if well && len(list) > mostSourceSeries {
			continue
		}
		for n := range table {
			table[n].add(&table[n].Family, src.ID, st, h)
		}
	}
	statuses := metrics.Family{
		Name: "teletipo_sources", Help: "Sources by status.", Type: metrics.Gauge,
	}
	for _, status := range health.Statuses {
		statuses.Add(float64(byStatus[status]), "status", string(status))
	}
	articles := metrics.Family{
		Name: "teletipo_articles_total", Type: metrics.Counter,
		Help: "Articles that the configured sources have brought, by what became of them.",
	}
	for n, outcome := range outcomes {
		articles.Add(float64(sums[n]), "outcome", string(outcome))
	}
	families := []metrics.Family{statuses, articles}
	for _, row := range table {
		families = append(families, row.Family)
	}
	return families
}

// sourceMetric is a metric that every source has a sample of.
type sourceMetric struct {
	metrics.Family
	add func(f *metrics.Family, id string, st *news.PollState, h health.Health)
}

// perSource is the table of the metrics that every source has.
func perSource() []sourceMetric {
	one := func(name string, kind metrics.Type, help string,
		value func(st *news.PollState) float64,
	) sourceMetric {
		return sourceMetric{
			metrics.Family{Name: "teletipo_source_" + name, Help: help, Type: kind},
			func(f *metrics.Family, id string, st *news.PollState, _ health.Health) {
				f.Add(value(st), "source", id)
			},
		}
	}
	return []sourceMetric{
		{
			metrics.Family{
				Name: "teletipo_source_status", Help: "1 for the status of a source.",
				Type: metrics.Gauge,
			},
			func(f *metrics.Family, id string, _ *news.PollState, h health.Health) {
				f.Add(1, "source", id, "status", string(h.Status))
			},
		},
		{
			metrics.Family{
				Name: "teletipo_source_articles_total", Type: metrics.Counter,
				Help: "Articles of a source, by what became of them.",
			},
			func(f *metrics.Family, id string, st *news.PollState, _ health.Health) {
				for n, count := range counts(st) {
					f.Add(float64(count), "source", id, "outcome", string(outcomes[n]))
				}
			},
		},
		one("failures", metrics.Gauge, "Looks that failed in a row.",
			func(st *news.PollState) float64 { return float64(st.Failures) }),
		one("polls_total", metrics.Counter, "Looks at a source.",
			func(st *news.PollState) float64 { return float64(st.Polls) }),
		one("not_modified_total", metrics.Counter, "Looks that were answered 304.",
			func(st *news.PollState) float64 { return float64(st.NotModified) }),
		one("bytes_total", metrics.Counter, "Bytes of documents read.",
			func(st *news.PollState) float64 { return float64(st.Bytes) }),
		one("http_status", metrics.Gauge, "HTTP status of the last look, 0 for none.",
			func(st *news.PollState) float64 { return float64(st.HTTPStatus) }),
		one("last_look_seconds", metrics.Gauge, "How long the last look took.",
			func(st *news.PollState) float64 { return st.Took.Seconds() }),
		one("last_success_timestamp_seconds", metrics.Gauge, "Last look that succeeded; 0: never.",
			func(st *news.PollState) float64 { return metrics.Seconds(st.LastSuccess) }),
		one("last_change_timestamp_seconds", metrics.Gauge, "When it last had news; 0: never.",
			func(st *news.PollState) float64 { return metrics.Seconds(st.LastChange) }),
		one("next_poll_timestamp_seconds", metrics.Gauge, "When it is due; 0: not polled.",
			func(st *news.PollState) float64 { return metrics.Seconds(st.Due) }),
	}
}
