package store

import (
	"context"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// freshFor is how old an article may be when it is first seen and still count as news. An older
// one enters its feeds as backfill.
const freshFor = 48 * time.Hour

// mostAtOnce bounds how many candidates share a transaction: bbolt slows down sharply when one
// transaction holds much more.
const mostAtOnce = 1000

// Accept decides what becomes of each candidate and stores it; the results are in the order of
// the candidates. All candidates of one document belong in one call, so that a name that several
// of its items share is recognised. On an error, what was stored before it stays stored.
//
// What changes nothing is only read: most of what a poll brings is known.
func (s *Store) Accept(ctx context.Context, all []news.Candidate) ([]news.Result, error) {
	offers := offers(all)
	results := make([]news.Result, 0, len(all))
	taken := map[uint64]bool{}
	for part := range slices.Chunk(offers, mostAtOnce) {
		chunk, err := s.settle(ctx, part, taken)
		if err != nil {
			return results, err
		}
		if chunk == nil {
			if chunk, err = s.acceptAll(ctx, part, taken); err != nil {
				return results, err
			}
		}
		take(part, taken)
		results = append(results, chunk...)
	}
	fillTwins(offers, results)
	return results, nil
}

// settle returns the results of offers none of which changes anything, else nil; then what is to be
// stored is packed, which need not wait for the one goroutine that writes.
func (s *Store) settle(
	ctx context.Context, part []offer, taken map[uint64]bool,
) ([]news.Result, error) {
	if err := s.takes(ctx); err != nil {
		return nil, err
	}
	results := make([]news.Result, 0, len(part))
	err := s.view(func(r reading) error {
		if err := r.match(part, taken, s.trusted()); err != nil {
			return err
		}
		for i := range part {
			v, err := r.decide(&part[i])
			if err != nil {
				return err
			}
			names, err := r.newNames(&part[i], &v)
			if err != nil {
				return err
			}
			if v.act <= actName && len(names) == 0 {
				results = append(results, v.result)
			} else if v.act == actCreate || v.act == actUpdate {
				if err := part[i].pack(s.zip); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil || len(results) < len(part) {
		return nil, err
	}
	return results, nil
}

// acceptAll decides about offers and stores what becomes of them, in one transaction.
func (s *Store) acceptAll(
	ctx context.Context, part []offer, taken map[uint64]bool,
) (results []news.Result, err error) {
	err = s.submitMany(ctx, len(part), func(w *writing) error {
		results = make([]news.Result, 0, len(part))
		if err := w.match(part, taken, w.now); err != nil {
			return err
		}
		for i := range part {
			r, err := w.accept(&part[i])
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		return nil
	})
	return results, err
}

// action is what is to be done about a candidate.
type action int

const (
	actNothing action = iota
	actName           // it is known: remember what else it is called
	actListed         // it has expired: remember that it is still listed
	actPlace          // its topics changed
	actUpdate
	actCreate
)

// verdict is what was decided about a candidate.
type verdict struct {
	act    action
	known  *record     // the article that it is; to be created: the one whose names it takes
	id     news.ID     // of the article to be created
	taken  bool        // to be updated: known is another source's, and its link is this one's
	result news.Result // of the first two steps
}

// decide decides about one candidate, and changes nothing.
func (r reading) decide(o *offer) (verdict, error) {
	v, err := r.become(o)
	if v.act == actCreate && o.Held {
		a := &o.Article
		return verdict{result: news.Result{
			Outcome: news.Deferred, Source: a.Source, Title: a.Title, Lang: a.Lang,
			Reason: "its source has brought as many new articles as it may in an hour",
		}}, nil
	}
	return v, err
}

// become is what a candidate is, whether or not there is room for it.
func (r reading) become(o *offer) (verdict, error) {
	a, known := &o.Article, o.known
	switch {
	case o.twin != 0:
		return verdict{}, nil // see fillTwins
	case o.fault != "":
		return verdict{result: news.Result{
			Outcome: news.Rejected, Reason: o.fault, Source: a.Source, Title: a.Title, Lang: a.Lang,
		}}, nil
	case known == nil:
		other, err := r.foreign(o)
		if other == nil || err != nil {
			return r.anew(o, o.before), err
		}
		return r.contend(other, o), nil
	}
	if a.URL != known.URL && known.URL == a.URL+"#"+a.Anchor {
		a.URL = known.URL // it was found to be a part of a page
	}
	v := verdict{act: actName, known: known, result: unchanged(known, a)}
	switch {
	case known.Status == news.Withdrawn:
		v.result.Reason = "it was withdrawn, and stays so"
	case known.Status == news.Expired:
		v.expired(o)
	case o.quiet:
		v.result.Reason = "it says what is known, under another name"
	case known.Fingerprint != a.Fingerprint,
		known.URL != a.URL && known.URL == withoutAnchor(a.URL),
		known.Status == news.Embargoed && !known.Published.Equal(a.Published):
		v.act = actUpdate
	case !sameTopics(known.Placements, r.judged(a, o.Placements, known.Decisions)),
		!sameTopics(known.ruled(), o.Placements), known.Entitled != a.Entitled:
		v.act = actPlace
	}
	return v, nil
}

// unchanged is the result of a candidate that is the known article as it stands.
func unchanged(known *record, a *news.Article) news.Result {
	return news.Result{
		Outcome: news.Unchanged, ID: known.ID, Source: a.Source, Title: known.Title,
		Lang: known.Lang, Placements: known.Placements,
	}
}

// accept decides about one candidate and applies the change, if it makes one.
func (w *writing) accept(o *offer) (news.Result, error) {
	v, err := w.decide(o)
	if err != nil {
		return news.Result{}, err
	}
	switch v.act {
	case actCreate:
		return w.create(o, &v)
	case actUpdate:
		if v.taken {
			return w.takeOver(o, v.known)
		}
		return w.update(o, &v)
	case actPlace:
		return w.place(o, &v)
	case actListed:
		return v.result, w.listed(o, &v)
	}
	return v.result, w.addAliases(o, &v)
}

// create makes a new article.
func (w *writing) create(o *offer, v *verdict) (news.Result, error) {
	c := w.newChange(kindCreate, nil)
	a := o.Article
	a.ID = v.id
	if !a.Own && a.Published.After(w.now) {
		a.Published = w.now // others hold nothing back: it counts from when it was first seen
	}
	rec := &record{key: c.Key, Entry: news.Entry{
		Article: a, Status: news.Live, Revision: 1, Seq: c.Seq,
		FirstSeen: w.now, Updated: firstUpdated(&a, w.now), Placements: o.Placements,
	}, Backlog: o.Backlog}
	if a.Own && a.Published.After(w.now) {
		rec.Status = news.Embargoed
	} else {
		rec.Members = members(nil, o.Placements, c.Seq, rec.isOld(w.now))
	}
	c.ID, c.after = a.ID, rec
	if err := w.says(c, o, v.known); err != nil {
		return news.Result{}, err
	}
	return w.enter(c, news.Accepted)
}

// says has a change bring what an offer says, and the names that it comes under; taken is the
// article whose names it takes, nil if there is none.
func (w *writing) says(c *change, o *offer, taken *record) (err error) {
	if err := o.pack(w.zip); err != nil {
		return err
	}
	c.parts[partContent], c.parts[partItem] = o.body, o.item
	c.Names, err = w.newAliases(o, c.after, taken)
	return err
}

// enter applies a change that brings an article into topics, within its source's share of each.
func (w *writing) enter(c *change, outcome news.Outcome) (news.Result, error) {
	crowded, err := w.bound(c)
	if err != nil {
		return news.Result{}, err
	}
	w.stampFeeds(c)
	result := resultOf(outcome, c.after)
	if crowded {
		result.Crowded, result.Reason = true, "its source has its share of the news: behind it for now"
	}
	return result, w.append(c)
}

// firstUpdated is when a new article last changed as far as its source says, and never later
// than now, unless it is under embargo.
func firstUpdated(a *news.Article, now time.Time) time.Time {
	updated := a.Modified
	if updated.After(now) {
		updated = now
	}
	if updated.Before(a.Published) {
		updated = a.Published
	}
	return updated
}

// update gives a known article its new text. Its id, its guid's history and, once it is public,
// its date of publication stay; the version that readers have seen is kept.
func (w *writing) update(o *offer, v *verdict) (news.Result, error) {
	known := v.known
	c := w.newChange(kindUpdate, known)
	rec := *known
	rec.Article = o.Article
	rec.ID, rec.Seq = known.ID, c.Seq
	w.rule(&rec, o.Placements)
	if known.Status == news.Embargoed && rec.Published.After(w.now) {
		rec.Updated = rec.Published
	} else {
		if known.Status == news.Live {
			rec.Published, rec.Revision = known.Published, known.Revision+1
			if err := w.keepVersion(c); err != nil {
				return news.Result{}, err
			}
		}
		rec.Status, rec.Updated = news.Live, visibly(known, &rec, w.now)
		rec.Members = moved(known.Members, rec.Placements, c.Seq, rec.isOld(rec.FirstSeen))
	}
	c.after = &rec
	if err := w.says(c, o, nil); err != nil {
		return news.Result{}, err
	}
	return w.enter(c, news.Updated)
}

// visibly is the time of a change that a reader sees: now, but later than the last one that
// anybody has seen.
func visibly(known, rec *record, now time.Time) time.Time {
	if known.Status != news.Live {
		return maxTime(now, rec.Published)
	}
	return grown(now, known.Updated)
}

// place gives a known article its new topics; its text is as it was.
func (w *writing) place(o *offer, v *verdict) (news.Result, error) {
	known := v.known
	rec := *known
	rec.Entitled = o.Article.Entitled
	names, err := w.newAliases(o, known, nil)
	if err != nil {
		return news.Result{}, err
	}
	if w.rule(&rec, o.Placements); sameTopics(known.Placements, rec.Placements) {
		return v.result, w.note(known, &rec, names) // an editor had decided the same
	}
	anew, err := w.placingAnew()
	if err != nil {
		return news.Result{}, err
	}
	c := w.placed(known, &rec, anew || known.isOld(w.now))
	c.Names = names
	result, err := w.enter(c, news.Updated)
	if !result.Crowded {
		result.Reason = "its topics changed"
	}
	return result, err
}

// note keeps what changed of an article that no reader sees.
func (w *writing) note(known, after *record, names []naming) error {
	c := w.newChange(kindNote, known)
	c.after, c.Names = after, names
	return w.append(c)
}

// sameTopics reports whether two lists of placements name the same topics.
func sameTopics(a, b []news.Placement) bool {
	return slices.Equal(topics(a), topics(b))
}

func topics(placements []news.Placement) []string {
	names := make([]string, 0, len(placements))
	for _, p := range placements {
		names = append(names, p.Topic)
	}
	slices.Sort(names)
	return names
}

func resultOf(outcome news.Outcome, rec *record) news.Result {
	r := news.Result{
		Outcome: outcome, ID: rec.ID, Source: rec.Source, Title: rec.Title,
		Lang: rec.Lang, Placements: rec.Placements,
	}
	if rec.Status == news.Embargoed {
		r.Reason = "held until " + rec.Published.Format(time.RFC3339)
	}
	return r
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
