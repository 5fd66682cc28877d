package store

import (
	"context"
	"strconv"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/site"
)

// anew decides that a candidate is an article of its own; it takes the names of before, which may
// be nil. Its id may have passed to another source with an article that it had brought first.
func (r reading) anew(o *offer, before *record) verdict {
	a := &o.Article
	id := a.ID
	if o.shared {
		id = news.MintID(a.Source, o.pair())
	}
	for n := 0; r.alias(aliasID(id)) != nil; n++ {
		id = news.MintID(a.Source, a.GUID+"\x00"+a.Fingerprint+strconv.Itoa(n))
	}
	return verdict{act: actCreate, known: before, id: id}
}

// speaks reports whether the source of a known article speaks for the link of a candidate: it
// speaks for that of its own article, and both are on one site.
func speaks(known *record, a *news.Article) bool {
	return known.Entitled &&
		(news.LinkKey(known.URL) == news.LinkKey(a.URL) || site.Same(known.URL, a.URL))
}

// contend decides about a candidate that is known as another source's article. docs/identity.md has
// the rules as a table.
func (r reading) contend(known *record, o *offer) verdict {
	a := &o.Article
	v := verdict{act: actName, known: known, result: unchanged(known, a)}
	v.result.Owner = known.Source
	owned := a.URL == "" && known.Entitled || speaks(known, a)
	withdrawn := known.Status == news.Withdrawn
	switch {
	case known.Status == news.Expired && (owned || !a.Entitled ||
		news.LinkKey(known.URL) == news.LinkKey(a.URL)):
		v.expired(o)
	case withdrawn && owned && known.Recalled && a.Entitled, // what a source takes back is its own
		withdrawn && !owned && (known.Recalled || a.Entitled):
		return r.anew(o, known)
	case withdrawn:
		v.result.Reason = "it was withdrawn, and stays so"
	case owned || !a.Entitled:
		v.result.Reason = "source " + known.Source + " had it first, under the same link"
	case news.LinkKey(known.URL) == news.LinkKey(a.URL):
		return verdict{act: actUpdate, known: known, taken: true}
	default:
		return r.anew(o, known) // the other's article has moved on to another link
	}
	return v
}

// takeOver makes a known article that of the candidate's source, which speaks for its link: it
// keeps its id, and becomes in everything else what that source says, as if it were new. What
// editors had decided was about another text.
func (w *writing) takeOver(o *offer, known *record) (news.Result, error) {
	c := w.newChange(kindUpdate, known)
	c.From = known.Source
	rec := *known
	rec.Article, rec.Decisions, rec.Status = o.Article, nil, news.Live
	rec.ID, rec.Seq, rec.From, rec.FirstSeen = known.ID, c.Seq, known.Source, w.now
	rec.Backlog = o.Backlog
	w.rule(&rec, o.Placements)
	if !rec.Own && rec.Published.After(w.now) {
		rec.Published = w.now
	}
	if known.Status == news.Live {
		rec.Revision = known.Revision + 1
		if err := w.keepVersion(c); err != nil {
			return news.Result{}, err
		}
	}
	rec.Updated, rec.Members = visibly(known, &rec, w.now), nil
	if rec.Own && rec.Published.After(w.now) {
		rec.Status, rec.Updated = news.Embargoed, rec.Published
	} else {
		rec.Updated = maxTime(rec.Updated, rec.Published)
		rec.Members = members(nil, rec.Placements, c.Seq, rec.isOld(w.now))
	}
	c.after = &rec
	if err := w.says(c, o, known); err != nil {
		return news.Result{}, err
	}
	result, err := w.enter(c, news.Updated)
	result.From = known.Source
	if result.Reason == "" {
		result.Reason = takenFrom(known)
	}
	return result, err
}

func takenFrom(known *record) string {
	return "its link is this source's: taken over from source " + known.Source + ", which had it first"
}

// GiveBack takes an article's link away from it: the next item under that link is an article of its
// own, whosever it is. The article stays what it is, and does not take the link again. It is
// Unchanged, with a reason, if the link does not lead to it.
func (s *Store) GiveBack(ctx context.Context, id news.ID) (result news.Result, err error) {
	err = s.submit(ctx, func(w *writing) error {
		known, err := w.byID(id)
		if err != nil {
			return err
		}
		result = resultOf(news.Unchanged, known)
		if known.URL == "" || w.link(known.URL).key != known.key {
			result.Reason = "its link does not lead to it: there is nothing to give back"
			return nil
		}
		c := w.newChange(kindAlias, known)
		c.Names = []naming{newNaming(asLink, "", news.LinkKey(known.URL))}
		c.Names[0].Given = true
		result.Outcome = news.Updated
		result.Reason = "its link is given back: the next item under it is an article of its own"
		return w.append(c)
	})
	return result, err
}
