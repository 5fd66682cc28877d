package ingest

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// stock holds articles with keys 2, 4, 6…, and notes what it was told of them.
type stock struct {
	titles []string
	state  news.Classified
	placed map[string][]string
	calls  []string
	fail   int // the call of Reclassify that fails, from 1
}

func (s *stock) Stored(after uint64, most int) ([]news.Stored, uint64, error) {
	var batch []news.Stored
	last := after
	for i, title := range s.titles {
		key := uint64(2 * (i + 1))
		if key > after && len(batch) < min(most, 2) {
			last = key
			a := news.Article{Source: "s", Title: title, Lang: "en", Fingerprint: title}
			batch = append(batch, news.Stored{Key: key, Entry: news.Entry{Article: a}})
		}
	}
	return batch, last, nil
}

func (s *stock) BeginClassify(
	_ context.Context, rules string, topics []news.Topic,
) (news.Classified, error) {
	if s.state.Rules != rules {
		s.state = news.Classified{Rules: rules}
	}
	s.calls = append(s.calls, fmt.Sprintf("begin %s %d", rules, len(topics)))
	return s.state, nil
}

func (s *stock) Reclassify(
	_ context.Context, rules string, until uint64, batch []news.Reclassified,
) (news.Classified, error) {
	s.calls = append(s.calls, fmt.Sprintf("place %d until %d", len(batch), until))
	if len(s.calls) == s.fail {
		return s.state, news.Errorf(news.Internal, "the disk is full")
	}
	for _, r := range batch {
		topics := []string{}
		for _, p := range r.Placements {
			topics = append(topics, p.Topic)
		}
		s.placed[r.Fingerprint] = topics
	}
	s.state.Key, s.state.Read = until, s.state.Read+len(batch)
	if until == 0 {
		s.state.Done = noon
	}
	return s.state, nil
}

func TestReclassify(t *testing.T) {
	f := flowOn(t, &world{})
	s := &stock{
		titles: []string{"The river rises", "Soup", "A bridge", "The river falls"},
		placed: map[string][]string{}, fail: 3,
	}
	topics := []news.Topic{{ID: "rivers"}}
	_, err := f.Reclassify(t.Context(), s, "one", topics, nil)
	if err == nil || s.state.Key != 4 {
		t.Fatalf("after a fault: %v, %+v", err, s.state)
	}
	state, err := f.Reclassify(t.Context(), s, "one", topics, nil)
	if err != nil || state.Read != 4 || state.Done.IsZero() {
		t.Fatalf("%v, %+v", err, state)
	}
	want := map[string][]string{
		"The river rises": {"rivers"}, "Soup": {}, "A bridge": {}, "The river falls": {"rivers"},
	}
	if diff := cmp.Diff(want, s.placed); diff != "" {
		t.Errorf("placed (-want +got):\n%s", diff)
	}
	calls := []string{
		"begin one 1", "place 2 until 4", "place 2 until 8",
		"begin one 1", "place 2 until 8", "place 0 until 0",
	}
	if diff := cmp.Diff(calls, s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if _, err := f.Reclassify(t.Context(), s, "one", topics, nil); err != nil || len(s.calls) != 7 {
		t.Errorf("done again: %v, %q", err, s.calls)
	}

	other, err := classify.New([]news.Topic{{
		ID: "bridges", Titles: map[string]string{"en": "Bridges"}, Threshold: 2, TitleWeight: 2,
		Terms: []news.Term{{Text: "bridge", Weight: 2}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	f.Swap(other)
	always := Always([]news.Source{{ID: "s", Topics: []string{"bridges"}}, {ID: "t"}})
	if _, err := f.Reclassify(t.Context(), s, "two", nil, always); err != nil {
		t.Fatal(err)
	}
	if got := s.placed["Soup"]; !cmp.Equal(got, []string{"bridges"}) {
		t.Errorf("an article of a source that belongs to a topic is in %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Reclassify(ctx, s, "three", nil, nil); err == nil || s.state.Read != 0 {
		t.Errorf("stopped: %v, %+v", err, s.state)
	}
}

func TestRules(t *testing.T) {
	base := func() []news.Topic {
		return []news.Topic{{
			ID: "a", Threshold: 2,
			Terms:  []news.Term{{Text: "x", Weight: 1, Where: "a.yaml:1:1"}, {Text: "y", Weight: 1}},
			Groups: []news.Group{{Name: "g", Words: []news.Word{{Text: "w", Where: "a.yaml:9:1"}}}},
		}}
	}
	sources := []news.Source{{ID: "s", Topics: []string{"a"}}}
	hash := func(edit func(t *news.Topic)) string {
		topics := base()
		edit(&topics[0])
		return Rules("1", topics, sources)
	}
	same := Rules("1", base(), sources)
	for name, edit := range map[string]func(*news.Topic){
		"moved in its file": func(t *news.Topic) { t.Terms[0].Where, t.Groups[0].Words[0].Where = "", "" },
		"another order":     func(t *news.Topic) { t.Terms[0], t.Terms[1] = t.Terms[1], t.Terms[0] },
		"another title":     func(t *news.Topic) { t.Titles = map[string]string{"en": "A"} },
		"an example":        func(t *news.Topic) { t.Match = []news.Example{{Title: "x"}} },
	} {
		if hash(edit) != same {
			t.Errorf("%s: other rules", name)
		}
	}
	for name, edit := range map[string]func(*news.Topic){
		"a weight":    func(t *news.Topic) { t.Terms[0].Weight = 2 },
		"a threshold": func(t *news.Topic) { t.Threshold = 3 },
		"a word":      func(t *news.Topic) { t.Groups[0].Words[0].Text = "v" },
		"a limit":     func(t *news.Topic) { t.Langs = []string{"en"} },
	} {
		if hash(edit) == same {
			t.Errorf("%s: the same rules", name)
		}
	}
	if Rules("2", base(), sources) == same || Rules("1", base(), nil) == same {
		t.Error("another program, or other sources: the same rules")
	}
	if topics := base(); Bare(topics)[0].Terms[0].Where != "" || topics[0].Terms[0].Where == "" {
		t.Error("bare topics are not bare, or those they were made of are")
	}
}

// TestKeepReclassifying: what fails is tried again, more and more rarely while it gets nowhere,
// and goes on where it was.
func TestKeepReclassifying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := flowOn(t, &world{})
		s := &stock{titles: []string{"A", "B", "C", "D"}, placed: map[string][]string{}}
		shelf := &fullDisk{stock: s, at: map[int]bool{1: true, 2: true, 3: true, 5: true}}
		began := time.Now()
		f.KeepReclassifying(t.Context(), shelf, "one", nil, nil)
		want := []time.Duration{0, 1, 3, 7, 7, 8, 8} // seconds
		for i := range want {
			want[i] *= time.Second
		}
		var got []time.Duration
		for _, at := range shelf.times {
			got = append(got, at.Sub(began))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("times of the tries (-want +got):\n%s", diff)
		}
		if s.state.Read != 4 || s.state.Done.IsZero() || len(s.placed) != 4 {
			t.Errorf("%+v, placed %v", s.state, s.placed)
		}

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		shelf.always = true
		f.KeepReclassifying(ctx, shelf, "two", nil, nil)
		if ctx.Err() == nil || !s.state.Done.IsZero() {
			t.Errorf("ended before it was stopped: %+v", s.state)
		}
	})
}

// fullDisk is a stock some of whose writes fail, counted from 1, and the times of all of them.
type fullDisk struct {
	*stock
	at     map[int]bool
	always bool
	times  []time.Time
}

func (s *fullDisk) Reclassify(
	ctx context.Context, rules string, until uint64, batch []news.Reclassified,
) (news.Classified, error) {
	s.times = append(s.times, time.Now())
	if s.always || s.at[len(s.times)] {
		return news.Classified{}, news.Errorf(news.Internal, "the disk is full")
	}
	return s.stock.Reclassify(ctx, rules, until, batch)
}

// A topic that was renamed keeps what only its sources placed in it, whichever name they use, and
// the next start finds nothing to place anew.
func TestATopicThatWasRenamedKeepsItsSources(t *testing.T) {
	topics := []news.Topic{{
		ID: "water", Aliases: []string{"aquifers"}, Titles: map[string]string{"en": "Water"},
		Threshold: 2, TitleWeight: 1, Terms: []news.Term{{Text: "river", Weight: 2}},
	}}
	c, err := classify.New(topics)
	if err != nil {
		t.Fatal(err)
	}
	article := news.Article{Title: "A quiet day", Source: "s", Lang: "en"}
	for _, always := range [][]string{{"aquifers"}, {"water"}} {
		if got := c.Place(article, always, nil); len(got) != 1 || got[0].Topic != "water" {
			t.Errorf("a source of %s: placed in %v", always, got)
		}
	}
	if got := c.Place(article, []string{"roads"}, nil); len(got) != 0 {
		t.Errorf("a source of another topic: placed in %v", got)
	}
	before := Rules("1", topics, []news.Source{{ID: "s", Topics: []string{"aquifers"}}})
	if after := Rules("1", topics, []news.Source{{ID: "s", Topics: []string{"water"}}}); after != before {
		t.Errorf("rules %s with the old name and %s with the new", before, after)
	}
}
