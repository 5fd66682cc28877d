package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/export"
	"github.com/teletipo/teletipo/internal/news"
)

type exportCmd struct {
	Dir  string `arg:"" optional:"" help:"Directory for every feed, archive and page as static files."`
	OPML bool   `name:"opml" help:"Print the sources as OPML 2.0 instead."`

	Secrets bool `help:"With --opml: also those whose address may hold a key."`
}

// Run writes the site as static files, or prints the sources that are feeds.
func (c *exportCmd) Run(in *invocation) error {
	if c.OPML == (c.Dir != "") {
		return &usageError{errors.New("say what to export: a directory to write to, or --opml")}
	}
	cfg, err := in.load()
	if err != nil {
		return err
	}
	if c.OPML {
		return c.opml(in, &cfg)
	}
	if cfg.PublicURLDerived {
		fmt.Fprintf(in.stderr, "teletipo: public_url is not set, so the feeds say that they are at %s\n",
			cfg.Site.PublicURL)
	}
	var sum export.Summary
	err = in.withSite(&cfg, func(base string) (err error) {
		bar := in.bar("export", 0)
		defer bar.Close()
		sum, err = writeSite(in.ctx, &cfg, base, c.Dir, bar.Reach)
		return err
	})
	if err != nil {
		return err
	}
	if in.flags.JSON {
		return in.printJSON(sum)
	}
	_, err = fmt.Fprintf(in.stdout, "%d documents written, %d unchanged, %d removed in %s\n",
		sum.Written, sum.Unchanged, sum.Removed, c.Dir)
	return err
}

// opml prints the sources that are feeds. One whose address may hold a key is left out unless that
// is asked for: lists of feeds are passed on.
func (c *exportCmd) opml(in *invocation, cfg *config.Config) error {
	told := slices.DeleteFunc(slices.Clone(cfg.Sources), func(src news.Source) bool {
		return !c.Secrets && src.Shown(src.URL) != src.URL
	})
	if n := len(cfg.Sources) - len(told); n > 0 {
		fmt.Fprintf(in.stderr, "teletipo: %d sources are left out, since their addresses may hold a "+
			"key: --secrets takes them in, public: true at a source says that it holds none\n", n)
	}
	doc := exported(cfg.Site.Title, told)
	return doc.Write(in.stdout)
}

// withSite runs f with the address of the running daemon's public listener; without a daemon, of
// one that this process opens for as long as f takes.
func (in *invocation) withSite(cfg *config.Config, f func(base string) error) error {
	if client, ok := desk.Dial(in.ctx, cfg.Data); ok {
		condition, err := desk.Health.Ask(in.ctx, client, desk.None{})
		client.Close()
		if err != nil {
			return err
		}
		return f(condition.Public)
	}
	if _, err := in.missing(cfg); err != nil {
		return err
	}
	d, err := in.open(in.quiet(), cfg)
	if err != nil {
		return err
	}
	return errors.Join(d.WithSite(in.ctx, f), d.Close())
}

// writeSite exports what a listener serves.
func writeSite(
	ctx context.Context, cfg *config.Config, base, dir string, tell func(done, known int),
) (export.Summary, error) {
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	return export.Write(ctx, client, export.Site{
		Base: base, Paths: sitePaths(cfg), Agent: "teletipo-export/" + version,
		Progress: tell,
	}, dir)
}

// sitePaths lists the documents that lead to all others, and the former addresses of feeds.
func sitePaths(cfg *config.Config) []string {
	paths := []string{"/", "/feeds.opml", "/sitemap-news.xml", "/robots.txt"}
	ids := []string{news.All}
	for _, topic := range cfg.Topics {
		ids = append(append(ids, topic.ID), topic.Aliases...)
	}
	for _, id := range ids {
		paths = append(paths, news.TopicPath(id))
		for _, lang := range append([]string{""}, cfg.Site.Languages...) {
			for _, format := range news.Formats {
				paths = append(paths, news.FeedPath(news.FeedKey{Topic: id, Lang: lang}, format))
			}
		}
	}
	return paths
}
