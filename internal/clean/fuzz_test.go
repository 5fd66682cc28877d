package clean

import (
	"net/url"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// FuzzClean holds, for whatever a source may send: no panic; text that XML can carry; HTML that
// is balanced and within the policy; and cleaning what is clean changes nothing.
func FuzzClean(f *testing.F) {
	for _, seed := range [][4]string{
		{"A title", "<p>Some <b>text</b> with a <a href='/x?a=1&amp;b'>link</a></p>", "A summary", "/a"},
		{
			"a < b &amp;amp; c", "<table><tr><td>a<table><tr><td>b</table><p>c", "<p>x",
			"https://e.org/%zz",
		},
		{"", "<b><p>a</b><ul>b<li>c<dl><dt>d<dd>e<pre>\n\n f<br>\n</pre><h1>g<h2>h", "", "//e.org"},
		{
			"t", "<h1>t</h1><hr><h2>T</h2><figure><img src=a.jpg alt='\"'><figcaption>c", "",
			"mailto:a@b.c",
		},
		{
			"\xed\xa0\x80\x00", "a\u0338<b>\u0338</b>e\u0301<span>\u0301\u0301</span>\ufffe\xff", "\u00ad",
			"x",
		},
		{"t", "<svg><a><p><style><!--</style><math><mtext><img src=x onerror=1>", "", "http://[::1]:80/"},
		{"t", "<select><option>a<textarea><p></textarea></select><plaintext><b>x", "", ""},
		{"t", "<a href=/a><table><a href=/b><td><a href=/c>x<form><form><li><li>", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	c := New()
	at := time.Date(2025, 8, 9, 12, 0, 0, 0, time.UTC)
	src := news.Source{ID: "wire", URL: "https://example.org/feed"}
	f.Fuzz(func(t *testing.T, title, content, summary, link string) {
		item := news.Item{
			Title: title, Content: content, Summary: summary, URL: link, GUID: title,
			Authors: []news.Author{{Name: summary, URL: link}}, Tags: []string{title},
			Media: []news.Media{{URL: link, Title: title}},
		}
		a, _, err := c.Clean(item, src, at)
		if err != nil {
			if news.KindOf(err) != news.Invalid {
				t.Errorf("kind %v, want invalid: %v", news.KindOf(err), err)
			}
			return
		}
		_, _, base := addresses(item, src)
		checkArticle(t, c, a, base)
	})
}

// checkArticle fails unless an article keeps the promises of news.Article.
func checkArticle(t *testing.T, c *Cleaner, a news.Article, base *url.URL) {
	t.Helper()
	checkHTML(t, c, a.Content, base, a.Title)
	plain := map[string]string{
		"source": a.Source, "guid": a.GUID, "url": a.URL, "title": a.Title,
		"summary": a.Summary, "lang": a.Lang, "origin": a.Origin.Title + "\n" + a.Origin.ID,
	}
	for _, author := range a.Authors {
		plain["author "+author.Name] = author.Name + "\n" + author.URL + "\n" + author.Email
	}
	for _, tag := range a.Tags {
		plain["tag "+tag] = tag
	}
	for _, m := range a.Media {
		plain["media "+m.URL] = m.URL + "\n" + m.Title
	}
	for name, value := range plain {
		if tidy(value) != value {
			t.Errorf("%s is not clean: %q", name, value)
		}
		checkXML(t, name, "<x>"+escaper.Replace(value)+"</x>")
	}
	if a.Title == "" {
		t.Error("no title")
	}
	if n := utf8.RuneCountInString(a.Title); n > maxTitle {
		t.Errorf("title of %d characters", n)
	}
	if n := utf8.RuneCountInString(a.Summary); n > maxSummary {
		t.Errorf("summary of %d characters", n)
	}
	if URL(a.URL) != a.URL {
		t.Errorf("url %q, and canonical again %q", a.URL, URL(a.URL))
	}
	if a.Published.IsZero() || a.ID.IsZero() || len(a.Fingerprint) != 32 {
		t.Errorf("published %v, id %v, fingerprint %q", a.Published, a.ID, a.Fingerprint)
	}
}
