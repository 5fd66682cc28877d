package lint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/newstest"
)

// Documents with nothing wrong. Every test below breaks one of them in one place.
const (
	goodRSS = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:fh="http://purl.org/syndication/history/1.0">
<channel><title>Harbour news</title><link>https://harbour.example/</link><description>Ships.</description>
<language>en</language><atom:link rel="self" type="application/rss+xml" href="https://harbour.example/f.rss"/>
<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate><managingEditor>ann@harbour.example (Ann)</managingEditor>
<item><title>A ferry</title><guid isPermaLink="false">urn:x:1</guid><category>ferries</category>
<dc:creator>Ben</dc:creator><enclosure url="https://harbour.example/a.mp3" length="0" type="audio/mpeg"/>
<source url="https://other.example/f">Other</source><pubDate>Mon, 02 Mar 2026 09:00:00 +0100</pubDate>
<description>It sails.</description><content:encoded>&lt;p&gt;&lt;a href="https://x.example/"&gt;It&lt;/a&gt;&lt;/p&gt;</content:encoded></item>
<item><title>A tug</title><guid>https://harbour.example/2</guid><pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate></item>
</channel></rss>`

	goodAtom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>urn:x:feed</id><title>Harbour news</title><updated>2026-03-02T10:00:00Z</updated>
<link rel="self" href="https://harbour.example/f.atom"/><author><name>Ann</name></author>
<entry><id>urn:x:1</id><title type="text">A ferry</title><updated>2026-03-02T09:00:00Z</updated>
<published>2026-03-02T08:00:00Z</published><link href="https://harbour.example/1"/><category term="ferries"/>
<source><id>urn:y</id><title>Other</title><updated>2026-03-01T00:00:00Z</updated></source>
<content type="html">&lt;p&gt;It sails.&lt;/p&gt;</content></entry>
<entry><id>urn:x:2</id><title>A tug</title><updated>2026-03-02T09:00:00Z</updated><published>2026-03-02T07:00:00Z</published>
<link href="https://harbour.example/2"/><summary>It pulls.</summary></entry>
<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="urn:x:3" when="2026-03-02T10:00:00Z"/>
</feed>`

	goodJSON = `{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour news",
"home_page_url": "https://harbour.example/", "feed_url": "https://harbour.example/f.json",
"authors": [{"name": "Ann"}], "_x": {"about": "https://harbour.example/x"},
"items": [{"id": "urn:x:1", "content_html": "<p>It sails.</p>", "title": "A ferry", "summary": "Sails",
"date_published": "2026-03-02T09:00:00Z", "attachments": [{"url": "https://x.example/a", "mime_type": "audio/mpeg"}]},
{"id": "urn:x:2", "date_published": "2026-03-02T08:00:00Z", "content_text": "It pulls."}]}`
)

// asked is when the documents were read.
var asked = time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)

// documents are by what the tests call them, with the address that each says it has.
var documents = map[string]Document{
	"rss":  {Name: "rss", Asked: asked, URL: "https://harbour.example/f.rss", MediaType: "application/rss+xml", Body: []byte(goodRSS)},
	"atom": {Name: "atom", Asked: asked, URL: "https://harbour.example/f.atom", MediaType: "application/atom+xml", Body: []byte(goodAtom)},
	"json": {Name: "json", Asked: asked, URL: "https://harbour.example/f.json", MediaType: "application/feed+json", Body: []byte(goodJSON)},
}

// TestListed: docs/lint.md has every line, as it is.
func TestListed(t *testing.T) {
	doc, err := os.ReadFile("../../docs/lint.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range checklist {
		row := "| `" + line.name + "` | " + line.text + " | " + line.source + " |\n"
		if !strings.Contains(string(doc), row) {
			t.Errorf("docs/lint.md lacks %s", row)
		}
	}
}

func TestGood(t *testing.T) {
	for name, doc := range documents {
		if r := Judge(doc); r.Faults+r.Doubts > 0 {
			t.Errorf("%s: %v", name, wrong(r))
		}
	}
}

// wrong lists the lines that are not fine, with what was found.
func wrong(r Report) (list []string) {
	for _, line := range r.Lines {
		for _, f := range line.Findings {
			list = append(list, strings.Join([]string{string(line.Result), f.Where, f.Message}, " "))
		}
	}
	return list
}

// broken are the lines of a report with a result.
func broken(r Report, result Result) (names []string) {
	for _, line := range r.Lines {
		if line.Result == result {
			names = append(names, line.Name)
		}
	}
	return names
}

// TestEachLine breaks a good document in one place and expects exactly the line that says so.
func TestEachLine(t *testing.T) {
	const item = "<item><title>A tug</title>"
	tests := []struct {
		doc, old, new string
		line          string
		result        Result
	}{
		{"rss", "<title>Harbour news</title>", "", "rss-required", Fault},
		{"rss", "<description>Ships.</description>", "<description/>", "rss-required", Fault},
		{"rss", "https://harbour.example/</link>", "/home</link>", "rss-required", Fault},
		{"rss", item, "<item>", "rss-required", Fault},
		{"rss", item, item + "<link/>", "rss-required", Fault},
		{"rss", `version="2.0" xmlns:atom`, `version="0.91" xmlns:atom`, "rss-required", Doubt},
		{"rss", "<guid>https://harbour.example/2</guid>", "", "rss-guid", Doubt},
		{"rss", "<guid>https://harbour.example/2</guid>", `<guid isPermaLink="false">urn:x:1</guid>`, "rss-guid", Fault},
		{"rss", "<guid>https://harbour.example/2</guid>", "<guid>2</guid>", "rss-guid", Fault},
		{"rss", "Mon, 02 Mar 2026 10:00:00 GMT", "2026-03-02", "rss-dates", Fault},
		{"rss", "Mon, 02 Mar 2026 09:00:00 +0100", "", "rss-dates", Fault},
		{"rss", "Mon, 02 Mar 2026 09:00:00 +0100", "Mon, 02 Mar 26 09:00:00 +0100", "rss-dates", Doubt},
		{"rss", "ann@harbour.example (Ann)", "Ann", "rss-persons", Fault},
		{"rss", "<dc:creator>", "<author>b@x.example</author><dc:creator>", "rss-persons", Doubt},
		{"rss", `length="0" `, "", "rss-parts", Fault},
		{"rss", "<source url", `<enclosure url="https://x.example/b" length="1" type="a/b"/><source url`, "rss-parts", Doubt},
		{"rss", `<source url="https://other.example/f"`, "<source", "rss-parts", Fault},
		{"rss", "ferries<", "<", "rss-parts", Fault},
		{"rss", "ferries<", "ferries, ships, boats<", "rss-parts", Doubt},
		{"rss", "<language>", "<skipHours><hour>24</hour></skipHours><language>", "rss-parts", Fault},
		{"rss", "<language>", `<cloud domain="x" port="80"/><language>`, "rss-parts", Fault},
		{"rss", `rel="self"`, `rel="related"`, "rss-self", Doubt},
		{"rss", "f.rss", "g.rss", "rss-self", Fault},
		{"rss", `type="application/rss+xml" href`, `href`, "rss-self", Doubt},
		{"rss", "<language>en</language>", "", "rss-self", Doubt},
		{"rss", "A ferry", "A &lt;b&gt;ferry&lt;/b&gt;", "rss-text", Doubt},
		{"rss", "A ferry", "Ferries &amp;amp; tugs", "rss-text", Doubt},
		{"rss", "<description>It sails.</description>", "", "rss-text", Doubt},
		{"rss", `href="https://x.example/"`, `href="/1"`, "rss-text", Fault},
		{"rss", "It sails.", "It \x01 sails.", "well-formed", Fault},
		{"rss", "It sails.", "It \xff sails.", "well-formed", Fault},
		{"rss", "<dc:creator>Ben</dc:creator>", "<dd:creator>Ben</dd:creator>", "well-formed", Fault},
		{"rss", "</rss>", "</rss><rss/>", "well-formed", Fault},
		{"rss", "</channel>", "", "well-formed", Fault},
		{"rss", `length="0"`, `length="0" length="0"`, "well-formed", Fault},
		{"rss", "<language>", `<fh:complete/><atom:link rel="prev-archive" href="https://x.example/1"/><language>`, "complete", Fault},
		{"rss", "<language>", `<fh:archive/><language>`, "archive-links", Doubt},
		{"rss", "<language>", `<atom:link rel="next" href="2"/><language>`, "paging", Fault},
		{"atom", "<id>urn:x:2</id>", "", "atom-required", Fault},
		{"atom", "<title>A tug</title>", "<title>A tug</title><title>B</title>", "atom-required", Fault},
		{"atom", "2026-03-02T08:00:00Z", "2026-03-02t08:00:00z", "atom-required", Fault},
		{"atom", "urn:x:feed", "feed", "atom-ids", Fault},
		{"atom", "urn:x:2", "urn:x:1", "atom-ids", Fault},
		{"atom", "<author><name>Ann</name></author>", "", "atom-authors", Fault},
		{"atom", "<name>Ann</name>", "<name/>", "atom-authors", Fault},
		{"atom", `rel="self"`, `rel="related"`, "atom-links", Doubt},
		{"atom", "f.atom", "g.atom", "atom-links", Fault},
		{"atom", `<link href="https://harbour.example/2"/>`, "", "atom-links", Fault},
		{"atom", `<category`, `<link href="https://x.example/"/><category`, "atom-links", Fault},
		{"atom", `<content type="html">&lt;p&gt;It sails.&lt;/p&gt;`, `<content src="https://x.example/1">`, "atom-links", Fault},
		{"atom", `term="ferries"`, "", "atom-parts", Fault},
		{"atom", "<id>urn:y</id>", "", "atom-parts", Doubt},
		{"atom", `type="html">&lt;p&gt;It sails.&lt;/p&gt;`, `type="html"><p>It</p>`, "atom-parts", Fault},
		{"atom", `type="html">&lt;p&gt;It sails.&lt;/p&gt;`, `type="xhtml">It`, "atom-parts", Fault},
		{"atom", `type="html">&lt;p&gt;`, `type="html">&amp;lt;p&amp;gt;`, "atom-parts", Doubt},
		{"atom", "A ferry", "A &lt;b&gt;ferry&lt;/b&gt;", "atom-parts", Doubt},
		{"atom", "2026-03-02T09:00:00Z</updated>", "2026-03-02T11:00:00Z</updated>", "atom-order", Fault},
		{"atom", "2026-03-02T08:00:00Z", "2026-03-02T09:30:00Z", "atom-order", Doubt},
		{"atom", `xml:lang="en"`, "", "atom-bases", Doubt},
		{"atom", "&lt;p&gt;It", `&lt;img src="/a.png"&gt;It`, "atom-bases", Fault},
		{"atom", "https://harbour.example/2", "/2", "atom-bases", Fault},
		{"atom", `when="2026-03-02T10:00:00Z"`, `when="Monday"`, "tombstones", Fault},
		{"atom", `ref="urn:x:3"`, `ref="urn:x:2"`, "tombstones", Doubt},
		{"json", "version/1.1", "version/1", "json-required", Fault},
		{"json", `"title": "Harbour news",`, "", "json-required", Fault},
		{"json", `"items"`, `"_items"`, "json-required", Fault},
		{"json", `"urn:x:2"`, `"urn:x:1"`, "json-items", Fault},
		{"json", `"urn:x:2"`, `2`, "json-items", Fault},
		{"json", `"urn:x:2"`, `" "`, "json-items", Fault},
		{"json", `"content_text"`, `"_content_text"`, "json-items", Fault},
		{"json", `"A ferry"`, `"A <b>ferry</b>"`, "json-items", Doubt},
		{"json", "f.json", "g.json", "json-addresses", Fault},
		{"json", `"https://harbour.example/",`, `"/",`, "json-addresses", Fault},
		{"json", `"_x"`, `"next_url": "https://harbour.example/f.json", "_x"`, "json-addresses", Fault},
		{"json", `[{"name": "Ann"}]`, `[{}]`, "json-parts", Fault},
		{"json", `[{"name": "Ann"}]`, `{"name": "Ann"}`, "json-parts", Fault},
		{"json", `"authors": [{"name": "Ann"}]`, `"author": {"name": "Ann"}`, "json-parts", Doubt},
		{"json", `"mime_type"`, `"type"`, "json-parts", Fault},
		{"json", `"mime_type"`, `"size": 1, "mime_type"`, "json-parts", Fault},
		{"json", "2026-03-02T09:00:00Z", "2026-03-02", "json-parts", Fault},
		{"json", `"_x"`, `"hubs": [{"type": "WebSub"}], "_x"`, "json-parts", Fault},
		{"json", `"_x"`, `"x"`, "json-parts", Fault},
		{"json", `"_x"`, `"_x.y"`, "json-parts", Fault},
		{"json", `{"version"`, "\uFEFF" + `{"version"`, "media-type", Fault},
		{"json", "It pulls.", strings.Repeat("It pulls. ", 30_000), "media-type", Doubt},
		{"rss", "<language>", "<tll>5</tll><language>", "rss-elements", Fault},
		{"rss", item, item + "<summary/>", "rss-elements", Fault},
		{"rss", "<language>", "<ttl>soon</ttl><language>", "rss-parts", Fault},
		{"rss", "<language>en", "<language>English!", "languages", Fault},
		{"rss", item, item + "<dc:language>x y</dc:language>", "languages", Fault},
		{"rss", item, item + `<m:content xmlns:m="http://search.yahoo.com/mrss/" url="a.png"/>`, "rss-parts", Fault},
		{"rss", "It sails.", "It &#xDFFF; sails.", "well-formed", Fault},
		{"rss", "It sails.", "It &#1; sails.", "well-formed", Fault},
		{"rss", `length="0" type`, `length="0"type`, "well-formed", Fault},
		{"rss", "</rss>", "</rss> and so on", "well-formed", Fault},
		{"rss", `encoding="UTF-8"?>`, `encoding="UTF-8"?><!DOCTYPE rss>`, "well-formed", Doubt},
		{"rss", "<language>", `<fh:archive/><atom:link rel="current" href="https://harbour.example/f.rss"/><language>`, "archive-links", Fault},
		{"atom", "<id>urn:x:2</id>", "<id>urn:x:2</id><pubDate/>", "atom-elements", Fault},
		{"atom", "<author><name>Ann</name>", "<author><name>Ann</name><uri>her page</uri>", "atom-parts", Fault},
		{"atom", "<author><name>Ann</name>", "<author><name>Ann</name><email>nobody</email>", "atom-parts", Fault},
		{"atom", "<category", `<category scheme="topics"`, "atom-parts", Fault},
		{"atom", `xml:lang="en"`, `xml:lang="en_US"`, "languages", Fault},
		{"atom", `when="2026-03-02T10:00:00Z"`, `when="2026-03-02T11:00:00Z"`, "tombstones", Doubt},
		{"json", `"content_text": "It pulls."`, `"content_text": "It pulls.", "id": "urn:x:2"`, "well-formed", Doubt},
		{"json", "It pulls.", `It \\ud83d pulls.`, "well-formed", Fault},
		{"json", `"It pulls."}]}`, `"It pulls."}]} and so on`, "well-formed", Fault},
		{"json", `"It pulls."`, `"It pulls.", "language": "English!"`, "languages", Fault},
		{"json", `"It pulls."`, `"It pulls.", "url": "/2"`, "json-addresses", Fault},
		{"json", `"url": "https://x.example/a"`, `"url": "a"`, "json-parts", Fault},
		{"json", `[{"name": "Ann"}]`, `[{"name": "Ann", "url": "ann"}]`, "json-parts", Fault},
		{"json", `"It pulls."}`, `"It pulls."`, "well-formed", Fault},
		{"rss", "09:00:00 +0100", "09:00:00 MSK", "rss-dates", Fault},
		{"rss", "09:00:00 +0100", "10:00:00 CET", "rss-dates", Fault},
		{"rss", "09:00:00 +0100", "09:00:00 UTC", "rss-dates", Doubt},
		{"rss", "09:00:00 +0100", "09:00:00 A", "rss-dates", Doubt},
		{"rss", "09:00:00 +0100", "01:59:00 EST", "item-order", Doubt},
		{"rss", "09:00:00 +0100", "09:00:00 +0300", "item-order", Doubt},
		{"rss", "09:00:00 +0100", "08:00:00 +0100", "item-dates", Doubt},
		{"rss", "<pubDate>Mon, 02 Mar 2026 09:00:00 +0100</pubDate>", "", "item-dates", Doubt},
		{"rss", "02 Mar 2026 09:00:00 +0100", "02 Mar 2036 09:00:00 +0100", "item-dates", Doubt},
		{"atom", "2026-03-02T08:00:00Z", "2026-03-02T07:00:00Z", "item-dates", Doubt},
		{"atom", `type="text">A ferry`, `type="html">We &lt;3 ferries`, "atom-parts", Doubt},
		{"atom", `type="text">A ferry`, `type="html">A List&lt;Ferry&gt;`, "atom-parts", Doubt},
		{"json", "09:00:00Z", "08:00:00Z", "item-dates", Doubt},
		{"json", "09:00:00Z", "07:00:00Z", "item-order", Doubt},
		{"json", `"date_published": "2026-03-02T08:00:00Z", `, "", "item-dates", Doubt},
		{"json", "<p>It sails.</p>", "<img src='https://x.example/a.png' width='1'>", "pictures", Doubt},
		{"rss", item, item + `<m:group xmlns:m="http://search.yahoo.com/mrss/"><m:thumbnail url="https://x.example/a.png" width="150"/></m:group>`, "pictures", Doubt},
	}
	for _, test := range tests {
		doc := documents[test.doc]
		doc.Body = []byte(strings.Replace(string(doc.Body), test.old, test.new, 1))
		if string(doc.Body) == string(documents[test.doc].Body) {
			t.Errorf("%s has no %q", test.doc, test.old)
		}
		r := Judge(doc)
		want := []string{test.line}
		other := map[Result]Result{Fault: Doubt, Doubt: Fault}[test.result]
		if got := broken(r, test.result); !slices.Equal(got, want) || len(broken(r, other)) > 0 {
			t.Errorf("%s with %q for %q: %v %v, want %v; %v", test.doc, cut(test.new), test.old,
				test.result, got, want, wrong(r))
		}
	}
}

// TestFit: what readers take as it is meant is no doubt.
func TestFit(t *testing.T) {
	for _, test := range []struct{ doc, old, new string }{
		{"atom", `type="text">A ferry`, `type="html">A <![CDATA[<i lang="en">ferry</i>, 1 < 2]]>`},
		{"atom", `type="text">A ferry`, `type="html">We &amp;lt;3 ferries`},
		{"atom", "2026-03-02T08:00:00Z", "2026-03-02T06:00:00Z"}, // by update they are in order
		{"rss", "09:00:00 +0100", "02:30:00 EST"},
		{"rss", "02 Mar 2026 09:00:00 +0100", "02 Mar 2026 11:09:00 +0100"},
		{"json", "<p>It sails.</p>", "<img src='https://x.example/a.png' width=1><img width='400'>"},
		{"json", "<p>It sails.</p>", "<img src='https://x.example/a.png' width=1><img>"},
	} {
		doc := documents[test.doc]
		doc.Body = []byte(strings.Replace(string(doc.Body), test.old, test.new, 1))
		if r := Judge(doc); string(doc.Body) == string(documents[test.doc].Body) || r.Faults+r.Doubts > 0 {
			t.Errorf("%s with %q for %q: %v", test.doc, test.new, test.old, wrong(r))
		}
	}
}

func TestMediaType(t *testing.T) {
	for mediaType, want := range map[string]Result{
		"application/rss+xml; charset=utf-8": OK, "text/xml": Doubt, "text/html": Fault, ";": Fault,
	} {
		doc := documents["rss"]
		doc.MediaType = mediaType
		if got := broken(Judge(doc), want); !slices.Contains(got, "media-type") {
			t.Errorf("%s: media-type is not %s", mediaType, want)
		}
	}
}

func TestNoFeed(t *testing.T) {
	for _, body := range []string{
		"", "hello", "<html/>", "<a><b></a>", "{", "[]",
		strings.Repeat("<a>", 1000),
	} {
		r := Judge(Document{Name: "x", Body: []byte(body)})
		if r.Faults == 0 {
			t.Errorf("%.20q passes", body)
		}
	}
}

// TestOthers judges feeds as they are found: no panic, a format, and never a fault without words.
func TestOthers(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/samples/feeds/*")
	if len(files) == 0 {
		t.Skip("the sample feeds are not here")
	}
	judged := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			continue // a directory
		}
		r := Judge(Document{Name: file, Body: body})
		judged++
		for _, line := range r.Lines {
			if line.Result == Fault && len(line.Findings) == 0 {
				t.Errorf("%s: line %s is a fault without a finding", file, line.Name)
			}
		}
	}
	if judged < 100 {
		t.Errorf("%d documents judged", judged)
	}
}

// inProportion holds that judging a document whose middle is repeated costs in proportion to it,
// beside what as many findings as are kept may have cost.
func inProportion(t *testing.T, text string) {
	t.Helper()
	if text == "" || len(text) > 4<<10 {
		return
	}
	newstest.ProportionalBut(t, 32<<20, newstest.Repeating(text), func(in string) {
		Judge(Document{Name: "x", URL: "https://x.example/", Body: []byte(in)})
	})
}

// FuzzJudge never panics, and what it says is bounded, whatever it reads.
func FuzzJudge(f *testing.F) {
	for _, doc := range documents {
		f.Add(doc.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		inProportion(t, string(body))
		r := Judge(Document{Name: "x", URL: "https://x.example/", Body: body})
		if len(r.Lines) != len(checklist) {
			t.Errorf("%d lines", len(r.Lines))
		}
		for _, line := range r.Lines {
			if len(line.Findings) > mostFindings {
				t.Errorf("%d findings in line %s", len(line.Findings), line.Name)
			}
		}
	})
}
