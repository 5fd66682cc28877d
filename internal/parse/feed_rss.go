package parse

import (
	"cmp"
	"strings"

	"github.com/teletipo/teletipo/internal/dates"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// rssReader reads the items of RSS 0.9x, 1.0 and 2.0.
type rssReader struct {
	*reader
	origin news.Origin
	lang   string
	site   string // that items' links are relative to, unless the document names a base
}

// rssHead is what a channel says of itself.
type rssHead struct {
	title, link, language, pubDate, lastBuildDate string
	others                                        parts
}

// rssItem is an item as it stands. Of an element that may be there once the last one counts.
type rssItem struct {
	title, description, content, body, link, author, pubDate string
	guid, permaLink                                          string
	sourceURL, sourceTitle                                   string
	image                                                    string
	enclosures                                               []part
	tags                                                     []string
	others                                                   parts
}

func parseRSS(doc news.Document, feed *xmlFeed) ([]news.Item, []error) {
	r := &rssReader{reader: newReader(doc, feed)}
	head := feed.rssHead()
	x := head.others
	r.lang = cmp.Or(head.language, x.text("dc:language"), feed.lang)
	r.dates.Lang = cmp.Or(doc.Lang, r.lang)
	self := rawdoc.Link(r.base, x.atomLink("self"))
	r.base = cmp.Or(r.base, news.Base(self), head.link)
	r.origin = news.Origin{
		Title: cmp.Or(head.title, x.text("dc:title")),
		URL:   self,
		Link:  rawdoc.Link(r.base, cmp.Or(head.link, x.atomLink("alternate"))),
		Updated: r.dates.First(head.lastBuildDate, head.pubDate,
			x.text("dc:date", "atom:updated")),
	}
	r.origin.ID = cmp.Or(feed.about, r.origin.URL, r.origin.Link, unstated(doc))
	if feed.base == "" && rawdoc.IsWeb(r.origin.Link) {
		r.site = r.origin.Link
	}
	feed.around(r.base, r.lang, r.origin, nil)
	return r.each(r.item)
}

// rssHead reads the channel; the last one, should there be several.
func (f *xmlFeed) rssHead() (head rssHead) {
	for channel := range f.parts(f.head, nil) {
		if channel.kind != "" || channel.local != "channel" {
			continue
		}
		head = rssHead{}
		for p := range channel.children() {
			if p.kind != "" {
				head.others = append(head.others, p)
				continue
			}
			switch p.local {
			case "title":
				head.title = p.text()
			case "link":
				head.link = cmp.Or(p.text(), p.attr("href"))
			case "language":
				head.language = p.text()
			case "pubdate":
				head.pubDate = p.text()
			case "lastbuilddate":
				head.lastBuildDate = p.text()
			}
		}
	}
	return head
}

func readRSSItem(in part) (item rssItem) {
	for p := range in.children() {
		if p.kind == "content" && p.local == "encoded" {
			item.content = p.text()
			continue
		}
		if p.kind == "xhtml" && p.local == "body" {
			item.body = p.text()
			continue
		}
		if p.kind != "" {
			item.others = append(item.others, p)
			continue
		}
		switch p.local {
		case "title":
			item.title = p.text()
		case "description":
			item.description = p.text()
		case "link":
			item.link = cmp.Or(p.text(), p.attr("href"))
		case "author":
			item.author = cmp.Or(p.first("name"), p.text())
		case "pubdate":
			item.pubDate = p.text()
		case "source":
			item.sourceURL, item.sourceTitle = p.attr("url"), p.text()
		case "image":
			item.image = cmp.Or(p.first("url"), p.attr("href"), p.attr("url"), p.text())
		case "enclosure":
			item.enclosures = append(item.enclosures, p)
		case "guid":
			item.guid = strings.TrimSpace(p.text())
			item.permaLink = cmp.Or(p.attr("isPermaLink"), p.attr("isPermalink"))
		case "category":
			item.tags = append(item.tags, p.text())
		case "body", "fullitem":
			item.body = p.text()
		}
	}
	return item
}

func (r *rssReader) item(raw xmlItem, xml part) *news.Item {
	in := readRSSItem(xml)
	x := in.others
	base, inner := r.bases(raw)
	address := rawdoc.Link(cmp.Or(r.site, base), in.address())
	if r.feed.base == "" && raw.base == "" && rawdoc.IsWeb(address) {
		inner = rawdoc.Resolve(address, raw.inner) // what a text refers to is beside its own page
	}
	item := &news.Item{
		GUID:    cmp.Or(in.guid, raw.about, x.text("dc:identifier")),
		URL:     address,
		Base:    inner,
		Title:   cmp.Or(in.title, x.text("dc:title", "media:title", "itunes:title", "atom:title")),
		Summary: cmp.Or(in.description, x.text("dc:description", "atom:summary")),
		Content: cmp.Or(in.content, in.body, x.text("atom:content")),
		Lang:    cmp.Or(raw.lang, x.text("dc:language"), r.lang),
		Authors: in.authors(),
		Tags:    in.allTags(),
		Media:   in.media(base),
		Origin:  r.origin,
	}
	if item.Summary == "" || r.feed.words.LeadsOn(item.Summary) {
		item.Summary = cmp.Or(x.text("itunes:summary"), mediaText(x, "description"), item.Summary)
	}
	if item.Summary == item.Content {
		item.Summary = "" // it is no summary
	}
	if in.sourceURL != "" && in.sourceTitle != "" {
		item.Origin = news.Origin{ID: in.sourceURL, URL: in.sourceURL, Title: in.sourceTitle}
	}
	in.dates(item, r.dates)
	return item
}

// address finds the article's own address. A link that a feed service has put in its place yields
// to the one that the service remembers.
func (in *rssItem) address() string {
	if orig := in.others.text("feedburner:origlink", "pheedo:origlink"); rawdoc.IsWeb(orig) {
		return orig
	}
	found := cmp.Or(strings.TrimSpace(in.link), in.others.atomLink("alternate"))
	if found == "" && rawdoc.IsWeb(in.guid) && !strings.EqualFold(in.permaLink, "false") {
		return in.guid
	}
	return found
}

func (in *rssItem) allTags() []string {
	x := in.others
	tags := in.tags
	for _, p := range x.all("atom:category") {
		tags = append(tags, cmp.Or(p.attr("label"), p.attr("term")))
	}
	return tidyTags(append(tags, x.tags()...))
}

// dates reads the dates of an item. Dublin Core has one date only: beside a pubDate it is that of
// the last change, alone it is that of publication.
func (in *rssItem) dates(item *news.Item, d *dates.Reader) {
	x := in.others
	dc := d.Date(x.text("dc:date", "prism:publicationdate"))
	item.Published = d.First(in.pubDate,
		x.text("atom:published", "dcterms:issued", "dcterms:created"))
	item.Modified = d.Date(x.text("atom:updated", "dcterms:modified"))
	if item.Published.IsZero() {
		item.Published = dc
	} else if item.Modified.IsZero() && dc.After(item.Published) {
		item.Modified = dc
	}
}
