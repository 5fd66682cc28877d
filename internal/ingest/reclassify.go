package ingest

import (
	"context"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/news"
)

// Stored has the stored articles, for placing them anew.
type Stored interface {
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

// Reclassify places every stored article by some rules, unless that is done: it goes on where it
// was when it last ended. It reads and stores a few articles at a time, so that its memory is
// bounded and nobody waits for it.
func (f *Flow) Reclassify(
	ctx context.Context, stored Stored, rules *classify.Rules,
) (news.Classified, error) {
	state, err := stored.BeginClassify(ctx, rules.Hash, rules.Published())
	if err != nil || !state.Done.IsZero() {
		return state, err
	}
	if err := f.inForce.Settle(ctx); err != nil {
		return state, err // what it would place might be stored behind it
	}
	began := f.now()
	before, told := state.Read, began
	for ctx.Err() == nil {
		batch, last, err := stored.Stored(state.Key, mostReclassified)
		if err != nil {
			return state, err
		}
		until := last
		if last == state.Key {
			until = 0 // none is left
		}
		next, err := stored.Reclassify(ctx, rules.Hash, until, placedAnew(rules, batch))
		if err != nil {
			return state, err
		}
		state = next
		now := f.now()
		facts := []any{
			"read", state.Read, "changed", state.Changed, "rules", rules.Hash,
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

// KeepReclassifying places the stored articles anew whenever other rules have come into force, and
// by those that are in force now, until ctx ends.
func (f *Flow) KeepReclassifying(ctx context.Context, stored Stored) {
	for ctx.Err() == nil {
		rules, inForce, stop := f.inForce.While(ctx)
		f.reclassifyAll(inForce, stored, rules)
		<-inForce.Done()
		stop()
	}
}

// reclassifyAll is Reclassify, tried again after each failure, more and more rarely, until it is
// done or ctx ends.
func (f *Flow) reclassifyAll(ctx context.Context, stored Stored, rules *classify.Rules) {
	for wait, read := firstRetry, 0; ; wait = min(2*wait, lastRetry) {
		state, err := f.Reclassify(ctx, stored, rules)
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
func placedAnew(rules *classify.Rules, batch []news.Stored) []news.Reclassified {
	placed := make([]news.Reclassified, len(batch))
	for i := range batch {
		e := &batch[i].Entry
		placed[i] = news.Reclassified{
			Key: batch[i].Key, Fingerprint: e.Fingerprint,
			Placements: rules.Place(e.Article, rules.Always[e.Source], clean.Passages(e.Article)),
		}
	}
	return placed
}

// rate is how many of something there were in a second.
func rate(n int, took time.Duration) int {
	if took <= 0 {
		return 0
	}
	return int(float64(n) / took.Seconds())
}
