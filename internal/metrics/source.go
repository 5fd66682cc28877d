package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/news"
)

// What is told of each source by more than its id.
var (
	sourceStatus = prometheus.NewDesc("teletipo_source_status",
		"1 for the status of a source.", []string{"source", "status"}, nil)
	sourceArticles = prometheus.NewDesc("teletipo_source_articles_total",
		"Articles of a source, by what became of them.", []string{"source", "outcome"}, nil)
)

// sourceMetric is a metric that every source has one sample of.
type sourceMetric struct {
	desc  *prometheus.Desc
	make  func(desc *prometheus.Desc, value float64, labels ...string) prometheus.Metric
	value func(st *news.PollState) float64
}

// perSource is the table of the metrics that every source has one sample of.
var perSource = []sourceMetric{
	{
		ofSource("failures", "Looks that failed in a row."), gauge,
		func(st *news.PollState) float64 { return float64(st.Failures) },
	},
	{
		ofSource("aside", "Documents put aside after the process died while reading them."), gauge,
		func(st *news.PollState) float64 { return float64(len(st.Aside)) },
	},
	{
		ofSource("polls_total", "Looks at a source."), counter,
		func(st *news.PollState) float64 { return float64(st.Polls) },
	},
	{
		ofSource("not_modified_total", "Looks that were answered 304."), counter,
		func(st *news.PollState) float64 { return float64(st.NotModified) },
	},
	{
		ofSource("bytes_total", "Bytes of documents read."), counter,
		func(st *news.PollState) float64 { return float64(st.Bytes) },
	},
	{
		ofSource("http_status", "HTTP status of the last look, 0 for none."), gauge,
		func(st *news.PollState) float64 { return float64(st.HTTPStatus) },
	},
	{
		ofSource("last_look_seconds", "How long the last look took."), gauge,
		func(st *news.PollState) float64 { return st.Took.Seconds() },
	},
	{
		ofSource("last_success_timestamp_seconds", "Last look that succeeded; 0: never."), gauge,
		func(st *news.PollState) float64 { return seconds(st.LastSuccess) },
	},
	{
		ofSource("last_change_timestamp_seconds", "When it last had news; 0: never."), gauge,
		func(st *news.PollState) float64 { return seconds(st.LastChange) },
	},
	{
		ofSource("next_poll_timestamp_seconds", "When it is due; 0: not polled."), gauge,
		func(st *news.PollState) float64 { return seconds(st.Due) },
	},
}

// ofSource describes a metric of one source.
func ofSource(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("teletipo_source_"+name, help, []string{"source"}, nil)
}

// collectSource sends a source's own metrics.
func collectSource(
	metrics chan<- prometheus.Metric, id string, st *news.PollState, status health.Status,
) {
	metrics <- gauge(sourceStatus, 1, id, string(status))
	for n, count := range counts(st) {
		metrics <- counter(sourceArticles, float64(count), id, string(outcomes[n]))
	}
	for _, m := range perSource {
		metrics <- m.make(m.desc, m.value(st), id)
	}
}
