package store

import (
	"encoding/json"

	"github.com/teletipo/teletipo/internal/news"
)

// offer is a candidate with what can be told of it before anything is read: that much need not
// wait for the one goroutine that writes.
type offer struct {
	*news.Candidate
	item   []byte // compressed
	shared bool   // another guid of its source claims its link now
	fault  string // why it can't be stored; empty if it can
}

// name is what a source calls one of its items: a guid, or a link.
type name struct{ source, name string }

// offers looks through the candidates of one call. A link that several guids of a source claim
// identifies none of them. Of several items under one guid the last counts: taking them in turn
// would change the article back and forth at each poll.
func (s *Store) offers(all []news.Candidate) []offer {
	links, last := map[name]string{}, map[name]string{}
	shared := map[name]bool{}
	for i := range all {
		a := &all[i].Article
		link := name{a.Source, a.URL}
		if guid, seen := links[link]; a.URL != "" && seen && guid != a.GUID {
			shared[link] = true
		}
		links[link] = a.GUID
		last[name{a.Source, a.GUID}] = a.Fingerprint
	}
	offers := make([]offer, len(all))
	for i := range all {
		a := &all[i].Article
		offers[i] = offer{Candidate: &all[i], shared: shared[name{a.Source, a.URL}]}
		raw, err := json.Marshal(all[i].Item)
		switch {
		case err != nil: // a year past 9999, say
			offers[i].fault = "its item can't be stored: " + err.Error()
		case last[name{a.Source, a.GUID}] != a.Fingerprint:
			offers[i].fault = "another item of the same document has its guid, " + a.GUID
		default:
			offers[i].item = s.zip.EncodeAll(raw, nil)
		}
	}
	return offers
}

// claim is what the items of one source make on a stored article by leading to it.
type claim struct {
	key    uint64
	source string
}

// contested finds the articles that several guids of one source lead to at once, and which of
// the guids keeps it: a link has passed from one to another, or an item was taken for an older
// one under a new guid. The others are articles of their own.
func (w *writing) contested(offers []offer) (map[claim]string, error) {
	first := map[claim]*news.Article{}
	keepers := map[claim]string{}
	for i := range offers {
		a := &offers[i].Article
		c := claim{w.lookup(a, offers[i].shared), a.Source}
		if c.key == 0 || offers[i].fault != "" {
			continue
		}
		other, seen := first[c]
		if !seen || other.GUID == a.GUID {
			first[c] = a
			continue
		}
		known, err := w.record(c.key)
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
