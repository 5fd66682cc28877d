package serve

import (
	"log/slog"
	"net/http"
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
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
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
