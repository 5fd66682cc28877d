package parse

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

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
