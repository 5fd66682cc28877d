package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/render"
)

// What is published of a feed lies in a file of the directory Settings.Cache, so that the next
// start has it at once. Nothing else depends on these files: they may be deleted at any time, and
// one that is not whole, of another version, or not what was published last counts as missing.
//
//	"teletipo editions 2\n"‖SHA-256 of all that follows‖length of the head, 4 bytes‖head, JSON‖
//	item records‖for each series: piece records, gzip

const (
	keptKind  = "teletipo editions "
	keptMagic = keptKind + "2\n"
)

// keptHead is the head of such a file.
type keptHead struct {
	Settings string    `json:"settings"` // hash of what shaped the documents
	Seq      uint64    `json:"seq"`      // of the window that they show, as are the next two
	Stamp    time.Time `json:"stamp"`
	Archives int       `json:"archives"`
	Archived uint64    `json:"archived"`
	Items    int       `json:"items"`
	Series   []keptSeries
}

type keptSeries struct {
	Stamp  news.EditionStamp `json:"stamp"`
	MaxAge time.Duration     `json:"max_age"`
	Tag    string            `json:"tag"` // of the gzip
	Zipped int               `json:"zipped"`
	Plain  int               `json:"plain"`
	Head   int               `json:"head"`
	End    int               `json:"end"`
	Pieces int               `json:"pieces"`
}

// keptItem is an item, keptPiece what is known of a piece: of a fixed size each.
type (
	keptItem struct {
		Key, Version, Order, Seq      uint64
		ID                            news.ID
		Backfill, Tail, Lost          bool
		Published, FirstSeen, Updated keptTime
		Sizes                         [3]int32
	}
	keptTime struct {
		Second int64
		Nano   int32
	}
	keptPiece struct {
		Key, Seq        uint64
		ID              news.ID
		Rank, Low, Size int32
	}
)

func keepTime(t time.Time) keptTime      { return keptTime{t.Unix(), int32(t.Nanosecond())} }
func (t keptTime) time() time.Time       { return time.Unix(t.Second, int64(t.Nano)).UTC() }
func (p *Publisher) kept(f *feed) string { return filepath.Join(p.settings.Cache, f.key.String()) }

// seen is the state of a feed that its documents show.
type seen struct {
	seq      uint64
	stamp    time.Time
	archives int
}

func seenOf(w news.Window) seen { return seen{w.Seq, w.Stamp.UTC(), w.Archives} }

// keptFeed is what is published of a feed. Nothing that it leads to is ever changed.
type keptFeed struct {
	seen   seen
	items  map[uint64]*item
	issues []*issue
	stamps []news.EditionStamp
}

// keep has what is published of feeds written, in a moment. Where something is still held it waits
// for that.
func (p *Publisher) keep(feeds []*feed) {
	if p.settings.Cache == "" {
		return
	}
	p.keeping.mu.Lock()
	defer p.keeping.mu.Unlock()
	for _, f := range feeds {
		s := &keptFeed{seen: f.seen, items: f.items}
		for _, series := range f.series {
			if series.made != nil && series.current.Load() != nil &&
				tag(series.current.Load().edition) == tag(series.made.edition) {
				s.issues, s.stamps = append(s.issues, series.made), append(s.stamps, series.last)
			}
		}
		if f.items != nil && len(s.issues) == len(f.series) {
			p.keeping.queue[f] = s
		}
	}
	select {
	case p.keeping.wake <- struct{}{}:
	default:
	}
}

// writeKept writes what was queued, until done is closed and nothing is left. First it removes what
// is kept of feeds that there are no more.
func (p *Publisher) writeKept(done <-chan struct{}) {
	if err := p.sweep(); err != nil {
		p.log.Warn("editions of former topics stay in the cache", "error", err)
	}
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		case <-p.keeping.wake:
		}
		p.keeping.mu.Lock()
		queue := p.keeping.queue
		p.keeping.queue = map[*feed]*keptFeed{}
		p.keeping.mu.Unlock()
		for f, s := range queue {
			if err := p.write(f, s); err != nil {
				p.log.Warn("edition not kept for the next start", "feed", f.key.String(), "error", err)
			}
		}
	}
}

// sweep removes the files of feeds that are none any more, and what is left of writing others. What
// it did not write it leaves alone.
func (p *Publisher) sweep() error {
	files, err := os.ReadDir(p.settings.Cache)
	if err != nil || p.settings.Cache == "" {
		return nil // nothing is kept
	}
	var failed []error
	for _, file := range files {
		path := filepath.Join(p.settings.Cache, file.Name())
		if _, ok := p.feeds[news.ParseFeedKey(file.Name())]; !ok && isKept(path) {
			failed = append(failed, os.Remove(path))
		}
	}
	return errors.Join(failed...)
}

// isKept reports whether a file has editions, of whatever version.
func isKept(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	kind := make([]byte, len(keptKind))
	_, err = io.ReadFull(f, kind)
	return err == nil && string(kind) == keptKind
}

// write writes a file as a whole: whoever reads it meanwhile has the old one.
func (p *Publisher) write(f *feed, s *keptFeed) error {
	data, err := s.encode(p.settingsHash)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.settings.Cache, 0o750); err != nil {
		return err
	}
	path := p.kept(f)
	if err := os.WriteFile(path+".new", data, 0o640); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// encode writes a keptFeed.
func (s *keptFeed) encode(settings string) ([]byte, error) {
	head := keptHead{
		Settings: settings, Seq: s.seen.seq, Stamp: s.seen.stamp, Archives: s.seen.archives,
		Archived: s.issues[0].edition.Archived, Items: len(s.items),
	}
	var body []byte
	var err error
	for _, it := range s.items {
		k := keptItem{
			Key: it.Key, Version: it.Version, Order: it.Order, Seq: it.seq, ID: it.id,
			Backfill: it.Backfill, Tail: it.Tail, Lost: it.lost, Published: keepTime(it.published),
			FirstSeen: keepTime(it.firstSeen), Updated: keepTime(it.updated),
		}
		for i, size := range it.sizes {
			k.Sizes[i] = int32(size)
		}
		if body, err = binary.Append(body, binary.LittleEndian, &k); err != nil {
			return nil, err
		}
	}
	for i, made := range s.issues {
		list := made.edition.Representations
		zipped, plain := list[len(list)-2], list[len(list)-1]
		head.Series = append(head.Series, keptSeries{
			Stamp: s.stamps[i], MaxAge: made.edition.MaxAge, Tag: zipped.ETag, Zipped: zipped.Size,
			Plain: plain.Size, Head: made.layout.Head, End: made.layout.End, Pieces: len(made.known),
		})
		for n, k := range made.known {
			size := int32(made.layout.Pieces[n])
			if body, err = binary.Append(body, binary.LittleEndian,
				&keptPiece{k.key, k.seq, k.id, k.rank, k.low, size}); err != nil {
				return nil, err
			}
		}
		body = append(body, zipped.Body...)
	}
	text, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	rest := append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)
	rest = append(rest, body...)
	sum := sha256.Sum256(rest)
	return slices.Concat([]byte(keptMagic), sum[:], rest), nil
}

// recover takes up what was kept of a feed, and reports whether it is as it would be made now. It
// is what was published last, or else it is left: a reader would be sent back to an older state.
func (p *Publisher) recover(f *feed, stamps map[string]news.EditionStamp) (fresh bool) {
	if p.settings.Cache == "" {
		return false
	}
	data, err := os.ReadFile(p.kept(f))
	if err != nil {
		if !os.IsNotExist(err) {
			p.log.Warn("kept edition can't be read", "feed", f.key.String(), "error", err)
		}
		return false
	}
	head, items, issues, ok := p.decode(f, data)
	if !ok {
		p.log.Warn("kept edition is damaged, it is made anew", "feed", f.key.String())
		return false
	}
	for i, s := range f.series {
		last := stamps[s.name]
		if kept := head.Series[i].Stamp; kept.Epoch != p.settings.Epoch ||
			kept.Hash != last.Hash || kept.Seq != last.Seq || !kept.Modified.Equal(last.Modified) {
			return false
		}
	}
	window, err := p.store.Subscription(f.key, news.Extent{}, nothing)
	shows := seen{head.Seq, head.Stamp.UTC(), head.Archives}
	same := head.Settings == p.settingsHash
	fresh = err == nil && same && shows == seenOf(window)
	if !fresh && !p.settings.Early {
		return false
	}
	f.archives.Store(int64(head.Archives))
	if f.seen = shows; same {
		f.items = items
	}
	for i, s := range f.series {
		for _, it := range items {
			if it.sizes[i] == 0 {
				s.absent = append(s.absent, it.Key)
			}
		}
		slices.Sort(s.absent)
		s.made = issues[i]
		s.current.Store(issues[i])
	}
	return fresh
}

// decode reads a file.
func (p *Publisher) decode(
	f *feed, data []byte,
) (head keptHead, items map[uint64]*item, issues []*issue, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte(keptMagic))
	if !ok || len(rest) < sha256.Size+4 {
		return head, nil, nil, false
	}
	sum := sha256.Sum256(rest[sha256.Size:])
	if !bytes.Equal(sum[:], rest[:sha256.Size]) {
		return head, nil, nil, false
	}
	// From here on all is as it was written.
	rest = rest[sha256.Size:]
	length := binary.LittleEndian.Uint32(rest)
	text := rest[4 : 4+length]
	rest = rest[4+length:]
	if err := json.Unmarshal(text, &head); err != nil || len(head.Series) != len(f.series) {
		return head, nil, nil, false
	}
	items = make(map[uint64]*item, head.Items)
	for range head.Items {
		var k keptItem
		rest = next(rest, &k)
		items[k.Key] = k.item()
	}
	for i, s := range head.Series {
		made := &issue{layout: render.Layout{Format: f.series[i].format, Head: s.Head, End: s.End}}
		for range s.Pieces {
			var k keptPiece
			rest = next(rest, &k)
			made.known = append(made.known, known{k.Key, k.Seq, k.ID, k.Rank, k.Low})
			made.layout.Pieces = append(made.layout.Pieces, int(k.Size))
		}
		made.edition = p.keptEdition(f, s, bytes.Clone(rest[:s.Zipped]))
		made.edition.Format, made.edition.Archived = f.series[i].format, head.Archived
		rest = rest[s.Zipped:]
		issues = append(issues, made)
	}
	return head, items, issues, true
}

// next reads a record, and returns what follows it.
func next(b []byte, record any) []byte {
	n, err := binary.Decode(b, binary.LittleEndian, record)
	if err != nil {
		return nil // it is whole: its hash is right
	}
	return b[n:]
}

func (k *keptItem) item() *item {
	it := &item{
		Place: news.Place{
			Key: k.Key, Version: k.Version, Order: k.Order, Backfill: k.Backfill, Tail: k.Tail,
		},
		lost: k.Lost, id: k.ID, seq: k.Seq, published: k.Published.time(),
		firstSeen: k.FirstSeen.time(), updated: k.Updated.time(),
	}
	for i := range news.Formats {
		it.sizes = append(it.sizes, int(k.Sizes[i]))
	}
	return it
}

// keptEdition is an edition as it was published, but for the deltas that can start from it.
func (p *Publisher) keptEdition(f *feed, s keptSeries, zipped []byte) *news.Edition {
	return &news.Edition{
		Key: f.key, Epoch: s.Stamp.Epoch, Seq: s.Stamp.Seq, Modified: s.Stamp.Modified,
		MaxAge: s.MaxAge, StaleFor: s.MaxAge / staleShare, StaleOnError: staleOnError,
		Base:            max(p.base, f.cutUntil),
		Representations: representations(zipped, s.Tag, p.tag(s.Stamp.Seq, s.Stamp.Hash), s.Plain),
	}
}
