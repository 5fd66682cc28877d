package serve

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// Limits of a listener. They hold off clients that send or take their time; an honest reader on
// a bad line has two minutes for a short document, and for a long one what patience gives it.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = 2 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 16 << 10 // bytes; net/http adds 4 KB of its own
)

// NewServer makes the server of one listener, limits set. The caller listens, serves and shuts
// it down.
func NewServer(log *slog.Logger, h http.Handler) *http.Server {
	return &http.Server{
		Handler:           Recover(log, h),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Recover logs what breaks in a handler, with where it broke, and ends the connection: nobody takes
// half an answer for a whole one.
func Recover(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause != http.ErrAbortHandler {
				log.Error("handler panicked", "method", r.Method, "path", r.URL.Path,
					"panic", cause, "stack", string(debug.Stack()))
			}
			panic(http.ErrAbortHandler)
		}()
		next.ServeHTTP(w, r)
	})
}

// What a reader is given for a long body.
const (
	easyBody     = 64 << 10 // bytes that the system's buffers take at once, as a rule
	firstBytes   = 30 * time.Second
	slowest      = 8 << 10 // bytes a second
	longestWrite = 5 * time.Minute
)

// patience is how long a reader may take for a body of n bytes.
func patience(n int) time.Duration {
	return min(firstBytes+time.Duration(n/slowest)*time.Second, longestWrite)
}
