package paste

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/dates"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// head is what an HTML document says about itself. Texts are plain.
type head struct {
	title       string
	lang        string
	description string
	canonical   string
	base        string
	authors     []string
	tags        []string
	image       string
	imageType   string
	published   time.Time
	modified    time.Time
}

// fill takes what the meta elements of a page say, by name, and its title.
func (h *head) fill(meta map[string][]string, title, lang string) {
	first := func(names ...string) string {
		for _, name := range names {
			if values := meta[name]; len(values) > 0 {
				return values[0]
			}
		}
		return ""
	}
	h.title = cmp.Or(first("og:title"), withoutSite(title, first("og:site_name")))
	h.lang = cmp.Or(h.lang, first("content-language", "og:locale"))
	h.description = first("description", "og:description", "dc.description")
	h.canonical = cmp.Or(h.canonical, first("og:url"))
	h.image, h.imageType = first("og:image", "og:image:url"), first("og:image:type")
	for _, name := range slices.Concat(meta["author"], meta["article:author"], meta["dc.creator"]) {
		if !rawdoc.IsWeb(name) && !slices.Contains(h.authors, name) {
			h.authors = append(h.authors, name)
		}
	}
	h.tags = slices.Clone(meta["article:tag"])
	for _, keywords := range meta["keywords"] {
		h.tags = append(h.tags, strings.Split(keywords, ",")...)
	}
	in := dates.Reader{Lang: cmp.Or(h.lang, lang)}
	h.published = in.First(first("article:published_time"), first("datepublished"),
		first("date"), first("dc.date.issued"), first("dc.date"), first("pubdate"))
	h.modified = in.First(first("article:modified_time"), first("datemodified"),
		first("og:updated_time"), first("last-modified"), first("lastmod"))
}

// withoutSite drops a site's name from the end of a page's title.
func withoutSite(title, site string) string {
	if site == "" {
		return title
	}
	for _, mark := range []string{" - ", " – ", " — ", " | ", " · ", " » ", " :: "} {
		if rest, ok := strings.CutSuffix(title, mark+site); ok {
			return strings.TrimSpace(rest)
		}
	}
	return title
}
