// Package metrics shows what an operator's Prometheus scrapes: the sources, the feeds and who asks
// for them, the topics in force, and the process. It is given functions that it asks at each
// scrape, and keeps nothing.
package metrics

import (
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/news"
)

// mostSourceSeries is how many sources have metrics of their own. Of more, only those have that
// are not well: a scrape of 10,000 sources would be some 120,000 lines.
const mostSourceSeries = 2000

// runtimeMetrics are what /metrics shows of the Go runtime beside what the library shows anyway.
var runtimeMetrics = regexp.MustCompile(
	`^/(gc/cycles/total:gc-cycles|cpu/classes/(user|gc/total):cpu-seconds)$`)

// Parts is where the metrics come from; all of them are set.
type Parts struct {
	Log     *slog.Logger
	Version string // of the program

	Sources    func() ([]news.SourceStatus, error)
	Window     func(key news.FeedKey, n int) (news.Window, error)
	Classified func() (news.Classified, error)
	InForce    *classify.InForce

	Unwritable func() error     // why nothing can be stored at the moment
	Damage     func() []string  // what was found damaged since the start
	LastBackup func() time.Time // that is known of, zero if none is

	Space func() int64 // bytes of the store
	Kept  func() int64 // articles when they were last counted

	Feeds func() []news.FeedKey
	Reads func() []news.Reads
}

// Handler answers with every metric of this process, whole or not at all.
func Handler(p Parts) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(
			collectors.GoRuntimeMetricsRule{Matcher: runtimeMetrics})),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "teletipo_build_info", Help: "What runs.",
			ConstLabels: prometheus.Labels{"version": p.Version, "goversion": runtime.Version()},
		}, func() float64 { return 1 }),
		gaugeOf("teletipo_store_writable", "1 if what comes can be stored, else 0.", func() float64 {
			if p.Unwritable() != nil {
				return 0
			}
			return 1
		}),
		gaugeOf("teletipo_store_damaged", "Parts of the store that were found damaged since the start.",
			func() float64 { return float64(len(p.Damage())) }),
		gaugeOf("teletipo_backup_timestamp_seconds",
			"When the newest known backup was made, in seconds since 1970; 0: none.",
			func() float64 { return seconds(p.LastBackup()) }),
		gaugeOf("teletipo_store_articles", "Articles that were kept when they were last counted.",
			func() float64 { return float64(p.Kept()) }),
		gaugeOf("teletipo_store_bytes", "Size of the file of articles.",
			func() float64 { return float64(p.Space()) }),
		&reads{p.Reads},
		&classified{p.InForce, p.Classified},
		&stored{log: p.Log, sources: p.Sources, window: p.Window, feeds: p.Feeds, now: time.Now},
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

func gaugeOf(name, help string, f func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f)
}

// stored collects the metrics that the store keeps, at each scrape.
type stored struct {
	log     *slog.Logger
	sources func() ([]news.SourceStatus, error)
	window  func(key news.FeedKey, n int) (news.Window, error)
	feeds   func() []news.FeedKey
	now     func() time.Time
}

// What is told of all sources, and of each feed.
var (
	sourcesByStatus = prometheus.NewDesc("teletipo_sources",
		"Sources by status.", []string{"status"}, nil)
	articlesByOutcome = prometheus.NewDesc("teletipo_articles_total",
		"Articles that the configured sources have brought, by what became of them.",
		[]string{"outcome"}, nil)
	feedChanged = prometheus.NewDesc("teletipo_feed_changed_timestamp_seconds",
		"When a feed changed last, in seconds since 1970.", []string{"topic", "lang"}, nil)
)

// Describe names every metric of the store.
func (s *stored) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		sourcesByStatus, articlesByOutcome, feedChanged, sourceStatus, sourceArticles,
	} {
		descs <- d
	}
	for _, m := range perSource {
		descs <- m.desc
	}
}

// Collect reads the store. What can't be read fails the whole scrape, and the log says why.
func (s *stored) Collect(metrics chan<- prometheus.Metric) {
	if err := s.collect(metrics); err != nil {
		s.log.Error("metrics could not be gathered", "error", err)
		metrics <- prometheus.NewInvalidMetric(sourcesByStatus, errors.New("the log says why"))
	}
}

func (s *stored) collect(metrics chan<- prometheus.Metric) error {
	list, err := s.sources()
	if err != nil {
		return err
	}
	collectSources(metrics, list, s.now())
	for _, key := range s.feeds() {
		window, err := s.window(key, 0)
		if err != nil {
			s.log.Error("feed could not be read", "feed", key.String(), "error", err)
			continue // the others are told of
		}
		metrics <- gauge(feedChanged, seconds(window.Stamp), key.Topic, key.Lang)
	}
	return nil
}

// outcomes of articles, in the order in which they are counted.
var outcomes = []news.Outcome{news.Accepted, news.Updated, news.Unchanged, news.Rejected}

// counts are a source's articles by outcome, in the order of outcomes.
func counts(st *news.PollState) [4]int {
	return [4]int{st.Accepted, st.Updated, st.Unchanged, st.Rejected}
}

// collectSources sums sources up, and gives each its own metrics.
func collectSources(metrics chan<- prometheus.Metric, list []news.SourceStatus, now time.Time) {
	byStatus := map[health.Status]int{}
	var sums [4]int
	for i := range list {
		src, st := &list[i].Source, &list[i].State
		status := health.Of(*src, *st, now).Status
		byStatus[status]++
		for n, count := range counts(st) {
			sums[n] += count
		}
		well := status == health.OK || status == health.New || status == health.Off
		if !well || len(list) <= mostSourceSeries {
			collectSource(metrics, src.ID, st, status)
		}
	}
	for _, status := range health.Statuses {
		metrics <- gauge(sourcesByStatus, float64(byStatus[status]), string(status))
	}
	for n, outcome := range outcomes {
		metrics <- counter(articlesByOutcome, float64(sums[n]), string(outcome))
	}
}

// gauge is one value that goes up and down.
func gauge(desc *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}

// counter is one value that only grows.
func counter(desc *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.CounterValue, value, labels...)
}

// seconds is a time as metrics give it: seconds since 1970, 0 for none.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
