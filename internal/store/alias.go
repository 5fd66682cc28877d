package store

import "github.com/teletipo/teletipo/internal/news"

// alias is what a name leads to, nil for nothing.
func (r reading) alias(name []byte) []byte { return r.Bucket(bucketAlias).Get(name) }

// link is what a link leads to.
func (r reading) link(url string) linkTo { return toLink(r.alias(aliasURL(url))) }

// several is the name that stands for a guid, or a pair, once several articles have it.
func several(guid string) string { return guid + "\x00" }

// pairShared reports whether several articles have both guid and link of an offer.
func (o *offer) pairShared(r reading) bool {
	return o.many.pair || r.hadBySeveral(o.Article.Source, o.pair())
}

// ownName is the guid of an offer or, if several articles have that, guid and link together; empty
// if these are shared too.
func (o *offer) ownName(r reading) string {
	switch {
	case !o.shared:
		return o.Article.GUID
	case !o.pairShared(r):
		return o.pair()
	}
	return ""
}

func (r reading) hadBySeveral(source, name string) bool {
	return r.alias(aliasGUID(source, several(name))) != nil
}

// left reports whether an article has moved on to another link, from one that its source never
// spoke for.
func (l linkTo) left(known *record, a *news.Article) bool {
	return l.strange && known.Entitled && news.LinkKey(known.URL) != news.LinkKey(a.URL)
}

// foreign reads the article of another source that an offer's guid or link leads to, nil if there
// is none. Two names lead to an article only as long as nobody who speaks for a link is wronged by
// that: a guid that once led to another source's article, by a link that they shared, once its item
// is on a link of its source's own that leads elsewhere; and a link that a stranger laid claim to,
// once its article is somebody's who speaks for another link.
func (r reading) foreign(o *offer) (*record, error) {
	a := &o.Article
	byGUID, byLink := uint64(0), uint64(0)
	if name := o.ownName(r); name != "" {
		byGUID = toNumber(r.alias(aliasGUID(a.Source, name)))
	}
	var l linkTo
	if a.URL != "" {
		if l = r.link(a.URL); !l.shared && !o.many.link {
			byLink = l.key
		}
	}
	known, err := r.other(byGUID, a)
	if err != nil {
		return nil, err
	}
	if known == nil || a.URL != "" && l.key != known.key && a.Entitled {
		if known, err = r.other(byLink, a); known == nil || err != nil {
			return nil, err
		}
	}
	if l.key == known.key && l.left(known, a) {
		return nil, nil
	}
	return known, nil
}

// other reads the article of a key if it is not of the candidate's own source, else nil.
func (r reading) other(key uint64, a *news.Article) (*record, error) {
	if key == 0 {
		return nil, nil
	}
	known, err := r.known(key, a)
	if err != nil || known.Source == a.Source {
		return nil, err
	}
	return known, nil
}

// newNames lists the names that a candidate would add to the article that it is known as. A
// withdrawn or another's article gets names too, so that it is recognised for good; but another
// source adds no link: it may move its item to the link of a later article, which would then be
// lost.
func (r reading) newNames(o *offer, v *verdict) ([]naming, error) {
	switch {
	case v.act != actName && v.act != actListed || o.rarely:
		return nil, nil
	case v.known.Source != o.Article.Source && o.known == nil:
		name := newNaming(asGUID, o.Article.Source, o.ownName(r))
		if name.Name == "" || toNumber(r.alias(name.alias())) == v.known.key {
			return nil, nil
		}
		return []naming{name}, nil
	}
	return r.newAliases(o, v.known, nil)
}

// newAliases lists the names of an article that do not lead to it yet. Of those that lead to others
// it takes none, unless they are of before, whose names it is to have; nil if there is none.
func (r reading) newAliases(o *offer, known, before *record) ([]naming, error) {
	a, key := &o.Article, known.key
	var names []naming
	add := func(n naming, takes bool) {
		if have := toNumber(r.alias(n.alias())); have == 0 || takes && have != key {
			names = append(names, n)
		}
	}
	guid := func(name string) naming { return newNaming(asGUID, a.Source, name) }
	add(guid(a.GUID), o.known == nil && !o.shared)
	if o.shared {
		add(guid(several(a.GUID)), false)
		if o.pairShared(r) {
			add(guid(several(o.pair())), false)
		} else if a.URL != "" {
			add(guid(o.pair()), o.known == nil)
		}
	}
	if o.File != "" {
		add(newNaming(asFile, a.Source, o.File), true)
	}
	if !o.pushed && o.sure != untouched {
		add(newNaming(asStory, storiesOf(a), o.story().name(known.ID)), true)
	}
	if a.URL == "" {
		return names, nil
	}
	takes, err := r.takesLink(a, key, o.many.link, before)
	if takes {
		link := newNaming(asLink, "", news.LinkKey(a.URL))
		link.Shared, link.Strange = o.many.link, !a.Entitled
		names = append(names, link)
	}
	return names, err
}

// takesLink reports whether the link of a shall lead to the article of a key now. Who has it keeps
// it, unless several guids of their own source claim it, or the article is to have their names, or
// its source speaks for the link and theirs does not. An article that gave its link back does not
// take it again.
func (r reading) takesLink(
	a *news.Article, key uint64, shared bool, before *record,
) (bool, error) {
	l := r.link(a.URL)
	comesToShare := shared && !l.shared
	switch {
	case l.key == 0:
		return l.givenBack != key, nil
	case before != nil && l.key == before.key:
		return true, nil
	case l.key == key:
		return comesToShare || l.strange && a.Entitled, nil
	case !a.Entitled && !comesToShare && !l.strange:
		return false, nil
	}
	holder, err := r.record(l.key)
	if err != nil {
		return false, err
	}
	left := l.strange && holder.Entitled && news.LinkKey(holder.URL) != news.LinkKey(a.URL)
	if holder.Source == a.Source {
		return comesToShare || left, nil
	}
	return left || a.Entitled && !speaks(holder, a), nil
}

// addAliases logs the names that a known article has newly been met under.
func (w *writing) addAliases(o *offer, v *verdict) error {
	names, err := w.furtherNames(o, v)
	if err != nil || len(names) == 0 {
		return err
	}
	if o.quiet && o.known != nil {
		rec := *v.known
		rec.Again = w.now
		return w.note(v.known, &rec, names)
	}
	c := w.newChange(kindAlias, v.known)
	c.Names = names
	return w.append(c)
}

// furtherNames are the new names of a known article, as they are to be kept.
func (w *writing) furtherNames(o *offer, v *verdict) ([]naming, error) {
	names, err := w.newNames(o, v)
	for i := range names {
		names[i].Strange = names[i].As == asLink && !v.known.Entitled
	}
	return names, err
}
