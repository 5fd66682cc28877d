package newstest

import (
	"io"
	"log/slog"
	"sync"
	"testing"
)

// Logger makes a logger that writes everything, debugging included, to the test's output. What is
// logged after the test has ended is dropped: a goroutine that outlives it must not panic.
func Logger(t testing.TB) *slog.Logger {
	out := &output{w: t.Output()}
	t.Cleanup(out.close)
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type output struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(p)
}

func (o *output) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.w = io.Discard
}
