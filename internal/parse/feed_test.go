package parse

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func TestFeed(t *testing.T) {
	files, err := filepath.Glob("testdata/feed/*.*")
	if err != nil {
		t.Fatal(err)
	}
	var tested int
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasSuffix(name, ".golden") {
			continue
		}
		tested++
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc := news.Document{URL: "https://origin.example/dir/" + name, Body: body}
			items, faults, err := Parse(doc)
			if err != nil {
				t.Fatal(err)
			}
			newstest.Golden(t, "feed/"+name+".golden", []byte(describe(items, faults)))
		})
	}
	if tested != 6 {
		t.Errorf("%d feeds in testdata, want 6", tested)
	}
}

// describe writes items for people to read, without the fields that are empty.
func describe(items []news.Item, faults []error) string {
	var b strings.Builder
	field := func(name string, value any) {
		if s := fmt.Sprint(value); s != "" && s != "[]" {
			fmt.Fprintf(&b, "%-10s%s\n", name, strings.ReplaceAll(s, "\n", "⏎"))
		}
	}
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339Nano)
	}
	for i, it := range items {
		fmt.Fprintf(&b, "# item %d\n", i+1)
		field("guid", it.GUID)
		field("url", it.URL)
		field("base", it.Base)
		field("title", it.Title)
		field("summary", it.Summary)
		field("content", it.Content)
		field("lang", it.Lang)
		for _, a := range it.Authors {
			field("author", strings.Join([]string{a.Name, a.Email, a.URL}, " | "))
		}
		field("tags", it.Tags)
		for _, m := range it.Media {
			field("media", fmt.Sprintf("%s | %s | %d | %s", m.URL, m.Type, m.Length, m.Title))
		}
		field("published", date(it.Published))
		field("modified", date(it.Modified))
		field("origin", strings.Join([]string{
			it.Origin.ID, it.Origin.Title, it.Origin.URL,
			it.Origin.Link, date(it.Origin.Updated),
		}, " | "))
	}
	for _, fault := range faults {
		fmt.Fprintf(&b, "# fault\n%v\n", fault)
	}
	return b.String()
}

func TestFeedInOtherShapes(t *testing.T) {
	item := func(n int) string { return fmt.Sprintf("<item><title>t%d</title></item>", n) }
	entry := `<entry><title>t1</title></entry>`
	for name, text := range map[string]string{
		"no channel":             "<rss>" + item(1) + "</rss>",
		"no root":                "<channel>" + item(1) + "</channel>",
		"items beside channel":   "<rss><channel><title>c</title></channel>" + item(1) + "</rss>",
		"in another element":     "<total><rss><channel>" + item(1) + "</channel></rss></total>",
		"channel with namespace": `<rss><channel xmlns="urn:x">` + item(1) + "</channel></rss>",
		"item with namespace":    `<rss><item xmlns="urn:x"><title>t1</title></item></rss>`,
		"upper case":             "<RSS><CHANNEL><ITEM><TITLE>t1</TITLE></ITEM></CHANNEL></RSS>",
		"rdf without namespaces": "<rdf:RDF><channel/>" + item(1) + "</rdf:RDF>",
		"prefixed rdf": `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" ` +
			`xmlns:s="http://purl.org/rss/1.0/"><s:item><s:title>t1</s:title></s:item></r:RDF>`,
		"atom without namespace":      "<feed>" + entry + "</feed>",
		"atom with a wrong namespace": `<feed xmlns="http://www.w3.org/2005/atom/">` + entry + "</feed>",
		"atom with a prefix": `<a:feed xmlns:a="http://www.w3.org/2005/Atom">` +
			`<a:entry><a:title>t1</a:title></a:entry></a:feed>`,
		"atom with undeclared prefix": "<atom:feed>" +
			"<atom:entry><atom:title>t1</atom:title></atom:entry></atom:feed>",
		"an entry as a document": `<entry xmlns="http://www.w3.org/2005/Atom">` +
			`<title>t1</title></entry>`,
		"a prefixed entry": `<a:entry xmlns:a="http://www.w3.org/2005/Atom">` +
			`<a:title>t1</a:title></a:entry>`,
		"without its last end tags":    "<rss><channel><item><title>t1</title>",
		"only a tag":                   "<rss><channel>" + item(1),
		"a comment without end before": "<!-- x ><rss><channel>" + item(1) + "</channel></rss>",
		"atom with an item":            `<feed><item><title>t1</title></item></feed>`,
		"rss with an entry":            "<rss><channel>" + entry + "</channel></rss>",
		"json without version":         `{"items": [{"id": "1", "title": "t1"}]}`,
		"json that breaks off":         `{"items": [{"id": "1", "title": "t1"}, {"id": "2", "ti`,
	} {
		t.Run(name, func(t *testing.T) {
			items, _, err := Parse(news.Document{URL: "https://x.example/", Body: []byte(text)})
			if err != nil {
				t.Fatal(err)
			}
			if len(items) != 1 || items[0].Title != "t1" {
				t.Errorf("items %+v", items)
			}
		})
	}
}

func TestFeedTwoInOne(t *testing.T) {
	one := "<rss><channel><title>one</title><item><title>a</title></item></channel></rss>"
	two := strings.NewReplacer("one", "two", "<title>a", "<title>b").Replace(one)
	items, faults, err := Parse(news.Document{Name: "f.xml", Body: []byte(one + two)})
	if err != nil || len(faults) > 0 || len(items) != 2 {
		t.Fatalf("%d items, %v, %v", len(items), faults, err)
	}
	if items[1].Title != "b" || items[1].Origin.Title != "one" {
		t.Errorf("second item %+v", items[1])
	}
}

func TestFeedEmptyIsNoError(t *testing.T) {
	for _, text := range []string{
		"<rss/>", "<rss><channel><title>quiet</title></channel></rss>", "<feed></feed>",
		`{"version": "https://jsonfeed.org/version/1.1", "items": []}`, `{"items": null}`,
	} {
		items, faults, err := Parse(news.Document{Name: "f", Body: []byte(text)})
		if err != nil || len(items) != 0 || len(faults) != 0 {
			t.Errorf("%s: %v, %v, %v", text, items, faults, err)
		}
	}
}

func TestFeedOneBadItem(t *testing.T) {
	const text = "<rss><channel>\n<item><title>whole</title></item>\n" +
		"<item><title>cut</title><description>The report be"
	items, faults, err := Parse(news.Document{URL: "https://x.example/f", Body: []byte(text)})
	if err != nil || len(items) != 1 || items[0].Title != "whole" {
		t.Fatalf("items %+v, error %v", items, err)
	}
	const want = "parse https://x.example/f: item 2 at 3:1: the document ends within it"
	if len(faults) != 1 || faults[0].Error() != want || news.KindOf(faults[0]) != news.Invalid {
		t.Errorf("faults %v, want %s", faults, want)
	}
}

func TestFeedNot(t *testing.T) {
	page := "<!DOCTYPE html>\n<html><head><title>Sign &amp; log in\n</title></head><body>" +
		"<rss><channel><item/></channel></rss></body></html>"
	for _, c := range []struct{ text, want string }{
		{"", "an empty document"},
		{" \n\t ", "an empty document"},
		{page, `an HTML page with the title "Sign & log in"`},
		{"<html>", "an HTML page"},
		{"<!doctype html><p>Hello", "an HTML page"},
		{"Not found, sorry.", `plain text that begins with "Not found, sorry."`},
		{`<?xml version="1.0"?><opml><body/></opml>`, "an XML document whose first element is <opml>"},
		{`<?xml version="1.0"?>`, "an XML document without elements"},
		{`{"error": "no such feed"}`, "a JSON document without a list of items"},
		{`{"items": {"a": 1}}`, "broken JSON: line 1, column 12: items is not a list"},
		{`{"items"`, "broken JSON"},
		{"\x1f\x8b\x08\x00\x00\x00\x00", "binary data (application/x-gzip)"},
		{"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "binary data (application/pdf)"},
		{"\x00\x01\x02\x03", "binary data"},
	} {
		items, faults, err := Parse(news.Document{
			URL: "https://x.example/feed", Body: []byte(c.text),
		})
		if err == nil || news.KindOf(err) != news.Invalid || len(items)+len(faults) > 0 {
			t.Errorf("%.20q: kind %v, %v %v", c.text, news.KindOf(err), items, faults)
			continue
		}
		if !strings.HasPrefix(err.Error(), "parse https://x.example/feed: not a feed but ") ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestFeedKeepsItsBytes(t *testing.T) {
	body := []byte(strings.Repeat("<rss><item><br><title xml:base='x'>\x01&#1;a]]></item>", 3))
	before := bytes.Clone(body)
	if _, _, err := Parse(news.Document{Name: "f", Body: body}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body, before) {
		t.Errorf("the document was changed to %q", body)
	}
}

func TestParseFetched(t *testing.T) {
	for _, tt := range []struct{ mediaType, body, want string }{
		{
			"text/html; charset=utf-8", "<!doctype html><title>Challenge Validation</title>",
			`https://example.org/feed: not a feed but an HTML page with the title "Challenge Validation"`,
		},
		{"text/plain", "Too many requests", "https://example.org/feed: not a feed but plain text"},
		{"application/rss+xml", "<html><body>x", "https://example.org/feed: not a feed but an HTML page"},
	} {
		doc := news.Document{
			URL: "https://example.org/feed", MediaType: tt.mediaType,
			Body: []byte(tt.body),
		}
		_, _, err := Parse(doc)
		if err == nil || !strings.Contains(err.Error(), tt.want) || news.KindOf(err) != news.Invalid {
			t.Errorf("%s: error %v, want %q", tt.mediaType, err, tt.want)
		}
	}
}
