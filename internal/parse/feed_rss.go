package parse

import (
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/mmcdole/gofeed/rss"

	"github.com/teletipo/teletipo/internal/news"
)

// rssReader reads the items of RSS 0.9x, 1.0 and 2.0.
type rssReader struct {
	*reader
	origin news.Origin
	lang   string
}

func parseRSS(doc news.Document, feed *xmlFeed) ([]news.Item, []error) {
	r := &rssReader{reader: newReader(doc, feed)}
	head, err := (&rss.Parser{}).Parse(r.wrap(feed.head))
	if err != nil {
		head = &rss.Feed{} // items speak for themselves
	}
	x := extensions(head.Extensions)
	r.lang = cmp.Or(head.Language, x.text("dc:language"), feed.lang)
	self := link(r.reader.base, x.atomLink("self"))
	r.reader.base = cmp.Or(r.reader.base, self, head.Link)
	r.origin = news.Origin{
		Title: cmp.Or(head.Title, x.text("dc:title")),
		URL:   cmp.Or(self, doc.URL),
		Link:  link(r.reader.base, cmp.Or(head.Link, x.atomLink("alternate"))),
		Updated: firstDate(head.LastBuildDateParsed, head.PubDateParsed,
			head.LastBuildDate, head.PubDate, x.text("dc:date", "atom:updated")),
	}
	r.origin.ID = cmp.Or(feed.about, r.origin.URL, r.origin.Link)
	feed.around(r.reader.base, r.lang, r.origin, nil)
	return r.each(r.item)
}

func (r *rssReader) item(raw xmlItem, xml io.Reader) (*news.Item, error) {
	feed, err := (&rss.Parser{}).Parse(xml)
	if err != nil {
		return nil, err
	}
	if len(feed.Items) == 0 {
		return nil, nil
	}
	in := feed.Items[0]
	x := extensions(in.Extensions)
	base, inner := r.bases(raw)
	item := &news.Item{
		GUID:    cmp.Or(guid(in), raw.about, x.text("dc:identifier")),
		URL:     link(base, rssLink(in, x)),
		Base:    inner,
		Title:   cmp.Or(in.Title, x.text("dc:title", "media:title", "itunes:title", "atom:title")),
		Summary: cmp.Or(in.Description, x.text("dc:description", "atom:summary")),
		Content: cmp.Or(in.Content, x.text("atom:content")),
		Lang:    cmp.Or(raw.lang, x.text("dc:language"), r.lang),
		Authors: rssAuthors(in, x),
		Tags:    rssTags(in, x),
		Media:   rssMedia(base, in, x),
		Origin:  r.origin,
	}
	item.Summary = cmp.Or(item.Summary, x.text("itunes:summary", "media:description"))
	if item.Summary == item.Content {
		item.Summary = "" // it is no summary
	}
	if in.Source != nil && in.Source.URL != "" && in.Source.Title != "" {
		item.Origin = news.Origin{ID: in.Source.URL, URL: in.Source.URL, Title: in.Source.Title}
	}
	rssDates(item, in, x)
	return item, nil
}

func guid(in *rss.Item) string {
	if in.GUID == nil {
		return ""
	}
	return strings.TrimSpace(in.GUID.Value)
}

// rssLink finds the article's own address. A link that a feed service has put in its place yields
// to the one that the service remembers.
func rssLink(in *rss.Item, x extensions) string {
	if orig := x.text("feedburner:origLink", "pheedo:origLink"); isWeb(orig) {
		return orig
	}
	found := cmp.Or(strings.TrimSpace(in.Link), x.atomLink("alternate"))
	if g := guid(in); found == "" && isWeb(g) && !strings.EqualFold(in.GUID.IsPermalink, "false") {
		return g
	}
	return found
}

func rssTags(in *rss.Item, x extensions) []string {
	var tags []string
	for _, c := range in.Categories {
		tags = append(tags, c.Value)
	}
	tags = append(tags, x.texts("dc:subject")...)
	for _, e := range x["atom"]["category"] {
		tags = append(tags, cmp.Or(e.Attrs["label"], e.Attrs["term"]))
	}
	tags = append(tags, strings.Split(x.text("media:keywords"), ",")...)
	tags = append(tags, strings.Split(x.text("itunes:keywords"), ",")...)
	return tidyTags(tags)
}

// rssDates reads the dates of an item. Dublin Core has one date only: beside a pubDate it is that
// of the last change, alone it is that of publication.
func rssDates(item *news.Item, in *rss.Item, x extensions) {
	dc := parseDate(x.text("dc:date", "prism:publicationDate"))
	item.Published = firstDate(in.PubDateParsed, nil, in.PubDate,
		x.text("atom:published", "dcterms:issued", "dcterms:created"))
	item.Modified = parseDate(x.text("atom:updated", "dcterms:modified"))
	if item.Published.IsZero() {
		item.Published = dc
	} else if item.Modified.IsZero() && dc.After(item.Published) {
		item.Modified = dc
	}
}

// firstDate gives the first of two dates that a parser has read, else the first text that is one.
func firstDate(first, second *time.Time, texts ...string) time.Time {
	for _, parsed := range []*time.Time{first, second} {
		if parsed != nil {
			return parsed.UTC()
		}
	}
	for _, text := range texts {
		if t := parseDate(text); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
