package parse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// first reads the first item of a feed made of some markup, in a document at origin.example.
func firstItem(t *testing.T, kind, head, inner string) news.Item {
	t.Helper()
	body := `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>` + head +
		`<item>` + inner + `</item></channel></rss>`
	switch kind {
	case "atom":
		body = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">` +
			head + `<entry>` + inner + `</entry></feed>`
	case "json":
		body = `{"version": "https://jsonfeed.org/version/1.1", ` + head + ` "items": [` + inner + `]}`
	}
	items, faults, err := Parse(news.Document{
		URL: "https://origin.example/feeds/1", Body: []byte(body),
	})
	if err != nil || len(faults) > 0 || len(items) != 1 {
		t.Fatalf("%s: %d items, %v, %v", inner, len(items), faults, err)
	}
	return items[0]
}

func TestWhoWrote(t *testing.T) {
	for inner, want := range map[string]string{
		`<media:content url="/a.jpg"><media:credit>Ana Ruiz / Agency</media:credit></media:content>`: "",
		`<media:credit>None</media:credit>`:                                                          "",
		`<author>Ana Ruiz</author><media:credit>Luis Gil</media:credit>`:                             "Ana Ruiz",
		`<title>T</title><author><name>Ana Ruiz</name><title>Editor</title></author>`:                "Ana Ruiz",
		`<image><title>A photo</title><url>/a.jpg</url></image><title>T</title>`:                     "",
		`<source url="https://wire.example/feed">Wire<title>Other</title></source>`:                  "",
		`<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Ana Ruiz</dc:creator>`:              "Ana Ruiz",
		`<itunes:author xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">A</itunes:author>`: "A",
	} {
		item := firstItem(t, "rss", "", inner)
		var names []string
		for _, a := range item.Authors {
			names = append(names, a.Name)
		}
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("%s: by %q, want %q", inner, got, want)
		}
		if item.Title != "" && item.Title != "T" {
			t.Errorf("%s: title %q", inner, item.Title)
		}
	}
}

func TestTitlesOfAtom(t *testing.T) {
	for inner, want := range map[string]string{
		`<title type="text">The &lt;b&gt; element</title>`:       "The &lt;b&gt; element",
		`<title type="html">The &lt;b&gt;bold&lt;/b&gt;</title>`: "The <b>bold</b>",
		`<title>Ley &amp;amp; vida</title>`:                      "Ley &amp; vida",
		`<title type="text">Ley &amp; vida</title>`:              "Ley &amp; vida",
	} {
		if got := firstItem(t, "atom", "", inner).Title; got != want {
			t.Errorf("%s: %q, want %q", inner, got, want)
		}
	}
}

func TestLinksOfItems(t *testing.T) {
	const site = `<link>https://diario.example/sur/</link>`
	for _, test := range []struct{ kind, head, inner, url, base string }{
		{"rss", site, `<link>/nota/1</link>`, "https://diario.example/nota/1", "https://diario.example/nota/1"},
		{"rss", site, `<link>nota/1</link>`, "https://diario.example/sur/nota/1", "https://diario.example/sur/nota/1"},
		{"rss", "", `<link>/nota/1</link>`, "https://origin.example/nota/1", "https://origin.example/nota/1"},
		{
			"rss", site, `<link xml:base="https://b.example/x/">y</link><link>/z</link>`,
			"https://diario.example/z", "https://diario.example/z",
		},
		{"rss", site, `<link>http//diario.example/1</link>`, "http://diario.example/1", "http://diario.example/1"},
		{"rss", site, `<link>www.otro.example/1</link>`, "https://www.otro.example/1", "https://www.otro.example/1"},
		{"rss", site, `<link>diario.example/1</link>`, "https://diario.example/1", "https://diario.example/1"},
		{"rss", site, `<link>https://a.example/?x=1&amp;amp;y=2</link>`, "https://a.example/?x=1&y=2", "https://a.example/?x=1&y=2"},
		{"atom", "", `<id>https://blog.example/post/1</id>`, "https://blog.example/post/1", "https://origin.example/feeds/1"},
		{"atom", "", `<id>tag:blog.example,2026:1</id>`, "", "https://origin.example/feeds/1"},
		{"atom", "", `<id>https://a.example/1</id><link href="/2"/>`, "https://origin.example/2", "https://origin.example/feeds/1"},
	} {
		item := firstItem(t, test.kind, test.head, test.inner)
		if item.URL != test.url || item.Base != test.base {
			t.Errorf("%s: at %q, its text at %q", test.inner, item.URL, item.Base)
		}
	}
}

func TestPicturesOfItems(t *testing.T) {
	const small, large = `<media:content url="https://i.example/s.jpg" width="150" height="84"/>`,
		`<media:content url="https://i.example/l.jpg" width="1200" height="675"/>`
	for _, test := range []struct{ kind, inner, want string }{
		{"rss", `<media:group>` + small + large + `</media:group>`, "l.jpg image/jpeg"},
		{"rss", `<media:group>` + large + small + `<media:thumbnail url="https://i.example/t.jpg"/></media:group>`, "l.jpg image/jpeg"},
		{
			"rss", `<media:group>` + large + `<media:content url="https://i.example/d.png" isDefault="true"/></media:group>`,
			"d.png image/png",
		},
		{
			"rss", `<media:group><media:content url="https://i.example/v.mp4" fileSize="9"/>` +
				`<media:content url="https://i.example/w.mp4" fileSize="99"/><media:thumbnail url="https://i.example/t"/></media:group>`,
			"w.mp4 video/mp4, t image/jpeg",
		},
		{"rss", `<media:content url="https://i.example/photo?id=7" medium="image"/>`, "photo?id=7 image/jpeg"},
		{"rss", `<media:thumbnail url="https://i.example/photo"/>`, "photo image/jpeg"},
		{"rss", `<media:content url="https://i.example/p.swf" type="application/x-shockwave-flash"/>`, ""},
		{
			"atom", `<link rel="enclosure" href="https://i.example/a.mp3"><media:thumbnail url="https://i.example/t.webp"/></link>`,
			"a.mp3 audio/mpeg, t.webp image/webp",
		},
		{"rss", `<image><url>https://i.example/own.jpg</url><title>x</title></image>`, "own.jpg image/jpeg"},
		{"json", `{"id": "1", "image": "https://i.example/photo/7"}`, "photo/7 image/jpeg"},
		{"json", `{"id": "1", "banner_image": "https://i.example/b.avif"}`, "b.avif image/avif"},
	} {
		var got []string
		for _, m := range firstItem(t, test.kind, "", test.inner).Media {
			got = append(got, fmt.Sprint(strings.TrimPrefix(m.URL, "https://i.example/"), " ", m.Type))
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %q, want %q", test.inner, got, test.want)
		}
	}
}

// Width and height of a picture are kept where they are stated.
func TestSizesOfPictures(t *testing.T) {
	item := firstItem(t, "rss", "", `<media:thumbnail url="https://i.example/s.jpg" width="150" height="84px"/>`+
		`<media:content url="https://i.example/l.jpg" width="1200"/><enclosure url="https://i.example/l.jpg"/>`+
		`<media:content url="https://i.example/w.jpg" width="wide" height="-3"/>`)
	got := ""
	for _, m := range item.Media {
		got += fmt.Sprintf("%s %dx%d|", strings.TrimPrefix(m.URL, "https://i.example/"), m.Width, m.Height)
	}
	if got != "l.jpg 1200x0|w.jpg 0x0|s.jpg 150x84|" {
		t.Error(got)
	}
}

// What a document's own dates leave open is told by its source's language, then by its own.
func TestDatesByTheSourcesLanguage(t *testing.T) {
	for _, c := range []struct{ lang, body, want string }{
		{"es", "<rss><channel><language>en-us</language><item><title>t</title>" +
			"<pubDate>3/4/2026</pubDate></item></channel></rss>", "2026-04-03"},
		{"", "<rss><channel><language>en-us</language><item><title>t</title>" +
			"<pubDate>3/4/2026</pubDate></item></channel></rss>", "2026-03-04"},
		{"es", "<feed xml:lang='en'><entry><title>t</title><published>3/4/2026</published></entry></feed>", "2026-04-03"},
		{"es", `{"items":[{"title":"t","date_published":"3/4/2026"}]}`, "2026-04-03"},
		{"es", "<rss><channel><item><title>t</title><pubDate>3/4/2026</pubDate></item><item>" +
			"<pubDate>3/14/2026</pubDate></item></channel></rss>", "2026-03-04"},
	} {
		items, _, err := Parse(news.Document{Lang: c.lang, Body: []byte(c.body)})
		if err != nil || len(items) == 0 || items[0].Published.Format(time.DateOnly) != c.want {
			t.Errorf("%q: %v, %v; want %s\n%s", c.lang, items, err, c.want, c.body)
		}
	}
}

// Values that few feeds write so.
func TestValuesInOtherPlaces(t *testing.T) {
	const xhtml = " xmlns='http://www.w3.org/1999/xhtml'"
	for _, c := range []struct{ kind, inner, want string }{
		{"rss", "<title>t</title><body" + xhtml + "><p>Text</p></body>", "<p>Text</p>|[]"},
		{"rss", "<title>t</title><xhtml:body xmlns:xhtml='http://www.w3.org/1999/xhtml'>Text</xhtml:body>", "Text|[]"},
		{"rss", "<title>t</title><fullitem>&lt;p>Text&lt;/p></fullitem><content:encoded>Better</content:encoded>", "Better|[]"},
		{"atom", "<title>t</title><content type='text/html' mode='base64'>PHA+VGV4\ndDwvcD4=</content>", "<p>Text</p>|[]"},
		{"rss", "<title>t</title><media:category label='River'>a/b</media:category><media:category>Arts/Film</media:category><media:category>Bridge" +
			"</media:category><itunes:category text='News'><itunes:category text='Local'/></itunes:category>", "|[River Bridge News Local]"},
	} {
		item := firstItem(t, c.kind, "", c.inner)
		if got := fmt.Sprintf("%s|%v", item.Content, item.Tags); got != c.want {
			t.Errorf("%s: %q, want %q", c.inner, got, c.want)
		}
	}
	item := firstItem(t, "atom", "", "<title>t</title><link rel='enclosure'>https://a.example/e</link>"+
		"<link rel='alternate'>https://a.example/1</link><source><title>Other</title>"+
		"<link href='https://b.example/'/></source>")
	if item.URL != "https://a.example/1" || item.Origin.Title != "Other" || item.Origin.ID != "https://b.example/" {
		t.Errorf("%+v", item)
	}
}

func TestASummaryThatOnlyLeadsOn(t *testing.T) {
	const said = `<media:content url="https://i.example/v.mp4"><media:description>x</media:description></media:content>` +
		`<media:group><media:description>The bridge opens again.</media:description></media:group>`
	for summary, want := range map[string]string{
		"Leer": "The bridge opens again.",
		`&nbsp;<a href="/1">Leer</a><img src="https://count.example/m"/>`: "The bridge opens again.",
		`<a href="/1">Leer más</a>»`:                                      "The bridge opens again.",
		"Read more…":                                                      "The bridge opens again.",
		"Leer más sobre el puente":                                        "Leer más sobre el puente",
	} {
		inner := "<description><![CDATA[" + summary + "]]></description>" + said
		if got := firstItem(t, "rss", "", inner).Summary; got != want {
			t.Errorf("%q: %q, want %q", summary, got, want)
		}
	}
}
