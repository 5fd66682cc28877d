package main

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/teletipo/teletipo/internal/news"
)

// feedRequests counts requests for feeds by feed, format and status. It is safe for concurrent
// use.
type feedRequests struct {
	counts *prometheus.CounterVec
	feeds  map[string]*prometheus.CounterVec // by path, all but the status given; never changed
}

// newFeedRequests makes counters for the feeds that there are. Other addresses are not counted,
// so that nobody can make labels up.
func newFeedRequests(keys []news.FeedKey) *feedRequests {
	r := &feedRequests{
		counts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "teletipo_feed_requests_total",
			Help: "Requests for feed documents since the start, by feed, format and HTTP status.",
		}, []string{"topic", "lang", "format", "status"}),
		feeds: map[string]*prometheus.CounterVec{},
	}
	for _, key := range keys {
		for _, format := range news.Formats {
			r.feeds[news.FeedPath(key, format)] = r.counts.MustCurryWith(prometheus.Labels{
				"topic": key.Topic, "lang": key.Lang, "format": string(format),
			})
		}
	}
	return r
}

// counting makes a handler count.
func (r *feedRequests) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		feed, known := r.feeds[req.URL.Path]
		if !known {
			next.ServeHTTP(w, req)
			return
		}
		answer := counted{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(&answer, req)
		feed.WithLabelValues(statusLabel(answer.status)).Inc()
	})
}

// statusLabel gives the statuses that feeds are answered with, and "other" for the rest.
func statusLabel(status int) string {
	switch status {
	case http.StatusOK, http.StatusNotModified, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusServiceUnavailable:
		return strconv.Itoa(status)
	}
	return "other"
}

// counted is an answer that remembers its status.
type counted struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (a *counted) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (a *counted) Unwrap() http.ResponseWriter { return a.ResponseWriter }
