package daemon

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/publish"
	"github.com/teletipo/teletipo/internal/push"
	"github.com/teletipo/teletipo/internal/readers"
	"github.com/teletipo/teletipo/internal/serve"
)

// publicSide is the handler of the public listener, and what it knows of who asks.
func (d *Daemon) publicSide(
	rules *classify.Rules, publisher *publish.Publisher, counts *readers.Readers,
	ready func() error,
) (http.Handler, error) {
	pages, err := d.pages(rules, publisher)
	if err != nil {
		return nil, err
	}
	return counts.Handler(d.withPush(ready, pages)), nil
}

// newReaders makes counters for the feeds of a publisher.
func newReaders(cfg *config.Config, publisher *publish.Publisher) *readers.Readers {
	return readers.New(readers.Settings{
		Feeds: publisher.Feeds(), Proxies: cfg.Readers.Proxies,
		FullPerHour: cfg.Readers.FullPerHour, Now: time.Now,
	})
}

// pages answers readers.
func (d *Daemon) pages(rules *classify.Rules, publisher *publish.Publisher) (http.Handler, error) {
	names, err := d.Store.FeedNames()
	if err != nil {
		return nil, err
	}
	// Those among them that are still published serve takes out itself.
	return serve.Public(d.log, publisher, d.Store, serve.Settings{
		Site: d.cfg.Site, Topics: rules.Topics, Gone: names,
	}), nil
}

// handing takes pages that are handed in over HTTP.
type handing struct{ *Daemon }

// HandPage reads a page by the rule of one of some sources.
func (h handing) HandPage(
	ctx context.Context, ids []string, page news.Handed,
) (news.Report, error) {
	var sources []news.Source
	for _, src := range h.Sources() {
		if src.Enabled && slices.Contains(ids, src.ID) {
			sources = append(sources, src)
		}
	}
	return desk.HandPage(ctx, h.Flow, sources, page)
}

// withPush answers what is asked below push.Prefix, and leaves the rest to the readers' handler.
func (d *Daemon) withPush(ready func() error, readers http.Handler) http.Handler {
	cfg := &d.cfg
	pushed := push.New(d.log, ingest.NewIntake(d.Flow, d.Store), d.Store, d.Store, push.Settings{
		Site: cfg.Site, Sources: d.Sources(), MaxBytes: cfg.Push.MaxBytes,
		UnderWay: cfg.Push.UnderWay, AtOnce: cfg.Push.AtOnce, Ready: ready, Epoch: d.Store.Epoch(),
		Pages: handing{d},
	})
	return belowPath(cfg.Site.PublicURL, http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, push.Prefix) {
				pushed.ServeHTTP(w, r)
				return
			}
			readers.ServeHTTP(w, r)
		}))
}

// belowPath answers also below the path of the public address, which proxies may pass on or take
// away.
func belowPath(publicURL string, next http.Handler) http.Handler {
	u, err := url.Parse(publicURL)
	if err != nil || u.Path == "" {
		return next
	}
	below := http.StripPrefix(u.Path, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, u.Path+"/") {
			below.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
