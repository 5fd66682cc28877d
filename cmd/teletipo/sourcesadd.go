package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/source"
)

type sourcesAddCmd struct {
	URL    string        `arg:"" name:"url" help:"Address of a feed or a site."`
	ID     string        `name:"id" help:"Names it for good." placeholder:"ID"`
	Name   string        `help:"What readers see (default: the host)." placeholder:"NAME"`
	Kind   string        `help:"feed, wordpress, sitemap or page (default: found)." placeholder:"KIND"`
	Every  time.Duration `help:"How often it is polled." placeholder:"15m"`
	Lang   string        `help:"Of articles that do not say their own." placeholder:"LANG"`
	Rights string        `help:"full, excerpt or headline (default excerpt)." placeholder:"RIGHTS"`
	Tags   []string      `help:"That its articles get beside their own." placeholder:"TAG,…"`
	Allowed
}

// Run adds one source. It refuses what is there already, and says where.
func (c *sourcesAddCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	cfg.Fetch.Allow = append(cfg.Fetch.Allow, c.Allow...) // for the search, not for what it finds
	known := knownSources(&cfg)
	c.URL = news.FeedAddress(c.URL)
	if place, there := known.place(c.ID, c.URL); there {
		return news.Errorf(news.Invalid, "not added: %s", place)
	}
	src := news.Source{
		ID: c.ID, Name: c.Name, Kind: news.SourceKind(c.Kind), URL: c.URL,
		Lang: c.Lang, Every: c.Every, Rights: news.Rights(c.Rights), Enabled: true, Tags: c.Tags,
	}
	if c.Kind == "" {
		if err := in.find(&cfg, &src); err != nil {
			return fmt.Errorf("not added: %w", err)
		}
		if place, there := known.place("", src.URL); there {
			return news.Errorf(news.Invalid, "not added: %s", place)
		}
	}
	known.complete(&src)
	if err := config.AddSources(in.options(), []news.Source{src}); err != nil {
		return fmt.Errorf("not added: %w", err)
	}
	return in.follow(in.ctx, &sourceChange{Source: src.ID, Change: "added", File: ownSources(&cfg)})
}

// find sets the best way to read a source, and says how it was found. A site that can't be reached
// now is taken for a feed.
func (in *invocation) find(cfg *config.Config, src *news.Source) error {
	quiet := slog.New(slog.DiscardHandler)
	fetcher := daemon.NewFetcher(quiet, cfg, version)
	defer fetcher.Close()
	found, err := source.New(quiet, fetcher, time.Now).Find(in.ctx, src.URL, src.Allow)
	src.Kind = news.KindFeed
	switch {
	case in.ctx.Err() != nil:
		return in.ctx.Err()
	case len(found.Tried) < 2 && err != nil: // the address itself could not be read
		fmt.Fprintf(in.stderr, "taken for a feed, as it can't be looked at now: %v\n", err)
		return nil
	case err == nil:
		src.Kind, src.URL = found.Kind, found.URL
		src.Follow = src.Kind == news.KindPage
	}
	if !in.flags.JSON {
		in.printWay(&found)
	}
	return err
}

// printWay says what was tried to read an address, what was chosen and why; nothing if the
// address was what was to be read itself.
func (in *invocation) printWay(found *news.Way) {
	if len(found.Tried) < 2 {
		return
	}
	for _, t := range found.Tried {
		what := t.What
		if _, after, ok := strings.Cut(what, t.Address+": "); ok { // an error, which repeats it
			what = after
		}
		fmt.Fprintf(in.stdout, "tried      %s: %s\n", t.Address, what)
	}
	if found.Kind != "" {
		fmt.Fprintf(in.stdout, "found      %s %s: %s\n", found.Kind, news.Shown(found.URL), found.Why)
	}
}

func ownSources(cfg *config.Config) string {
	return filepath.Join(cfg.Data, config.OwnSourcesFile)
}

// known are the sources that there are, so that none is added twice.
type known struct {
	ids       map[string]string // id → where it is configured
	addresses map[string]string // canonical address → id
}

func knownSources(cfg *config.Config) *known {
	k := &known{ids: map[string]string{}, addresses: map[string]string{}}
	for _, reserved := range []string{config.InboxID, string(news.KindFile), "push"} {
		k.ids[reserved] = "the program itself"
	}
	for i := range cfg.Sources {
		k.add(&cfg.Sources[i], cfg.SourcePlaces[cfg.Sources[i].ID])
	}
	return k
}

func (k *known) add(src *news.Source, place string) {
	k.ids[src.ID] = place
	if src.URL != "" {
		k.addresses[sameAddress(src.URL)] = src.ID
	}
}

// place tells which source has an id or address already, and where it is configured.
func (k *known) place(id, address string) (text string, there bool) {
	if place, taken := k.ids[id]; taken && id != "" {
		return fmt.Sprintf("there is a source %s already: %s", id, place), true
	}
	if id, taken := k.addresses[sameAddress(address)]; taken {
		return fmt.Sprintf("%s is the address of source %s already: %s",
			strings.TrimSpace(address), id, k.ids[id]), true
	}
	return "", false
}

// complete gives a source the id and the name that it does not have, and notes it.
func (k *known) complete(src *news.Source) {
	u, err := url.Parse(src.URL)
	if err != nil {
		u = &url.URL{} // which config will complain about
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	src.ID = cmp.Or(src.ID, k.freeID(host, u.Path))
	src.Name = cmp.Or(src.Name, host, src.ID)
	k.add(src, "above")
}

// freeID makes an id that no source has, from a host and, if need be, the path or a number.
func (k *known) freeID(host, file string) string {
	base := cmp.Or(idOf(host), "source")
	if _, taken := k.ids[base]; !taken {
		return base
	}
	last := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if longer := idOf(base + "-" + last); idOf(last) != "" {
		if base = longer; k.ids[base] == "" {
			return base
		}
	}
	for n := 2; ; n++ {
		id := base + "-" + strconv.Itoa(n)
		if _, taken := k.ids[id]; !taken {
			return id
		}
	}
}

// idOf makes an id of a text: letters, digits and hyphens, and room for a number at its end.
func idOf(text string) string {
	const most = 52
	id := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, strings.ToLower(text))
	for strings.Contains(id, "--") {
		id = strings.ReplaceAll(id, "--", "-")
	}
	return strings.Trim(id[:min(len(id), most)], "-")
}

// sameAddress is one text for all the forms of an address that lead to the same feed.
func sameAddress(address string) string {
	address = strings.TrimSpace(address)
	canonical := cmp.Or(clean.URL(address), address)
	_, rest, found := strings.Cut(canonical, "://")
	if !found {
		return canonical
	}
	return strings.TrimSuffix(strings.TrimPrefix(rest, "www."), "/")
}

// testedSource is the source that a name means: a configured one by its id or address, else the
// one that `sources add` would make of an address.
func testedSource(cfg *config.Config, name string) (src news.Source, configured bool, err error) {
	name = news.FeedAddress(name)
	for _, src := range cfg.Sources {
		if src.ID == name || src.URL != "" && src.URL == name {
			return src, true, nil
		}
	}
	u, err := url.Parse(name)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return src, false, news.Errorf(news.NotFound,
			"%s is no http(s) address and no source; `teletipo sources` lists the sources", name)
	}
	src = news.Source{
		Kind: news.KindFeed, URL: name, Rights: news.Excerpt, Enabled: true,
		Every: 15 * time.Minute,
	}
	knownSources(cfg).complete(&src)
	return src, false, nil
}
