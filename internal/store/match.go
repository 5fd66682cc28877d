package store

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// sureness is how sure it is that an item is a stored article, the surest first.
type sureness int

const (
	unsure    sureness = iota
	untouched          // its guid leads there, and to a reader nothing has changed
	retold             // it says the same, and has a name in common
	paired             // guid and link together lead there
	repeated           // it says the same under other names, and enough to tell
	sameTitle          // guid or link leads there, and the title is the same
	again              // it says the same under other names
	likely             // guid or link leads there, and nothing speaks against it
)

// What says the same under a new guid and a new link is the same article as long as it was seen
// so within these times: many a rubric has one title, and a line or two that never change.
const (
	againWithin = 24 * time.Hour
	longWithin  = 7 * 24 * time.Hour
)

// claim is an item's on a stored article of its own source.
type claim struct {
	offer int
	sure  sureness
	known *record
	quiet bool
}

// match finds which articles of their own sources the items of a document are. Each article is one
// of them at most: it goes to the one that is surest, and among equals to the one whose guid its id
// was minted from, or that it was last seen under. Taken are articles that other items of the
// document are. Now is when the document was seen.
func (r reading) match(part []offer, taken map[uint64]bool, now time.Time) error {
	var claims []claim
	for i := range part {
		o := &part[i]
		o.shared, o.known, o.sure, o.quiet, o.rarely, o.before =
			o.many.guid, nil, unsure, false, false, nil
		o.seen = now
		if !o.counts() {
			continue
		}
		found, err := r.claims(o)
		if err != nil {
			return err
		}
		for _, c := range found {
			c.offer = i
			claims = append(claims, c)
		}
	}
	keeps := func(c claim) int {
		switch a := &part[c.offer].Article; {
		case a.ID == c.known.ID:
			return 0
		case a.GUID == c.known.GUID:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.sure, b.sure), cmp.Compare(keeps(a), keeps(b)))
	})
	now = now.Add(-againWithin)
	gone := map[uint64]bool{}
	for _, c := range claims {
		o := &part[c.offer]
		if o.known != nil || taken[c.known.key] || gone[c.known.key] {
			continue
		}
		gone[c.known.key] = true
		o.known, o.sure, o.quiet = c.known, c.sure, c.quiet
		o.rarely = c.quiet && !o.Article.Own && c.known.Again.After(now)
	}
	return nil
}

// take notes which articles the items of a document are.
func take(part []offer, taken map[uint64]bool) {
	for i := range part {
		if part[i].known != nil {
			taken[part[i].known.key] = true
		}
	}
}

// finder looks for the articles of its own source that an offer may be.
type finder struct {
	reading
	*offer
	list []claim
}

// claims lists the articles of its own source that an offer may be, and notes the one that only
// had its names.
func (r reading) claims(o *offer) ([]claim, error) {
	a, f := &o.Article, finder{reading: r, offer: o}
	byGUID, err := r.own(toNumber(r.alias(aliasGUID(a.Source, a.GUID))), a, true)
	if err != nil {
		return nil, err
	}
	if byGUID != nil && byGUID.Fingerprint == a.Fingerprint && byGUID.Source == a.Source {
		return []claim{{sure: untouched, known: byGUID}}, nil
	}
	o.shared = o.many.guid || !o.pushed && r.hadBySeveral(a.Source, a.GUID)
	var byLink *record
	if a.URL != "" {
		l := r.link(a.URL)
		if l.shared || o.many.link {
			o.anchored()
		} else if byLink, err = r.own(l.key, a, false); err != nil {
			return nil, err
		} else if byLink != nil && l.left(byLink, a) {
			byLink = nil
		}
	}
	if f.shared {
		if byGUID, err = f.byPair(); err != nil {
			return nil, err
		}
	}
	if err := cmp.Or(f.byStory(byGUID, byLink), f.byName(byGUID), f.byName(byLink)); err != nil {
		return nil, err
	}
	return f.list, f.byTitle()
}

// own reads the article of a key if it is of the candidate's own source, else nil. Between the
// desk's two ways to hand in a file there is no difference, if one is meant.
func (r reading) own(key uint64, a *news.Article, files bool) (*record, error) {
	if key == 0 {
		return nil, nil
	}
	known, err := r.known(key, a)
	if err != nil || known.Source == a.Source {
		return known, err
	}
	if files && known.Own && a.Own && (isFiles(known.Source) || isFiles(a.Source)) {
		return known, nil
	}
	return nil, nil
}

func isFiles(source string) bool { return source == string(news.KindFile) }

// add adds a claim.
func (f *finder) add(sure sureness, known *record, quiet bool) {
	f.list = append(f.list, claim{sure: sure, known: known, quiet: quiet})
}

// byPair reads the article that a guid that several have leads to together with the link.
func (f *finder) byPair() (*record, error) {
	a := &f.Article
	if a.URL == "" || f.pairShared(f.reading) {
		return nil, nil
	}
	return f.own(toNumber(f.alias(aliasGUID(a.Source, f.pair()))), a, false)
}

// byName weighs an article that guid or link lead to.
func (f *finder) byName(known *record) error {
	if known == nil {
		return nil
	}
	a := &f.Article
	sure := likely
	switch {
	case known.GUID == a.GUID && a.URL != "" &&
		spot(known.URL, known.Anchor) == spot(a.URL, a.Anchor):
		sure = paired
	case titleOf(known.Title) == titleOf(a.Title):
		sure = sameTitle
	}
	other, err := f.reused(known, a, sure)
	if other {
		f.before = known
		return err
	}
	// A file's further name that says what the article said before: another copy has gone on.
	stale := a.Own && !f.pushed && known.GUID != a.GUID && f.told(known)
	f.add(sure, known, stale || known.Source != a.Source && f.told(known))
	return err
}

// told reports whether an article says, or has said, what the offer says.
func (f *finder) told(known *record) bool {
	a := &f.Article
	return f.alias(aliasStory(storiesOf(a), f.story().name(known.ID))) != nil
}

// mostTold bounds how many articles that say the same are considered.
const mostTold = 16

// byStory looks for articles that say the same, or have said it before.
func (f *finder) byStory(byGUID, byLink *record) error {
	if f.pushed {
		return nil
	}
	a := &f.Article
	for _, key := range f.under(aliasStory(storiesOf(a), f.story().title+f.story().text)) {
		known, err := f.own(key, a, true)
		if err != nil {
			return err
		}
		switch {
		case known == nil:
		case a.Own:
			if !f.sameFile(known) {
				break
			}
			says, err := f.says(known)
			if err != nil {
				return err
			}
			f.add(again, known, known.Source != a.Source || !says)
		case f.sharesName(known, byLink != nil):
			f.add(retold, known, false)
		default:
			if err := f.renamed(known, byGUID != nil && byGUID.key == key ||
				byLink != nil && byLink.key == key); err != nil {
				return err
			}
		}
	}
	return nil
}

// renamed weighs an article that says or has said the same, and stands under other names. Met is
// that it was met under those of the offer before.
func (f *finder) renamed(known *record, met bool) error {
	says, err := f.says(known)
	switch {
	case err != nil:
		return err
	case met:
		f.add(retold, known, says)
	case !says || !f.isAgain(known):
	case f.shared:
		f.add(retold, known, true) // its guid says nothing, what it says does
	case f.story().long:
		f.add(repeated, known, true)
	default:
		f.add(again, known, true)
	}
	return nil
}

// says reports whether an article that has said what the offer says still does; nobody knows of
// one that was withdrawn, which did.
func (f *finder) says(known *record) (bool, error) {
	if known.Status.Ended() {
		return true, nil
	}
	body, _, err := f.readable(known.key)
	return toStory(known.Title, known.Summary, body) == *f.story(), err
}

// sharesName reports whether a name of the offer that identifies it is that which an article has.
func (f *finder) sharesName(known *record, linked bool) bool {
	a := &f.Article
	guid := known.GUID == a.GUID
	page := spot(known.URL, known.Anchor) == spot(a.URL, a.Anchor)
	return guid && page || guid && !f.shared || page && linked
}

// sameFile reports whether a file that says what an article says is the same: under another name,
// in another encoding, or handed in the other way. A file that states an id means that one.
func (f *finder) sameFile(known *record) bool {
	a := &f.Article
	return !known.Recalled && (f.Nameless || known.GUID == a.GUID) &&
		(a.Undated || known.Undated || known.Published.Equal(a.Published))
}

// isAgain reports whether an article that says the same under other names is the same, not the
// next edition of what has one title and text for each.
func (f *finder) isAgain(known *record) bool {
	a := &f.Article
	if known.Recalled || f.doc.several(f.offer) && !sameDate(&known.Article, a) ||
		otherRecording(known.Media, a.Media) {
		return false
	}
	last := known.Published
	if known.Undated && known.Again.After(last) {
		last = known.Again
	}
	apart := a.Published.Sub(last).Abs()
	return apart <= againWithin || f.story().long && apart <= longWithin
}

// otherRecording reports whether two articles have recordings, and none in common: there the text
// may only say what they are.
func otherRecording(a, b []news.Media) bool {
	recordings := func(list []news.Media) map[string]bool {
		set := map[string]bool{}
		for _, m := range list {
			if strings.HasPrefix(m.Type, "audio/") || strings.HasPrefix(m.Type, "video/") {
				set[m.URL] = true
			}
		}
		return set
	}
	ours, theirs := recordings(a), recordings(b)
	part, of := share(ours, theirs)
	return of > 0 && part == 0
}

// under lists the articles whose names begin so.
func (f *finder) under(prefix []byte) (keys []uint64) {
	c := f.Bucket(bucketAlias).Lenient()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(keys) < mostTold; k, v = c.Next() {
		if key := toNumber(v); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// byTitle looks for the article that a name that several have and its title lead to.
func (f *finder) byTitle() error {
	a := &f.Article
	if a.Own || f.pushed || !f.shared && !f.many.link && (a.URL == "" || !f.link(a.URL).shared) {
		return nil
	}
	for _, key := range f.under(aliasStory(storiesOf(a), f.story().title)) {
		known, err := f.own(key, a, false)
		if err != nil {
			return err
		}
		if known == nil || f.before != nil && known.key == f.before.key ||
			known.GUID != a.GUID && spot(known.URL, "") != spot(a.URL, "") {
			continue
		}
		like := sameDate(&known.Article, a)
		if !like {
			if like, err = f.alike(known, a); err != nil {
				return err
			}
		}
		if like {
			f.add(sameTitle, known, false)
		}
	}
	return nil
}
