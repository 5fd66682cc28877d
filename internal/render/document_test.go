package render

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// TestPieces: a document of some pieces is the document that was written of those alone, as far as
// its frame is the same, and its layout finds them again.
func TestPieces(t *testing.T) {
	first := map[news.Format]string{news.RSS: "<item>", news.Atom: "<entry ", news.JSON: "{"}
	for name, feed := range samples() {
		for _, format := range news.Formats {
			doc, err := testRenderer().Render(feed, format)
			if err != nil {
				t.Fatal(err)
			}
			whole := doc.Bytes(nil)
			again := doc.Layout().Parts(whole)
			if !bytes.Equal(again.Head, doc.Head) || !bytes.Equal(again.End, doc.End) {
				t.Errorf("%s.%s: the layout has another frame", name, format)
			}
			for i, p := range doc.Pieces {
				text, start := bytes.TrimSpace(p.Body), first[format]
				if p.Gone {
					start = "<at:deleted-entry "
				}
				if !bytes.HasPrefix(text, []byte(start)) || !bytes.Contains(text, []byte(p.ID.URN())) {
					t.Errorf("%s.%s: piece %d is %s", name, format, i, text)
				}
				if !bytes.Equal(again.Pieces[i].Body, p.Body) {
					t.Errorf("%s.%s: piece %d is elsewhere", name, format, i)
				}
			}
			rapid.Check(t, func(t *rapid.T) {
				keep := rapid.SliceOfN(rapid.Bool(), len(doc.Pieces), len(doc.Pieces)).Draw(t, "keep")
				got := doc.Bytes(func(i int) bool { return keep[i] })
				less := *doc
				less.Pieces = nil
				for i, p := range doc.Pieces {
					if keep[i] {
						less.Pieces = append(less.Pieces, p)
					}
				}
				if want := less.Bytes(nil); !bytes.Equal(got, want) {
					t.Fatalf("got %s, want %s", got, want)
				}
				if format == news.JSON {
					err = checkJSON(got)
				} else {
					err = wellFormed(got)
				}
				if err != nil {
					t.Fatalf("%v in\n%s", err, got)
				}
			})
		}
	}
}

// TestSomePieces: a document of some pieces looks as if it had been written so.
func TestSomePieces(t *testing.T) {
	feed := samples()["past"]
	less := feed
	less.Entries, less.Gone = feed.Entries[1:], feed.Gone[:1]
	kept := []news.ID{less.Entries[0].ID, less.Gone[0].ID}
	for _, format := range news.Formats {
		doc, err := testRenderer().Render(feed, format)
		if err != nil {
			t.Fatal(err)
		}
		got := doc.Bytes(func(i int) bool { return slices.Contains(kept, doc.Pieces[i].ID) })
		if want := render(t, less, format); !bytes.Equal(got, want) {
			t.Errorf("%s: got %s, want %s", format, got, want)
		}
	}
}

// TestVariant: an entry has the same bytes in two feeds exactly where its variant says so.
func TestVariant(t *testing.T) {
	keys := []news.FeedKey{
		{Topic: news.All}, {Topic: "border"}, {Topic: "border", Lang: "en"}, {Topic: "all", Lang: "es"},
	}
	for _, format := range news.Formats {
		for _, e := range samples()["mixed"].Entries {
			bodies := map[string]string{}
			for _, key := range keys {
				d, err := testRenderer().Draft(sampleFeed(key), format)
				if err != nil {
					t.Fatal(err)
				}
				body, err := d.Entry(&e)
				if err != nil {
					t.Fatal(err)
				}
				if was, ok := bodies[d.Variant(&e)]; ok && was != string(body) {
					t.Errorf("%s: %q is not one: %s and %s", format, d.Variant(&e), was, body)
				}
				bodies[d.Variant(&e)] = string(body)
			}
			if len(bodies) == len(keys) {
				t.Errorf("%s: each feed has a variant of its own", format)
			}
		}
	}
}

// TestIllFormed: a piece that would spoil a document is refused.
func TestIllFormed(t *testing.T) {
	for _, test := range []struct {
		format news.Format
		text   string
		frame  bool
	}{
		{news.RSS, "<item>\x0b</item>", false},
		{news.RSS, "<item>\xff</item>", false},
		{news.RSS, "<item>\ufffe</item>", false},
		{news.RSS, "<item></item><item></item>", false},
		{news.RSS, "<item></channel></item>", false},
		{news.RSS, "</channel><channel>", false},
		{news.RSS, "<item>", false},
		{news.RSS, "<item/> and", false},
		{news.RSS, "<item><x:a/></item>", false},
		{news.RSS, `<item><b xmlns:x="urn:x"/><x:a/></item>`, false},
		{news.RSS, `<item a="1" a="2"/>`, false},
		{news.RSS, "<item><a:b:c/></item>", false},
		{news.RSS, "<item><dc:creator/></item>", true},
		{news.RSS, "<!DOCTYPE rss><rss/>", true},
		{news.RSS, "", true},
		{news.Atom, "<entry><dc:creator/></entry>", false},
		{news.JSON, `{"a": 1, "a": 2}`, false},
		{news.JSON, `{"a": [{"b": 1, "b": 2}]}`, false},
		{news.JSON, `{}, {}`, false},
		{news.JSON, `{"a": }`, false},
		{news.JSON, `{"a": "\x00"}`, false},
		{news.JSON, "", false},
	} {
		d, err := testRenderer().Draft(samples()["mixed"], test.format)
		if err != nil {
			t.Fatal(err)
		}
		if d.check([]byte(test.text), test.frame) == nil {
			t.Errorf("%s: %s passes", test.format, test.text)
		}
	}
}
