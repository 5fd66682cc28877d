package store

import "github.com/teletipo/teletipo/internal/news"

// lookup finds an article's key by its source's guid, then by its link; 0 if it is unknown.
func (r reading) lookup(a *news.Article, shared bool) uint64 {
	aliases := r.Bucket(bucketAlias)
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
func (r reading) find(a *news.Article, shared bool) (*record, error) {
	key := r.lookup(a, shared)
	if key == 0 {
		return nil, nil
	}
	return r.record(key)
}

// newNames lists the names that a candidate would add to the article that it is known as. A
// withdrawn or another's article gets names too, so that it is recognised for good; but another
// source adds no link: it may move its item to the link of a later article, which would then be
// lost.
func (r reading) newNames(o *offer, v *verdict) ([][]byte, error) {
	switch {
	case v.act != actName:
		return nil, nil
	case v.known.Source != o.Article.Source:
		a := news.Article{Source: o.Article.Source, GUID: o.Article.GUID}
		return r.newAliases(&news.Candidate{Article: a}, v.known.key, o.shared, nil)
	}
	return r.newAliases(o.Candidate, v.known.key, o.shared, nil)
}

// newAliases lists the names of an article that do not lead to it yet. The first owner of a link
// keeps it, until several guids of the owner's own source claim it, or the article whose names are
// used anew has had it.
func (r reading) newAliases(
	c *news.Candidate, key uint64, shared bool, before *record,
) ([][]byte, error) {
	a, aliases := &c.Article, r.Bucket(bucketAlias)
	var names [][]byte
	add := func(name []byte) {
		if have := aliases.Get(name); have == nil || toNumber(have) != key {
			names = append(names, name)
		}
	}
	add(aliasGUID(a.Source, a.GUID))
	if c.File != "" {
		add(aliasFile(a.Source, c.File))
	}
	if a.URL == "" {
		return names, nil
	}
	link := aliasURL(a.URL)
	switch have := aliases.Get(link); {
	case have == nil, before != nil && toNumber(have) == before.key:
		names = append(names, link)
	case shared && len(have) == 8:
		owner, err := r.record(toNumber(have))
		if err != nil {
			return nil, err
		}
		if owner.Source == a.Source {
			names = append(names, link)
		}
	}
	return names, nil
}

// addAliases logs the names that a known article has newly been met under.
func (w *writing) addAliases(o *offer, v *verdict) error {
	names, err := w.newNames(o, v)
	if err != nil || len(names) == 0 {
		return err
	}
	c, err := w.newChange(kindAlias, v.known)
	if err != nil {
		return err
	}
	c.after, c.aliases, c.sharedURL = v.known, names, o.shared
	return w.apply(c)
}
