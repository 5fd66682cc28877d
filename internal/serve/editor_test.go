package serve

import (
	"slices"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestEditorsAreNotNamed: readers learn that an editor placed an article, not who.
func TestEditorsAreNotNamed(t *testing.T) {
	p := newPages(Settings{
		Site:   news.Site{Languages: []string{"en"}},
		Topics: []news.Topic{{ID: "border", Titles: map[string]string{"en": "Border"}}},
	})
	reasons := p.reasons([]news.Placement{{
		Topic: "border", Score: 6, Threshold: 6, Evidence: []news.Evidence{
			{Term: "fence", Place: "title", Count: 1, Weight: 2},
			{Term: "placed by ana", Place: news.ByEditor, Count: 1, Weight: 4},
		},
	}})
	want := []string{"fence", "placed by an editor"}
	if len(reasons) != 1 || !slices.Equal(reasons[0].Terms, want) {
		t.Errorf("%+v, want terms %q", reasons, want)
	}
}
