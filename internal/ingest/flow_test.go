package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// world is a reader, an archive and the poll state in memory, which note the order of calls.
type world struct {
	gone       []news.Result // what WithdrawGone answers
	goneErr    error
	mu         sync.Mutex
	calls      []string
	reading    news.Reading
	readErr    error
	acceptErr  error
	saveErr    error
	candidates []news.Candidate
	stored     map[string]bool // by title; nil: nothing is remembered
	states     map[string]news.PollState
	read       func(ctx context.Context) // runs inside Read
}

func (w *world) note(call string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, call)
}

func (w *world) Read(
	ctx context.Context, _ news.Source, _ news.Validators,
) (news.Reading, error) {
	w.note("read")
	if w.read != nil {
		w.read(ctx)
	}
	return w.reading, w.readErr
}

func (w *world) Keep(_ news.Source, reading news.Reading) {
	w.note(fmt.Sprintf("keep %d", len(reading.Documents)))
}

func (w *world) WithdrawKnown(_ context.Context, source, guid string) (news.Result, error) {
	w.note("withdraw " + source + " " + guid)
	return news.Result{Outcome: news.Updated, Reason: "withdrawn"}, w.goneErr
}

func (w *world) WithdrawGone(
	_ context.Context, source string, present []string,
) ([]news.Result, error) {
	w.note("withdraw all of " + source + " but " + strings.Join(present, " "))
	return w.gone, w.goneErr
}

func (w *world) Accept(
	_ context.Context, candidates []news.Candidate,
) ([]news.Result, error) {
	w.note("accept")
	if w.acceptErr != nil {
		return nil, w.acceptErr
	}
	w.candidates = append(w.candidates, candidates...)
	var results []news.Result
	for _, c := range candidates {
		outcome := w.outcome(&c)
		results = append(results, news.Result{Outcome: outcome, Title: c.Article.Title})
		if w.stored != nil && outcome == news.Accepted {
			w.stored[c.Article.Title] = true
		}
	}
	return results, nil
}

func (w *world) Knows(string) (bool, error) { return len(w.candidates) > 0, nil }

// Weigh takes whatever has no known title for new.
func (w *world) Weigh(candidates []news.Candidate) ([]news.Result, error) {
	results := make([]news.Result, len(candidates))
	for i, c := range candidates {
		results[i] = news.Result{Outcome: w.outcome(&c), Title: c.Article.Title}
	}
	return results, nil
}

func (w *world) outcome(c *news.Candidate) news.Outcome {
	switch {
	case w.stored[c.Article.Title]:
		return news.Unchanged
	case c.Held:
		return news.Deferred
	}
	return news.Accepted
}

func (w *world) State(source string) (news.PollState, error) { return w.states[source], nil }

func (w *world) Save(source string, st news.PollState) error {
	w.note("save")
	if w.saveErr != nil {
		return w.saveErr
	}
	if w.states == nil {
		w.states = map[string]news.PollState{}
	}
	w.states[source] = st
	return nil
}

func (w *world) Due(time.Time, int, time.Duration) ([]string, error) {
	w.note("due")
	return []string{"s", "gone"}, nil
}

func flowOn(t *testing.T, w *world) *Flow {
	t.Helper()
	return New(Parts{
		Log: newstest.Logger(t), Reader: w, Archive: w, Polls: w,
		InForce: classify.Enforce(rulesOf(t, "one", "rivers", "river")),
		Now:     func() time.Time { return noon },
	})
}

// rulesOf are rules of a program, for one topic with one word. Articles of the sources belong to it
// as a whole.
func rulesOf(t *testing.T, program, topic, word string, sources ...string) *classify.Rules {
	t.Helper()
	list := make([]news.Source, len(sources))
	for i, id := range sources {
		list[i] = news.Source{ID: id, Topics: []string{topic}}
	}
	rules, err := classify.Compile(program, []news.Topic{{
		ID: topic, Titles: map[string]string{"en": topic}, Threshold: 2, TitleWeight: 2,
		Terms: []news.Term{{Text: word, Weight: 2}},
	}}, list)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func text(name, body string) news.Document {
	return news.Document{Source: "s", Name: name, Body: []byte(body), Time: noon}
}

const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>F</title><link>https://a.example/</link>
<description>d</description>
<item><title>Second</title><link>https://a.example/2</link><guid>2</guid><pubDate>Sun, 22 Nov 2026 09:00:00 GMT</pubDate></item>
<item><guid>empty</guid></item>
<item><title>The river rises</title><link>https://a.example/1</link><guid>1</guid><pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate></item>
</channel></rss>`

func feedDocument() news.Document {
	return news.Document{
		Source: "s", URL: "https://a.example/feed", MediaType: "application/rss+xml",
		Body: []byte(rss), Time: noon,
	}
}

func TestRunStoresArticlesBeforeWhatThePollTaught(t *testing.T) {
	w := &world{reading: news.Reading{Documents: []news.Document{feedDocument()}, Status: 200}}
	report, err := flowOn(t, w).Run(t.Context(), news.Source{ID: "s", Kind: news.KindFeed})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"read", "accept", "keep 1", "save"}, w.calls); diff != "" {
		t.Errorf("order of calls (-want +got):\n%s", diff)
	}
	var titles []string
	for _, c := range w.candidates {
		titles = append(titles, c.Article.Title)
	}
	if diff := cmp.Diff([]string{"The river rises", "Second"}, titles); diff != "" {
		t.Errorf("candidates, oldest first (-want +got):\n%s", diff)
	}
	if got := w.candidates[0].Placements; len(got) != 1 || got[0].Topic != "rivers" {
		t.Errorf("placements of %q: %+v, want rivers", titles[0], got)
	}
	if report.Count(news.Accepted) != 2 || report.Count(news.Rejected) != 1 {
		t.Errorf("report %+v, want 2 accepted and the empty item rejected", report)
	}
}

func TestRunKeepsNothingThatWasNotStored(t *testing.T) {
	w := &world{
		reading:   news.Reading{Documents: []news.Document{feedDocument()}},
		acceptErr: errors.New("disk full"),
	}
	before := news.PollState{Validators: news.Validators{ETag: `"1"`}}
	w.states = map[string]news.PollState{"s": before}
	_, err := flowOn(t, w).Run(t.Context(), news.Source{ID: "s", Kind: news.KindFeed})
	if err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Fatalf("error %v, want the store's", err)
	}
	if diff := cmp.Diff([]string{"read", "accept", "save"}, w.calls); diff != "" {
		t.Errorf("order of calls (-want +got):\n%s", diff)
	}
	if st := w.states["s"]; st.Validators != before.Validators || st.Failures != 1 {
		t.Errorf("state %+v: must keep the old validators and count a failure", st)
	}
}

func TestRunRecordsAFailureAndGivesItsError(t *testing.T) {
	w := &world{
		reading: news.Reading{Status: 503, RetryAfter: 2 * time.Hour},
		readErr: news.Errorf(news.Unreachable, "GET https://a.example/: 503"),
	}
	_, err := flowOn(t, w).Run(t.Context(), news.Source{ID: "s", Kind: news.KindFeed})
	if news.KindOf(err) != news.Unreachable {
		t.Errorf("error %v, want unreachable", err)
	}
	st := w.states["s"]
	if st.Failures != 1 || st.HTTPStatus != 503 || !st.Due.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("state %+v: want one failure, status 503, due when it asked for", st)
	}
}

func TestARunThatIsStoppedSaysNothingOfTheSource(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := &world{readErr: context.Canceled, read: func(context.Context) { cancel() }}
	if _, err := flowOn(t, w).Run(ctx, news.Source{ID: "s", Kind: news.KindFeed}); err == nil {
		t.Error("no error")
	}
	if diff := cmp.Diff([]string{"read"}, w.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestOneBadFileNeverLosesTheOthers(t *testing.T) {
	bad := text("bad.txt", "\x00\x01\x02\x03")
	good := text("good.txt", "The river rises\n\nIt has rained for three days in the hills above the town.\n")
	w := &world{reading: news.Reading{Documents: []news.Document{bad, good}}}
	src := news.Source{ID: "inbox", Kind: news.KindFolder, Rights: news.Full}
	report, err := flowOn(t, w).Run(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	if len(w.candidates) != 1 || w.candidates[0].Article.Title != "The river rises" {
		t.Errorf("candidates %+v, want the good file's", w.candidates)
	}
	said := len(report.Faults) + report.Count(news.Rejected)
	if said != 1 {
		t.Errorf("report %+v, want one fault or rejection", report)
	}
	for _, fault := range report.Faults {
		if !strings.Contains(fault.Error(), "bad.txt") {
			t.Errorf("the fault does not name the file: %v", fault)
		}
	}
}

func TestAHandedFeedIsSomebodyElses(t *testing.T) {
	w := &world{}
	src := news.Source{ID: "file", Kind: news.KindFile, Rights: news.Full}
	if _, err := flowOn(t, w).Take(t.Context(), src, feedDocument()); err != nil {
		t.Fatal(err)
	}
	for _, c := range w.candidates {
		if c.Article.Own || c.Article.Rights != news.Excerpt {
			t.Errorf("%q: own %v, rights %s; want others', excerpt", c.Article.Title, c.Article.Own, c.Article.Rights)
		}
		if c.Article.Source == "file" {
			t.Errorf("%q belongs to the source of all files: its guid would meet other feeds'", c.Article.Title)
		}
	}
	w.candidates = nil
	note := text("/tmp/note.txt", "The river rises\n\nIt has rained for three days in the hills above the town.\n")
	if _, err := flowOn(t, w).Take(t.Context(), src, note); err != nil {
		t.Fatal(err)
	}
	if a := w.candidates[0].Article; !a.Own || a.Rights != news.Full {
		t.Errorf("a text of ours: own %v, rights %s; want own, full", a.Own, a.Rights)
	}
}

func TestASourceIsNeverPolledTwiceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running, most := 0, 0
		w := &world{}
		w.read = func(context.Context) {
			w.mu.Lock()
			running++
			most = max(most, running)
			w.mu.Unlock()
			time.Sleep(10 * time.Second)
			w.mu.Lock()
			running--
			w.mu.Unlock()
		}
		f := flowOn(t, w)
		src := news.Source{ID: "s", Kind: news.KindFeed, Every: time.Minute}
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if _, err := f.Run(t.Context(), src); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most != 1 {
			t.Errorf("%d runs of one source at once", most)
		}
		if polls := w.states["s"].Polls; polls != 5 {
			t.Errorf("%d polls recorded, want 5", polls)
		}
	})
}

func TestWhoWaitsForARunCanGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{read: func(context.Context) { time.Sleep(time.Hour) }}
		f := flowOn(t, w)
		src := news.Source{ID: "s", Kind: news.KindFeed}
		var wg sync.WaitGroup
		wg.Go(func() { f.Run(t.Context(), src) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := f.Run(ctx, src); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
		wg.Wait()
	})
}

func TestPollerRunsWhatIsDueAndSkipsWhatIsBusyOrGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{read: func(context.Context) { time.Sleep(10 * time.Second) }}
		f := flowOn(t, w)
		sources := []news.Source{{ID: "s", Kind: news.KindFeed}, {ID: "inbox", Kind: news.KindFolder}}
		p := NewPoller(newstest.Logger(t), f, w, sources, Bounds{AtOnce: 2})
		for range 3 { // the later ticks meet the first one's run
			if err := p.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		p.Wait()
		if polls := w.states["s"].Polls; polls != 1 {
			t.Errorf("%d polls, want 1", polls)
		}
		if err := p.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Wait()
		if polls := w.states["inbox"].Polls; polls != 1 {
			t.Errorf("%d sweeps recorded, want 1", polls)
		}
	})
}

func TestPollerSurvivesAPanic(t *testing.T) {
	w := &world{read: func(context.Context) { panic("boom") }}
	sources := []news.Source{{ID: "s", Kind: news.KindFeed}}
	p := NewPoller(newstest.Logger(t), flowOn(t, w), w, sources, Bounds{AtOnce: 1})
	for range 2 { // the slot and the claim must be free again
		if err := p.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Wait()
	}
	reads := 0
	for _, call := range w.calls {
		if call == "read" {
			reads++
		}
	}
	if reads != 2 {
		t.Errorf("%d reads, want 2: %v", reads, w.calls)
	}
}

func TestRemovedFilesAreWithdrawnOnlyIfTheSourceWants(t *testing.T) {
	accident := news.Errorf(news.Refused, "the folder has no file any more")
	broken := news.Errorf(news.Internal, "the disk is full")
	for _, test := range []struct {
		name     string
		onRemove news.OnRemove
		present  []string
		err      error
		calls    string
		faults   int
		fails    bool
	}{
		{"kept", news.KeepArticles, []string{"a.txt"}, nil, "read keep 0 save", 0, false},
		{"unsaid", "", []string{"a.txt"}, nil, "read keep 0 save", 0, false},
		{"nothing gone", news.WithdrawArticles, nil, nil, "read keep 0 save", 0, false},
		{
			"withdrawn", news.WithdrawArticles,
			[]string{"a.txt"},
			nil,
			"read withdraw all of inbox but a.txt keep 0 save", 0, false,
		},
		{
			"an accident", news.WithdrawArticles,
			[]string{},
			accident,
			"read withdraw all of inbox but  keep 0 save", 1, false,
		},
		{
			"not stored", news.WithdrawArticles,
			[]string{},
			broken,
			"read withdraw all of inbox but  save", 0, true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &world{reading: news.Reading{Present: test.present}, goneErr: test.err}
			src := news.Source{ID: "inbox", Kind: news.KindFolder, OnRemove: test.onRemove}
			report, err := flowOn(t, w).Run(t.Context(), src)
			if (err != nil) != test.fails || len(report.Faults) != test.faults {
				t.Errorf("error %v, faults %v", err, report.Faults)
			}
			if calls := strings.Join(w.calls, " "); calls != test.calls {
				t.Errorf("calls %q, want %q", calls, test.calls)
			}
		})
	}
}

func TestAFileThatSaysWithdrawnIsNotTaken(t *testing.T) {
	story := text("story.md", "---\ntitle: The river\nwithdrawn: true\n---\nIt rose.\n")
	bare := text("bare.md", "---\nid: 7\nwithdrawn: true\n---\n")
	other := text("other.md", "---\nwithdrawn: false\n---\n# The hills\n\nIt has rained there.\n")
	w := &world{reading: news.Reading{Documents: []news.Document{story, bare, other}}}
	src := news.Source{ID: "inbox", Kind: news.KindFolder, Rights: news.Full}
	report, err := flowOn(t, w).Run(t.Context(), src)
	if err != nil || len(report.Faults) > 0 {
		t.Fatal(err, report.Faults)
	}
	if len(w.candidates) != 1 || w.candidates[0].File != "other.md" {
		t.Errorf("candidates %+v, want the one of other.md", w.candidates)
	}
	calls := strings.Join(w.calls, ", ")
	for _, want := range []string{"withdraw inbox story.md", "withdraw inbox 7"} {
		if !strings.Contains(calls, want) {
			t.Errorf("calls %s, want %q", calls, want)
		}
	}
	if report.Count(news.Updated) != 2 {
		t.Errorf("report %+v", report.Results)
	}
}
