package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// decide has an editor decide what Sign writes; "=topic" takes back.
func (s *tested) decide(guid string, signs ...string) news.Result {
	s.t.Helper()
	var decisions []news.Decision
	var reset []string
	for _, sign := range signs {
		if topic, is := strings.CutPrefix(sign, "="); is {
			reset = append(reset, topic)
			continue
		}
		d, err := news.ParseDecision(sign)
		s.ok(err)
		d.By = "ana"
		decisions = append(decisions, d)
	}
	r, err := s.Decide(s.t.Context(), piece(guid).Article.ID, decisions, reset)
	s.ok(err)
	return r
}

// reclassify places every stored article where rules say, as the flow does it.
func (s *tested) reclassify(
	rules string, place func(news.Entry) []news.Placement,
) news.Classified {
	s.t.Helper()
	state, err := s.BeginClassify(s.t.Context(), rules, nil)
	s.ok(err)
	for state.Done.IsZero() {
		batch, last, err := s.Stored(state.Key, 3)
		s.ok(err)
		placed := make([]news.Reclassified, len(batch))
		for i, b := range batch {
			placed[i] = news.Reclassified{
				Key: b.Key, Fingerprint: b.Entry.Fingerprint, Placements: place(b.Entry),
			}
		}
		if last == state.Key {
			last = 0
		}
		state, err = s.Reclassify(s.t.Context(), rules, last, placed)
		s.ok(err)
	}
	return state
}

// everywhere are rules that place every article in some topics.
func everywhere(names ...string) func(news.Entry) []news.Placement {
	c := piece("any", in(names...))
	return func(news.Entry) []news.Placement { return c.Placements }
}

func TestDecide(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("a", in("border")))
	s.clock.step(time.Minute)
	r := s.decide("a", "+cartels", "-border")
	if r.Outcome != news.Updated || r.Reason != "as its editor decided" {
		t.Errorf("decided: %+v", r)
	}
	s.shows(9, map[string]string{"border": "", "cartels": "a", "cartels.en": "a", "all": "a"})
	e := s.article(r.ID)
	want := []news.Decision{
		{Topic: "border", By: "ana", At: start.Add(time.Minute)},
		{Topic: "cartels", In: true, By: "ana", At: start.Add(time.Minute)},
	}
	if diff := cmp.Diff(want, e.Decisions); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	placement := []news.Placement{{
		Topic: "cartels", Score: 1, Threshold: 1,
		Evidence: []news.Evidence{{Term: "placed by ana", Place: "editor", Count: 1, Weight: 1}},
	}}
	if diff := cmp.Diff(placement, e.Placements); diff != "" {
		t.Errorf("placements (-want +got):\n%s", diff)
	}
	if r := s.decide("a", "+cartels"); r.Outcome != news.Unchanged {
		t.Errorf("decided again: %+v", r)
	}
	if r := s.decide("a", "=cartels", "=border"); r.Outcome != news.Updated {
		t.Errorf("taken back: %+v", r)
	}
	s.shows(9, map[string]string{"border": "a", "cartels": "", "all": "a"})
	if e := s.article(r.ID); len(e.Decisions) != 0 {
		t.Errorf("decisions that were taken back: %v", e.Decisions)
	}
	s.withdraw(r.ID)
	_, err := s.Decide(t.Context(), r.ID, want, nil)
	if news.KindOf(err) != news.Gone {
		t.Errorf("of a withdrawn article: %v, want Gone", err)
	}
	if _, err := s.Decide(t.Context(), news.ID{1}, want, nil); news.KindOf(err) != news.NotFound {
		t.Errorf("of no article: %v, want NotFound", err)
	}
}

// TestDecideOldArticle: news that an editor places is news, an old article is backfill.
func TestDecideOldArticle(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("old", in("x"), after(-72*time.Hour)))
	s.offer(news.Accepted, piece("new", in("x"), after(-time.Hour)))
	s.clock.step(time.Minute)
	s.decide("new", "+border")
	s.decide("old", "+border")
	s.shows(9, map[string]string{"border": "new old"})
}

func TestReclassify(t *testing.T) {
	s := newStore(t)
	for i := range 5 {
		s.clock.step(time.Minute)
		s.offer(news.Accepted, piece(fmt.Sprint(i), in("border")))
	}
	s.withdraw(piece("4").Article.ID)
	s.decide("0", "-cartels")
	s.decide("1", "+border")
	before := s.window("border", 9)
	s.clock.step(time.Hour)

	state := s.reclassify("one", everywhere("border", "cartels"))
	if state.Read != 4 || state.Changed != 3 || state.Done.IsZero() || state.Last != 6 {
		t.Errorf("state: %+v", state)
	}
	s.shows(9, map[string]string{"cartels": "3 2 1"})
	met := ""
	for _, c := range s.changes()[8:] {
		met += c.Kind + " "
		for _, f := range c.Feeds {
			if strings.HasPrefix(f.Feed, "cartels") != f.Backfill {
				t.Errorf("change %d: %+v", c.Seq, f)
			}
		}
	}
	if met != "rules note place place classified place classified classified " {
		t.Errorf("changes: %s", met)
	}
	if diff := cmp.Diff(guids(before), guids(s.window("border", 9))); diff != "" {
		t.Errorf("border moved (-before +after):\n%s", diff)
	}
	seq := s.window("border", 0).Seq
	if again := s.reclassify("one", everywhere("nowhere")); again != state {
		t.Errorf("placed again by the same rules: %+v, then %+v", state, again)
	}
	s.reclassify("two", func(e news.Entry) []news.Placement {
		placements := everywhere("border", "cartels")(e)
		return []news.Placement{
			{Topic: "border", Score: 77, Threshold: 7, Evidence: placements[0].Evidence},
			placements[1],
		}
	})
	if now := s.window("border", 0).Seq; now != seq {
		t.Errorf("feed at %d, was at %d although only scores are others", now, seq)
	}
	if e := s.article(piece("2").Article.ID); e.Placements[0].Score != 77 {
		t.Errorf("the old score stays: %+v", e.Placements)
	}
	s.reclassify("three", everywhere())
	s.shows(9, map[string]string{"border": "1", "cartels": "", "all": "1"})
	counts, err := s.Counts([]string{"border", "cartels", "no-such"})
	s.ok(err)
	if diff := cmp.Diff([]int{1, 0, 0}, counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// TestPollWhilePlacingAnew: what a poll places by changed rules before its turn is backfill too.
func TestPollWhilePlacingAnew(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("a", in("x")))
	s.offer(news.Accepted, piece("b", in("x")))
	s.offer(news.Accepted, piece("c", in("y")))
	s.clock.step(time.Minute)
	_, err := s.BeginClassify(t.Context(), "rules", nil)
	s.ok(err)
	s.offer(news.Updated, piece("b", in("x", "y")))
	s.reclassify("rules", func(e news.Entry) []news.Placement { return e.Placements })
	s.shows(9, map[string]string{"y": "c b"})
	s.offer(news.Updated, piece("a", in("x", "y")))
	s.shows(9, map[string]string{"y": "a c b"})
}

// TestReclassifyGoesOn: what was done before a restart is not done again, and what has changed
// since it was read is left alone.
func TestReclassifyGoesOn(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("a", in("x")))
	s.offer(news.Accepted, piece("b", in("x")))
	s.clock.step(time.Minute)
	topics := []news.Topic{{ID: "y", Terms: []news.Term{{Text: "fence", Weight: 2}}}}
	if _, err := s.BeginClassify(t.Context(), "rules", topics); err != nil {
		t.Fatal(err)
	}
	batch, last, err := s.Stored(0, 1)
	s.ok(err)
	if len(batch) != 1 || last != 2 {
		t.Fatalf("%d stored, up to %d", len(batch), last)
	}
	placed := []news.Reclassified{{Key: 2, Fingerprint: "another", Placements: everywhere("y")(batch[0].Entry)}}
	state, err := s.Reclassify(t.Context(), "rules", last, placed)
	s.ok(err)
	if state.Changed != 0 || state.Key != 2 || !state.Done.IsZero() {
		t.Errorf("state: %+v", state)
	}
	s.reopen()
	kept, err := s.ClassifiedBy()
	s.ok(err)
	if diff := cmp.Diff(topics, kept); diff != "" {
		t.Errorf("topics after a restart (-want +got):\n%s", diff)
	}
	if state := s.reclassify("rules", everywhere("y")); state.Read != 2 || state.Changed != 1 {
		t.Errorf("state at the end: %+v", state)
	}
	s.shows(9, map[string]string{"x": "a", "y": "b"})
	_, err = s.Reclassify(t.Context(), "other", 0, nil)
	if news.KindOf(err) != news.Refused {
		t.Errorf("by other rules: %v, want Refused", err)
	}
}

// TestDecisionsSurvive holds the store against the plainest model of decisions: whatever else
// happens, an article is where its rules place it, but for what its editors decided.
func TestDecisionsSurvive(t *testing.T) {
	names := []string{"x", "y", "z"}
	s := newStore(t)
	round, calls := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		guid := fmt.Sprint("a", round)
		id := s.offer(news.Accepted, piece(guid, in("x"))).ID
		defer s.withdraw(id)
		ruled, decided := []string{"x"}, map[string]bool{}
		someTopics := rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID[string])
		revision := 0
		rt.Repeat(map[string]func(*rapid.T){
			"wait": func(rt *rapid.T) {
				s.clock.step(time.Duration(rapid.IntRange(1, 100).Draw(rt, "hours")) * time.Hour)
			},
			"poll": func(rt *rapid.T) {
				ruled = someTopics.Draw(rt, "topics")
				s.accept(piece(guid, in(ruled...), text(fmt.Sprint(revision))))
			},
			"update": func(rt *rapid.T) {
				revision++
				ruled = someTopics.Draw(rt, "topics")
				s.accept(piece(guid, in(ruled...), text(fmt.Sprint(revision))))
			},
			"reclassify": func(rt *rapid.T) {
				ruled = someTopics.Draw(rt, "topics")
				place := everywhere(ruled...)
				calls++
				s.reclassify(fmt.Sprint(calls), func(e news.Entry) []news.Placement {
					if e.GUID == guid {
						return place(e)
					}
					return e.Placements
				})
			},
			"reopen": func(*rapid.T) { s.reopen() },
			"decide": func(rt *rapid.T) {
				topic := rapid.SampledFrom(names).Draw(rt, "topic")
				switch sign := rapid.SampledFrom([]string{"+", "-", "="}).Draw(rt, "sign"); sign {
				case "=":
					delete(decided, topic)
					s.decide(guid, "="+topic)
				default:
					decided[topic] = sign == "+"
					s.decide(guid, sign+topic)
				}
			},
			"": func(rt *rapid.T) {
				var want []string
				for _, name := range names {
					if in, is := decided[name]; in || !is && slices.Contains(ruled, name) {
						want = append(want, name)
					}
				}
				e := s.article(id)
				if got := topics(e.Placements); !slices.Equal(got, want) {
					rt.Fatalf("in %v, want %v", got, want)
				}
				if len(e.Decisions) != len(decided) {
					rt.Fatalf("decisions %v, want %v", e.Decisions, decided)
				}
				for _, name := range names {
					there := slices.Contains(guids(s.window(name, 1000)), guid)
					if there != slices.Contains(want, name) {
						rt.Fatalf("in feed %s: %t; topics %v", name, there, want)
					}
				}
			},
		})
	})
}

// TestJudge: whoever knows the topics settles what editors decide, whatever happens to the article.
func TestJudge(t *testing.T) {
	asked := 0
	s := &tested{clock: newClock(), t: t, dir: t.TempDir()}
	s.judge = func(
		a news.Article, ruled []news.Placement, decisions []news.Decision,
	) []news.Placement {
		asked++
		if a.Title == "" || len(decisions) != 1 || decisions[0].By != "ana" {
			t.Errorf("asked about %+v, decided %+v", a, decisions)
		}
		return append(slices.Clone(ruled), piece("", in("parent-of-"+decisions[0].Topic)).Placements...)
	}
	s.open()
	s.offer(news.Accepted, piece("a", in("x")))
	if asked != 0 {
		t.Error("asked although nothing was decided")
	}
	s.clock.step(time.Minute)
	s.decide("a", "+child")
	s.shows(9, map[string]string{"x": "a", "parent-of-child": "a", "child": ""})
	before := asked
	s.offer(news.Unchanged, piece("a", in("x")))
	s.clock.step(time.Minute)
	weighed, err := s.Weigh([]news.Candidate{piece("a", in("y"))})
	s.ok(err)
	if got := weighed[0].Placements; len(got) != 2 || got[1].Topic != "parent-of-child" {
		t.Errorf("weighed: %+v", got)
	}
	s.offer(news.Updated, piece("a", in("y")))
	s.shows(9, map[string]string{"x": "", "y": "a", "parent-of-child": "a"})
	s.reclassify("two", everywhere("z"))
	s.shows(9, map[string]string{"y": "", "z": "a", "parent-of-child": "a"})
	if asked == before {
		t.Error("not asked again")
	}
	s.decide("a", "=child")
	s.shows(9, map[string]string{"z": "a", "parent-of-child": ""})
}
