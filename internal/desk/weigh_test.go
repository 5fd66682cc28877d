package desk

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestWeighTakesArticlesWithTheirContent(t *testing.T) {
	for name, d := range desks(t, sample()) {
		results, err := Weigh.Ask(t.Context(), d, []news.Candidate{
			{Article: news.Article{ID: news.MintID("s", "1"), GUID: "1", Content: "<p>One</p>"}},
			{Article: news.Article{ID: news.MintID("s", "2"), GUID: "2"}},
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(results) != 2 || results[1].ID != news.MintID("s", "2") {
			t.Errorf("%s: results %+v", name, results)
		}
	}
	f := sample()
	for name, d := range desks(t, f) {
		f.asked = nil
		_, err := Weigh.Ask(t.Context(), d, []news.Candidate{
			{Article: news.Article{GUID: "1", Content: "<p>One</p>"}},
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]string{`weigh 1 "<p>One</p>"`}, f.asked); diff != "" {
			t.Errorf("%s: asked (-want +got):\n%s", name, diff)
		}
	}
}
