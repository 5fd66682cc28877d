package desk

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

func (f *fake) Decide(
	_ context.Context, id news.ID, decisions []news.Decision, reset []string,
) (news.Result, error) {
	f.note("decide %d %v %v", len(decisions), decisions[0].Sign(), reset)
	return news.Result{Outcome: news.Updated, ID: id}, f.err
}

func (f *fake) Stored(after uint64, most int) ([]news.Stored, uint64, error) {
	f.note("stored %d %d", after, most)
	return []news.Stored{{Key: after + 1, Entry: f.entry}}, after + 1, f.err
}

func (f *fake) Classified() (news.Classified, error) {
	return news.Classified{Rules: "old", Key: 3, Last: 7, Read: 3}, f.err
}

func (f *fake) ClassifiedBy() ([]news.Topic, error) {
	return []news.Topic{{ID: "border", Terms: []news.Term{{Text: "fence", Weight: 2}}}}, f.err
}

func (f *fake) Counts(topics []string) ([]int, error) {
	return make([]int, len(topics)), f.err
}

// rulesInForce are those of two topics, whose files have a fault by now.
func rulesInForce() *classify.InForce {
	inForce := classify.Enforce(&classify.Rules{
		Topics: []news.Topic{{ID: "border"}, {ID: "cartels"}}, Hash: "new",
	})
	inForce.Refuse("border.yaml:1:1: has no title")
	return inForce
}

func TestEditorial(t *testing.T) {
	f := &fake{entry: news.Entry{Article: news.Article{ID: news.ID{7}, Content: "<p>text</p>"}}}
	for name, d := range desks(t, f) {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			f.asked = nil
			decisions := []news.Decision{{Topic: "border", In: true, By: "ana"}}
			result, err := Place.Ask(ctx, d, Placing{news.ID{7}, decisions, []string{"cartels"}})
			if err != nil || result.ID != (news.ID{7}) {
				t.Errorf("place: %+v, %v", result, err)
			}
			decisions[0].Topic = "bordr"
			_, err = Place.Ask(ctx, d, Placing{news.ID{7}, decisions, nil})
			if news.KindOf(err) != news.NotFound ||
				err.Error() != `there is no topic "bordr"; there are border, cartels` {
				t.Errorf("a topic that is not: %v", err)
			}
			decisions[0] = news.Decision{Topic: "border"}
			if _, err = Place.Ask(ctx, d, Placing{news.ID{7}, decisions, nil}); news.KindOf(err) != news.Invalid {
				t.Errorf("by nobody: %v", err)
			}
			page, err := Stored.Ask(ctx, d, Page{4, 5000})
			if err != nil || page.Last != 5 || len(page.Batch) != 1 ||
				page.Batch[0].Entry.Content != "<p>text</p>" {
				t.Errorf("stored: %+v, %v", page, err)
			}
			report, err := Topics.Ask(ctx, d, None{})
			want := news.TopicsReport{
				Topics: []news.TopicCount{{ID: "border"}, {ID: "cartels"}}, Rules: "new",
				Classified: news.Classified{Rules: "old", Key: 3, Last: 7, Read: 3},
				Faults:     "border.yaml:1:1: has no title",
			}
			if diff := cmp.Diff(want, report); err != nil || diff != "" {
				t.Errorf("topics: %v (-want +got):\n%s", err, diff)
			}
			rules, err := ClassifiedBy.Ask(ctx, d, None{})
			if err != nil || len(rules) != 1 || rules[0].Terms[0].Text != "fence" {
				t.Errorf("rules: %+v, %v", rules, err)
			}
			entry, err := Entry.Ask(ctx, d, news.ID{7})
			if err != nil || entry.ID != (news.ID{7}) || entry.Content != "<p>text</p>" {
				t.Errorf("entry: %+v, %v", entry, err)
			}
			asked := []string{"decide 1 +border [cartels]", "stored 4 1000"}
			got := f.asked
			for i := len(got) - 1; i >= 0; i-- {
				if got[i][:3] == "art" {
					got = append(got[:i:i], got[i+1:]...)
				}
			}
			if diff := cmp.Diff(asked, got); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

// TestExplainTellsDecisions: whoever explains a stored article is told what its editors decided.
func TestExplainTellsDecisions(t *testing.T) {
	f := &fake{entry: news.Entry{
		Article:   news.Article{ID: news.ID{7}},
		Decisions: []news.Decision{{Topic: "border", By: "ana"}},
	}}
	for name, d := range desks(t, f) {
		explanations, err := Explain.Ask(t.Context(), d, news.Handed{Name: news.ID{7}.String()})
		if err != nil {
			t.Fatal(err)
		}
		if got := explanations[0].Title; got != "-border by ana" {
			t.Errorf("%s: %q", name, got)
		}
	}
}
