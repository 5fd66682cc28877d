package extract

import (
	"cmp"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/teletipo/teletipo/internal/news"
)

// media is the article's lead image: what the page names for machines, else the first picture that
// is large enough, with its caption and size.
func (p *page) media(m *meta, f found) []news.Media {
	lead := picture{
		url:  m.first("og:image", "og:image:url", "og:image:secure_url", "twitter:image"),
		kind: m.first("og:image:type"), width: number(m.first("og:image:width")),
		height: number(m.first("og:image:height")),
	}
	if lead.url == "" {
		lead = m.story.image
	}
	if m.story.image.url == lead.url {
		lead.caption = cmp.Or(lead.caption, m.story.image.caption)
		lead.width = cmp.Or(lead.width, m.story.image.width)
		lead.height = cmp.Or(lead.height, m.story.image.height)
	}
	figure := p.figureOf(lead.url, f)
	lead.url = cmp.Or(lead.url, figure.url)
	lead.caption = cmp.Or(lead.caption, figure.caption)
	return lead.media()
}

// media is a picture as an item has it, nil if there is none.
func (i picture) media() []news.Media {
	if i.url == "" {
		return nil
	}
	return []news.Media{{
		URL: i.url, Type: cmp.Or(i.kind, news.ImageType(i.url)), Title: i.caption,
		Width: i.width, Height: i.height,
	}}
}

// figureOf finds the picture of an address near the article, or the first one if there is no
// address.
func (p *page) figureOf(address string, f found) picture {
	for n := range p.near(f.container).Descendants() {
		if n.DataAtom != atom.Img || isSmall(n) || isAround(n) {
			continue
		}
		src := sourceOf(n)
		if src != "" && (address == "" || sameImage(src, address)) {
			return picture{url: src, caption: captionOf(n)}
		}
	}
	return picture{}
}

// captionOf is the caption of an image, in its figure or in the block around it.
func captionOf(img *html.Node) string {
	n := img.Parent
	for range 4 {
		if n == nil {
			return ""
		}
		if caption := captionIn(n); caption != "" || n.DataAtom == atom.Figure {
			return caption
		}
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode && namesOf(c, func(word string) bool {
				return word == "caption" || word == "pie" || word == "piefoto"
			}) {
				if text := strings.Join(strings.Fields(textIn(c)), " "); len(text) < 600 {
					return text
				}
			}
		}
		n = n.Parent
	}
	return ""
}

// sameImage reports whether two addresses are those of one image, perhaps in two sizes.
func sameImage(a, b string) bool {
	return a == b || imageName(a) != "" && imageName(a) == imageName(b)
}

// imageName is the name of an image's file without its size: photo-1024x576.jpg is photo.
func imageName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name := strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
	if i := strings.LastIndexAny(name, "-_"); i > 0 &&
		strings.Trim(name[i+1:], "0123456789xX") == "" {
		name = name[:i]
	}
	if len(name) < 6 {
		return ""
	}
	return strings.ToLower(name)
}
