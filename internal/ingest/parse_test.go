package ingest

import (
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// A document is read as what it looks like, and where that leaves a choice as what it says it is.
func TestParseRecognises(t *testing.T) {
	const feed = `<rss version="2.0"><channel><title>f</title>` +
		`<item><title>one</title></item></channel></rss>`
	tests := []struct {
		name, file, body string
		wantTitle        string
		wantErr          string
	}{
		{name: "text", file: "a.txt", body: "One\n\ntwo", wantTitle: "One"},
		{name: "text without an ending", file: "a", body: "One\n\ntwo", wantTitle: "One"},
		{name: "Markdown", file: "a.MD", body: "# One\n\ntwo", wantTitle: "One"},
		{
			name: "Markdown that begins with HTML", file: "a.md", body: "<div>x</div>\n\n# One",
			wantTitle: "",
		},
		{
			name: "a page named text", file: "a.txt", body: "<!DOCTYPE HTML><title>One</title><p>two",
			wantTitle: "One",
		},
		{name: "a piece of HTML named text", file: "a.txt", body: "<h1>One</h1><p>two", wantTitle: "One"},
		{
			name: "a piece of HTML without an ending", file: "a", body: "<!-- x --><h1>One</h1><p>two",
			wantTitle: "One",
		},
		{name: "text named HTML", file: "a.html", body: "One\n\ntwo", wantTitle: "One"},
		{
			name: "a feed named text", file: "a.txt", body: "<?xml version='1.0'?>" + feed,
			wantTitle: "one",
		},
		{name: "a feed named HTML", file: "a.html", body: feed, wantTitle: "one"},
		{name: "a feed", file: "a.xml", body: feed, wantTitle: "one"},
		{
			name: "text that begins with a brace", file: "a.txt", body: "{sic} One\n\ntwo",
			wantTitle: "{sic} One",
		},
		{
			name: "text that begins with a tag", file: "a.txt", body: "<sigh> One\n\ntwo",
			wantTitle: "&lt;sigh&gt; One",
		},
		{
			name: "nothing", file: "a.txt", body: " \n",
			wantErr: "parse a.txt: not an article but an empty document",
		},
		{
			name: "a PDF named text", file: "a.txt", body: "%PDF-1.7\n%\xe2\xe3\n1 0 obj",
			wantErr: "parse a.txt: not an article but binary data (application/pdf)",
		},
		{
			name: "a Word file", file: "a.md", body: "PK\x03\x04\x14\x00\x06\x00",
			wantErr: "parse a.md: not an article but binary data",
		},
		{
			name: "a picture", file: "a.html", body: "\x89PNG\r\n\x1a\n\x00\x00",
			wantErr: "parse a.html: not an article but binary data",
		},
		{name: "an unknown ending", file: "a.csv", body: "a,b", wantErr: `unknown kind of file ".csv"`},
		{
			name: "a page named feed", file: "a.xml", body: "<html><title>Blocked</title><p>x</html>",
			wantErr: `a.xml: not a feed but an HTML page with the title "Blocked"`,
		},
		{
			name: "XML of another kind", file: "a", body: "<?xml version='1.0'?><svg></svg>",
			wantErr: "first element is <svg>",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := news.Document{Name: tt.file, Body: []byte(tt.body)}
			items, _, _, err := flowOn(t, &world{}).parser.parse(news.Source{}, doc, nil)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) ||
					news.KindOf(err) != news.Invalid {
					t.Errorf("error %v (%v), want %q", err, news.KindOf(err), tt.wantErr)
				}
				return
			}
			if err != nil || len(items) != 1 {
				t.Fatalf("%d items, error %v", len(items), err)
			}
			if items[0].Title != tt.wantTitle {
				t.Errorf("title %q, want %q", items[0].Title, tt.wantTitle)
			}
		})
	}
}

// The language of a source tells which of two numbers is the day in its documents' dates.
func TestDatesInTheLanguageOfTheSource(t *testing.T) {
	feed := "<rss><channel><item><title>t</title><pubDate>3/4/2025</pubDate></item></channel></rss>"
	for _, doc := range []news.Document{
		{URL: "https://s.example/feed", Body: []byte(feed), Time: noon},
		{Name: "a.md", Body: []byte("---\ntitle: t\ndate: 3/4/2025\n---\nText\n"), Time: noon},
	} {
		w := &world{}
		src := news.Source{ID: "s", Kind: news.KindFeed, Rights: news.Full, Lang: "es"}
		if _, err := flowOn(t, w).Take(t.Context(), src, doc); err != nil || len(w.candidates) != 1 {
			t.Fatalf("%d articles, %v", len(w.candidates), err)
		}
		if got := w.candidates[0].Article.Published; got.Month() != time.April {
			t.Errorf("%s%s: 3/4/2025 in Spanish is %v", doc.Name, doc.URL, got)
		}
	}
}
