package main

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/push"
)

// withPush answers what is asked below push.Prefix, and leaves the rest to the readers' handler.
func withPush(
	log *slog.Logger, cfg *config.Config, o *owner, ready func() error, readers http.Handler,
) http.Handler {
	pushed := push.New(log, ingest.NewDoor(o.flow, o.store), o.store, o.store, push.Settings{
		Site: cfg.Site, Sources: cfg.Sources, MaxBytes: cfg.Push.MaxBytes, Ready: ready,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, push.Prefix) {
			pushed.ServeHTTP(w, r)
			return
		}
		readers.ServeHTTP(w, r)
	})
}
