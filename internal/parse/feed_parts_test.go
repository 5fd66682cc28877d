package parse

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/teletipo/teletipo/internal/news"
)

func TestDecodeFeed(t *testing.T) {
	little := func(bom unicode.BOMPolicy) encoding.Encoding {
		return unicode.UTF16(unicode.LittleEndian, bom)
	}
	big := func(bom unicode.BOMPolicy) encoding.Encoding {
		return unicode.UTF16(unicode.BigEndian, bom)
	}
	western := charmap.Windows1252
	const bare = "<rss><title>Peña €</title></rss>"
	declared := func(charset string) string {
		return `<?xml version="1.0" encoding="` + charset + `"?>` + bare
	}
	for _, c := range []struct {
		name, text, mediaType string
		enc                   encoding.Encoding
	}{
		{"plain", bare, "", nil},
		{"declared", declared("utf-8"), "text/xml; charset=UTF-8", nil},
		{"the server is wrong", declared("utf-8"), "text/xml; charset=iso-8859-1", nil},
		{"the document is wrong", declared("iso-8859-1"), "", nil},
		{"a charset that nobody knows", declared("x-nobody"), "text/xml; charset=huh", nil},
		{"UTF-8 with a mark", bare, "", unicode.UTF8BOM},
		{"the server says", bare, "text/xml; charset=windows-1252", western},
		{"the document says", declared("windows-1252"), "", western},
		{"single quotes", strings.ReplaceAll(declared("windows-1252"), `"`, "'"), "", western},
		{"nobody says", bare, "", western},
		{"both say UTF-8, and it is not", declared("utf-8"), "text/xml; charset=utf-8", western},
		{"iso-8859-15", declared("iso-8859-15"), "", charmap.ISO8859_15},
		{"UTF-16 with a mark", declared("utf-16"), "text/xml", little(unicode.UseBOM)},
		{"UTF-16BE with a mark", declared("utf-16"), "", big(unicode.UseBOM)},
		{"UTF-16LE", declared("utf-16le"), "", little(unicode.IgnoreBOM)},
		{"UTF-16BE", declared("utf-8"), "", big(unicode.IgnoreBOM)},
		{"UTF-32LE", declared("utf-32"), "", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
		{"UTF-32BE", declared("utf-32"), "", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	} {
		body := []byte(c.text)
		if c.enc != nil {
			var err error
			if body, err = c.enc.NewEncoder().Bytes(body); err != nil {
				t.Fatal(c.name, err)
			}
		}
		if got := string(decodeFeed(body, c.mediaType)); got != c.text {
			t.Errorf("%s: %q, want %q", c.name, got, c.text)
		}
	}
}

func TestDecodeFeedFarFromHome(t *testing.T) {
	for charset, enc := range map[string]encoding.Encoding{
		"shift_jis": japanese.ShiftJIS, "iso-2022-jp": japanese.ISO2022JP,
		"euc-jp": japanese.EUCJP, "gb18030": simplifiedchinese.GB18030,
	} {
		text := `<?xml version="1.0" encoding="` + charset + `"?><rss>国境</rss>`
		body, err := enc.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(decodeFeed(body, "")); got != text {
			t.Errorf("%s: %q, want %q", charset, got, text)
		}
	}
}

func TestDecodeFeedTakesAwayWhatXMLForbids(t *testing.T) {
	for text, want := range map[string]string{
		"a\x00b\x01c\x1Fd":             "abcd",
		"tab\tline\nreturn\r":          "tab\tline\nreturn\r",
		"a\uFFFEb\uFFFFc":              "abc",
		"a&#0;b&#8;c&#x1f;d&#X1F;e":    "abcde",
		"a&#xFFFE;b&#xD83D;c":          "abc",
		"&#10;&#9;&#x41;&#65;&#xFFFD;": "&#10;&#9;&#x41;&#65;&#xFFFD;",
		"&#;&#x;&#12345678901;&#":      "&#;&#x;&#12345678901;&#",
		"ñ\x01ñ":                       "ññ",
		"":                             "",
		"caf\xc3\xa9 \xff!":            "caf\xc3\xa9 \uFFFD!", // damage within UTF-8
	} {
		if got := string(decodeFeed([]byte(text), "text/xml; charset=utf-8")); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]string{
		"2025-03-04T05:06:07Z":                                  "2025-03-04T05:06:07Z",
		"2025-03-04T05:06:07.25-06:00":                          "2025-03-04T11:06:07.25Z",
		"2025-03-04T05:06:07-0600":                              "2025-03-04T11:06:07Z",
		"2025-03-04T05:06Z":                                     "2025-03-04T05:06:00Z",
		"2025-03-04T05:06:07":                                   "2025-03-04T05:06:07Z",
		"2025-03-04 05:06:07":                                   "2025-03-04T05:06:07Z",
		"2025-03-04 05:06:07 -0600":                             "2025-03-04T11:06:07Z",
		"2025/03/04":                                            "2025-03-04T00:00:00Z",
		" 2025-03-04\n":                                         "2025-03-04T00:00:00Z",
		"Tue, 04 Mar 2025 05:06:07 -0600":                       "2025-03-04T11:06:07Z",
		"Tue, 04 Mar 2025 05:06:07 +01:00":                      "2025-03-04T04:06:07Z",
		"Tue, 04 Mar 2025 05:06:07 GMT":                         "2025-03-04T05:06:07Z",
		"Tue, 4 Mar 2025 05:06 CST":                             "2025-03-04T11:06:00Z",
		"Tue, 4 Mar 2025 05:06:07 GMT+0100":                     "2025-03-04T04:06:07Z",
		"Tue, 4 Mar 2025 05:06:07GMT":                           "2025-03-04T05:06:07Z",
		"Tue, 4 Mar 2025 24:00:00 GMT":                          "",
		"04 Mar 25 05:06 EST":                                   "2025-03-04T10:06:00Z",
		"Tuesday, 04-Mar-25 05:06:07 UTC":                       "2025-03-04T05:06:07Z",
		"Tue Mar  4 05:06:07 2025":                              "2025-03-04T05:06:07Z",
		"March 4, 2025 5:06 pm":                                 "2025-03-04T17:06:00Z",
		"March 4th, 2025, 12:06am":                              "2025-03-04T00:06:00Z",
		"4 March 2025":                                          "2025-03-04T00:00:00Z",
		"mar, 04 mar 2025 05:06:07 -0600":                       "2025-03-04T11:06:07Z",
		"Miércoles, 5 de marzo de 2025":                         "2025-03-05T00:00:00Z",
		"3 de septiembre de 2025 a las 9:30":                    "2025-09-03T09:30:00Z",
		"jue, 01 ene 2026 00:00:00 +0000":                       "2026-01-01T00:00:00Z",
		"Fri, 11/27/2026 - 18:26":                               "2026-11-27T18:26:00Z",
		"Friday, November 27, 2026 - 18:26":                     "2026-11-27T18:26:00Z",
		"27-11-2026 18:26:10":                                   "2026-11-27T18:26:10Z",
		"27.11.2026 18:26":                                      "2026-11-27T18:26:00Z",
		"05.11.2026":                                            "2026-11-05T00:00:00Z",
		"5/11/2026 9:00:00 AM":                                  "2026-05-11T09:00:00Z",
		"5/11/2026 9:00":                                        "",
		"13/13/2026":                                            "",
		"27 de noviembre de 2026, 18:26 hrs":                    "2026-11-27T18:26:00Z",
		"Fri, 27 Nov 2026 18:00:00 ART":                         "2026-11-27T21:00:00Z",
		"Fri, 27 Nov 2026 18:00:00 MSK":                         "2026-11-27T15:00:00Z",
		"Fri, 27 Nov 2026 18:30:00 IST":                         "2026-11-27T13:00:00Z",
		"Fri, 27 Nov 2026 18:26:00 CT":                          "2026-11-28T00:26:00Z",
		"Fri, 10 Jul 2026 18:26:00 CT":                          "2026-07-10T23:26:00Z",
		"Sun, 8 Mar 2026 01:59:59 ET":                           "2026-03-08T06:59:59Z",
		"Sun, 8 Mar 2026 03:00:00 ET":                           "2026-03-08T07:00:00Z",
		"Fri, 27 Nov 2026 18:00:00 XYZT":                        "2026-11-27T18:00:00Z",
		"2026-07-10T18:26:00[America/New_York]":                 "2026-07-10T22:26:00Z",
		"Publicado el 27 de noviembre de 2026 a las 6:26 p. m.": "2026-11-27T18:26:00Z",
		"27 nov. 2026 18h30":                                    "2026-11-27T18:30:00Z",
		"27 novembre 2026 à 18h":                                "2026-11-27T18:00:00Z",
		"27/11/2026 18.26 hrs":                                  "2026-11-27T18:26:00Z",
		"27/11/26 18:26h":                                       "2026-11-27T18:26:00Z",
		"1er août 2026":                                         "2026-08-01T00:00:00Z",
		"Montag, 2. März 2026 09:00 Uhr":                        "2026-03-02T09:00:00Z",
		"terça-feira, 3 de fevereiro de 2026":                   "2026-02-03T00:00:00Z",
		"20261127":                                              "2026-11-27T00:00:00Z",
		"20261127182600":                                        "2026-11-27T18:26:00Z",
		"1795803960":                                            "2026-11-27T18:26:00Z",
		"1795803960000":                                         "2026-11-27T18:26:00Z",
		"2026-11-27T18:26:00-06:00[America/Mexico_City]":        "2026-11-28T00:26:00Z",
		"0001-01-01T00:00:00Z":                                  "0001-01-01T00:00:00Z",
		"3000-01-01":                                            "3000-01-01T00:00:00Z",
		"":                                                      "",
		"Tue, 2025-03-04":                                       "2025-03-04T00:00:00Z",
		"yesterday":                                             "",
		"03/04/05":                                              "",
		"31 Feb 2025":                                           "",
		"2025":                                                  "",
		"March 2025":                                            "",
		"12:30":                                                 "",
		"4 Mar 2025 99:00":                                      "",
		"4 Mar 2025 10:00 +9999":                                "",
		"4 Mar 2025 and more":                                   "2025-03-04T00:00:00Z",
		"2025-13-45":                                            "",
		strings.Repeat("2025 ", 100):                            "",
	} {
		got := ""
		if d := parseDate(text); !d.IsZero() || strings.HasPrefix(text, "0001") {
			got = d.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPerson(t *testing.T) {
	for text, want := range map[string]news.Author{
		"Ana Ruiz":                       {Name: "Ana Ruiz"},
		" Ana \n Ruiz ":                  {Name: "Ana Ruiz"},
		"ana@x.example (Ana Ruiz)":       {Name: "Ana Ruiz", Email: "ana@x.example"},
		"Ana Ruiz (ana@x.example)":       {Name: "Ana Ruiz", Email: "ana@x.example"},
		"Ana Ruiz <ana@x.example>":       {Name: "Ana Ruiz", Email: "ana@x.example"},
		"ana@x.example":                  {Email: "ana@x.example"},
		"Ana (Mexico) Ruiz":              {Name: "Ana (Mexico) Ruiz"},
		"Ana Ruiz @anaruiz":              {Name: "Ana Ruiz @anaruiz"},
		"ana@x.example (Ana (the) Ruiz)": {Name: "Ana (the) Ruiz", Email: "ana@x.example"},
		"":                               {},
	} {
		if got := person(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestTidyAuthors(t *testing.T) {
	got := tidyAuthors([]news.Author{
		{Name: "Ana"}, {}, {Email: "mailto:x@y.example"}, {Name: " ANA "}, {URL: "https://x"},
	})
	if len(got) != 2 || got[0].Name != "Ana" ||
		got[1] != (news.Author{Name: "x@y.example", Email: "x@y.example"}) {
		t.Errorf("%+v", got)
	}
}

func TestResolve(t *testing.T) {
	for _, c := range [][3]string{
		{"https://x.example/a/b.html", "c", "https://x.example/a/c"},
		{"https://x.example/a/b.html", "/c?d#e", "https://x.example/c?d#e"},
		{"https://x.example/a/", "//y.example/", "https://y.example/"},
		{"https://x.example/a/", " https://y.example/ ", "https://y.example/"},
		{"https://x.example/a/", "", "https://x.example/a/"},
		{"https://x.example/a/", "http://[::1", "http://[::1"},
		{"http://[::1", "c", "c"},
		{"", "c", "c"},
		{"", "", ""},
	} {
		if got := resolve(c[0], c[1]); got != c[2] {
			t.Errorf("%q and %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestMendGivesWhatParsersTake(t *testing.T) {
	for _, text := range []string{
		"<rss><item><a><b></a></b><c x=1 y='<' z></item></rss>",
		"<rss><item><p>1<br>2<BR>3</br><hr/></p></item>",
		"<rss><item><![CDATA[a]]>b]]>c<![CDATA[d</item><item/></rss>",
		"<rss><item>a < b <3 <= </ > <!> <? ?> &<x:y:z>&lt</item></rss>",
		"<rss><item><a b=\"c>d</a></item></rss>",
		"<rss><item><a b='c' d=e/><f g/><h i = 'j'/></item></rss>",
		"<rss><item><title><link>x</link></item></rss>",
		"<rss><item xml:base='x' xmlns='y'><a xml:base='z' c='d'/></item></rss>",
		"<rss><item><a\n></item></rss><rss><item></rss>",
		"<feed><entry><content><entry>inner</entry></content></entry><entry></feed>",
		"<rss><item><a <b>c</b></a></item></rss>",
		"<rss><item>" + strings.Repeat("<x>", 3000) + "deep" + strings.Repeat("</x>", 3000) + "</item>",
	} {
		feed := mendFeed([]byte(text))
		if len(feed.items) == 0 {
			t.Errorf("%.80s: no items", text)
		}
		for _, item := range feed.items {
			wellFormed(t, feed, item.xml)
		}
		wellFormed(t, feed, feed.head)
	}
}

// wellFormed checks that a strict parser takes the tags of a document; entities may be unknown.
func wellFormed(t *testing.T, feed *xmlFeed, piece []byte) {
	t.Helper()
	text := "<root"
	for _, a := range feed.names {
		text += string(appendAttr(nil, a))
	}
	text += ">" + string(piece) + "</root>"
	plain := strings.ReplaceAll(text, "&", "+")
	dec := xml.NewDecoder(strings.NewReader(plain))
	for depth := 0; ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%v in %.300q", err, plain)
			return
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > maxFeedDepth+2 {
			t.Errorf("%d elements deep", depth)
			return
		}
	}
}

// What a date leaves open is told by the language and the other dates of its document.
func TestDatesOfADocument(t *testing.T) {
	for _, test := range []struct{ lang, others, date, want string }{
		{"es", "", "5/11/2026 9:00", "2026-11-05"},
		{"es-MX", "", "5/11/2026 9:00", "2026-11-05"},
		{"en", "", "5/11/2026 9:00", "2026-05-11"},
		{"en-US", "", "5/11/2026 9:00", "2026-05-11"},
		{"en-GB", "", "5/11/2026 9:00", "2026-11-05"},
		{"", "", "5/11/2026 9:00", ""},
		{"", "", "5/11/2026 9:00:00 PM", "2026-05-11"},
		{"", "<pubDate>27/11/2026 10:00</pubDate>", "5/11/2026 9:00", "2026-11-05"},
		{"es", "<pubDate>Fri, 11/27/2026 - 10:00</pubDate>", "5/11/2026 9:00", "2026-05-11"},
		{"en", "<dc:date><![CDATA[27/11/2026]]></dc:date>", "5/11/2026 9:00 PM", "2026-11-05"},
		{"en", "<p>27/11/2026</p>", "5/11/2026 9:00", "2026-05-11"},
		{"", "<pubDate>Fri, 27 Nov 2026 10:00:00 -0600</pubDate>", "26 Nov 2026 20:00 HCM", "2026-11-27"},
		{"", "<pubDate>Fri, 27 Nov 2026 10:00:00 -0600</pubDate>", "26 Nov 2026 20:00 GMT", "2026-11-26"},
	} {
		d := dater{text: []byte(test.others), lang: test.lang}
		got := ""
		if at := d.date(test.date); !at.IsZero() {
			got = at.Format(time.DateOnly)
		}
		if got != test.want {
			t.Errorf("%s beside %q in %q: %q, want %q", test.date, test.others, test.lang, got, test.want)
		}
	}
}
