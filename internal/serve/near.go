package serve

import (
	"net/http"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// nearNames are what people and programs call documents that have another name here.
var nearNames = map[string]string{
	"/index.html": "/", "/index.php": "/", "/home": "/",
	"/opml": opmlPath, "/opml.xml": opmlPath, "/feeds.xml": opmlPath,
	"/sitemap.xml": sitemapPath, "/news-sitemap.xml": sitemapPath, "/sitemap_index.xml": sitemapPath,
}

// nearEndings are ends of feeds' addresses elsewhere, after a dot or a slash, and the format that
// they mean.
var nearEndings = map[string]news.Format{
	"rss": news.RSS, "xml": news.RSS, "rdf": news.RSS, "rss2": news.RSS, "feed": news.RSS,
	"rss.xml": news.RSS, "feed.xml": news.RSS, "index.xml": news.RSS,
	"atom": news.Atom, "atom.xml": news.Atom, "feed.atom": news.Atom,
	"json": news.JSON, "feed.json": news.JSON, "index.json": news.JSON,
}

// near finds the address that one nearly is, which there is not: in another case, with a slash at
// its end, by a name that feeds have elsewhere. It is empty if nothing is near.
func (p *public) near(path string) string {
	name := strings.ToLower(strings.TrimRight(path, "/"))
	if to := nearNames[name]; to != "" {
		return to
	}
	if p.isAddress(name) {
		return name
	}
	rest, below := strings.CutPrefix(name, "/feeds/")
	if !below {
		rest = strings.TrimPrefix(strings.TrimPrefix(name, "/topics"), "/")
	}
	feed, format := rest, news.Format("")
	for ending, meant := range nearEndings {
		for _, sign := range []string{"/", "."} {
			cut, ok := strings.CutSuffix("/"+rest, sign+ending)
			if cut = strings.Trim(cut, "/"); ok && (format == "" || len(cut) < len(feed)) {
				feed, format = cut, meant
			}
		}
	}
	switch feed {
	case "", "feed", "index":
		if format == "" {
			return ""
		}
		feed = news.All
	}
	if strings.Contains(feed, "/") {
		return ""
	}
	key := news.ParseFeedKey(feed)
	if now := p.moves.renamed[key.Topic]; now != "" {
		key.Topic = now
	}
	if page := news.TopicPath(key.Topic); format == "" && !below && key.Lang == "" {
		return p.ifAddress(page)
	}
	if format == "" {
		format = news.RSS
	}
	return p.ifAddress(news.FeedPath(key, format))
}

func (p *public) ifAddress(path string) string {
	if p.isAddress(path) {
		return path
	}
	return ""
}

// isAddress reports whether a document may be at a path.
func (p *public) isAddress(path string) bool {
	if path == sitemapPath || p.fixed[path] != nil {
		return true
	}
	if id, ok := strings.CutPrefix(path, "/articles/"); ok {
		_, err := news.ParseID(id)
		return err == nil
	}
	if topic, ok := strings.CutPrefix(path, "/topics/"); ok {
		feed := p.feeds[documentName(news.FeedKey{Topic: topic}, news.RSS)]
		return feed != nil && feed.key.Lang == "" // "border.es" has a feed, and no page
	}
	document, ok := strings.CutPrefix(path, "/feeds/")
	if feed, archive, isArchive := strings.Cut(document, "/archive/"); isArchive {
		_, format, ok := parseArchive(archive)
		return ok && p.feeds[feed+"."+string(format)] != nil
	}
	return ok && p.feeds[document] != nil
}

// redirectNear answers for an address that nearly is one of ours, by a reference that is right
// below any public address; false if it is not.
func (p *public) redirectNear(w http.ResponseWriter, r *http.Request) bool {
	path := r.URL.Path
	if !bodiless(r.Method) {
		return false
	}
	to := p.near(path)
	if to == "" || to == path {
		return false
	}
	w.Header().Set("Location",
		"./"+strings.Repeat("../", strings.Count(path, "/")-1)+strings.TrimPrefix(to, "/"))
	say(w, http.StatusMovedPermanently, movedCaching, "This is at "+to+".\n")
	return true
}
