package parse

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

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

func rssMedia(base string, in *rss.Item, x extensions) []news.Media {
	g := gallery{base: base}
	for _, e := range in.Enclosures {
		g.add(news.Media{URL: e.URL, Type: e.Type, Length: size(e.Length)})
	}
	g.addExtensions(x)
	for _, e := range x["itunes"]["image"] {
		g.add(news.Media{URL: e.Attrs["href"]})
	}
	return g.media
}

func atomMedia(base string, in *atom.Entry, x extensions) []news.Media {
	g := gallery{base: base}
	for _, l := range in.Links {
		if l.Rel == "enclosure" {
			g.add(news.Media{URL: l.Href, Type: l.Type, Length: size(l.Length), Title: l.Title})
		}
	}
	g.addExtensions(x)
	return g.media
}

// addExtensions takes Media RSS elements: content, alone or in groups, and thumbnails.
func (g *gallery) addExtensions(x extensions) {
	media := x["media"]
	for _, e := range media["content"] {
		g.addContent(e)
	}
	for _, group := range media["group"] {
		for _, e := range group.Children["content"] {
			g.addContent(e)
		}
		g.addThumbnails(group.Children["thumbnail"])
	}
	g.addThumbnails(media["thumbnail"])
}

func (g *gallery) addContent(e ext.Extension) {
	m := news.Media{
		URL: e.Attrs["url"], Type: e.Attrs["type"], Length: size(e.Attrs["fileSize"]),
	}
	for _, name := range []string{"title", "description"} {
		if c := e.Children[name]; len(c) > 0 {
			m.Title = cmp.Or(m.Title, c[0].Value)
		}
	}
	g.add(m)
	g.addThumbnails(e.Children["thumbnail"])
}

func (g *gallery) addThumbnails(list []ext.Extension) {
	for _, e := range list {
		g.add(news.Media{URL: cmp.Or(e.Attrs["url"], e.Value)})
	}
}

// mediaText gives a text of Media RSS, of the item or else of its first group.
func mediaText(x extensions, name string) string {
	if text := x.text("media:" + name); text != "" {
		return text
	}
	for _, group := range x["media"]["group"] {
		if c := group.Children[name]; len(c) > 0 {
			return c[0].Value
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
