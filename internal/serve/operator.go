package serve

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
)

// Operator is the handler of the operator's listener. Ready tells why the daemon can't serve its
// readers yet or any more, nil if it can; it is called once per question and must not wait.
// Metrics writes the daemon's figures in the Prometheus text format, version 0.0.4.
func Operator(
	log *slog.Logger, ready func() error, metrics func(context.Context, io.Writer) error,
) http.Handler {
	return logged(log, handler(operatorRoutes(ready, figures(log, metrics))))
}

// operatorRoutes is the table of the operator's listener.
func operatorRoutes(ready func() error, metrics http.HandlerFunc) []route {
	return []route{
		{"/healthz", "200 while the process runs", reading, healthy},
		{"/readyz", "200 while readers are served, else 503 and why", reading, readiness(ready)},
		{"/metrics", "the daemon's figures, for Prometheus", reading, metrics},
		{"/", "anything else: 404", "", notHere},
	}
}

// healthy says that the process answers.
func healthy(w http.ResponseWriter, _ *http.Request) {
	say(w, http.StatusOK, noStore, "ok\n")
}

// readiness says whether readers are served, and if not, why.
func readiness(ready func() error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			say(w, http.StatusServiceUnavailable, noStore, "not ready: "+err.Error()+"\n")
			return
		}
		say(w, http.StatusOK, noStore, "ok\n")
	}
}

// figures answers with the daemon's figures, whole or not at all.
func figures(log *slog.Logger, write func(context.Context, io.Writer) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var page bytes.Buffer
		if err := write(r.Context(), &page); err != nil {
			log.Error("figures could not be gathered", "error", err)
			say(w, http.StatusInternalServerError, noStore, "The figures could not be gathered.\n")
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Header().Set("Cache-Control", noStore)
		_, _ = page.WriteTo(w) // it fails only for a scraper that left
	}
}

// notHere answers for everything that the table does not name.
func notHere(w http.ResponseWriter, _ *http.Request) {
	say(w, http.StatusNotFound, noStore,
		"There is nothing at this address. Ask for /healthz, /readyz or /metrics.\n")
}
