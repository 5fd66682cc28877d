package parse

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
)

// FuzzKnown holds that reading a document without what is known gives the rest of it: all of it if
// nothing is known, and nothing that has a mark if everything is.
func FuzzKnown(f *testing.F) {
	for _, seed := range []string{
		"<rss><channel><item><title>a</title><guid>1</guid></item><item><title>b</title></item></channel></rss>",
		"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>a</title></entry></feed>",
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"a"},3,{"id":"2"}]}`,
		`[{"id":1,"title":{"rendered":"a"}},{"id":2},{"status":"draft"},7]`,
	} {
		f.Add(false, []byte(seed))
		f.Add(true, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, posts bool, body []byte) {
		doc := news.Document{URL: "https://x.example/feed", Body: body}
		if posts {
			doc.MediaType = news.WordPressPosts
		}
		inProportion(t, doc)
		all, faults, err := Parse(doc)
		none, passed, _, noneErr := ParseNew(doc, boilerplate.BuiltIn(), func(uint64) bool { return false })
		if (err == nil) != (noneErr == nil) || len(passed) > 0 || !cmp.Equal(all, none) {
			t.Fatalf("of what is new all is: %d items, %d passed, %v; want %d, %v",
				len(none), len(passed), noneErr, len(all), err)
		}
		var marks []uint64
		for _, item := range all {
			if item.Mark != 0 {
				marks = append(marks, item.Mark)
			}
		}
		rest, passed, restFaults, _ := ParseNew(doc, boilerplate.BuiltIn(), func(mark uint64) bool {
			return slices.Contains(marks, mark)
		})
		if !slices.Equal(passed, marks) || len(rest) != len(all)-len(marks) ||
			len(restFaults) != len(faults) {
			t.Errorf("of %d items with %d faults, known by %v: %d read, %v passed, %d faults",
				len(all), len(faults), marks, len(rest), passed, len(restFaults))
		}
	})
}
