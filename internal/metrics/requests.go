package metrics

import (
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/teletipo/teletipo/internal/news"
)

// counted are the statuses that feeds are answered with; every other counts as "other".
var counted = [...]int{200, 304, 404, 405, 503}

// Requests counts requests for feeds by feed, format and status. It is safe for concurrent use.
type Requests struct {
	feeds map[string]*feed // by path; never changed once made
	order []*feed
}

// feed counts what one feed document's requests were answered with.
type feed struct {
	key     news.FeedKey
	format  news.Format
	answers [len(counted) + 1]atomic.Uint64 // the last for any other status
}

// NewRequests makes counters for the feeds that there are. Other addresses are not counted, so
// that nobody can make labels up.
func NewRequests(keys []news.FeedKey) *Requests {
	r := &Requests{feeds: map[string]*feed{}}
	for _, key := range keys {
		for _, format := range news.Formats {
			f := &feed{key: key, format: format}
			r.feeds[news.FeedPath(key, format)] = f
			r.order = append(r.order, f)
		}
	}
	return r
}

// Counting makes a handler count.
func (r *Requests) Counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		f, known := r.feeds[req.URL.Path]
		if !known {
			next.ServeHTTP(w, req)
			return
		}
		answer := answer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(&answer, req)
		f.answers[place(answer.status)].Add(1)
	})
}

func place(status int) int {
	for i, s := range counted {
		if s == status {
			return i
		}
	}
	return len(counted)
}

// Family gives the counts that are not 0.
func (r *Requests) Family() Family {
	family := Family{
		Name: "teletipo_feed_requests_total", Type: Counter,
		Help: "Requests for feed documents since the start, by feed, format and HTTP status.",
	}
	for _, f := range r.order {
		for i := range f.answers {
			n := f.answers[i].Load()
			if n == 0 {
				continue
			}
			status := "other"
			if i < len(counted) {
				status = strconv.Itoa(counted[i])
			}
			family.Add(float64(n), "topic", f.key.Topic, "lang", f.key.Lang,
				"format", string(f.format), "status", status)
		}
	}
	return family
}

// answer remembers the status of an answer.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
