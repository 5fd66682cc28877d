package ingest

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/teletipo/teletipo/internal/news"
)

// mostKnown bounds how many items are remembered, over all sources: 50 bytes each.
const mostKnown = 500_000

// memory remembers the items of each feed's last document that have been stored, so that those
// that come again byte for byte cost no further work. It lasts as long as the process: whatever a
// new version or a new configuration would make of an item is made at the next start; new topics
// are made of what is stored (see Reclassify).
type memory struct {
	parser parser
	mu     sync.Mutex
	feeds  map[shelf]shelved
	size   int // items remembered, over all
	seed   maphash.Seed
}

// shelf is a document of a source, by its address.
type shelf struct{ source, url string }

// shelfOf is where a document is remembered. Of WordPress's lists of posts, which have another
// address at each look, the last counts: the newest posts.
func shelfOf(src news.Source, doc news.Document) shelf {
	if doc.MediaType == news.WordPressPosts {
		return shelf{src.ID, ""}
	}
	return shelf{src.ID, doc.URL}
}

// shelved is what is remembered of a document, and under which settings of its source.
type shelved struct {
	settings [sha256.Size]byte
	items    []knownItem // by mark
}

// knownItem is an item that has been stored, with what another item might be taken for it by.
type knownItem struct {
	mark, guid, link, title uint64
	id                      news.ID
}

func newMemory(p parser) *memory {
	return &memory{parser: p, feeds: map[shelf]shelved{}, seed: maphash.MakeSeed()}
}

// document is a document as the flow has read it.
type document struct {
	items  []news.Item
	passed []knownItem // items that are known to be stored, and were not read
	faults []error
}

// read parses a document but for the items that are known.
func (m *memory) read(src news.Source, doc news.Document) (document, error) {
	if !src.Kind.Remembered() || src.Follow { // whose pages may change while it does not
		return m.readWhole(src, doc)
	}
	settings := settingsOf(src)
	m.mu.Lock()
	have := m.feeds[shelfOf(src, doc)]
	m.mu.Unlock()
	if have.settings != settings {
		have.items = nil
	}
	find := func(mark uint64) (int, bool) {
		return slices.BinarySearchFunc(have.items, mark, func(k knownItem, mark uint64) int {
			return cmp.Compare(k.mark, mark)
		})
	}
	items, passed, faults, err := m.parser.parse(src, doc, func(mark uint64) bool {
		_, found := find(mark)
		return found
	})
	read := document{items: items, faults: faults}
	for _, mark := range passed {
		i, _ := find(mark)
		read.passed = append(read.passed, have.items[i])
	}
	return read, err
}

// readWhole parses a document with all of its items.
func (m *memory) readWhole(src news.Source, doc news.Document) (document, error) {
	items, _, faults, err := m.parser.parse(src, doc, nil)
	return document{items: items, faults: faults}, err
}

// clashes reports whether a new article could be taken for one that was passed over, or makes its
// link one of several: then the store must see the document as a whole to tell them apart.
func (m *memory) clashes(passed []knownItem, candidates []news.Candidate) bool {
	names := make(map[uint64]bool, 3*len(passed))
	for _, k := range passed {
		names[k.guid], names[k.link], names[k.title] = true, true, true
	}
	delete(names, 0)
	return slices.ContainsFunc(candidates, func(c news.Candidate) bool {
		k := m.item(&c)
		return names[k.guid] || names[k.link] || names[k.title]
	})
}

// clashes reports whether the store must see a document as a whole: its new items may be articles
// that those which were passed over are.
func (f *Flow) clashes(passed []knownItem, candidates []news.Candidate) (bool, error) {
	if len(passed) == 0 || len(candidates) == 0 {
		return false, nil
	}
	if f.known.clashes(passed, candidates) {
		return true, nil
	}
	ids := make(map[news.ID]bool, len(passed))
	for _, k := range passed {
		ids[k.id] = true
	}
	weighed, err := f.archive.Weigh(candidates)
	return slices.ContainsFunc(weighed, func(r news.Result) bool {
		return ids[r.ID] && !r.ID.IsZero()
	}), err
}

// keep remembers a document's items once they are stored: those that were passed over, and each
// candidate that ended well as an article of its source; another source may give up what it has.
func (m *memory) keep(
	src news.Source, doc news.Document, passed []knownItem,
	candidates []news.Candidate, results []news.Result,
) {
	if !src.Kind.Remembered() || src.Follow || len(results) != len(candidates) {
		return
	}
	items := slices.Clone(passed)
	for i := range candidates {
		lasts := results[i].Outcome != news.Rejected &&
			results[i].Outcome != news.Deferred && results[i].Owner == "" // see store's claims
		if lasts && candidates[i].Item.Mark != 0 {
			k := m.item(&candidates[i])
			k.id = results[i].ID
			items = append(items, k)
		}
	}
	slices.SortFunc(items, func(a, b knownItem) int { return cmp.Compare(a.mark, b.mark) })
	at := shelfOf(src, doc)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.size += len(items) - len(m.feeds[at].items)
	m.feeds[at] = shelved{settings: settingsOf(src), items: slices.Clip(items)}
	for other := range m.feeds { // in no order
		if m.size <= mostKnown {
			break
		}
		m.size -= len(m.feeds[other].items)
		delete(m.feeds, other)
	}
}

// item hashes what an article is known by.
func (m *memory) item(c *news.Candidate) knownItem {
	k := knownItem{mark: c.Item.Mark, guid: m.hash("guid", c.Article.GUID)}
	if c.Article.URL != "" {
		k.link = m.hash("link", news.LinkKey(c.Article.URL))
	}
	k.title = m.hash("title", c.Article.Title)
	return k
}

func (m *memory) hash(kind, name string) uint64 {
	var h maphash.Hash
	h.SetSeed(m.seed)
	h.WriteString(kind)
	h.WriteByte(0)
	h.WriteString(name)
	return h.Sum64() | 1
}

// settingsOf hashes a source's settings, any of which may change what an item becomes.
func settingsOf(src news.Source) [sha256.Size]byte {
	text, err := json.Marshal(src)
	if err != nil { // a source has nothing that JSON can't carry; if it had, it is never the same
		text = binary.BigEndian.AppendUint64(nil, maphash.String(maphash.MakeSeed(), src.ID))
	}
	return sha256.Sum256(text)
}

// unchanged reports the items that were passed over.
func unchanged(src news.Source, passed []knownItem) []news.Result {
	results := make([]news.Result, len(passed))
	for i, k := range passed {
		results[i] = news.Result{
			Outcome: news.Unchanged, Reason: "not a byte of it has changed",
			ID: k.id, Source: src.ID,
		}
	}
	return results
}
