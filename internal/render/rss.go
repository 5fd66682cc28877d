package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"github.com/teletipo/teletipo/internal/news"
)

// Namespaces that our RSS documents use beside none.
const (
	nsAtom    = "http://www.w3.org/2005/Atom"
	nsContent = "http://purl.org/rss/1.0/modules/content/"
	nsDC      = "http://purl.org/dc/elements/1.1/"
	nsTerms   = "http://purl.org/dc/terms/"
	nsMedia   = "http://search.yahoo.com/mrss/"
	nsPace    = "http://purl.org/rss/1.0/modules/syndication/"
)

const rssDocs = "https://www.rssboard.org/rss-specification"

// The envelopes put what RSS as of gorilla/feeds lacks around its structs. A field here hides the
// one of the same XML name there; were the names to differ, both would be written.
type (
	rssDocument struct {
		feeds.RssFeedXml
		NSAtom  string      `xml:"xmlns:atom,attr"`
		NSDC    string      `xml:"xmlns:dc,attr"`
		NSTerms string      `xml:"xmlns:dcterms,attr"`
		NSMedia string      `xml:"xmlns:media,attr"`
		NSPace  string      `xml:"xmlns:sy,attr,omitempty"`
		NSPast  string      `xml:"xmlns:fh,attr,omitempty"`
		Channel *rssChannel `xml:"channel"`
	}

	rssChannel struct {
		Title       rssText `xml:"title"`
		Description rssText `xml:"description"`
		feeds.RssFeed
		Period  string    `xml:"sy:updatePeriod,omitempty"`
		Times   int       `xml:"sy:updateFrequency,omitempty"`
		Links   []rssLink `xml:"atom:link"`
		Archive *empty    `xml:"fh:archive"`
	}

	rssLink struct {
		Href string `xml:"href,attr"`
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
	}

	rssItem struct {
		Title       rssText `xml:"title"`
		Description string  `xml:"description,omitempty"`
		feeds.RssItem
		Source   *rssSource    `xml:"source"`
		Creators []string      `xml:"dc:creator"`
		Category []rssCategory `xml:"category"`
		Language string        `xml:"dc:language,omitempty"`
		Modified string        `xml:"dcterms:modified,omitempty"`
		Media    []rssMedia    `xml:"media:content"`
		Image    *rssImage     `xml:"media:thumbnail"`
	}

	rssImage struct {
		URL string `xml:"url,attr"`
	}

	rssSource struct {
		URL   string `xml:"url,attr"`
		Title string `xml:",chardata"`
	}

	rssCategory struct {
		Domain string `xml:"domain,attr,omitempty"`
		Name   string `xml:",chardata"`
	}

	rssMedia struct {
		URL    string `xml:"url,attr"`
		Type   string `xml:"type,attr"`
		Size   int64  `xml:"fileSize,attr,omitempty"`
		Medium string `xml:"medium,attr,omitempty"`
		Width  int    `xml:"width,attr,omitempty"`
		Height int    `xml:"height,attr,omitempty"`
		Title  string `xml:"media:title,omitempty"`
	}

	// rssText is plain text, & and < written as hexadecimal references: readers that take a
	// title for HTML show it right only so (RSS Best Practices Profile, character data).
	rssText struct {
		Escaped string `xml:",innerxml"`
	}
)

var rssEscapes = strings.NewReplacer("&", "&#x26;", "<", "&#x3C;", ">", "&#x3E;")

func newRSSText(s string) rssText { return rssText{Escaped: rssEscapes.Replace(s)} }

// FeedXml is the document that gorilla/feeds writes for the channel. Without it, that of the
// embedded struct would be written, which knows nothing of the envelope.
func (c *rssChannel) FeedXml() any {
	doc := &rssDocument{
		RssFeedXml: feeds.RssFeedXml{Version: "2.0", ContentNamespace: nsContent},
		NSAtom:     nsAtom, NSDC: nsDC, NSTerms: nsTerms, NSMedia: nsMedia,
		Channel: c,
	}
	if c.Period != "" {
		doc.NSPace = nsPace
	}
	if c.Archive != nil {
		doc.NSPast = nsHistory
	}
	return doc
}

// rss writes the frame of the feed as RSS 2.0.
func (d *draft) rss() (head, end []byte, err error) {
	c := &rssChannel{
		Title:       newRSSText(d.title),
		Description: newRSSText(d.description),
		RssFeed: feeds.RssFeed{
			Link:          d.home,
			Language:      languageTag(d.lang),
			LastBuildDate: rssDate(d.updated()),
			Generator:     generatorName + " (" + generatorURL + ")",
			Docs:          rssDocs,
		},
	}
	for _, r := range d.relations(news.RSS) {
		c.Links = append(c.Links, rssLink{Href: r.href, Rel: r.rel, Type: news.RSS.MediaType()})
	}
	if d.archived() {
		c.Archive = &empty{}
	} else { // an archive's bytes must not follow the feed's rhythm
		c.Ttl = max(int(d.feed.MaxAge/time.Minute), 0)
		c.Period, c.Times = pace(d.feed.MaxAge)
	}
	return frameXML(c, "\n  </channel>\n</rss>\n")
}

// frameXML writes what gorilla/feeds calls a feed, as that does but for a line's end after the
// declaration and one at the end. End is how a document ends behind its entries.
func frameXML(feed feeds.XmlFeed, end string) (head, tail []byte, err error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(feed.FeedXml()); err != nil {
		return nil, nil, fmt.Errorf("write XML: %w", err)
	}
	b.WriteByte('\n')
	head, tail = split(b.Bytes(), end)
	return head, tail, nil
}

// xmlPiece writes an element as it stands in a document, so far to the right.
func xmlPiece(indent, name string, value any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('\n')
	e := xml.NewEncoder(&b)
	e.Indent(indent, "  ")
	if err := e.EncodeElement(value, xml.StartElement{Name: xml.Name{Local: name}}); err != nil {
		return nil, fmt.Errorf("write XML: %w", err)
	}
	return b.Bytes(), nil
}

// rssItem writes one item. Authors are dc:creator, for author would have to be a mail address.
func (d *draft) rssItem(it *item) *rssItem {
	x := &rssItem{
		Title: newRSSText(it.title),
		RssItem: feeds.RssItem{
			Link:    it.url,
			Guid:    &feeds.RssGuid{Id: it.id, IsPermaLink: "false"},
			PubDate: rssDate(it.published),
		},
		Description: htmlText.Replace(it.summary),
	}
	if it.content != "" {
		x.Description = htmlText.Replace(it.lead())
		x.Content = &feeds.RssContent{Content: it.content}
	}
	for _, a := range it.authors {
		x.Creators = append(x.Creators, a.Name)
	}
	for _, t := range it.topics {
		x.Category = append(x.Category, rssCategory{Domain: d.taxonomy(), Name: t.title})
	}
	for _, t := range it.medtops {
		x.Category = append(x.Category, rssCategory{Domain: mediaTopics, Name: t.medtop})
	}
	for _, tag := range it.tags {
		x.Category = append(x.Category, rssCategory{Name: tag})
	}
	if it.lang != d.feed.Key.Lang {
		x.Language = it.lang
	}
	if it.corrected {
		x.Modified = it.updated.Format(time.RFC3339)
	}
	if it.origin.URL != "" && it.origin.Title != "" {
		x.Source = &rssSource{URL: it.origin.URL, Title: it.origin.Title}
	}
	x.addMedia(it)
	return x
}

// addMedia adds an item's media. RSS has room for one enclosure: a recording goes before an image.
func (x *rssItem) addMedia(it *item) {
	m, ok := it.first(notImage)
	if !ok {
		m, ok = it.first(isImage)
	}
	if ok {
		length := strconv.FormatInt(m.Length, 10)
		x.Enclosure = &feeds.RssEnclosure{Url: m.URL, Length: length, Type: m.Type}
	}
	if image, ok := it.first(isImage); ok {
		x.Image = &rssImage{URL: image.URL}
	}
	for _, m := range it.media {
		x.Media = append(x.Media, rssMedia{
			URL: m.URL, Type: m.Type, Size: m.Length, Medium: medium(m.Type), Title: m.Title,
			Width: m.Width, Height: m.Height,
		})
	}
}

// medium is what Media RSS calls a kind of media, empty where it has no word.
func medium(mediaType string) string {
	switch kind, _, _ := strings.Cut(mediaType, "/"); kind {
	case "image", "audio", "video":
		return kind
	}
	return ""
}

// rssDate writes a moment as RSS does, empty for none.
func rssDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC1123Z)
}
