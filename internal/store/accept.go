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
// the candidates. All candidates of one document belong in one call, so that a link that several
// of its items share is recognised. On an error, what was stored before it stays stored.
func (s *Store) Accept(ctx context.Context, all []news.Candidate) ([]news.Result, error) {
	offers := s.offers(all)
	results := make([]news.Result, 0, len(all))
	for part := range slices.Chunk(offers, mostAtOnce) {
		var chunk []news.Result
		err := s.submit(ctx, func(w *writing) error {
			chunk = make([]news.Result, 0, len(part))
			contested, err := w.contested(part)
			if err != nil {
				return err
			}
			for i := range part {
				r, err := w.accept(&part[i], contested)
				if err != nil {
					return err
				}
				chunk = append(chunk, r)
			}
			return nil
		})
		if err != nil {
			return results, err
		}
		results = append(results, chunk...)
	}
	return results, nil
}

// accept decides about one candidate and applies the change, if it makes one.
func (w *writing) accept(o *offer, contested map[claim]string) (news.Result, error) {
	c, item, shared := o.Candidate, o.item, o.shared
	a := &c.Article
	if o.fault != "" {
		return news.Result{
			Outcome: news.Rejected, Reason: o.fault, Source: a.Source, Title: a.Title, Lang: a.Lang,
		}, nil
	}
	known, err := w.find(a, shared)
	if err != nil {
		return news.Result{}, err
	}
	if known == nil {
		return w.create(c, item, shared)
	}
	result := news.Result{
		Outcome: news.Unchanged, ID: known.ID, Source: a.Source, Title: known.Title,
		Lang: known.Lang, Placements: known.Placements,
	}
	switch {
	case known.Status == news.Withdrawn:
		result.Reason = "it was withdrawn, and stays so"
		return result, w.addAliases(a, known, shared)
	case known.Source != a.Source:
		result.Reason = "source " + known.Source + " had it first, under the same link"
		return result, w.addAliases(a, known, shared)
	case another(contested, known, a):
		return w.create(c, item, shared)
	case known.Fingerprint != a.Fingerprint,
		known.Status == news.Embargoed && !known.Published.Equal(a.Published):
		return w.update(c, item, known, shared)
	case !sameTopics(known.Placements, c.Placements):
		return w.place(c, known, shared)
	}
	return result, w.addAliases(a, known, shared)
}

// another tells whether a candidate only seemed to be the article that was found.
func another(contested map[claim]string, known *record, a *news.Article) bool {
	keeper, is := contested[claim{known.key, known.Source}]
	return is && keeper != a.GUID
}

// lookup finds an article's key by its source's guid, then by its link; 0 if it is unknown.
func (w *writing) lookup(a *news.Article, shared bool) uint64 {
	aliases := w.Bucket(bucketAlias)
	if key := aliases.Get(aliasGUID(a.Source, a.GUID)); key != nil {
		return toNumber(key)
	}
	if a.URL == "" || shared {
		return 0
	}
	key := aliases.Get(aliasURL(a.URL))
	if len(key) != 8 {
		return 0 // unknown, or claimed by several guids
	}
	return toNumber(key)
}

// find reads the article that lookup finds, nil if it is unknown.
func (w *writing) find(a *news.Article, shared bool) (*record, error) {
	key := w.lookup(a, shared)
	if key == 0 {
		return nil, nil
	}
	return w.record(key)
}

// newAliases lists the names of an article that do not lead to it yet. The first owner of a link
// keeps it, until several guids of the owner's own source claim it.
func (w *writing) newAliases(a *news.Article, key uint64, shared bool) ([][]byte, error) {
	aliases := w.Bucket(bucketAlias)
	var names [][]byte
	guid := aliasGUID(a.Source, a.GUID)
	if have := aliases.Get(guid); have == nil || toNumber(have) != key {
		names = append(names, guid)
	}
	if a.URL == "" {
		return names, nil
	}
	link := aliasURL(a.URL)
	switch have := aliases.Get(link); {
	case have == nil:
		names = append(names, link)
	case shared && len(have) == 8:
		owner, err := w.record(toNumber(have))
		if err != nil {
			return nil, err
		}
		if owner.Source == a.Source {
			names = append(names, link)
		}
	}
	return names, nil
}

// addAliases logs the names that a known article has newly been met under. Another source adds
// no link: it may move its item to the link of a later article, which would then be lost.
func (w *writing) addAliases(a *news.Article, known *record, shared bool) error {
	if known.Source != a.Source {
		a = &news.Article{Source: a.Source, GUID: a.GUID}
	}
	names, err := w.newAliases(a, known.key, shared)
	if err != nil || len(names) == 0 {
		return err
	}
	c, err := w.newChange(kindAlias, known)
	if err != nil {
		return err
	}
	c.after, c.aliases, c.sharedURL = known, names, shared
	return w.apply(c)
}

// create makes a new article.
func (w *writing) create(cand *news.Candidate, item []byte, shared bool) (news.Result, error) {
	c, err := w.newChange(kindCreate, nil)
	if err != nil {
		return news.Result{}, err
	}
	a := cand.Article
	if !a.Own && a.Published.After(w.now) {
		a.Published = w.now // others hold nothing back: it counts from when it was first seen
	}
	rec := &record{key: c.Key, Entry: news.Entry{
		Article: a, Status: news.Live, Revision: 1, Seq: c.Seq,
		FirstSeen: w.now, Updated: firstUpdated(&a, w.now), Placements: cand.Placements,
	}}
	if a.Own && a.Published.After(w.now) {
		rec.Status = news.Embargoed
	} else {
		rec.Members = members(nil, cand.Placements, c.Seq, w.now.Sub(a.Published) > freshFor)
	}
	c.ID, c.after, c.content, c.item, c.sharedURL = a.ID, rec, &a.Content, item, shared
	if c.aliases, err = w.newAliases(&a, c.Key, shared); err != nil {
		return news.Result{}, err
	}
	c.aliases = append(c.aliases, aliasID(a.ID))
	w.stampFeeds(c)
	return resultOf(news.Accepted, rec), w.apply(c)
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
// its date of publication stay.
func (w *writing) update(
	cand *news.Candidate, item []byte, known *record, shared bool,
) (news.Result, error) {
	c, err := w.newChange(kindUpdate, known)
	if err != nil {
		return news.Result{}, err
	}
	rec := *known
	rec.Article = cand.Article
	rec.ID = known.ID
	rec.Seq, rec.Placements = c.Seq, cand.Placements
	if known.Status == news.Embargoed && rec.Published.After(w.now) {
		rec.Updated = rec.Published
	} else {
		if known.Status == news.Live {
			rec.Published, rec.Revision = known.Published, known.Revision+1
		}
		rec.Status, rec.Updated = news.Live, visibly(known, &rec, w.now)
		rec.Members = moved(known.Members, cand.Placements, c.Seq, rec.FirstSeen.Sub(rec.Published))
	}
	c.after, c.content, c.item, c.sharedURL = &rec, &cand.Article.Content, item, shared
	if c.aliases, err = w.newAliases(&cand.Article, known.key, shared); err != nil {
		return news.Result{}, err
	}
	w.stampFeeds(c)
	return resultOf(news.Updated, &rec), w.apply(c)
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
func (w *writing) place(cand *news.Candidate, known *record, shared bool) (news.Result, error) {
	c, err := w.newChange(kindPlace, known)
	if err != nil {
		return news.Result{}, err
	}
	rec := *known
	rec.Seq, rec.Placements = c.Seq, cand.Placements
	if known.Status == news.Live {
		old := w.now.Sub(known.Published) > freshFor
		rec.Members = members(known.Members, cand.Placements, c.Seq, old)
	}
	c.after, c.sharedURL = &rec, shared
	if c.aliases, err = w.newAliases(&cand.Article, known.key, shared); err != nil {
		return news.Result{}, err
	}
	w.stampFeeds(c)
	result := resultOf(news.Updated, &rec)
	result.Reason = "its topics changed"
	return result, w.apply(c)
}

// members lists an article's places: one for each topic, and one in All if it has any topic. A
// place kept from before keeps its order.
func members(
	before []member, placements []news.Placement, order uint64, backfill bool,
) []member {
	var after []member
	add := func(topic string) {
		for _, m := range before {
			if m.Topic == topic {
				after = append(after, m)
				return
			}
		}
		after = append(after, member{Topic: topic, Order: order, Backfill: backfill})
	}
	for _, p := range placements {
		add(p.Topic)
	}
	if len(after) > 0 {
		add(news.All)
	}
	return after
}

// moved lists an article's places after a visible change: all at the new order. One that entered
// a feed as backfill stays there, since a correction to an old article must not push news out.
func moved(
	before []member, placements []news.Placement, order uint64, ageAtFirst time.Duration,
) []member {
	after := members(nil, placements, order, ageAtFirst > freshFor)
	for i := range after {
		for _, m := range before {
			if m.Topic == after[i].Topic {
				after[i].Backfill = m.Backfill
			}
		}
	}
	return after
}

// sameTopics tells whether two lists of placements name the same topics.
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
