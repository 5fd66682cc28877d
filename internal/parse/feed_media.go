package parse

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
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
	m.URL = rawdoc.Link(g.base, m.URL)
	if m.URL == "" {
		return
	}
	m.Type = mediaType(m)
	if strings.HasSuffix(m.Type, "/x-shockwave-flash") {
		return // nothing shows it any more
	}
	m.Length = max(0, m.Length)
	m.Title = strings.TrimSpace(m.Title)
	same := func(other news.Media) bool { return other.URL == m.URL }
	if i := slices.IndexFunc(g.media, same); i >= 0 {
		old := &g.media[i]
		old.Type = cmp.Or(old.Type, m.Type)
		old.Length = cmp.Or(old.Length, m.Length)
		old.Title = cmp.Or(old.Title, m.Title)
		old.Width, old.Height = cmp.Or(old.Width, m.Width), cmp.Or(old.Height, m.Height)
		return
	}
	if len(g.media) < maxMedia {
		g.media = append(g.media, m)
	}
}

// addImage takes what is called an image, whatever its address looks like.
func (g *gallery) addImage(m news.Media) {
	if m.URL = rawdoc.Link(g.base, m.URL); m.URL != "" {
		m.Type = news.ImageType(m.URL)
		g.add(m)
	}
}

// mediaType returns the media type as stated if it is one, else what the address suggests.
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
	if rawdoc.IsWeb(rawdoc.Link(base, in.image)) {
		g.addImage(news.Media{URL: in.image})
	}
	for _, e := range in.others.all("itunes:image") {
		g.addImage(news.Media{URL: e.attr("href")})
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
		g.addThumbnails(&l)
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
		g.addGroup(group)
	}
	for _, e := range x.all("media:thumbnail") {
		g.addThumbnail(e)
	}
}

// addGroup takes one of the forms of a medium that a group holds: the default, or else the largest;
// and its thumbnails only if it is no image, which they would show again.
func (g *gallery) addGroup(group *part) {
	var best *part
	for e := range group.children() {
		if e.local == "content" && (best == nil || isBetter(&e, best)) {
			best = &e
		}
	}
	if best == nil {
		g.addThumbnails(group)
		return
	}
	g.addContent(best)
	if n := len(g.media); n == 0 || !strings.HasPrefix(g.media[n-1].Type, "image/") {
		g.addThumbnails(group)
	}
}

// isBetter reports whether a form of a medium is to be taken rather than another.
func isBetter(e, than *part) bool {
	weight := func(e *part) (isDefault int, pixels, bytes int64) {
		if strings.EqualFold(e.attr("isDefault"), "true") {
			isDefault = 1
		}
		return isDefault, size(e.attr("width")) * max(1, size(e.attr("height"))),
			max(size(e.attr("fileSize")), size(e.attr("bitrate")))
	}
	d1, p1, b1 := weight(e)
	d2, p2, b2 := weight(than)
	return cmp.Or(cmp.Compare(d1, d2), cmp.Compare(p1, p2), cmp.Compare(b1, b2)) > 0
}

func (g *gallery) addContent(e *part) {
	m := news.Media{
		URL: e.attr("url"), Type: e.attr("type"), Length: size(e.attr("fileSize")),
		Title: cmp.Or(e.first("title"), e.first("description")),
		Width: pixels(e.attr("width")), Height: pixels(e.attr("height")),
	}
	if mediaType(m) == "" && strings.EqualFold(e.attr("medium"), "image") {
		m.Type = news.ImageType(m.URL)
	}
	g.add(m)
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
	g.addImage(news.Media{
		URL:   cmp.Or(e.attr("url"), e.text()),
		Width: pixels(e.attr("width")), Height: pixels(e.attr("height")),
	})
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

// pixels reads a width or a height; 0 if it is none that a picture has.
func pixels(s string) int {
	n := size(strings.TrimSuffix(s, "px"))
	if n < 0 || n > 1<<16 {
		return 0
	}
	return int(n)
}
