package serve

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/newstest"
)

// TestOperatorHosts asks under names that lead here, whosever they are.
func TestOperatorHosts(t *testing.T) {
	figures := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	h := Operator(newstest.Logger(t), []string{"monitor.example"}, func() error { return nil }, figures)
	for host, want := range map[string]int{
		"localhost":            http.StatusOK,
		"LocalHost.:8081":      http.StatusOK,
		"wire.localhost:8081":  http.StatusOK,
		"127.0.0.1":            http.StatusOK,
		"127.0.0.1:8081":       http.StatusOK,
		"[::1]:8081":           http.StatusOK,
		"[::1]":                http.StatusOK,
		"10.1.2.3:8081":        http.StatusOK,
		"":                     http.StatusOK,
		"monitor.example:8081": http.StatusOK,
		"Monitor.Example":      http.StatusOK,

		"evil.example":              http.StatusMisdirectedRequest,
		"evil.example:8081":         http.StatusMisdirectedRequest,
		"127.0.0.1.evil.example":    http.StatusMisdirectedRequest,
		"localhost.evil.example":    http.StatusMisdirectedRequest,
		"notlocalhost":              http.StatusMisdirectedRequest,
		"monitor.example.evil:8081": http.StatusMisdirectedRequest,
		"x.monitor.example":         http.StatusMisdirectedRequest,
		"0x7f.1":                    http.StatusMisdirectedRequest,
		"[::1]evil.example":         http.StatusMisdirectedRequest,
		"<script>":                  http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/nothing"} {
			req := httptest.NewRequest(http.MethodGet, path, nil)
			req.Host = host
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, req)
			status := want
			if path == "/nothing" && want == http.StatusOK {
				status = http.StatusNotFound
			}
			if rec.Code != status {
				t.Errorf("%s under %q: %d, want %d", path, host, rec.Code, status)
			}
			if want != http.StatusOK && !strings.Contains(rec.Body.String(), "admin_hosts") {
				t.Errorf("%s under %q says %q", path, host, rec.Body)
			}
		}
	}
}

// TestPanicIsLogged: what breaks in a handler is logged with where it broke, and its connection
// ends, so that nobody takes half an answer for a whole one.
func TestPanicIsLogged(t *testing.T) {
	var log bytes.Buffer
	server := httptest.NewUnstartedServer(nil)
	server.Config = NewServer(slog.New(slog.NewTextHandler(&log, nil)), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Length", "10")
		w.Write([]byte("half"))
		breaks()
	}))
	server.Start()
	for _, path := range []string{"/abort", "/breaks"} {
		res, err := http.Get(server.URL + path)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			res.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: a whole answer", path)
		}
	}
	server.Close()
	said := log.String()
	if strings.Count(said, "panicked") != 1 || !strings.Contains(said, "serve.breaks") ||
		!strings.Contains(said, "path=/breaks") || strings.Contains(said, "ErrAbortHandler") {
		t.Errorf("logged:\n%s", said)
	}
}

func breaks() { panic("out of ink") }
