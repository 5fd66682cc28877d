package lint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
<item><title>A tug</title><guid>https://harbour.example/2</guid></item>
</channel></rss>`

	goodAtom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>urn:x:feed</id><title>Harbour news</title><updated>2026-03-02T10:00:00Z</updated>
<link rel="self" href="https://harbour.example/f.atom"/><author><name>Ann</name></author>
<entry><id>urn:x:1</id><title type="text">A ferry</title><updated>2026-03-02T09:00:00Z</updated>
<published>2026-03-02T08:00:00Z</published><link href="https://harbour.example/1"/><category term="ferries"/>
<source><id>urn:y</id><title>Other</title><updated>2026-03-01T00:00:00Z</updated></source>
<content type="html">&lt;p&gt;It sails.&lt;/p&gt;</content></entry>
<entry><id>urn:x:2</id><title>A tug</title><updated>2026-03-02T09:00:00Z</updated>
<link href="https://harbour.example/2"/><summary>It pulls.</summary></entry>
<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="urn:x:3" when="2026-03-02T10:00:00Z"/>
</feed>`

	goodJSON = `{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour news",
"home_page_url": "https://harbour.example/", "feed_url": "https://harbour.example/f.json",
"authors": [{"name": "Ann"}], "_x": {"about": "https://harbour.example/x"},
"items": [{"id": "urn:x:1", "content_html": "<p>It sails.</p>", "title": "A ferry", "summary": "Sails",
"date_published": "2026-03-02T09:00:00Z", "attachments": [{"url": "https://x.example/a", "mime_type": "audio/mpeg"}]},
{"id": "urn:x:2", "content_text": "It pulls."}]}`
)

// documents are by what the tests call them, with the address that each says it has.
var documents = map[string]Document{
	"rss":  {Name: "rss", URL: "https://harbour.example/f.rss", MediaType: "application/rss+xml", Body: []byte(goodRSS)},
	"atom": {Name: "atom", URL: "https://harbour.example/f.atom", MediaType: "application/atom+xml", Body: []byte(goodAtom)},
	"json": {Name: "json", URL: "https://harbour.example/f.json", MediaType: "application/feed+json", Body: []byte(goodJSON)},
}

func TestGood(t *testing.T) {
	for name, doc := range documents {
		if r := Judge(doc); r.Faults+r.Doubts > 0 {
			t.Errorf("%s: %v", name, wrong(r))
		}
	}
}

// wrong lists the numbers of the lines that are not fine, with what was found.
func wrong(r Report) (list []string) {
	for _, line := range r.Lines {
		for _, f := range line.Findings {
			list = append(list, strings.Join([]string{string(line.Result), f.Where, f.Message}, " "))
		}
	}
	return list
}

// broken are the lines of a report with a result.
func broken(r Report, result Result) (numbers []int) {
	for _, line := range r.Lines {
		if line.Result == result {
			numbers = append(numbers, line.Number)
		}
	}
	return numbers
}

// TestEachLine breaks a good document in one place and expects exactly the line that says so.
func TestEachLine(t *testing.T) {
	const item = "<item><title>A tug</title>"
	tests := []struct {
		doc, old, new string
		line          int
		result        Result
	}{
		{"rss", "<title>Harbour news</title>", "", 1, Fault},
		{"rss", "<description>Ships.</description>", "<description/>", 1, Fault},
		{"rss", "https://harbour.example/</link>", "/home</link>", 1, Fault},
		{"rss", item, "<item>", 1, Fault},
		{"rss", item, item + "<link/>", 1, Fault},
		{"rss", `version="2.0" xmlns:atom`, `version="0.91" xmlns:atom`, 1, Doubt},
		{"rss", "<guid>https://harbour.example/2</guid>", "", 2, Fault},
		{"rss", "<guid>https://harbour.example/2</guid>", `<guid isPermaLink="false">urn:x:1</guid>`, 2, Fault},
		{"rss", "<guid>https://harbour.example/2</guid>", "<guid>2</guid>", 2, Fault},
		{"rss", "Mon, 02 Mar 2026 10:00:00 GMT", "2026-03-02", 3, Fault},
		{"rss", "Mon, 02 Mar 2026 09:00:00 +0100", "", 3, Fault},
		{"rss", "Mon, 02 Mar 2026 09:00:00 +0100", "Mon, 02 Mar 26 09:00:00 +0100", 3, Fault},
		{"rss", "ann@harbour.example (Ann)", "Ann", 4, Fault},
		{"rss", "<dc:creator>", "<author>b@x.example</author><dc:creator>", 4, Fault},
		{"rss", `length="0" `, "", 5, Fault},
		{"rss", "<source url", `<enclosure url="https://x.example/b" length="1" type="a/b"/><source url`, 5, Fault},
		{"rss", `<source url="https://other.example/f"`, "<source", 5, Fault},
		{"rss", "ferries<", "<", 5, Fault},
		{"rss", "ferries<", "ferries, ships, boats<", 5, Doubt},
		{"rss", "<language>", "<skipHours><hour>24</hour></skipHours><language>", 5, Fault},
		{"rss", "<language>", `<cloud domain="x" port="80"/><language>`, 5, Fault},
		{"rss", `rel="self"`, `rel="related"`, 6, Fault},
		{"rss", "f.rss", "g.rss", 6, Fault},
		{"rss", `type="application/rss+xml" href`, `href`, 6, Fault},
		{"rss", "<language>en</language>", "", 6, Doubt},
		{"rss", "A ferry", "A &lt;b&gt;ferry&lt;/b&gt;", 7, Fault},
		{"rss", "A ferry", "Ferries &amp;amp; tugs", 7, Doubt},
		{"rss", "<description>It sails.</description>", "", 7, Fault},
		{"rss", `href="https://x.example/"`, `href="/1"`, 7, Fault},
		{"rss", "It sails.", "It \x01 sails.", 8, Fault},
		{"rss", "It sails.", "It \xff sails.", 8, Fault},
		{"rss", "<dc:creator>Ben</dc:creator>", "<dd:creator>Ben</dd:creator>", 8, Fault},
		{"rss", "</rss>", "</rss><rss/>", 8, Fault},
		{"rss", "</channel>", "", 8, Fault},
		{"rss", `length="0"`, `length="0" length="0"`, 8, Fault},
		{"rss", "<language>", `<fh:complete/><atom:link rel="prev-archive" href="https://x.example/1"/><language>`, 38, Fault},
		{"rss", "<language>", `<fh:archive/><language>`, 36, Doubt},
		{"rss", "<language>", `<atom:link rel="next" href="2"/><language>`, 35, Fault},
		{"atom", "<id>urn:x:2</id>", "", 9, Fault},
		{"atom", "<title>A tug</title>", "<title>A tug</title><title>B</title>", 9, Fault},
		{"atom", "2026-03-02T08:00:00Z", "2026-03-02t08:00:00z", 9, Fault},
		{"atom", "urn:x:feed", "feed", 10, Fault},
		{"atom", "urn:x:2", "urn:x:1", 10, Fault},
		{"atom", "<author><name>Ann</name></author>", "", 11, Fault},
		{"atom", "<name>Ann</name>", "<name/>", 11, Fault},
		{"atom", `rel="self"`, `rel="related"`, 12, Doubt},
		{"atom", "f.atom", "g.atom", 12, Fault},
		{"atom", `<link href="https://harbour.example/2"/>`, "", 12, Fault},
		{"atom", `<category`, `<link href="https://x.example/"/><category`, 12, Fault},
		{"atom", `<content type="html">&lt;p&gt;It sails.&lt;/p&gt;`, `<content src="https://x.example/1">`, 12, Fault},
		{"atom", `term="ferries"`, "", 13, Fault},
		{"atom", "<id>urn:y</id>", "", 13, Doubt},
		{"atom", `type="html">&lt;p&gt;It sails.&lt;/p&gt;`, `type="html"><p>It</p>`, 13, Fault},
		{"atom", `type="html">&lt;p&gt;It sails.&lt;/p&gt;`, `type="xhtml">It`, 13, Fault},
		{"atom", `type="html">&lt;p&gt;`, `type="html">&amp;lt;p&amp;gt;`, 13, Doubt},
		{"atom", "A ferry", "A &lt;b&gt;ferry&lt;/b&gt;", 13, Doubt},
		{"atom", "2026-03-02T10:00:00Z</updated>", "2026-03-02T08:30:00Z</updated>", 14, Fault},
		{"atom", "2026-03-02T08:00:00Z", "2026-03-02T09:30:00Z", 14, Doubt},
		{"atom", `xml:lang="en"`, "", 15, Doubt},
		{"atom", "&lt;p&gt;It", `&lt;img src="/a.png"&gt;It`, 15, Fault},
		{"atom", "https://harbour.example/2", "/2", 15, Fault},
		{"atom", `when="2026-03-02T10:00:00Z"`, `when="Monday"`, 49, Fault},
		{"atom", `ref="urn:x:3"`, `ref="urn:x:2"`, 49, Doubt},
		{"json", "version/1.1", "version/1", 16, Fault},
		{"json", `"title": "Harbour news",`, "", 16, Fault},
		{"json", `"items"`, `"_items"`, 16, Fault},
		{"json", `"urn:x:2"`, `"urn:x:1"`, 17, Fault},
		{"json", `"urn:x:2"`, `2`, 17, Fault},
		{"json", `"urn:x:2"`, `" "`, 17, Fault},
		{"json", `"content_text"`, `"_content_text"`, 17, Fault},
		{"json", `"A ferry"`, `"A <b>ferry</b>"`, 17, Fault},
		{"json", "f.json", "g.json", 18, Fault},
		{"json", `"https://harbour.example/",`, `"/",`, 18, Fault},
		{"json", `"_x"`, `"next_url": "https://harbour.example/f.json", "_x"`, 18, Fault},
		{"json", `[{"name": "Ann"}]`, `[{}]`, 19, Fault},
		{"json", `[{"name": "Ann"}]`, `{"name": "Ann"}`, 19, Fault},
		{"json", `"authors": [{"name": "Ann"}]`, `"author": {"name": "Ann"}`, 19, Doubt},
		{"json", `"mime_type"`, `"type"`, 19, Fault},
		{"json", `"mime_type"`, `"size": 1, "mime_type"`, 19, Fault},
		{"json", "2026-03-02T09:00:00Z", "2026-03-02", 19, Fault},
		{"json", `"_x"`, `"hubs": [{"type": "WebSub"}], "_x"`, 19, Fault},
		{"json", `"_x"`, `"x"`, 19, Fault},
		{"json", `"_x"`, `"_x.y"`, 19, Fault},
		{"json", `{"version"`, "\uFEFF" + `{"version"`, 20, Fault},
		{"json", "It pulls.", strings.Repeat("It pulls. ", 30_000), 20, Doubt},
		{"json", `"It pulls."}`, `"It pulls."`, 8, Fault},
	}
	for _, test := range tests {
		doc := documents[test.doc]
		doc.Body = []byte(strings.Replace(string(doc.Body), test.old, test.new, 1))
		if string(doc.Body) == string(documents[test.doc].Body) {
			t.Errorf("%s has no %q", test.doc, test.old)
		}
		r := Judge(doc)
		want := []int{test.line}
		other := map[Result]Result{Fault: Doubt, Doubt: Fault}[test.result]
		if got := broken(r, test.result); !slices.Equal(got, want) || len(broken(r, other)) > 0 {
			t.Errorf("%s with %q for %q: %v %v, want %v; %v", test.doc, cut(test.new), test.old,
				test.result, got, want, wrong(r))
		}
	}
}

func TestMediaType(t *testing.T) {
	for mediaType, want := range map[string]Result{
		"application/rss+xml; charset=utf-8": OK, "text/xml": Doubt, "text/html": Fault, ";": Fault,
	} {
		doc := documents["rss"]
		doc.MediaType = mediaType
		if got := broken(Judge(doc), want); !slices.Contains(got, 20) {
			t.Errorf("%s: line 20 is not %s", mediaType, want)
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
				t.Errorf("%s: line %d is a fault without a finding", file, line.Number)
			}
		}
	}
	if judged < 100 {
		t.Errorf("%d documents judged", judged)
	}
}

// FuzzJudge never panics, and what it says is bounded, whatever it reads.
func FuzzJudge(f *testing.F) {
	for _, doc := range documents {
		f.Add(doc.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := Judge(Document{Name: "x", URL: "https://x.example/", Body: body})
		if len(r.Lines) != len(checklist) {
			t.Errorf("%d lines", len(r.Lines))
		}
		for _, line := range r.Lines {
			if len(line.Findings) > mostFindings {
				t.Errorf("%d findings in line %d", len(line.Findings), line.Number)
			}
		}
	})
}
