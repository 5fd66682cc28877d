package ingest

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// slowArchive blocks on the documents of one source until it is let go.
type slowArchive struct {
	*world
	let     chan struct{}
	blocked chan string
	states  sync.Mutex
}

func (a *slowArchive) Accept(
	ctx context.Context, candidates []news.Candidate,
) ([]news.Result, error) {
	if len(candidates) > 0 && candidates[0].Article.Source == "slow" {
		a.blocked <- candidates[0].Article.Source
		<-a.let
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.candidates = append(a.candidates, candidates...)
	return make([]news.Result, len(candidates)), nil
}

func (a *slowArchive) AcceptIf(
	_ context.Context, c news.Candidate, _ news.Condition,
) (news.Result, news.Entry, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.candidates = append(a.candidates, c)
	return news.Result{Outcome: news.Accepted}, news.Entry{}, nil
}

func (a *slowArchive) Save(source string, st news.PollState) error {
	a.states.Lock()
	defer a.states.Unlock()
	return a.world.Save(source, st)
}

func (a *slowArchive) State(source string) (news.PollState, error) {
	a.states.Lock()
	defer a.states.Unlock()
	return a.world.State(source)
}

// While the document of one source takes for ever, nobody waits: not a reload of topics, not a push
// after it, not another source and not another folder. Who places the stored articles anew waits.
func TestNobodyWaitsForASlowDocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{reading: news.Reading{Documents: []news.Document{text("a.txt", "River\n\nRises.")}}}
		a := &slowArchive{world: w, let: make(chan struct{}), blocked: make(chan string, 1)}
		f := flowOn(t, w)
		f.archive, f.polls = a, a
		sources := []news.Source{
			{ID: "slow", Kind: news.KindFolder}, {ID: "other", Kind: news.KindFolder},
		}
		p := NewPoller(newstest.Logger(t), f, w, sources, Bounds{AtOnce: 1})
		for range 3 {
			if err := p.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		<-a.blocked
		synctest.Wait() // all goes on that can

		bridges := rulesOf(t, "two", "bridges", "river")
		f.inForce.Swap(bridges) // would block for ever if it waited, as would all that follows
		item := news.Item{GUID: "1", Title: "River", Content: "<p>The river rises.</p>"}
		intake := NewIntake(f, a)
		if _, _, err := intake.Offer(t.Context(), news.Source{ID: "push"}, item, news.Condition{}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Take(t.Context(), news.Source{ID: "feed"}, text("b.txt", "River\n\nb")); err != nil {
			t.Fatal(err)
		}
		settled := make(chan error, 1)
		go func() { settled <- f.inForce.Settle(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-settled:
			t.Errorf("settled while a document of the old rules is on its way: %v", err)
		default:
		}
		got := a.placements()
		if got["other"] != "rivers" || got["push"] != "bridges" || got["feed"] != "bridges" || got["slow"] != "" {
			t.Errorf("stored while the slow document is on its way: %v", got)
		}
		close(a.let)
		p.Wait()
		if err := <-settled; err != nil || a.placements()["slow"] != "rivers" {
			t.Errorf("%v, %v", err, a.placements())
		}
	})
}

// placements tells by source where the first article of each was placed.
func (a *slowArchive) placements() map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	placed := map[string]string{}
	for _, c := range a.candidates {
		if _, ok := placed[c.Article.Source]; !ok && len(c.Placements) > 0 {
			placed[c.Article.Source] = c.Placements[0].Topic
		}
	}
	return placed
}
