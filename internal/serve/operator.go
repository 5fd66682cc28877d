package serve

import (
	"log/slog"
	"net/http"
)

// Operator is the handler of the operator's listener. Ready tells why the daemon can't serve its
// readers yet or any more, nil if it can; it is called once per question and must not wait.
func Operator(log *slog.Logger, ready func() error) http.Handler {
	return logged(log, handler(operatorRoutes(ready)))
}

// operatorRoutes is the table of the operator's listener.
func operatorRoutes(ready func() error) []route {
	return []route{
		{"/healthz", "200 while the process runs", reading, healthy},
		{"/readyz", "200 while readers are served, else 503 and why", reading, readiness(ready)},
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

// notHere answers for everything that the table does not name.
func notHere(w http.ResponseWriter, _ *http.Request) {
	say(w, http.StatusNotFound, noStore,
		"There is nothing at this address. Ask for /healthz or /readyz.\n")
}
