package publish

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// created is when the feeds of a fakeStore were; a bubble's clock begins later.
var created = time.Date(1999, 12, 1, 8, 0, 0, 0, time.UTC)

// fakeStore keeps windows in memory and stamps them as a store does: now, but past the last
// stamp, unless that still lies ahead.
type fakeStore struct {
	fakeLog
	now func() time.Time

	mu      sync.Mutex
	seq     uint64
	windows map[news.FeedKey]news.Window
	stamps  map[string]news.EditionStamp
	saves   int
	broken  error // what every call fails with
}

func newFakeStore(now func() time.Time) *fakeStore {
	return &fakeStore{
		now: now, windows: map[news.FeedKey]news.Window{}, stamps: map[string]news.EditionStamp{},
	}
}

func (s *fakeStore) Subscription(
	key news.FeedKey, extent news.Extent, take news.Taker,
) (news.Window, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return news.Window{}, s.broken
	}
	w, ok := s.windows[key]
	if !ok {
		return news.Window{Key: key, Stamp: created}, nil
	}
	var places []news.Place
	for i := range w.Entries[:min(extent.Least, len(w.Entries))] {
		places = append(places, placeOf(&w.Entries[i], uint64(len(w.Entries)-i)))
	}
	newstest.Offer(take, w.Entries, places)
	w.Entries = nil
	return w, nil
}

// placeOf is a place in the tail: its version is a hash of all that the entry says.
func placeOf(e *news.Entry, order uint64) news.Place {
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%+v", *e)
	return news.Place{
		Key: binary.BigEndian.Uint64(e.ID[:]), Version: hash.Sum64(), Order: order, Tail: true,
	}
}

func (s *fakeStore) Archive(
	key news.FeedKey, number int, _ news.Taker,
) (news.Window, error) {
	return news.Window{}, news.Errorf(news.NotFound, "feed %s has no archive %d", key, number)
}

func (s *fakeStore) Since(news.FeedKey, uint64, uint64) (news.Span, bool, error) {
	return news.Span{}, false, nil
}

func (s *fakeStore) Sequence() (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq, s.broken
}

func (s *fakeStore) EditionStamps() (map[string]news.EditionStamp, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.stamps), s.broken
}

func (s *fakeStore) SaveEditionStamps(stamps map[string]news.EditionStamp) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	maps.Copy(s.stamps, stamps)
	s.saves++
	return nil
}

func (s *fakeStore) breaks(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
	s.logging.Lock()
	defer s.logging.Unlock()
	s.failing = err
}

// change takes an entry out of feeds and, unless it is withdrawn, puts it in front.
func (s *fakeStore) change(e news.Entry, keys ...news.FeedKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	now := s.now().UTC().Truncate(time.Second)
	for _, key := range keys {
		w := s.windows[key]
		w.Key, w.Seq = key, s.seq
		if !w.Stamp.After(now) {
			w.Stamp = later(now, w.Stamp.Add(time.Second))
		}
		w.Entries = slices.DeleteFunc(slices.Clone(w.Entries), func(other news.Entry) bool {
			return other.ID == e.ID
		})
		if e.Status == news.Live {
			w.Entries = slices.Insert(w.Entries, 0, e)
		}
		w.Stamp = later(w.Stamp, e.Updated)
		s.windows[key] = w
	}
	s.tell(s.seq, keys...)
}

// note has the log say that feeds changed, though nothing did.
func (s *fakeStore) note(keys ...news.FeedKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	s.tell(s.seq, keys...)
}

// join changes a feed under a stamp that may be published already, as a slow commit can: an entry
// is put in front, or with none the change shows nowhere.
func (s *fakeStore) join(key news.FeedKey, entries ...news.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	w := s.windows[key]
	w.Seq = s.seq
	for _, e := range entries {
		w.Entries = slices.DeleteFunc(slices.Clone(w.Entries), func(other news.Entry) bool {
			return other.ID == e.ID
		})
		w.Entries = slices.Insert(w.Entries, 0, e)
	}
	s.windows[key] = w
	s.tell(s.seq, key)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// failingSaver is a fakeStore that can refuse to remember.
type failingSaver struct {
	*fakeStore
	fail atomic.Bool
}

func (s *failingSaver) SaveEditionStamps(stamps map[string]news.EditionStamp) error {
	if s.fail.Load() {
		return errBroken
	}
	return s.fakeStore.SaveEditionStamps(stamps)
}

var errBroken = errors.New("the disk is gone")

var (
	keyAll      = news.FeedKey{Topic: news.All}
	keyBorder   = news.FeedKey{Topic: "border"}
	keyBorderES = news.FeedKey{Topic: "border", Lang: "es"}
	keyCartels  = news.FeedKey{Topic: "cartels"}
)

func testSettings(now func() time.Time) Settings {
	return Settings{
		Installation: news.MintID("test", "installation"),
		Site: news.Site{
			Title: "teletipo", PublicURL: "https://feeds.example", Languages: []string{"en", "es"},
		},
		Topics: []news.Topic{
			{
				ID: "border", Titles: map[string]string{"en": "The border", "es": "La frontera"},
				Descriptions: map[string]string{"en": "Both sides of it.", "es": "Los dos lados."},
			},
			{ID: "cartels", Titles: map[string]string{"en": "Cartels"}},
		},
		Window: news.Extent{Least: 50, Span: 48 * time.Hour, Size: 1e6},
		Now:    now,
	}
}

// counting counts how often each edition is rendered.
type counting struct {
	mu    sync.Mutex
	count map[string]int
}

func (c *counting) watch(p *Publisher) {
	c.count = map[string]int{}
	draft := p.draft
	p.draft = func(f news.Feed, format news.Format) (writer, error) {
		w, err := draft(f, format)
		return spy{writer: w, frame: func() error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.count[f.Key.String()+"."+string(format)]++
			return nil
		}}, err
	}
}

// spy is a writer that is watched, and can be made to fail.
type spy struct {
	writer
	frame func() error
	entry func(*news.Entry) error
}

func (s spy) Frame() (head, end []byte, err error) {
	if s.frame != nil {
		if err := s.frame(); err != nil {
			return nil, nil, err
		}
	}
	return s.writer.Frame()
}

func (s spy) Entry(e *news.Entry) ([]byte, error) {
	if s.entry != nil {
		if err := s.entry(e); err != nil {
			return nil, err
		}
	}
	return s.writer.Entry(e)
}

func (c *counting) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	count := c.count
	c.count = map[string]int{}
	return count
}

// body returns an edition's identity bytes, and holds its gzip bytes to being the same.
func body(t testing.TB, e *news.Edition) string {
	t.Helper()
	zipped, plain := e.Representations[len(e.Representations)-2], plainly(e)
	if zipped.Coding != "gzip" || plain.Coding != "" {
		t.Fatalf("codings are %q and %q", zipped.Coding, plain.Coding)
	}
	z, err := gzip.NewReader(bytes.NewReader(zipped.Body))
	if err != nil {
		t.Fatal(err)
	}
	if !z.ModTime.IsZero() || z.Name != "" {
		t.Fatalf("gzip header has time %v, name %q", z.ModTime, z.Name)
	}
	if len(plain.Body) != plain.Size || !strings.Contains(plain.ETag, fingerprint(plain.Body)[:16]) {
		t.Errorf("%d bytes are of another document than %s", len(plain.Body), plain.ETag)
	}
	return string(plain.Body)
}

// plainly returns an edition's identity with its bytes.
func plainly(e *news.Edition) news.Representation {
	rep := e.Representations[len(e.Representations)-1]
	var err error
	if rep.Body, err = rep.Bytes(); err != nil {
		panic(err)
	}
	return rep
}

// edition returns the current edition, which must be there.
func edition(t testing.TB, p *Publisher, key news.FeedKey, format news.Format) *news.Edition {
	t.Helper()
	e, ok := p.Edition(key, format)
	if !ok {
		t.Fatalf("there is no edition of %s.%s", key, format)
	}
	return e
}

// validators are what a reader sees of every edition but its body.
func validators(t testing.TB, p *Publisher) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, key := range p.Feeds() {
		for _, format := range news.Formats {
			e := edition(t, p, key, format)
			all[key.String()+"."+string(format)] = fmt.Sprint(e.Seq, e.Modified, e.MaxAge,
				e.Representations[len(e.Representations)-2].ETag, plainly(e).ETag)
		}
	}
	return all
}

// entry is a live sample entry that was published and first seen at a moment.
func entry(n int, at time.Time) news.Entry {
	e := newstest.Entry(n)
	at = at.UTC().Truncate(time.Second)
	e.Published, e.FirstSeen, e.Updated = at, at, at
	e.Placements = []news.Placement{{Topic: "border", Score: 7}}
	return e
}
