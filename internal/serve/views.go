package serve

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// languages has the names of languages; one that is not here goes by its code.
var languages = map[string]string{
	"en": "English", "es": "Spanish", "fr": "French", "pt": "Portuguese",
}

// languageName names a language in English.
func languageName(lang string) string { return cmp.Or(languages[lang], lang) }

// page is what every page has. Links to other pages are relative, so they hold below any public
// address and any host; links to feeds are full public addresses, since readers copy them.
type page struct {
	Title     string // empty for the site's own
	Site      news.Site
	Style     template.CSS
	Root      string // from here to the home page
	Canonical string
	Feeds     []feedLink // for autodiscovery
}

// phrase is a text with its language, which may be unknown.
type phrase struct {
	Text string
	Lang string
}

// feedLink is one feed document.
type feedLink struct {
	Title string
	Lang  string            // empty for all languages together
	Name  string            // of the format
	Type  template.HTMLAttr // written as it is: feed finders look for it with a plain "+"
	URL   string
}

// feedRow is a feed of one language, or of all, in every format.
type feedRow struct {
	Title   string
	Formats []feedLink
}

// homeView is what home.html shows.
type homeView struct {
	page
	Topics    []topicView
	Headlines []headline
}

// topicView is what topic.html shows; home.html shows one per topic.
type topicView struct {
	page
	Name        phrase
	Description phrase
	Path        string // from the home page
	Rows        []feedRow
	Headlines   []headline
}

// headline is an article in a list.
type headline struct {
	Title     string
	Lang      string
	Summary   string
	Link      string // where the article itself is
	Page      string // our page, if that is elsewhere
	Publisher string
	Published time.Time
}

// articleView is what article.html shows.
type articleView struct {
	page
	Lang      string
	Summary   string
	Content   template.HTML
	Authors   string
	Original  string // where the article was published first; empty if that is here
	Publisher string
	Published time.Time
	Updated   time.Time // zero if never
	Reasons   []reason
}

// reason tells why an article is in a topic: by its score and the topic file's own terms, never by
// text of the article, whatever the rights in it.
type reason struct {
	Topic phrase
	Path  string
	Score string
	Terms []string
}

// frame makes the common part of a page. Path is its path below the public address.
func (p *pages) frame(title, root, path string, feeds []feedLink) page {
	return page{
		Title:     title,
		Site:      p.settings.Site,
		Style:     p.style,
		Root:      root,
		Canonical: p.settings.Site.PublicURL + path,
		Feeds:     feeds,
	}
}

// homeView describes the home page.
func (p *pages) homeView(entries []news.Entry) homeView {
	v := homeView{
		page:      p.frame("", "./", "/", p.links(news.All, "")),
		Headlines: p.headlines("./", entries),
	}
	for _, id := range topicIDs(p.settings) {
		topic := p.topicView(id, nil)
		v.Topics = append(v.Topics, topic)
		if id != news.All {
			v.Feeds = append(v.Feeds, topic.Feeds...)
		}
	}
	return v
}

// topicView describes a topic's page, or the page of all topics.
func (p *pages) topicView(id string, entries []news.Entry) topicView {
	name, description := p.describe(id)
	path := news.TopicPath(id)
	v := topicView{
		page:        p.frame(name.Text, "../", path, p.links(id, "")),
		Name:        name,
		Description: description,
		Path:        strings.TrimPrefix(path, "/"),
		Headlines:   p.headlines("../", entries),
		Rows:        []feedRow{{Title: "All languages", Formats: p.links(id, "")}},
	}
	for _, l := range p.settings.Site.Languages {
		v.Rows = append(v.Rows, feedRow{
			Title:   languageName(l) + " only",
			Formats: p.links(id, l),
		})
	}
	return v
}

// articleView describes an article's page: all of it if it is the desk's own and free to be
// passed on, else what its rights allow, with the link to the original.
func (p *pages) articleView(e news.Entry) articleView {
	v := articleView{
		page:      p.frame(e.Title, "../", news.ArticlePath(e.ID), p.links(news.All, "")),
		Lang:      e.Lang,
		Authors:   names(e.Authors),
		Publisher: p.publisher(e),
		Published: e.Published.UTC(),
		Reasons:   p.reasons(e.Placements),
	}
	if e.Updated.After(e.Published) && e.Revision > 1 {
		v.Updated = e.Updated.UTC()
	}
	if e.Rights != news.Headline {
		v.Summary = e.Summary
	}
	if e.Own && e.Rights == news.Full && e.Content != "" {
		// Safe as it stands: an Article's content went through clean's list of allowed
		// elements and attributes before it was stored; see news.Article.
		v.Content = template.HTML(e.Content)
		v.Summary = ""
	}
	if address := webAddress(e.URL); address != "" {
		v.Original, v.Canonical = address, address
	}
	return v
}

// reasons lists the topics of an article that still exist, each with the terms that spoke for it.
func (p *pages) reasons(placements []news.Placement) []reason {
	var list []reason
	for _, placement := range placements {
		if _, ok := p.topics[placement.Topic]; !ok {
			continue
		}
		name, _ := p.describe(placement.Topic)
		r := reason{
			Topic: name, Path: ".." + news.TopicPath(placement.Topic),
			Score: strconv.FormatFloat(placement.Score, 'f', 1, 64),
		}
		for _, e := range placement.Evidence {
			if e.Place == news.ByEditor {
				e.Term = "placed by an editor" // who that was is the desk's to know
			}
			if e.Weight > 0 && !slices.Contains(r.Terms, e.Term) {
				r.Terms = append(r.Terms, e.Term)
			}
		}
		list = append(list, r)
	}
	return list
}

// headlines lists entries by date, as the feed does.
func (p *pages) headlines(root string, entries []news.Entry) []headline {
	var list []headline
	for _, e := range slices.SortedStableFunc(slices.Values(entries), newestFirst) {
		h := headline{
			Title:     e.Title,
			Lang:      e.Lang,
			Link:      root + strings.TrimPrefix(news.ArticlePath(e.ID), "/"),
			Publisher: p.publisher(e),
			Published: e.Published.UTC(),
		}
		if e.Rights != news.Headline {
			h.Summary = e.Summary
		}
		if address := webAddress(e.URL); address != "" && !e.Own {
			h.Link, h.Page = address, h.Link
		}
		list = append(list, h)
	}
	return list
}

// newestFirst orders entries by date of publication; those of one moment stay as they were.
func newestFirst(a, b news.Entry) int { return b.Published.Compare(a.Published) }

// links lists a feed's documents in every format.
func (p *pages) links(topic, lang string) []feedLink {
	name, _ := p.describe(topic)
	key := news.FeedKey{Topic: topic, Lang: lang}
	var list []feedLink
	for _, format := range news.Formats {
		list = append(list, feedLink{
			Title: name.Text,
			Lang:  lang,
			Name:  format.Name(),
			Type:  template.HTMLAttr(`type="` + format.MediaType() + `"`),
			URL:   p.settings.Site.PublicURL + news.FeedPath(key, format),
		})
	}
	return list
}

// describe returns a topic's name and description.
func (p *pages) describe(id string) (name, description phrase) {
	for _, t := range p.settings.Topics {
		if t.ID == id {
			return cmp.Or(p.translate(t.Titles), phrase{Text: id}), p.translate(t.Descriptions)
		}
	}
	return phrase{Text: "All topics"}, phrase{Text: "Every topic together."}
}

// translate picks the first of the site's languages that there is a text for, else any, always
// the same.
func (p *pages) translate(texts map[string]string) phrase {
	text, lang := news.Translate(texts, p.settings.Site.Languages...)
	return phrase{Text: text, Lang: lang}
}

// publisher names who published an article: the site itself, or the feed it came from, or the
// host it is on.
func (p *pages) publisher(e news.Entry) string {
	if e.Own {
		return p.settings.Site.Title
	}
	host := ""
	if u, err := url.Parse(e.URL); err == nil {
		host = strings.TrimPrefix(u.Hostname(), "www.")
	}
	return cmp.Or(e.Origin.Title, host, e.Source)
}

// webAddress gives an address back if a browser may be sent there, else nothing.
func webAddress(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	return raw
}

// names joins authors' names.
func names(authors []news.Author) string {
	var list []string
	for _, a := range authors {
		list = append(list, a.Name)
	}
	return strings.Join(list, ", ")
}
