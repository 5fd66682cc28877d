package serve

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// route is one row of a listener's table.
type route struct {
	pattern string // as http.ServeMux reads it
	caption string // as docs/http.md prints it
	methods string // that it answers, as an Allow header; empty for all
	handle  http.HandlerFunc
}

// What routes that change nothing answer to: asking also to OPTIONS, which open sees to.
const (
	reading = "GET, HEAD"
	asking  = reading + ", OPTIONS"
)

// routes is the table of the public listener.
func (p *public) routes() []route {
	return []route{
		{"/{$}", "the topics, the latest headlines, how to subscribe", asking, p.home},
		{"/topics/{topic}", "a topic's feed as a page", asking, p.topic},
		{"/feeds/{document}", "a feed: TOPIC.FORMAT or TOPIC.LANG.FORMAT", asking, p.feed},
		{
			"/feeds/{feed}/archive/{document}", "what a feed had before: N.FORMAT, 1 is the oldest",
			asking, p.archive,
		},
		{opmlPath, "the list of all feeds, as OPML 2.0", asking, p.fixedDocument},
		{"/articles/{id}", "an article: ours in full, others' in short", asking, p.article},
		{sitemapPath, "our own articles of two days, for search engines", asking, p.sitemap},
		{robotsPath, "every robot is welcome", asking, p.fixedDocument},
		{"/favicon.ico", "there is none", asking, favicon},
		{"/", "anything else: 404, and which feeds exist", "", p.notFound},
	}
}

// handler makes one handler of a table. A method that a route does not answer gets 405.
func handler(table []route) http.Handler {
	mux := http.NewServeMux()
	for _, row := range table {
		mux.HandleFunc(row.pattern, allowing(row.methods, row.handle))
	}
	return mux
}

// allowing lets only some methods through (RFC 9110, section 15.5.6), all if methods is empty.
func allowing(methods string, next http.HandlerFunc) http.HandlerFunc {
	if methods == "" {
		return next
	}
	allowed := strings.Split(methods, ", ")
	words := "Only " + methods + " are answered here.\n"
	return func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(allowed, r.Method) {
			w.Header().Set("Allow", methods)
			say(w, http.StatusMethodNotAllowed, noStore, words)
			return
		}
		next(w, r)
	}
}

// logged records every request at debug level, and is out of the way at any other.
func logged(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !log.Enabled(r.Context(), slog.LevelDebug) {
			next.ServeHTTP(w, r)
			return
		}
		start := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		log.LogAttrs(context.WithoutCancel(r.Context()), slog.LevelDebug, "request",
			slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", rec.status), slog.Int("bytes", rec.bytes),
			slog.Duration("took", time.Since(start)), slog.String("agent", r.UserAgent()))
	})
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status, bytes int
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// What caches may do with an answer that is no document.
const (
	briefly = "max-age=60"
	noStore = "no-store"
)

// say answers in plain words. The server drops the text of an answer to HEAD.
func say(w http.ResponseWriter, status int, caching, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Cache-Control", caching)
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // it fails only for a reader that left
}

// fail answers for an error that is no fault of the reader's: its text goes to the log only.
func (p *public) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := news.KindOf(err).HTTPStatus()
	if r.Context().Err() == nil { // else the reader left
		p.log.Error("page could not be made", "path", r.URL.Path, "error", err)
	}
	say(w, status, noStore, "This page can't be shown right now. The feeds are not affected.\n")
}

// notFound answers for everything that the table does not name, and leads to what was meant where
// that is plain.
func (p *public) notFound(w http.ResponseWriter, r *http.Request) {
	if p.redirectNear(w, r) {
		return
	}
	say(w, http.StatusNotFound, briefly, p.missing)
}

// favicon keeps browsers from asking again all day.
func favicon(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "max-age=86400")
	w.WriteHeader(http.StatusNoContent)
}
