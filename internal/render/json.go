package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/gorilla/feeds"

	"github.com/teletipo/teletipo/internal/news"
)

const jsonVersion = "https://jsonfeed.org/version/1.1"

// aboutExtension is where people read what our extension of JSON Feed holds.
const aboutExtension = generatorURL + "/blob/main/docs/feeds.md#the-extension-of-json-feed"

// The envelopes put what JSON Feed 1.1 has and gorilla/feeds lacks, or spells wrong, around its
// structs. A field here hides the one of the same JSON name there.
type (
	jsonFeed struct {
		feeds.JSONFeed
		Teletipo jsonFeedExtension `json:"_teletipo"`
		Items    []*jsonItem       `json:"items"` // there even if empty
	}

	jsonItem struct {
		feeds.JSONItem
		Language    string           `json:"language,omitempty"`
		Attachments []jsonAttachment `json:"attachments,omitempty"`
		Teletipo    jsonExtension    `json:"_teletipo"`
	}

	jsonAttachment struct {
		URL   string `json:"url"`
		Type  string `json:"mime_type"`
		Title string `json:"title,omitempty"`
		Size  int64  `json:"size_in_bytes,omitempty"`
	}

	// jsonFeedExtension is what we say of a document beyond JSON Feed:
	//
	//	"_teletipo": {
	//	  "about": "https://…",           what this is
	//	  "updated": "2026-03-02T…Z",     when the feed changed last: each change is one of the bytes
	//	  "archive": 3,                   in a closed archive alone: its number, 1 being the oldest,
	//	  "current_url": "https://…",     the document to subscribe to,
	//	  "newer_url": "https://…"        and the archive after this one
	//	}
	jsonFeedExtension struct {
		About   string `json:"about"`
		Updated string `json:"updated"`
		Archive int    `json:"archive,omitempty"`
		Current string `json:"current_url,omitempty"`
		Newer   string `json:"newer_url,omitempty"`
	}

	// jsonExtension is what we say of an item beyond JSON Feed:
	//
	//	"_teletipo": {
	//	  "about": "https://…",           what this is
	//	  "rights": "excerpt",            what the item holds: full, excerpt, or headline only
	//	  "topics": [                     that the article belongs to, there even if empty
	//	    {
	//	      "id": "border",             permanent
	//	      "title": "The border",      in the language of the feed
	//	      "score": 12.5,              how well it fits; higher is better
	//	      "medtop": "medtop:20000639" the IPTC's Media Topic that it is, if it is one
	//	    }
	//	  ],
	//	  "evidence_url": "https://…",    the article's page here: what counted for each topic
	//	  "source": {                     where the article came from
	//	    "id": "example-en",           permanent; the name we give it
	//	    "title": "Example News",      as its feed names it; it and the two below may be absent
	//	    "home_page_url": "https://news.example/",
	//	    "feed_url": "https://news.example/feed.xml"
	//	  }
	//	}
	jsonExtension struct {
		About    string      `json:"about"`
		Rights   news.Rights `json:"rights"`
		Topics   []jsonTopic `json:"topics"`
		Evidence string      `json:"evidence_url"`
		Source   jsonSource  `json:"source"`
	}

	jsonTopic struct {
		ID     string  `json:"id"`
		Title  string  `json:"title"`
		Score  float64 `json:"score"`
		Medtop string  `json:"medtop,omitempty"`
	}

	jsonSource struct {
		ID          string `json:"id"`
		Title       string `json:"title,omitempty"`
		HomePageURL string `json:"home_page_url,omitempty"`
		FeedURL     string `json:"feed_url,omitempty"`
	}
)

// ToJSON writes the feed, markup as it stands. Without it, that of the embedded struct would be
// called, which knows nothing of the envelope.
func (f *jsonFeed) ToJSON() (string, error) {
	b, err := writeJSON("", f)
	return string(b), err
}

// writeJSON writes a value as it stands in a document, so far to the right.
func writeJSON(indent string, value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(indent, "  ")
	if err := e.Encode(value); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return b.Bytes(), nil
}

// jsonPiece writes an item as it stands in a document.
func jsonPiece(x *jsonItem) ([]byte, error) {
	body, err := writeJSON("    ", x)
	return slices.Concat([]byte("\n    "), bytes.TrimSuffix(body, []byte("\n"))), err
}

// json writes the frame of the feed as JSON Feed 1.1.
func (d *draft) json() (head, end []byte, err error) {
	f := &jsonFeed{
		JSONFeed: feeds.JSONFeed{
			Version:     jsonVersion,
			Title:       d.title,
			Description: d.description,
			HomePageUrl: d.home,
			FeedUrl:     d.document(d.feed.Number, news.JSON),
			Language:    languageTag(d.lang),
			Authors:     []*feeds.JSONAuthor{{Name: d.site.Title, Url: d.site.PublicURL + "/"}},
		},
		Teletipo: jsonFeedExtension{
			About: aboutExtension, Updated: d.updated().Format(time.RFC3339),
		},
		Items: []*jsonItem{},
	}
	for _, r := range d.relations(news.JSON) {
		switch r.rel {
		case relPrev:
			f.NextUrl = r.href
		case relCurrent:
			f.Teletipo.Current = r.href
		case relNext:
			f.Teletipo.Archive, f.Teletipo.Newer = d.feed.Number, r.href
		}
	}
	doc, err := writeJSON("", f)
	head, end = split(doc, "]\n}\n")
	return head, end, err
}

// newJSONItem writes one item. Its url is the article's, wherever that is; external_url is for
// pages that an article is about, which nobody tells us.
func newJSONItem(it *item) *jsonItem {
	x := &jsonItem{
		JSONItem: feeds.JSONItem{
			Id:          it.id,
			Url:         it.url,
			Title:       it.title,
			Summary:     it.summary,
			ContentHTML: it.content,
			Tags:        it.tags,
		},
		Language: it.lang,
		Teletipo: extension(it),
	}
	if it.content == "" {
		x.ContentText = it.lead() // one of the two must be there
	}
	if !it.published.IsZero() {
		x.PublishedDate = &it.published
	}
	if it.corrected {
		x.ModifiedDate = &it.updated
	}
	for _, a := range it.authors {
		x.Authors = append(x.Authors, &feeds.JSONAuthor{Name: a.Name, Url: a.URL})
	}
	if image, ok := it.first(isImage); ok {
		x.Image = image.URL
	}
	for _, m := range it.media {
		if m.URL != x.Image {
			x.Attachments = append(x.Attachments, jsonAttachment{
				URL: m.URL, Type: m.Type, Title: m.Title, Size: m.Length,
			})
		}
	}
	return x
}

// extension is what we say of an item beyond JSON Feed.
func extension(it *item) jsonExtension {
	x := jsonExtension{
		About:    aboutExtension,
		Rights:   it.rights,
		Topics:   make([]jsonTopic, 0, len(it.topics)),
		Evidence: it.page,
		Source: jsonSource{
			ID: it.source, Title: it.origin.Title, HomePageURL: it.origin.Link, FeedURL: it.origin.URL,
		},
	}
	for _, t := range it.topics {
		topic := jsonTopic{ID: t.id, Title: t.title, Score: t.score}
		if t.medtop != "" {
			topic.Medtop = "medtop:" + t.medtop
		}
		x.Topics = append(x.Topics, topic)
	}
	return x
}
