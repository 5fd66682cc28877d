package serve

import (
	"net/http"
	"time"
)

// Limits of a question. The headers together have the listener's.
const (
	maxTarget = 2 << 10 // bytes of path and query: no address of ours is near that
	maxBody   = 1 << 10 // bytes of a body, which nobody looks at
)

// Header values of answers to programs that run in pages of other sites (the Fetch standard's
// CORS protocol): all is public, and no answer depends on who asks.
var (
	anyOrigin   = []string{"*"}
	exposed     = []string{"Delta-Base, Delta-Cut, ETag, IM, Link, Retry-After"}
	preflightOK = []string{"A-IM, Cache-Control, If-Modified-Since, If-None-Match"}
	aDay        = []string{"86400"}
)

// open makes what next answers readable to every page in every browser, answers their preflight
// questions, and turns away what no reader would send.
func open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if r.Method != http.MethodOptions || isPreflight(r) {
			h["Access-Control-Allow-Origin"] = anyOrigin
			h["Access-Control-Expose-Headers"] = exposed
		}
		if r.ContentLength != 0 {
			// Nobody waits for the body: what has come of it is thrown away with the connection.
			h.Set("Connection", "close")
			_ = http.NewResponseController(w).SetReadDeadline(time.Now())
		}
		switch {
		case len(r.RequestURI) > maxTarget:
			say(w, http.StatusRequestURITooLong, noStore, "There is no address as long as this.\n")
		case r.Method == http.MethodOptions:
			options(w, r)
		case bodiless(r.Method) && (r.ContentLength > maxBody || r.ContentLength < 0):
			say(w, http.StatusRequestEntityTooLarge, noStore, "A question has no body here.\n")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// bodiless reports whether a body has no meaning with a method.
func bodiless(method string) bool {
	return method == http.MethodGet || method == http.MethodHead
}

// isPreflight reports whether a browser asks what a page may ask for. Any other OPTIONS asks what
// can be done here, and pages have no part in it.
func isPreflight(r *http.Request) bool {
	return r.Header["Origin"] != nil && r.Header["Access-Control-Request-Method"] != nil
}

// options answers OPTIONS, and tells a browser what a page may ask for.
func options(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Allow", asking)
	h.Set("Cache-Control", noStore)
	if isPreflight(r) {
		h.Set("Access-Control-Allow-Methods", reading)
		h["Access-Control-Allow-Headers"] = preflightOK
		h["Access-Control-Max-Age"] = aDay
	}
	w.WriteHeader(http.StatusNoContent)
}
