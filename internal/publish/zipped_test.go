package publish

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/render"
)

// TestZip: a document in parts is the document, however it is cut, and what an earlier one had too
// changes no byte of it.
func TestZip(t *testing.T) {
	var text []byte
	for n := range 40 {
		text = append(text, article(n).Content...)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := newCoder()
		var before *zipped
		for range rapid.IntRange(1, 4).Draw(t, "documents") {
			doc := text[rapid.IntRange(0, 9000).Draw(t, "from"):rapid.IntRange(9000, len(text)).Draw(t, "to")]
			list := rapid.SliceOfNDistinct(rapid.IntRange(1, max(len(doc)-1, 1)), 0, 5,
				rapid.ID[int]).Draw(t, "cuts")
			slices.Sort(list)
			if len(doc) < 2 {
				list = nil
			}
			z, err := c.zip(doc, list, before)
			if err != nil {
				t.Fatal(err)
			}
			anew, err := newCoder().zip(doc, list, nil)
			if err != nil || !bytes.Equal(z.body, anew.body) {
				t.Fatalf("the bytes depend on what came before, %v", err)
			}
			if got, err := unzip(z.body, len(doc)); err != nil || !bytes.Equal(got, doc) {
				t.Fatalf("it unzips to something else, %v", err)
			}
			before = &z
		}
	})
}

// TestCuts: parts of a long document begin with entries, and what is new in front of them leaves
// them where they were.
func TestCuts(t *testing.T) {
	var doc render.Document
	doc.Head = []byte("{")
	for n := range 300 {
		e := article(n)
		doc.Pieces = append(doc.Pieces, render.Piece{ID: e.ID, Body: []byte(e.Content)})
	}
	size := len(doc.Bytes(nil))
	before := cuts(&doc, size)
	if n := size / partSize; len(before) < n/3 || len(before) > 3*n {
		t.Errorf("%d cuts in %d bytes", len(before), size)
	}
	body := []byte("something new")
	doc.Pieces = slices.Insert(doc.Pieces, 0, render.Piece{ID: news.MintID("n", "n"), Body: body})
	after := cuts(&doc, size+len(body))
	for i := range before {
		before[i] += len(body)
	}
	if first := doc.Layout().Start(1); len(after) > 0 && after[0] == first {
		after = after[1:] // the entry that is first no more may begin a part
	}
	if !slices.Equal(before, after) {
		t.Errorf("cuts at %v, want %v", after, before)
	}
	if list := cuts(&doc, longFrom-1); list != nil {
		t.Errorf("a short document is cut at %v", list)
	}
}
