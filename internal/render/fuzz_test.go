package render

import (
	"bytes"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// FuzzRender: whatever bytes an article holds, all three documents are written whole, are
// well-formed, and a reader finds every article in them.
func FuzzRender(f *testing.F) {
	h := hostileEntry(news.Full)
	f.Add(h.Title, h.Summary, h.Content, h.URL, "A\x02", "b c@d", "x-klingon", "image/png", int64(1))
	f.Add("", "", "", "", "", "", "", "", int64(-1<<62))
	f.Add("]]>", "<![CDATA[", "]]]]>>", "http://[::1]:80/[", "&#1;", "%", "es-MX", "a/b", int64(1<<62))
	f.Fuzz(func(t *testing.T, title, summary, content, url, name, tag, lang, kind string, at int64) {
		feed := sampleFeed(news.FeedKey{Topic: "border", Lang: lang})
		feed.Title, feed.Description = title, summary
		for _, rights := range []news.Rights{news.Full, news.Excerpt, news.Headline, news.Rights(name)} {
			feed.Entries = append(feed.Entries, news.Entry{
				Article: news.Article{
					ID: news.MintID(string(rights), "x"+title), Rights: rights, Source: name, URL: url,
					Title: title, Summary: summary, Content: content, Lang: lang, Tags: []string{tag, name},
					Authors: []news.Author{{Name: name, URL: url, Email: tag}},
					Media:   []news.Media{{URL: url, Type: kind, Length: at, Title: name}},
					Origin: news.Origin{
						ID: tag, Title: name, URL: url, Link: url, Updated: time.Unix(at, 0),
					},
					Published: time.Unix(at, 0),
				},
				Revision: 2, Updated: newstest.Start,
				Placements: []news.Placement{{Topic: "border", Score: float64(at)}, {Topic: tag}},
			})
		}
		if name == string(news.Full) || name == string(news.Excerpt) || name == string(news.Headline) {
			feed.Entries = feed.Entries[:3] // else two have one id
		}
		feed.Key.Lang = languageTag(lang) // configuration holds that
		feed.Number, feed.Archives, feed.MaxAge = int(at%4), int(at%6), time.Duration(at)
		feed.Gone = append(tombstones(2), news.Tombstone{ID: feed.Entries[0].ID, When: sampleTime},
			news.Tombstone{ID: news.MintID(title, name), When: time.Unix(at, 0)})
		for _, format := range news.Formats {
			doc := written(t, testRenderer(), feed, format)
			if format == news.JSON {
				if err := checkJSON(doc); err != nil || forbidden(doc) >= 0 {
					t.Fatalf("%s: %v\n%s", format, err, doc)
				}
			} else if err := wellFormed(doc); err != nil {
				t.Fatalf("%s: %v\n%s", format, err, doc)
			}
			got, err := gofeed.NewParser().Parse(bytes.NewReader(doc))
			if err != nil {
				t.Fatalf("%s: gofeed: %v\n%s", format, err, doc)
			}
			if len(got.Items) != len(feed.Entries) {
				t.Fatalf("%s: %d items, want %d", format, len(got.Items), len(feed.Entries))
			}
		}
	})
}
