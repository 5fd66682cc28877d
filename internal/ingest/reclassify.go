package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/news"
)

// Shelf has the stored articles, for placing them anew.
type Shelf interface {
	// Stored gives the articles that follow after a key, at most so many, and the key that it has
	// come to: after itself if no article follows.
	Stored(after uint64, most int) (batch []news.Stored, last uint64, err error)
	// BeginClassify notes by which rules the articles are to be placed, and tells how far that is.
	BeginClassify(
		ctx context.Context, rules string, topics []news.Topic,
	) (news.Classified, error)
	// Reclassify stores where rules place some articles; those up to a key are done, or all if it
	// is 0.
	Reclassify(
		ctx context.Context, rules string, until uint64, batch []news.Reclassified,
	) (news.Classified, error)
}

const (
	// mostReclassified is how many articles are placed anew in one transaction: others that write
	// wait for no more than that.
	mostReclassified = 200
	// tellEvery is how often the log tells how far the placing has come.
	tellEvery = 10 * time.Second
)

// Rules hashes all that decides where an article belongs: what classifies (the program, by its
// version and by the method of package classify), the topics but for what they are called and
// explained with, and the topics that sources belong to as a whole.
func Rules(program string, topics []news.Topic, sources []news.Source) string {
	always := Always(sources)
	for source, names := range always {
		always[source] = news.CurrentNames(topics, names)
	}
	text, err := json.Marshal(struct {
		Program string
		Method  int
		Topics  []news.Topic
		Always  map[string][]string
	}{program, classify.Method, Bare(topics), always})
	if err != nil { // no number of a checked topic is without a JSON form
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Bare returns topics without what decides nothing: what they are called, their examples, and where
// in which file things stand.
func Bare(topics []news.Topic) []news.Topic {
	bare := slices.Clone(topics)
	for i := range bare {
		t := &bare[i]
		t.Titles, t.Descriptions, t.Match, t.Reject, t.Aliases = nil, nil, nil, nil, nil
		t.Medtop = ""
		t.Terms, t.Groups = slices.Clone(t.Terms), slices.Clone(t.Groups)
		for j := range t.Terms {
			t.Terms[j].Where = ""
		}
		slices.SortFunc(t.Terms, func(a, b news.Term) int {
			return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Text, b.Text))
		})
		t.Together = slices.Clone(t.Together)
		for j := range t.Together {
			t.Together[j].Where = ""
		}
		for j := range t.Groups {
			words := slices.Clone(t.Groups[j].Words)
			for k := range words {
				words[k].Where = ""
			}
			t.Groups[j].Words = words
		}
	}
	return bare
}

// Swap has every further document placed by another classifier, at once. Those that are on their
// way are still placed by the one before: Reclassify waits for them.
func (f *Flow) Swap(classifier *classify.Classifier) { f.rules.swap(classifier) }

// Reclassify places every stored article by the flow's classifier, whose rules and topics are
// given, unless that is done: it goes on where it was when it last ended. It reads and stores a
// few articles at a time, so that its memory is bounded and nobody waits for it; always are the
// topics that a source belongs to as a whole, by its id.
func (f *Flow) Reclassify(
	ctx context.Context, shelf Shelf, rules string, topics []news.Topic,
	always map[string][]string,
) (news.Classified, error) {
	state, err := shelf.BeginClassify(ctx, rules, Bare(topics))
	if err != nil || !state.Done.IsZero() {
		return state, err
	}
	if err := f.rules.settle(ctx); err != nil {
		return state, err // what it would place might be stored behind it
	}
	began := f.now()
	before, told := state.Read, began
	for ctx.Err() == nil {
		batch, last, err := shelf.Stored(state.Key, mostReclassified)
		if err != nil {
			return state, err
		}
		until := last
		if last == state.Key {
			until = 0 // none is left
		}
		next, err := shelf.Reclassify(ctx, rules, until, f.placedAnew(batch, always))
		if err != nil {
			return state, err
		}
		state = next
		now := f.now()
		facts := []any{
			"read", state.Read, "changed", state.Changed, "rules", rules,
			"took", now.Sub(began).Round(time.Millisecond), "rate", rate(state.Read-before, now.Sub(began)),
		}
		if until == 0 {
			f.log.Info("stored articles placed anew", facts...)
			return state, nil
		}
		if now.Sub(told) >= tellEvery {
			told = now
			f.log.Info("placing stored articles anew",
				append(facts, "key", state.Key, "of", state.Last)...)
		}
	}
	return state, ctx.Err()
}

// Waits after a failed placing anew, each twice the one before.
const (
	firstRetry = time.Second
	lastRetry  = 5 * time.Minute
)

// KeepReclassifying is Reclassify, tried again after each failure, more and more rarely, until it
// is done or ctx ends.
func (f *Flow) KeepReclassifying(
	ctx context.Context, shelf Shelf, rules string, topics []news.Topic,
	always map[string][]string,
) {
	for wait, read := firstRetry, 0; ; wait = min(2*wait, lastRetry) {
		state, err := f.Reclassify(ctx, shelf, rules, topics, always)
		if err == nil || ctx.Err() != nil {
			return
		}
		if state.Read > read { // it gets on
			wait, read = firstRetry, state.Read
		}
		f.log.Error("stored articles not placed anew", "error", err, "again in", wait)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// placedAnew places some stored articles.
func (f *Flow) placedAnew(
	batch []news.Stored, always map[string][]string,
) []news.Reclassified {
	classifier := f.rules.current()
	placed := make([]news.Reclassified, len(batch))
	for i := range batch {
		e := &batch[i].Entry
		placed[i] = news.Reclassified{
			Key: batch[i].Key, Fingerprint: e.Fingerprint,
			Placements: classifier.Place(e.Article, always[e.Source], clean.Passages(e.Article)),
		}
	}
	return placed
}

// Always lists the topics that each source belongs to as a whole, by the source's id.
func Always(sources []news.Source) map[string][]string {
	always := map[string][]string{}
	for _, src := range sources {
		always[src.ID] = src.Topics
	}
	maps.DeleteFunc(always, func(_ string, topics []string) bool { return len(topics) == 0 })
	return always
}

// rate is how many of something there were in a second.
func rate(n int, took time.Duration) int {
	if took <= 0 {
		return 0
	}
	return int(float64(n) / took.Seconds())
}
