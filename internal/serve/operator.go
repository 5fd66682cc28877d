package serve

import (
	"errors"
	"log/slog"
	"net/http"
)

// Operator is the handler of the operator's listener. Names are those in lower case that it is
// asked under, beside addresses and localhost. Ready tells why the daemon can't serve its readers
// yet or any more, nil if it can; it is called once per question and must not wait. Metrics answers
// with the daemon's metrics.
func Operator(
	log *slog.Logger, names []string, ready func() error, metrics http.Handler,
) http.Handler {
	return logged(log, forHosts(names, handler(operatorRoutes(ready, metrics))))
}

// operatorRoutes is the table of the operator's listener.
func operatorRoutes(ready func() error, metrics http.Handler) []route {
	return []route{
		{"/healthz", "200 while the process runs", reading, healthy},
		{
			"/readyz", "200 while readers are served, with what else is wrong; else 503 and why", reading,
			readiness(ready),
		},
		{"/metrics", "the daemon's metrics, for Prometheus", reading, uncached(metrics)},
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
		err := ready()
		if d, ok := errors.AsType[Degraded](err); ok {
			say(w, http.StatusOK, noStore, "ok: readers are served, but\n"+d.Error()+"\n")
			return
		}
		if err != nil {
			say(w, http.StatusServiceUnavailable, noStore, "not ready: "+err.Error()+"\n")
			return
		}
		say(w, http.StatusOK, noStore, "ok\n")
	}
}

// uncached makes an answer one that nobody may keep.
func uncached(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", noStore)
		next.ServeHTTP(w, r)
	}
}

// notHere answers for everything that the table does not name.
func notHere(w http.ResponseWriter, _ *http.Request) {
	say(w, http.StatusNotFound, noStore,
		"There is nothing at this address. Ask for /healthz, /readyz or /metrics.\n")
}
