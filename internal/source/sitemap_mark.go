package source

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/sitemap"
)

// Bounds on what a look yields and remembers.
const (
	maxMapped = 200 // pages, the newest
	maxKept   = 50  // sitemaps
	fewMoved  = 10  // pages may always have another date
)

// mapMark is what a sitemap source remembers from one look to the next.
type mapMark struct {
	For   string              `json:"for"`             // the configured address: another begins anew
	Found string              `json:"found,omitempty"` // the sitemap that robots.txt does not name
	Maps  map[string]mapState `json:"maps,omitempty"`
}

// mapState is a sitemap as it was read last.
type mapState struct {
	Given    news.Validators `json:"given,omitzero"`
	Sum      string          `json:"sum"`            // of its bytes
	Stamp    time.Time       `json:"stamp,omitzero"` // that its index gave it
	News     bool            `json:"news,omitempty"`
	Children []sitemap.Child `json:"children,omitempty"`
	Seen     []byte          `json:"seen,omitempty"` // six bytes for each page: mapKey and mapStamp
}

func readMapMark(text, address string) mapMark {
	var m mapMark
	if json.Unmarshal([]byte(text), &m) != nil || m.For != address {
		m = mapMark{For: address}
	}
	if m.Maps == nil {
		m.Maps = map[string]mapState{}
	}
	return m
}

func (m *mapMark) text() string {
	text, err := json.Marshal(m)
	if err != nil {
		return "" // a date past 9999: begin anew
	}
	return string(text)
}

// prune forgets sitemaps beyond those that are worth knowing, the oldest first, and pages beyond
// what one sitemap may have.
func (m *mapMark) prune() {
	names := slices.SortedFunc(maps.Keys(m.Maps), func(a, b string) int {
		return cmp.Or(m.Maps[b].Stamp.Compare(m.Maps[a].Stamp), cmp.Compare(a, b))
	})
	pages := 0
	for i, name := range names {
		state := m.Maps[name]
		state.Children = state.Children[:min(len(state.Children), 1000)]
		m.Maps[name] = state
		if pages += len(state.Seen) / seenSize; i >= maxKept || pages > sitemap.MaxURLs {
			delete(m.Maps, name)
		}
	}
}

const seenSize = 6

// known are the pages of all sitemaps.
func (m *mapMark) known() map[uint32]uint16 {
	known := map[uint32]uint16{}
	for _, state := range m.Maps {
		for b := state.Seen; len(b) >= seenSize; b = b[seenSize:] {
			known[binary.BigEndian.Uint32(b)] = binary.BigEndian.Uint16(b[4:])
		}
	}
	return known
}

// mapKey stands for a page's address. Of 50,000 pages one in 100,000 new ones would be taken for
// one of them.
func mapKey(item *news.Item) uint32 {
	h := fnv.New32a()
	h.Write([]byte(item.URL))
	return h.Sum32()
}

// mapStamp stands for what a sitemap says of a page.
func mapStamp(item *news.Item) uint16 {
	h := fnv.New32a()
	fmt.Fprint(h, item.Modified.Unix(), item.Published.Unix(), item.Title)
	return uint16(h.Sum32()) ^ uint16(h.Sum32()>>16)
}

// compare notes which pages of a sitemap are new or moved, and returns all of them for the mark. A
// sitemap in which most pages that were known move at once says nothing by it.
func (s *mapLook) compare(before []byte, items []news.Item) (seen []byte) {
	var moved []news.Item
	seen = make([]byte, 0, seenSize*len(items))
	for i := range items {
		key, stamp := mapKey(&items[i]), mapStamp(&items[i])
		seen = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(seen, key), stamp)
		if was, ok := s.known[key]; !ok {
			s.fresh = append(s.fresh, items[i])
		} else if was != stamp {
			moved = append(moved, items[i])
		}
	}
	if len(moved) <= max(fewMoved, len(before)/seenSize/2) {
		s.moved = append(s.moved, moved...)
	}
	return seen
}

// yield makes a document of the pages that are worth asking for.
func (s *mapLook) yield() {
	found := slices.Concat(s.newestOf(s.fresh), s.newestOf(s.moved))
	if len(found) > maxMapped {
		s.reading.AddNote(fmt.Sprintf("its sitemaps have %d pages that are new or changed: the newest "+
			"%d are read", len(found), maxMapped))
		found = found[:maxMapped]
	}
	if len(found) == 0 {
		return
	}
	body, err := json.Marshal(found)
	if err != nil {
		s.reading.Faults = append(s.reading.Faults, err)
		return
	}
	s.reading.Documents = []news.Document{{
		Source: s.src.ID, URL: s.src.URL, MediaType: news.ReadItems, Lang: s.src.Lang, Body: body,
		Time: s.now(), Rule: s.src.Rule, Signals: s.signals,
	}}
}

// newestOf are the pages that may be articles of the source's sites, the newest first.
func (s *mapLook) newestOf(items []news.Item) []news.Item {
	taken := map[string]bool{}
	kept := slices.DeleteFunc(slices.Clone(items), func(item news.Item) bool {
		if taken[item.URL] {
			return true
		}
		taken[item.URL] = true
		own := extract.IsArticle(item.URL, s.src.URL)
		for _, site := range s.src.Sites {
			own = own || extract.IsArticle(item.URL, "https://"+site)
		}
		return !own
	})
	date := func(item news.Item) time.Time {
		if item.Modified.After(item.Published) {
			return item.Modified
		}
		return item.Published
	}
	slices.SortStableFunc(kept, func(a, b news.Item) int { return date(b).Compare(date(a)) })
	return kept
}

// bytesSum is a short hash of a body.
func bytesSum(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:12])
}
