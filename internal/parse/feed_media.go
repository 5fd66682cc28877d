package parse

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// maxMedia is how many media of an item are taken: galleries belong to its page.
const maxMedia = 32

// mediaTypes tells media whose type a feed leaves out by the ending of their names.
var mediaTypes = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif",
	".webp": "image/webp", ".avif": "image/avif", ".svg": "image/svg+xml",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".wav": "audio/wav",
	".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".pdf": "application/pdf",
}

// gallery collects the media of an item, each address once.
type gallery struct {
	base  string
	media []news.Media
}

// add takes a medium. A medium that is there already is only completed.
func (g *gallery) add(m news.Media) {
	m.URL = link(g.base, m.URL)
	if m.URL == "" {
		return
	}
	m.Type = mediaType(m)
	m.Length = max(0, m.Length)
	m.Title = strings.TrimSpace(m.Title)
	same := func(other news.Media) bool { return other.URL == m.URL }
	if i := slices.IndexFunc(g.media, same); i >= 0 {
		old := &g.media[i]
		old.Type = cmp.Or(old.Type, m.Type)
		old.Length = cmp.Or(old.Length, m.Length)
		old.Title = cmp.Or(old.Title, m.Title)
		return
	}
	if len(g.media) < maxMedia {
		g.media = append(g.media, m)
	}
}

// mediaType gives the media type as stated if it is one, else what the address suggests.
func mediaType(m news.Media) string {
	if kind := strings.ToLower(strings.TrimSpace(m.Type)); strings.Count(kind, "/") == 1 {
		return kind
	}
	u, err := url.Parse(m.URL)
	if err != nil {
		return ""
	}
	return mediaTypes[strings.ToLower(path.Ext(u.Path))]
}

func (in *rssItem) media(base string) []news.Media {
	g := gallery{base: base}
	for _, e := range in.enclosures {
		g.add(news.Media{URL: e.attr("url"), Type: e.attr("type"), Length: size(e.attr("length"))})
	}
	g.addExtensions(in.others)
	for _, e := range in.others.all("itunes:image") {
		g.add(news.Media{URL: e.attr("href")})
	}
	return g.media
}

func (in *atomEntry) media(base string) []news.Media {
	g := gallery{base: base}
	for _, l := range in.links {
		if l.attr("rel") == "enclosure" {
			g.add(news.Media{
				URL: l.attr("href"), Type: l.attr("type"), Length: size(l.attr("length")),
				Title: l.attr("title"),
			})
		}
	}
	g.addExtensions(in.others)
	return g.media
}

// addExtensions takes Media RSS elements: content, alone or in groups, and thumbnails.
func (g *gallery) addExtensions(x parts) {
	for _, e := range x.all("media:content") {
		g.addContent(e)
	}
	for _, group := range x.all("media:group") {
		for e := range group.children() {
			if e.local == "content" {
				g.addContent(&e)
			}
		}
		g.addThumbnails(group)
	}
	for _, e := range x.all("media:thumbnail") {
		g.addThumbnail(e)
	}
}

func (g *gallery) addContent(e *part) {
	g.add(news.Media{
		URL: e.attr("url"), Type: e.attr("type"), Length: size(e.attr("fileSize")),
		Title: cmp.Or(e.first("title"), e.first("description")),
	})
	g.addThumbnails(e)
}

// addThumbnails takes the thumbnails in an element.
func (g *gallery) addThumbnails(in *part) {
	for e := range in.children() {
		if e.local == "thumbnail" {
			g.addThumbnail(&e)
		}
	}
}

func (g *gallery) addThumbnail(e *part) {
	g.add(news.Media{URL: cmp.Or(e.attr("url"), e.text())})
}

// mediaText returns a text of Media RSS, of the item or else of its first group.
func mediaText(x parts, name string) string {
	if text := x.text("media:" + name); text != "" {
		return text
	}
	for _, group := range x.all("media:group") {
		if text := group.first(name); text != "" {
			return text
		}
	}
	return ""
}

// size reads a number of bytes; 0 if it is none.
func size(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
