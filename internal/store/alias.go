package store

import "github.com/teletipo/teletipo/internal/news"

// link is what a link leads to.
func (r reading) link(url string) linkTo {
	return toLink(r.Bucket(bucketAlias).Get(aliasURL(url)))
}

// lookup finds an article's key by its source's guid, then by its link; 0 if it is unknown.
func (r reading) lookup(a *news.Article, shared bool) (key uint64, byGUID bool) {
	if key := r.Bucket(bucketAlias).Get(aliasGUID(a.Source, a.GUID)); key != nil {
		return toNumber(key), true
	}
	if a.URL == "" || shared {
		return 0, false
	}
	if l := r.link(a.URL); !l.shared {
		return l.key, false
	}
	return 0, false
}

// find reads the article that lookup finds, nil if it is unknown. Two names lead to an article only
// as long as nobody who speaks for a link is wronged by that: a guid that once led to another
// source's article, by a link that they shared, once its item is on a link of its source's own that
// leads elsewhere; and a link that a stranger laid claim to, once its article is somebody's who
// speaks for another link.
func (r reading) find(a *news.Article, shared bool) (*record, error) {
	key, byGUID := r.lookup(a, shared)
	if key == 0 {
		return nil, nil
	}
	known, err := r.known(key, a)
	if err != nil || byGUID && known.Source == a.Source || a.URL == "" {
		return known, err
	}
	l := r.link(a.URL)
	if l.key != key && known.Source != a.Source && a.Entitled {
		if l.key == 0 || l.shared || shared {
			return nil, nil
		}
		if known, err = r.record(l.key); err != nil {
			return nil, err
		}
	}
	if l.key == known.key && l.strange && known.Entitled &&
		news.LinkKey(known.URL) != news.LinkKey(a.URL) {
		return nil, nil
	}
	return known, nil
}

// newNames lists the names that a candidate would add to the article that it is known as. A
// withdrawn or another's article gets names too, so that it is recognised for good; but another
// source adds no link: it may move its item to the link of a later article, which would then be
// lost.
func (r reading) newNames(o *offer, v *verdict) ([]naming, error) {
	switch {
	case v.act != actName:
		return nil, nil
	case v.known.Source != o.Article.Source:
		a := news.Article{Source: o.Article.Source, GUID: o.Article.GUID}
		return r.newAliases(&news.Candidate{Article: a}, v.known.key, o.shared, nil)
	}
	return r.newAliases(o.Candidate, v.known.key, o.shared, nil)
}

// newAliases lists the names of an article that do not lead to it yet; before is the article whose
// names it takes, nil if there is none.
func (r reading) newAliases(
	c *news.Candidate, key uint64, shared bool, before *record,
) ([]naming, error) {
	a, aliases := &c.Article, r.Bucket(bucketAlias)
	var names []naming
	add := func(as, name string) {
		n := newNaming(as, a.Source, name)
		if have := aliases.Get(n.alias()); have == nil || toNumber(have) != key {
			names = append(names, n)
		}
	}
	add(asGUID, a.GUID)
	if c.File != "" {
		add(asFile, c.File)
	}
	if a.URL == "" {
		return names, nil
	}
	takes, err := r.takesLink(a, key, shared, before)
	if takes {
		link := newNaming(asLink, "", news.LinkKey(a.URL))
		link.Shared, link.Strange = shared, !a.Entitled
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
	names, err := w.newNames(o, v)
	if err != nil || len(names) == 0 {
		return err
	}
	c := w.newChange(kindAlias, v.known)
	c.Names = names
	for i := range names {
		names[i].Strange = names[i].As == asLink && !v.known.Entitled
	}
	return w.append(c)
}
