package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/teletipo/teletipo/internal/news"
)

// reads collects what was asked of each feed document since the start. Its labels are those of
// the feeds that there are: nobody can make any up.
type reads struct {
	list func() []news.Reads
}

// What is told of each feed document.
var (
	feedLabels   = []string{"topic", "lang", "format"}
	feedRequests = prometheus.NewDesc("teletipo_feed_requests_total",
		"Requests for feed documents since the start, by feed, format and HTTP status.",
		append(feedLabels[:3:3], "status"), nil)
	feedBytes = prometheus.NewDesc("teletipo_feed_bytes_total",
		"Bytes of bodies sent in answer to them.", feedLabels, nil)
	feedSubscribers = prometheus.NewDesc("teletipo_feed_subscribers",
		"People that the programs which asked say they read for.", feedLabels, nil)
)

// Describe names the metrics.
func (r *reads) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{feedRequests, feedBytes, feedSubscribers} {
		descs <- d
	}
}

// Collect sends the metrics of the feeds that somebody asked for.
func (r *reads) Collect(metrics chan<- prometheus.Metric) {
	for _, f := range r.list() {
		labels := []string{f.Key.Topic, f.Key.Lang, string(f.Format)}
		rest := f.Requests
		for _, status := range []struct {
			name  string
			count int64
		}{
			{"200", f.Whole}, {"226", f.Deltas}, {"304", f.NotModified}, {"429", f.Limited},
		} {
			rest -= status.count
			if status.count > 0 {
				metrics <- counter(feedRequests, float64(status.count), append(labels, status.name)...)
			}
		}
		if rest > 0 {
			metrics <- counter(feedRequests, float64(rest), append(labels, "other")...)
		}
		metrics <- counter(feedBytes, float64(f.Bytes), labels...)
		metrics <- gauge(feedSubscribers, float64(f.Subscribers), labels...)
	}
}
