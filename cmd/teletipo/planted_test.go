package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/lint"
	"github.com/teletipo/teletipo/internal/news"
)

// planted are faults that a renderer might make: a change of one of its documents, and the line of
// lint that must tell it.
var planted = []struct{ file, line, from, to string }{
	{"mixed.rss", "rss-required", "<title>The border</title>", "<title></title>"},
	{"mixed.rss", "rss-required", "<link>https://feeds.example", "<link>"},
	{"mixed.rss", "rss-required", "<link>https://news.example/en/0?a=1&amp;b=2", "<link>"},
	{"hostile.rss", "rss-required", "</item>", "<description/></item>"},
	{"mixed.rss", "rss-guid", ` isPermaLink="false"`, ""},
	{"mixed.rss", "rss-guid", "urn:uuid:b236ed71-b178-8d4f-8144-1e9e2221c0cf", "urn:uuid:879a6b7e-cd9d-8d0e-aaa7-31630013e1c7"},
	{"mixed.rss", "rss-guid", "</item>", "<guid>x</guid></item>"},
	{"mixed.rss", "rss-dates", "03 Apr 2025", "03 Apr 25"},
	{"mixed.rss", "rss-dates", "03 Mar 2025", "3 März 2025"},
	{"hostile.rss", "rss-dates", "</item>", "<pubDate/></item>"},
	{"mixed.rss", "rss-dates", "09:00:00 +0000", "09:00:00"},
	{"mixed.rss", "rss-persons", "</item>", "<author>Ann</author></item>"},
	{"mixed.rss", "rss-persons", "<ttl>", "<webMaster>Ann</webMaster><ttl>"},
	{"mixed.rss", "rss-parts", ` length="4100200"`, ""},
	{"mixed.rss", "rss-parts", "</enclosure>", `</enclosure><enclosure url="http://a.example"/>`},
	{"mixed.rss", "rss-parts", "https://news.example/en/feed.xml", "/feed.xml"},
	{"mixed.rss", "rss-parts", "<ttl>", "<cloud/><ttl>"},
	{"mixed.rss", "rss-self", "border.rss", "border.xml"},
	{"archive.rss", "archive-links", "/archive/2.rss", ".rss"},
	{"mixed.rss", "rss-self", `rel="self" type="application/rss+xml"`, `rel="self"`},
	{"mixed.rss", "rss-self", "<language>en</language>", ""},
	{"mixed.rss", "rss-text", "Ports &#x26; patrols", "Ports &#x26;amp; patrols"},
	{"mixed.rss", "rss-text", "Ports", "<b>Ports</b>"},
	{"mixed.rss", "rss-text", `<img src="https://news.example`, `<img src="`},
	{"mixed.rss", "rss-text", "<description>She drew the first sheet in 1985; the newest has a gate that no longer opens.</description>", ""},
	{"hostile.rss", "well-formed", "raw  control", "raw \v control"},
	{"hostile.rss", "well-formed", "quoted", "\ufffe"},
	{"hostile.rss", "well-formed", "quoted", "\xed\xa0\x80"},
	{"hostile.rss", "well-formed", "quoted", "]]>"},
	{"hostile.rss", "well-formed", "quoted", "&#1;"},
	{"hostile.atom", "well-formed", "quoted", "&#xDFFF;"},
	{"hostile.rss", "well-formed", "</item>", "</entry>"},
	{"hostile.rss", "well-formed", "dc:creator>", "d:creator>"},
	{"mixed.atom", "atom-required", "</entry>", "<updated>2025-03-03T09:05:00Z</updated></entry>"},
	{"mixed.atom", "atom-order", "2025-04-03T09:00:00Z", "2025-04-03t09:00:00z"},
	{"mixed.atom", "atom-required", "<title>The border</title>", ""},
	{"mixed.atom", "atom-ids", "<id>urn:uuid:b236ed71-b178-8d4f-8144-1e9e2221c0cf</id>", "<id/>"},
	{"mixed.atom", "atom-ids", "<id>urn:uuid:d42f99c0", "<id>d42f99c0"},
	{"mixed.atom", "atom-authors", "<name>teletipo</name>", ""},
	{"hostile.atom", "atom-authors", "<name>C</name>", "<name> </name>"},
	{"empty.atom", "well-formed", "author>", "contributor>"},
	{"mixed.atom", "atom-links", `rel="self"`, `rel="related"`},
	{"mixed.atom", "atom-links", `type="application/rss+xml"`, `type="text/html"`},
	{"mixed.atom", "atom-links", `<link href="https://news.example/en/0?a=1&amp;b=2" rel="alternate"></link>`, ""},
	{"mixed.atom", "atom-parts", `<content type="html"`, `<content src="x" type="html"`},
	{"mixed.atom", "atom-parts", ` term="trade"`, ""},
	{"mixed.atom", "atom-parts", "<updated>2025-03-03T09:01:00Z</updated>", ""},
	{"mixed.atom", "atom-parts", `type="html"`, `type="xhtml"`},
	{"mixed.atom", "atom-parts", `<summary type="text">Trucks`, `<summary type="text"><b/>Trucks`},
	{"mixed.atom", "atom-order", "<updated>2025-04-03", "<updated>2025-03-03"},
	{"mixed.atom", "atom-order", "<updated>2025-03-03T09:05:00Z", "<updated>2025-03-03T08:05:00Z"},
	{"mixed.atom", "atom-bases", ` xml:lang="en"`, ""},
	{"mixed.atom", "atom-bases", "src=&#34;https://news.example", "src=&#34;"},
	{"mixed.json", "json-required", "version/1.1", "version/1.1/"},
	{"mixed.json", "json-required", `"title": "The border",`, ""},
	{"empty.json", "json-parts", `"items": []`, `"more": []`},
	{"empty.json", "json-required", `"items": []`, `"items": null`},
	{"mixed.json", "json-items", `"urn:uuid:b236ed71-b178-8d4f-8144-1e9e2221c0cf"`, "1"},
	{"mixed.json", "json-items", "urn:uuid:b236ed71-b178-8d4f-8144-1e9e2221c0cf", " "},
	{"mixed.json", "json-items", `"content_html"`, `"_html"`},
	{"mixed.json", "json-items", "Ports & patrols", "Ports &amp; patrols"},
	{"mixed.json", "json-items", `"summary": "Trucks`, `"summary": "<p>Trucks`},
	{"mixed.json", "json-addresses", "https://feeds.example/topics", "/topics"},
	{"mixed.json", "json-addresses", "border.json", "border.rss"},
	{"archive.json", "json-addresses", "/archive/1.json", "/archive/2.json"},
	{"mixed.json", "json-parts", `"name": "Ann O'Hara"`, ""},
	{"mixed.json", "json-parts", `"mime_type"`, `"type"`},
	{"mixed.json", "json-parts", `"size_in_bytes"`, `"size"`},
	{"mixed.json", "json-parts", "2025-03-03T09:00:00Z", "Mon, 03 Mar 2025 09:00:00 +0000"},
	{"mixed.json", "json-parts", `"_teletipo"`, `"_teletipo.x"`},
	{"mixed.json", "json-parts", `"image"`, `"banner_"`},
	{"mixed.json", "media-type", "{", "\ufeff{"},
	{"mixed.json", "well-formed", "Laredo", "Lar\xe9do"},
	{"mixed.json", "media-type", "Laredo", strings.Repeat("Laredo", 50_000)},
	{"archive.rss", "archive-links", "<fh:archive></fh:archive>", ""},
	{"archive.rss", "archive-links", `rel="current"`, `rel="related"`},
	{"past.rss", "archive-links", "<ttl>", `<a:archive xmlns:a="http://purl.org/syndication/history/1.0"/><ttl>`},
	{"archive.atom", "complete", "<fh:archive>", "<fh:complete/><fh:archive>"},
	{"past.atom", "tombstones", ` when="2025-04-03T08:00:00Z"`, ""},
	{"past.atom", "tombstones", `when="2025-04-03T08:00:00Z`, `when="2025-04-03 08:00:00Z`},
	{"past.atom", "tombstones", `ref="urn:uuid:f6d77f24-fd7f-8404-8c9e-e493b36aed6a"`, `ref=""`},
	{"past.atom", "tombstones", "urn:uuid:f6d77f24-fd7f-8404-8c9e-e493b36aed6a", "urn:uuid:b236ed71-b178-8d4f-8144-1e9e2221c0cf"},
	{"past.atom", "tombstones", "<updated>2025-04-03T09", "<updated>2025-04-03T08"},
}

// served is where the documents of the renderer's samples are served.
var served = map[string]string{
	"mixed": "border", "spanish": "border.es", "empty": "all", "hostile": "border",
	"past": "cartels", "archive": "cartels/archive/2", "oldest": "all.es/archive/1",
}

// judgeSample judges a document of the renderer's samples, or what was made of it.
func judgeSample(file string, body []byte) lint.Report {
	name, format, _ := strings.Cut(filepath.Base(file), ".")
	return lint.Judge(lint.Document{
		Name: file, URL: "https://feeds.example/feeds/" + served[name] + "." + format,
		MediaType: news.Format(format).MediaType(), Body: body, Asked: time.Now(),
	})
}

// TestPlanted: the one judge of our documents finds every fault that is planted in them.
func TestPlanted(t *testing.T) {
	for _, p := range planted {
		good, err := os.ReadFile("../../internal/render/testdata/" + p.file)
		if err != nil {
			t.Fatal(err)
		}
		bad := strings.Replace(string(good), p.from, p.to, 1)
		if bad == string(good) {
			t.Errorf("%s has no %q", p.file, p.from)
		}
		if !newFinding(judgeSample(p.file, good), judgeSample(p.file, []byte(bad)), p.line) {
			t.Errorf("%s: %q for %q went unseen by %s", p.file, p.to, p.from, p.line)
		}
	}
}

// newFinding reports whether a line finds in a document what it did not find in another.
func newFinding(before, after lint.Report, line string) bool {
	messages := func(r lint.Report) (list []string) {
		for _, l := range r.Lines {
			for _, f := range l.Findings {
				if l.Name == line {
					list = append(list, f.Message)
				}
			}
		}
		return list
	}
	known := messages(before)
	return slices.ContainsFunc(messages(after), func(m string) bool { return !slices.Contains(known, m) })
}
