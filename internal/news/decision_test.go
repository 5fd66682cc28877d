package news_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestDecided(t *testing.T) {
	ruled := []news.Placement{{Topic: "a", Score: 7, Threshold: 6}, {Topic: "b", Score: 9, Threshold: 6}}
	decisions := []news.Decision{
		{Topic: "a", In: true, By: "ana"}, {Topic: "b", By: "ben"}, {Topic: "c", In: true, By: "ana"},
	}
	got := news.Decided(ruled, decisions)
	want := []news.Placement{
		{Topic: "a", Score: 7, Threshold: 6, Evidence: []news.Evidence{
			{Term: "placed by ana", Place: "editor", Count: 1},
		}},
		{Topic: "c", Score: 1, Threshold: 1, Evidence: []news.Evidence{
			{Term: "placed by ana", Place: "editor", Count: 1, Weight: 1},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decided (-want +got):\n%s", diff)
	}
	if len(ruled) != 2 || ruled[0].Evidence != nil || ruled[1].Topic != "b" {
		t.Errorf("the rules' placements were changed: %+v", ruled)
	}

	text, err := json.Marshal(news.Decided([]news.Placement{{Topic: "b"}}, nil))
	if err != nil || string(text) != `[{"topic":"b","score":0,"threshold":0}]` {
		t.Errorf("%s, %v", text, err)
	}
}

func TestParseDecision(t *testing.T) {
	for _, sign := range []string{"+border", "-us-mexico"} {
		if d, err := news.ParseDecision(sign); err != nil || d.Sign() != sign {
			t.Errorf("%s: %+v, %v", sign, d, err)
		}
	}
	for _, sign := range []string{"", "+", "-", "border", "+all", "-all"} {
		if d, err := news.ParseDecision(sign); news.KindOf(err) != news.Invalid {
			t.Errorf("%s: %+v, %v", sign, d, err)
		}
	}
}
