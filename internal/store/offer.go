package store

import (
	"encoding/json"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// offer is a candidate with what can be told of it before anything is read: that much need not
// wait for the one goroutine that writes.
type offer struct {
	*news.Candidate
	item   []byte // compressed, as is body; nil as long as nobody needs them
	body   []byte
	shared bool   // another guid of its source claims its link now
	fault  string // why it can't be stored; empty if it can
}

// name is what a source calls one of its items: a guid, or a link.
type name struct{ source, name string }

// offers looks through the candidates of one call. A link that several guids of a source claim
// identifies none of them. Of several items under one guid the last counts: taking them in turn
// would change the article back and forth at each poll.
func offers(all []news.Candidate) []offer {
	links, last := map[name]string{}, map[name]string{}
	shared := map[name]bool{}
	names := make([]name, len(all))
	for i := range all {
		a := &all[i].Article
		names[i] = name{a.Source, news.LinkKey(a.URL)}
		if guid, seen := links[names[i]]; a.URL != "" && seen && guid != a.GUID {
			shared[names[i]] = true
		}
		links[names[i]] = a.GUID
		last[name{a.Source, a.GUID}] = a.Fingerprint
	}
	offers := make([]offer, len(all))
	for i := range all {
		a := &all[i].Article
		offers[i] = offer{Candidate: &all[i], shared: shared[names[i]]}
		if err := storable(&all[i].Item); err != nil {
			offers[i].fault = "its item can't be stored: " + err.Error()
		} else if last[name{a.Source, a.GUID}] != a.Fingerprint {
			offers[i].fault = "another item of the same document has its guid, " + a.GUID
		}
	}
	return offers
}

// storable tells what is wrong with an item that has no JSON form: only a time can have none, one
// of a year past 9999, say.
func storable(item *news.Item) error {
	for _, t := range []time.Time{item.Published, item.Modified, item.Origin.Updated} {
		if _, err := t.MarshalJSON(); err != nil {
			return err
		}
	}
	return nil
}

// pack makes the item and the content as they are stored.
func (o *offer) pack(zip *zstd.Encoder) error {
	if o.item != nil {
		return nil
	}
	raw, err := json.Marshal(o.Item)
	if err != nil {
		return err
	}
	o.item = zip.EncodeAll(raw, nil)
	o.body = zip.EncodeAll([]byte(o.Article.Content), []byte{})
	return nil
}

// claim is what the items of one source make on a stored article by leading to it.
type claim struct {
	key    uint64
	source string
}

// contested finds the articles that several guids of one source lead to at once, and which of
// the guids keeps it: a link has passed from one to another, or an item was taken for an older
// one under a new guid. The others are articles of their own.
func (r reading) contested(offers []offer) (map[claim]string, error) {
	first := map[claim]*news.Article{}
	keepers := map[claim]string{}
	for i := range offers {
		a := &offers[i].Article
		key, _ := r.lookup(a, offers[i].shared)
		c := claim{key, a.Source}
		if c.key == 0 || offers[i].fault != "" {
			continue
		}
		other, seen := first[c]
		if !seen || other.GUID == a.GUID {
			first[c] = a
			continue
		}
		known, err := r.record(c.key)
		if err != nil {
			return nil, err
		}
		keepers[c] = keeper(known, keepers[c], other, a)
	}
	return keepers, nil
}

// keeper chooses which guid an article belongs to: the one that its id was minted from, since no
// other article can have that id, else the one that it was last seen under.
func keeper(known *record, guid string, claimants ...*news.Article) string {
	for _, a := range claimants {
		if a.ID == known.ID {
			return a.GUID
		}
		if a.GUID == known.GUID && guid == "" {
			guid = a.GUID
		}
	}
	return guid
}
