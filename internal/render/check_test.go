package render

import (
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// breakage is a way to break a good document in one place, and what Check says of it.
type breakage struct{ name, from, to, want string }

const sampleID = "urn:uuid:b236ed71-b178-8d4f-8144-1e9e2221c0cf"

var rssBreakages = []breakage{
	{"byte order mark", "<?xml", "\ufeff<?xml", "byte order mark"},
	{"not UTF-8", "Laredo", "Lar\xffedo", "not UTF-8"},
	{"control character", "Laredo", "Lar\x01edo", "U+0001"},
	{"control character in CDATA", "Seventeen", "Seven\x02teen", "U+0002"},
	{"noncharacter", "Laredo", "Lar\ufffeedo", "U+FFFE"},
	{"null", "Laredo", "Lar\x00edo", "U+0000"},
	{"reference to a control character", "Laredo", "&#x1;", "U+0001"},
	{"reference to a surrogate", "Laredo", "&#xD800;", "refers to no character"},
	{"decimal reference to a surrogate", "Laredo", "&#56832;", "refers to no character"},
	{"reference beyond Unicode", "Laredo", "&#x7fffffff;", "not well-formed"},
	{"reference in an attribute", `isPermaLink="false"`, `isPermaLink="&#xDFFF;"`, "no character"},
	{"HTML entity", "Laredo", "&nbsp;", "invalid character entity"},
	{"bare ampersand", "Laredo", "a & b", "not well-formed"},
	{"end of CDATA in text", "Laredo", "]]>", "]]>"},
	{"mismatched tags", "</guid>", "</guide>", "</guide> closes <guid>"},
	{"tag not closed", "</channel>\n</rss>", "", "is not closed"},
	{"end without start", "</rss>", "</rss></rss>", "closes nothing"},
	{"second root", "</rss>", "</rss><rss/>", "second root"},
	{"text after the root", "</rss>", "</rss>x", "outside the root"},
	{"text before the root", "<rss", "x<rss", "outside the root"},
	{"no element", "", "<!-- nothing -->", "no element"},
	{"document type", "<rss", "<!DOCTYPE rss><rss", "document type"},
	{"late declaration", "<?xml", "\n<?xml", "not at the beginning"},
	{"attribute twice", `version="2.0"`, `version="2.0" version="2.0"`, "version twice"},
	{"foreign attribute", `<guid `, `<guid xmlns:a="urn:a" a:x="1" `, "urn:a"},
	{
		"attribute twice by namespace", `<guid `,
		`<guid xmlns:a="http://purl.org/dc/terms/" a:x="1" dcterms:x="1" `, "dcterms:x twice",
	},
	{"undeclared prefix", "<dc:creator>", "<dd:creator>", "prefix dd is not declared"},
	{"undeclared prefix of an attribute", "<guid ", `<guid x:y="1" `, "prefix x is not declared"},
	{
		"prefix out of scope", `<category d`, `<category xmlns:o="urn:o"/><o:p d`,
		"prefix o",
	},
	{"prefix without a namespace", "<guid ", `<guid xmlns:q="" `, "can't be declared"},
	{"colon in front", "<guid ", `<guid :a="1" `, "is not a name"},
	{"no space between attributes", `" rel="self"`, `"rel="self"`, "no space"},
	{"foreign element", "<guid", "<guide/><guid", "guide is not wanted"},
	{"foreign namespace", "<guid", `<x xmlns="urn:x"/><guid`, `"urn:x"`},
	{"not RSS 2.0", `version="2.0"`, `version="0.91"`, "root element"},
	{"no title", "<title>The border</title>", "", "title is missing"},
	{"empty title", "<title>The border</title>", "<title> </title>", "title: it is empty"},
	{"two titles", "<title>The border</title>", "<title>a</title><title>b</title>", "more than 1"},
	{"relative link", "https://feeds.example/topics/border<", "/topics/border<", "absolute"},
	{"unescaped link", "https://news.example/es/1?", "https://news.example/é/1?", "escaped"},
	{"markup in a title", "<title>The border</title>", "<title>The <b>border</b></title>", "inside"},
	{"no self", ` rel="self"`, ` rel="alternate"`, "relation self is missing"},
	{"self of another format", "feeds/border.rss", "feeds/border.atom", "not the address"},
	{"date without zone", "09:00:00 +0000", "09:00:00", "is not a date"},
	{"two-digit year", "Mon, 03 Mar 2025 09", "Mon, 03 Mar 25 09", "is not a date"},
	{"wrong weekday", "Mon, 03 Mar 2025 09", "Tue, 03 Mar 2025 09", "is not a date"},
	{"ttl is no number", "<ttl>15", "<ttl>soon", "number of minutes"},
	{"no guid", `<guid isPermaLink="false">` + sampleID + "</guid>", "", "guid is missing"},
	{"guid twice", "urn:uuid:879a6b7e-cd9d-8d0e-aaa7-31630013e1c7", sampleID, "twice"},
	{"guid is no link", `isPermaLink="false"`, `isPermaLink="true"`, "web address"},
	{"enclosure without length", `length="4100200"`, `length=""`, "no length"},
	{"enclosure without type", `type="audio/mpeg"></enc`, `type="audio"></enc`, "no media type"},
	{
		"source without title", ">Example News &amp; Views</source>", "></source>",
		"source: it is empty",
	},
	{
		"content without description",
		"<description>She drew the first sheet in 1985; the newest has a gate that no longer opens." +
			"</description>", "", "no description beside it",
	},
}

var atomBreakages = []breakage{
	{"not a feed", `xmlns="http://www.w3.org/2005/Atom"`, "", "not an Atom feed"},
	{"two ids", "<id>urn:uuid:d42f99c0", "<id>urn:x:1</id><id>urn:uuid:d42f99c0", "more than 1"},
	{"no updated", "<updated>2025-04-03T09:00:00Z</updated>", "", "updated is missing"},
	{"lower-case date", "2025-04-03T09:00:00Z", "2025-04-03t09:00:00z", "is not a date"},
	{"entry newer than the feed", "2025-04-03T09:00:00Z", "2025-03-03T13:00:00Z", "after the feed"},
	{"id is no IRI", sampleID, "b236ed71", "absolute IRI"},
	{"id with a space", sampleID, "urn:x:a b", "may not hold"},
	{"id twice", sampleID, "urn:uuid:879a6b7e-cd9d-8d0e-aaa7-31630013e1c7", "twice"},
	{
		"id of an entry is the feed's", sampleID, "urn:uuid:d42f99c0-5950-8dd5-8c44-0ece493e7434",
		"twice",
	},
	{"no self", `rel="self" type="application/atom+xml"`, `rel="related"`, "relation self"},
	{"two alternates", ` rel="enclosure" type="image/png"`, ` rel="alternate"`, "twice"},
	{"no alternate", `/en/0?a=1&amp;b=2" rel="alternate"`, `/" rel="via"`, "relation alternate"},
	{"no author", "<author>\n    <name>teletipo</name>\n" +
		"    <uri>https://feeds.example/</uri>\n  </author>", "", "author is missing"},
	{"empty name", "<name>Raúl Ibáñez</name>", "<name></name>", "name: it is empty"},
	{"person without name", "<name>Raúl Ibáñez</name>", "", "name is missing"},
	{"bad mail address", "lucia@news.example", "lucia", "no mail address"},
	{"category without term", `term="trade"`, `label="trade"`, "no term"},
	{"XHTML", `type="html"`, `type="xhtml"`, "is not wanted"},
	{"source without updated", "<updated>2025-03-03T09:01:00Z</updated>", "", "updated is missing"},
	{"no language", ` xml:lang="es"`, "", "language tag"},
	{"bad language", `xml:lang="es"`, `xml:lang="es_MX"`, "language tag"},
}

var jsonBreakages = []breakage{
	{"byte order mark", "{", "\ufeff{", "byte order mark"},
	{"not JSON", `"version"`, "version", "invalid character"},
	{"not an object", "", "[]", "not an object"},
	{"cut off", "]\n}\n", "", "EOF"},
	{"more after the end", "]\n}\n", "]\n}\n{}", "something after"},
	{"other version", "version/1.1", "version/1", "is not https://jsonfeed.org/version/1.1"},
	{"name twice", `"title": "The border",`, `"title": "a", "title": "b",`, "twice"},
	{"unknown name", `"home_page_url"`, `"banner_": "x", "home_page_url"`, "banner_ is not wanted"},
	{"dot in an extension", `"_teletipo"`, `"_x.y": 1, "_teletipo"`, "not wanted"},
	{"no items", `"items"`, `"_items"`, "items is missing"},
	{"id is a number", `"` + sampleID + `"`, "7", "not a string"},
	{"blank id", sampleID, " ", "not a string"},
	{"id twice", sampleID, "urn:uuid:879a6b7e-cd9d-8d0e-aaa7-31630013e1c7", "twice"},
	{"no content", `"content_html"`, `"summary_html"`, "not wanted"},
	{"neither content", `"content_text": "Trucks`, `"_text": "Trucks`, "neither"},
	{"relative url", `"https://news.example/en/0?a=1&b=2"`, `"/en/0"`, "absolute"},
	{"bad date", "2025-03-03T09:00:00Z", "2025-03-03 09:00", "is not a date"},
	{"author without name", `"name": "Ann O'Hara"`, "", "name is missing"},
	{"authors is an object", `"authors": [`, `"authors": {`, "byte"},
	{"attachment without type", `"mime_type"`, `"type"`, "missing"},
	{"size is a word", "4100200", `"big"`, "whole number"},
	{"half a surrogate pair", "Laredo", `\ud83d`, "surrogates"},
	{"escaped control character", "Laredo", `\u0001`, "can't carry"},
	{
		"next is itself", `"feed_url"`,
		`"next_url": "https://feeds.example/feeds/border.json", "feed_url"`, "itself",
	},
}

// TestCheckFaults breaks a good document in one place each time.
func TestCheckFaults(t *testing.T) {
	tests := map[news.Format][]breakage{
		news.RSS: rssBreakages, news.Atom: atomBreakages, news.JSON: jsonBreakages,
	}
	for format, cases := range tests {
		good := string(render(t, samples()["mixed"], format))
		for _, test := range cases {
			t.Run(string(format)+"/"+test.name, func(t *testing.T) {
				bad := test.to
				if test.from != "" {
					bad = strings.Replace(good, test.from, test.to, 1)
				}
				if bad == good {
					t.Fatalf("the document has no %q to break", test.from)
				}
				err := Check(format, []byte(bad))
				switch {
				case err == nil:
					t.Error("nothing was found wrong")
				case !strings.Contains(err.Error(), test.want):
					t.Errorf("%v; want something with %q", err, test.want)
				case news.KindOf(err) != news.Invalid:
					t.Errorf("kind is %v", news.KindOf(err))
				}
			})
		}
	}
	if err := Check("html", []byte("x")); err == nil {
		t.Error("an unknown format was accepted")
	}
}

// TestCheckAccepts what looks odd and is right.
func TestCheckAccepts(t *testing.T) {
	tests := []struct {
		format   news.Format
		from, to string
	}{
		{news.RSS, "Laredo", "<![CDATA[&#x1; & <b>]]>"},
		{news.RSS, "Laredo", "&#x9;&#xA;&#x10FFFF;&#8364;"},
		{news.RSS, "<rss", "<!-- a comment --><?a pi?><rss"},
		{news.RSS, `<guid isPermaLink="false"`, "<guid\n\tisPermaLink = 'false' "},
		{
			news.RSS, "<dc:creator>Ann O&#39;Hara</dc:creator>",
			`<creator xmlns="http://purl.org/dc/elements/1.1/">Ann</creator>`,
		},
		{news.Atom, "<feed", "<a:feed xmlns:a=\"http://www.w3.org/2005/Atom\""},
		{news.JSON, "Laredo", `\\ud83d \u00e9`},
		{news.JSON, `"items"`, `"_more": {"x": [1, null, true]}, "items"`},
	}
	for _, test := range tests {
		doc := string(render(t, samples()["mixed"], test.format))
		odd := strings.Replace(doc, test.from, test.to, 1)
		if odd == doc {
			t.Fatalf("the document has no %q to change", test.from)
		}
		odd = strings.Replace(odd, "</feed>", closing(test.to), 1)
		if err := Check(test.format, []byte(odd)); err != nil {
			t.Errorf("%s with %q: %v", test.format, test.to, err)
		}
	}
}

// closing is the end tag that fits a changed start tag of a feed.
func closing(start string) string {
	if strings.HasPrefix(start, "<a:feed") {
		return "</a:feed>"
	}
	return "</feed>"
}
