package store

import (
	"encoding/json"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// offer is a candidate with what can be told of it before anything is read: that much need not
// wait for the one goroutine that writes; and with what matching then finds.
type offer struct {
	*news.Candidate
	item []byte // compressed, as is body; nil as long as nobody needs them
	body []byte

	fault  string // why it can't be stored; empty if it can
	pushed bool   // its guid alone says which article it is
	twin   int    // of its document's items the one that it is a copy of, counted from 1; 0: none
	many   common
	said   *story // what it says; nil until somebody asks
	doc    *document

	shared bool    // several articles have its guid, now or in the past
	known  *record // the article of its own source that it is
	sure   sureness
	quiet  bool      // it says nothing that known does not know: known stays as it is
	rarely bool      // its names change too often to be kept
	seen   time.Time // when it was offered
	before *record   // the article that had its names, and is another
}

// common is what an item has in common with other articles of its document: such a name identifies
// none of them.
type common struct{ guid, pair, link bool }

// name is what a source calls one of its items: a guid, or a link.
type name struct{ source, name string }

// offers looks through the candidates of one call. A guid or link that several articles of a
// document have identifies none of them; where links differ in nothing but their fragment, that
// names a part of the page, and counts. Of several items that are one article the last counts:
// taking them in turn would change the article back and forth at each poll.
func offers(all []news.Candidate) []offer {
	list := make([]offer, len(all))
	doc := &document{list: list}
	guids, links, pairs := map[name][]int{}, map[name][]int{}, map[name][]int{}
	for i := range all {
		list[i].Candidate, list[i].doc = &all[i], doc
		a := &all[i].Article
		if err := storable(&all[i].Item); err != nil {
			list[i].fault = "its item can't be stored: " + err.Error()
			continue
		}
		at := name{a.Source, a.GUID}
		guids[at] = append(guids[at], i)
	}
	for _, group := range guids {
		group = withoutTwins(list, group)
		for _, i := range group {
			list[i].many.guid = len(group) > 1
			if at := (name{list[i].Article.Source, list[i].pair()}); len(group) > 1 {
				pairs[at] = append(pairs[at], i)
			}
		}
	}
	for i := range list {
		if a := &list[i].Article; a.URL != "" && list[i].counts() {
			at := name{a.Source, news.LinkKey(a.URL)}
			links[at] = append(links[at], i)
		}
	}
	for _, group := range links {
		for _, i := range group {
			list[i].many.link = len(group) > 1
		}
		anchor(list, group)
	}
	for _, group := range pairs {
		for _, i := range group {
			list[i].many.pair = len(group) > 1
		}
	}
	return list
}

// document is all that was offered in one call.
type document struct {
	list    []offer
	stories map[name]int // how many articles say it; nil until somebody asks
}

// several reports whether other articles of its document say what an offer says.
func (d *document) several(o *offer) bool {
	says := func(o *offer) name { return name{o.Article.Source, o.story().name(news.ID{})} }
	if d == nil {
		return false
	}
	if d.stories == nil {
		d.stories = map[name]int{}
		for i := range d.list {
			if d.list[i].counts() {
				d.stories[says(&d.list[i])]++
			}
		}
	}
	return d.stories[says(o)] > 1
}

// counts reports whether an offer is an article by itself.
func (o *offer) counts() bool { return o.fault == "" && o.twin == 0 }

// anchor gives links that differ in nothing but their fragment theirs back.
func anchor(list []offer, group []int) {
	for _, i := range group {
		if list[i].Article.Anchor != list[group[0]].Article.Anchor {
			for _, i := range group {
				list[i].anchored()
			}
			return
		}
	}
}

// anchored has the link of an offer name the part of the page that it is about.
func (o *offer) anchored() {
	if a := &o.Article; a.Anchor != "" && a.URL == withoutAnchor(a.URL) {
		a.URL += "#" + a.Anchor
	}
}

// pair is a name made of guid and link, its fragment included.
func (o *offer) pair() string {
	return o.Article.GUID + "\x00" + spot(o.Article.URL, o.Article.Anchor)
}

// mostCompared bounds how many items of a document with one guid and one title are compared.
const mostCompared = 50

// withoutTwins marks those of some items of a document that are copies of a later one, and returns
// the others. All have one guid.
func withoutTwins(list []offer, group []int) []int {
	if len(group) == 1 {
		return group
	}
	titles := map[string][]int{} // of items that are no copies
	for at := len(group) - 1; at >= 0; at-- {
		o := &list[group[at]]
		title := titleOf(o.Article.Title)
		for _, other := range titles[title][:min(mostCompared, len(titles[title]))] {
			if sameStory(o, &list[other]) {
				o.twin = other + 1
				break
			}
		}
		if o.twin == 0 {
			titles[title] = append(titles[title], group[at])
		}
	}
	var kept []int
	for _, i := range group {
		if list[i].twin == 0 {
			kept = append(kept, i)
		}
	}
	return kept
}

// sameStory reports whether two items of a document that have guid and title in common are one
// article. On one page it is the same if its text is, or most of it; on two pages the text must say
// enough, or the date be the same too: a guid that a whole feed has proves nothing.
func sameStory(x, y *offer) bool {
	a, b := &x.Article, &y.Article
	if a.Fingerprint == b.Fingerprint {
		return true
	}
	same := x.story().text == y.story().text
	if spot(a.URL, a.Anchor) == spot(b.URL, b.Anchor) {
		return same || alike(a.Summary+" "+a.Content, b.Summary+" "+b.Content)
	}
	return same && (x.story().long || sameDate(a, b))
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

// fillTwins gives items that are copies the results of those that they are copies of.
func fillTwins(list []offer, results []news.Result) {
	for i := range list {
		o := &list[i]
		if o.twin == 0 || o.twin > len(results) {
			continue
		}
		r := results[o.twin-1]
		r.Title, r.From, r.Crowded = o.Article.Title, "", false
		if r.Outcome == news.Accepted || r.Outcome == news.Updated {
			r.Outcome = news.Unchanged
		}
		if r.Outcome == news.Unchanged {
			r.Reason = "another item of its document is the same article"
		}
		results[i] = r
	}
}
