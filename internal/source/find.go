package source

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/sitemap"
)

// fewestListed is how many articles a page lists at least that is worth reading as one that does.
const fewestListed = 3

// finder is a search for the best way to read a site.
type finder struct {
	*Reader
	allow news.Allowance
	found news.Way
	asked map[string]bool
}

// Find finds the best way to read what is at an address: the API of a WordPress site, a feed, a
// sitemap of news, the page itself if it lists articles, or any other sitemap, in this order. An
// address that is a feed or a sitemap itself is taken at its word. What was tried is told beside an
// error as well, which is Invalid if nothing of these was found.
func (r *Reader) Find(
	ctx context.Context, address string, allow news.Allowance,
) (news.Way, error) {
	f := &finder{Reader: r, allow: allow, asked: map[string]bool{}}
	resp, err := f.first(ctx, address)
	if err != nil {
		return f.found, err
	}
	doc := resp.Document
	switch {
	case isFeed(doc.Body) && !isPage(doc.Body):
		f.is("a feed")
		return f.choose(news.KindFeed, address, "it is a feed"), nil
	case isSitemap(doc):
		f.is("a sitemap")
		return f.choose(news.KindSitemap, address, "it is a sitemap"), nil
	}
	f.is("a page")
	site, err := url.Parse(cmp.Or(doc.URL, address))
	if err != nil {
		return f.found, news.Errorf(news.Invalid, "fetch %s: its address can't be read",
			news.Shown(address))
	}
	for _, way := range []func(context.Context, *url.URL, news.Response) bool{
		f.namedAPI, f.feeds, f.guessedAPI, f.newsMap, f.page, f.anyMap,
	} {
		if way(ctx, site, resp) {
			return f.found, nil
		}
		if ctx.Err() != nil {
			return f.found, ctx.Err()
		}
	}
	return f.found, news.Errorf(news.Invalid, "fetch %s: a page, and neither WordPress nor a feed, a "+
		"sitemap or a list of articles where sites have them (%d addresses tried): name the feed's "+
		"address, or say how to read the page by kind", news.Shown(address), len(f.found.Tried))
}

// first asks for the address, and goes where a page sends its readers.
func (f *finder) first(ctx context.Context, address string) (news.Response, error) {
	resp, err := f.try(ctx, address, feedTypes)
	const most = 2
	for range most {
		next := refreshed(resp.Document)
		if err != nil || next == "" || f.asked[next] {
			break
		}
		f.is("sends its readers on")
		resp, err = f.try(ctx, next, feedTypes)
	}
	return resp, err
}

// try asks for an address and notes that.
func (f *finder) try(ctx context.Context, address, types string) (news.Response, error) {
	if f.asked[address] {
		return news.Response{}, errAsked
	}
	f.asked[address] = true
	resp, err := f.fetcher.Fetch(ctx, news.Request{URL: address, Accept: types, Allow: f.allow})
	tried := news.Tried{Address: news.Shown(address), Status: resp.Status}
	if err != nil {
		tried.What = err.Error()
	}
	f.found.Tried = append(f.found.Tried, tried)
	return resp, err
}

var errAsked = errors.New("asked for already")

// is notes what the address that was tried last is.
func (f *finder) is(what string) { f.found.Tried[len(f.found.Tried)-1].What = what }

func (f *finder) choose(kind news.SourceKind, address, why string) news.Way {
	f.found.Kind, f.found.URL, f.found.Why = kind, address, why
	return f.found
}

// namedAPI tries the API of WordPress that a site names.
func (f *finder) namedAPI(ctx context.Context, site *url.URL, resp news.Response) bool {
	root := cmp.Or(linkedRoot(resp.Header["Link"]), pageRoot(resp.Document.Body))
	return root != "" && f.api(ctx, absolute(site.String(), root), "the site names its WordPress API")
}

// guessedAPI tries it where WordPress has it.
func (f *finder) guessedAPI(ctx context.Context, site *url.URL, _ news.Response) bool {
	for _, root := range at(site, below(site.Path, "wp-json/"), "/wp-json/") {
		if f.api(ctx, root, "it has a WordPress API and no feed") {
			return true
		}
	}
	return false
}

func (f *finder) api(ctx context.Context, root, why string) bool {
	w := wordpress{Reader: f.Reader, mark: wpMark{PerPage: 1}}
	resp, err := f.try(ctx, w.postsURL(root, 1), jsonTypes)
	if err != nil {
		return false
	}
	if !bytes.HasPrefix(trimmed(resp.Document.Body), []byte("[")) {
		f.is("no list of posts")
		return false
	}
	f.is("posts of WordPress")
	home, _, _ := strings.Cut(root, "wp-json")
	home, _, _ = strings.Cut(home, "?")
	f.choose(news.KindWordPress, strings.TrimSuffix(home, "index.php/"), why)
	return true
}

// feeds tries those that a page names, then those below it, then the usual places.
func (f *finder) feeds(ctx context.Context, site *url.URL, resp news.Response) bool {
	named := namedFeeds(site, resp.Document.Body)
	named = named[:min(len(named), maxNamed)]
	for i, address := range append(slices.Clone(named), usualFeeds(site)...) {
		resp, err := f.try(ctx, address, feedTypes)
		switch {
		case err != nil:
		case isFeed(resp.Document.Body) && !isPage(resp.Document.Body):
			f.is("a feed")
			why := "a feed is where sites have one"
			if i < len(named) {
				why = "the page names this feed"
			}
			f.choose(news.KindFeed, address, why)
			return true
		default:
			f.is("no feed")
		}
	}
	return false
}

// usualFeeds are where a site has its feed if it does not say: below a page that is not its first,
// then at its root.
func usualFeeds(site *url.URL) []string {
	paths := feedPaths
	if strings.Trim(site.Path, "/") != "" {
		paths = append([]string{below(site.Path, "feed"), below(site.Path, "feed/")}, paths...)
	}
	return at(site, paths...)
}

// at returns the addresses of paths on a site.
func at(site *url.URL, paths ...string) (addresses []string) {
	for _, path := range paths {
		addresses = append(addresses, site.ResolveReference(&url.URL{Path: path}).String())
	}
	return addresses
}

func below(path, name string) string { return strings.TrimRight(path, "/") + "/" + name }

// newsMap tries the sitemaps that robots.txt names, those that say they are of news.
func (f *finder) newsMap(ctx context.Context, site *url.URL, _ news.Response) bool {
	return f.maps(ctx, site, func(address string) bool { return mapRank(address) == 0 })
}

// anyMap tries the others.
func (f *finder) anyMap(ctx context.Context, site *url.URL, _ news.Response) bool {
	return f.maps(ctx, site, func(address string) bool { return mapRank(address) == 1 })
}

func (f *finder) maps(ctx context.Context, site *url.URL, want func(string) bool) bool {
	rules, err := f.sites.Rules(ctx, site.String(), f.allow)
	if err != nil {
		return false // and nothing else may be asked
	}
	addresses, named := rules.Sitemaps, len(rules.Sitemaps) > 0
	if !named {
		addresses = at(site, mapPaths...)
	}
	for _, address := range addresses {
		if _, ok := rules.Allows(address); !ok || !want(address) {
			continue
		}
		resp, err := f.try(ctx, address, mapTypes)
		if err != nil {
			continue
		}
		if !isSitemap(resp.Document) {
			f.is("no sitemap")
			continue
		}
		f.is("a sitemap")
		why := "a sitemap is where sites have one"
		if named {
			why = "robots.txt names this sitemap"
		}
		f.choose(news.KindSitemap, address, why)
		return true
	}
	return false
}

// page reads the page itself, if robots.txt lets us.
func (f *finder) page(ctx context.Context, site *url.URL, resp news.Response) bool {
	rules, err := f.sites.Rules(ctx, site.String(), f.allow)
	if err != nil {
		return false
	}
	if _, ok := rules.Allows(site.String()); !ok {
		return false
	}
	list, err := extract.Listing(resp.Document)
	if err != nil || len(list.Items) < fewestListed {
		return false
	}
	f.choose(news.KindPage, site.String(), "the page lists articles, found by "+list.How)
	return true
}

// isSitemap reports whether a document is a sitemap in XML.
func isSitemap(doc news.Document) bool {
	if isPage(doc.Body) && !bytes.Contains(doc.Body[:min(len(doc.Body), 1000)], []byte("urlset")) {
		return false
	}
	m, err := sitemap.Read(doc)
	return err == nil && len(m.Items)+len(m.Children) > 0
}
