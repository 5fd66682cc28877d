package push

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// openapi is the description of the interface, OpenAPI 3.1. A test holds it against the handlers.
//
//go:embed openapi.json
var openapi []byte

// describe answers with the description.
func describe(w http.ResponseWriter, _ *http.Request) *problem {
	w.Header().Set("Cache-Control", "max-age=3600")
	write(w, http.StatusOK, "application/json", openapi)
	return nil
}

// problem is an error as RFC 9457 writes it.
type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail"`
	Errors []fault `json:"errors,omitempty"`
}

// fault is what is wrong with one field of a body.
type fault struct {
	Pointer string `json:"pointer"` // RFC 6901; empty for the body as a whole
	Detail  string `json:"detail"`
}

// wrong makes a problem.
func wrong(status int, detail string, faults ...fault) *problem {
	return &problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: detail, Errors: faults,
	}
}

// retryAfter is how many seconds a client shall wait that can't be served now: about the time in
// which a daemon is started again.
const retryAfter = "10"

// answering answers one address: it finds the method's call and writes the problem that this may
// give.
func (p *pushing) answering(methods map[string]call) http.Handler {
	allowed := slices.Sorted(maps.Keys(methods))
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		var trouble *problem
		switch do := methods[method]; {
		case len(methods) == 0:
			trouble = wrong(http.StatusNotFound,
				"there is nothing at this address; "+Prefix+"openapi.json tells what there is")
		case do == nil:
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			trouble = wrong(http.StatusMethodNotAllowed,
				"only "+strings.Join(allowed, ", ")+" can be asked for here")
		default:
			trouble = do(w, r)
		}
		if trouble == nil {
			return
		}
		if trouble.Status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", retryAfter)
		}
		writeJSON(w, trouble.Status, "application/problem+json", trouble)
	})
}

// failed makes a problem of an error that is no fault of the client's.
func (p *pushing) failed(r *http.Request, err error) *problem {
	switch kind := news.KindOf(err); {
	case errors.Is(err, news.ErrUnwritable):
		return wrong(http.StatusServiceUnavailable, news.ErrUnwritable.Error()+
			": please send it again later")
	case kind == news.Refused, kind == news.Busy:
		return wrong(http.StatusServiceUnavailable, err.Error())
	case !errors.Is(err, context.Canceled): // else the client left
		p.log.Error("push failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	return wrong(http.StatusInternalServerError, "this failed here; the log has why")
}

// writeJSON answers with a value. HTML in it is not escaped, so that people can read it.
func writeJSON(w http.ResponseWriter, status int, mediaType string, value any) {
	var body strings.Builder
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil { // our values all have a JSON form
		panic(err)
	}
	write(w, status, mediaType, []byte(body.String()))
}

func write(w http.ResponseWriter, status int, mediaType string, body []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // it fails only for a client that left
}
