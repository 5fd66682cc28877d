package render

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// TestParts: what CheckParts finds are the entries and tombstones, all of them, as they stand.
func TestParts(t *testing.T) {
	first := map[news.Format]string{news.RSS: "<item>", news.Atom: "<entry ", news.JSON: "{"}
	last := map[news.Format]string{news.RSS: "</item>", news.Atom: "</entry>", news.JSON: "}"}
	for name, feed := range samples() {
		for _, format := range news.Formats {
			doc := render(t, feed, format)
			parts, err := CheckParts(format, doc)
			if err != nil {
				t.Fatalf("%s.%s: %v", name, format, err)
			}
			want := (&draft{feed: &feed}).tombstones()
			if format != news.Atom {
				want = nil
			}
			gone, parts := parts[:len(want)], parts[len(want):]
			for i, e := range feed.Entries {
				p := parts[i]
				text := doc[p.Start:p.End]
				if p.ID != e.ID.URN() || p.Gone || !bytes.Contains(text, []byte(p.ID)) {
					t.Errorf("%s.%s: part %d is %+v, want entry %s", name, format, i, p, e.ID)
				}
				if !bytes.HasPrefix(text, []byte(first[format])) ||
					!bytes.HasSuffix(text, []byte(last[format])) {
					t.Errorf("%s.%s: part %d is %s", name, format, i, text)
				}
			}
			same := slices.EqualFunc(gone, want, func(p news.Part, tomb news.Tombstone) bool {
				return p.Gone && p.ID == tomb.ID.URN() &&
					bytes.HasPrefix(doc[p.Start:p.End], []byte("<at:deleted-entry "))
			})
			if !same {
				t.Errorf("%s.%s: tombstones %+v, want %+v", name, format, gone, want)
			}
		}
	}
}

// TestPartsOfOthers: an object that only looks like an item is none.
func TestPartsOfOthers(t *testing.T) {
	doc := bytes.Replace(render(t, samples()["mixed"], news.JSON), []byte(`"items"`),
		[]byte(`"_a": {"items": [{"items": [{}]}]}, "_items": [{}], "_b": [[{}]], "items"`), 1)
	parts, err := CheckParts(news.JSON, doc)
	if err != nil || len(parts) != len(samples()["mixed"].Entries) {
		t.Errorf("parts %+v, error %v", parts, err)
	}
}

// TestCut: whatever is cut out of a document, the rest passes Check, and what is kept stands there
// byte by byte.
func TestCut(t *testing.T) {
	for name, feed := range samples() {
		for _, format := range news.Formats {
			t.Run(name+"."+string(format), func(t *testing.T) {
				doc := render(t, feed, format)
				parts, err := CheckParts(format, doc)
				if err != nil {
					t.Fatal(err)
				}
				rapid.Check(t, func(t *rapid.T) {
					n := len(parts)
					checkCut(t, format, doc, parts, rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "keep"))
				})
				checkCut(t, format, doc, parts, make([]bool, len(parts)))
			})
		}
	}
}

// checkCut holds one cut to what Cut promises.
func checkCut(
	t interface {
		Helper()
		Fatalf(format string, args ...any)
	},
	format news.Format, doc []byte, parts []news.Part, keep []bool,
) {
	t.Helper()
	before := bytes.Clone(doc)
	got := Cut(format, doc, parts, func(i int) bool { return keep[i] })
	if !bytes.Equal(doc, before) {
		t.Fatalf("the document itself was changed")
	}
	left, err := CheckParts(format, got)
	if err != nil {
		t.Fatalf("keep %v: %v\n%s", keep, err, got)
	}
	for i, part := range parts {
		if !keep[i] {
			continue
		}
		if len(left) == 0 {
			t.Fatalf("keep %v: part %d is lost", keep, i)
		}
		a, b := doc[part.Start:part.End], got[left[0].Start:left[0].End]
		if left[0].ID != part.ID || left[0].Gone != part.Gone || !bytes.Equal(a, b) {
			t.Fatalf("part %d was %s, is %s", i, a, b)
		}
		left = left[1:]
	}
	if len(left) > 0 {
		t.Fatalf("keep %v: parts %+v are left", keep, left)
	}
	if !slices.Contains(keep, false) && !bytes.Equal(got, doc) {
		t.Fatalf("nothing was cut, and the bytes are others")
	}
}

// TestCutIsNeat: a cut document looks as if it had been written so.
func TestCutIsNeat(t *testing.T) {
	feed := samples()["past"]
	less := feed
	less.Entries, less.Gone = feed.Entries[1:], feed.Gone[:1]
	for _, format := range news.Formats {
		doc := render(t, feed, format)
		parts, err := CheckParts(format, doc)
		if err != nil {
			t.Fatal(err)
		}
		kept := map[string]bool{feed.Entries[1].ID.URN(): true, feed.Gone[0].ID.URN(): true}
		got := Cut(format, doc, parts, func(i int) bool { return kept[parts[i].ID] })
		if want := render(t, less, format); !bytes.Equal(got, want) {
			t.Errorf("%s: got %s, want %s", format, got, want)
		}
	}
}

// FuzzCut: of any document that Check lets pass, any parts can be cut.
func FuzzCut(f *testing.F) {
	for _, feed := range samples() {
		for i, format := range news.Formats {
			doc, err := testRenderer().Render(feed, format)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(i, doc, uint64(5))
		}
	}
	f.Fuzz(func(t *testing.T, i int, doc []byte, bits uint64) {
		format := news.Formats[uint(i)%uint(len(news.Formats))]
		parts, err := CheckParts(format, doc)
		if err != nil {
			return
		}
		keep := make([]bool, len(parts))
		for i := range keep {
			keep[i] = bits>>(i%64)&1 == 1
		}
		checkCut(t, format, doc, parts, keep)
	})
}
