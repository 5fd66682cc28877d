package publish

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// decode undoes a content coding.
func decode(rep news.Representation) (string, error) {
	body, err := rep.Bytes()
	if err != nil {
		return "", err
	}
	var r io.Reader = bytes.NewReader(body)
	switch rep.Coding {
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	case "gzip":
		r, err = gzip.NewReader(r)
	}
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// merge tells what is wrong with a delta between two documents of a feed, nil if nothing is.
// Status says what became of an article that is not in the newer one.
func merge(base, delta, full newstest.Parts, status func(id string) string) error {
	if len(delta.Entries)+len(delta.Tombstones) == 0 {
		return fmt.Errorf("the delta is empty")
	}
	for id, text := range full.Entries {
		got, ok := delta.Entries[id]
		if !ok {
			got, ok = base.Entries[id]
		}
		if !ok {
			return fmt.Errorf("entry %s is missing", id)
		}
		if got != text {
			return fmt.Errorf("entry %s is\n%s, want\n%s", id, got, text)
		}
	}
	for id := range delta.Entries {
		if _, ok := full.Entries[id]; !ok {
			return fmt.Errorf("entry %s is not in the feed", id)
		}
	}
	for id, text := range delta.Tombstones {
		if full.Tombstones[id] != text {
			return fmt.Errorf("tombstone %s is not in the feed", id)
		}
	}
	for id := range base.Entries {
		if _, ok := full.Entries[id]; ok {
			continue
		}
		switch s := status(id); {
		case s == "left":
			return fmt.Errorf("entry %s left the feed, and nobody is told", id)
		case s == "withdrawn" && delta.Tombstones[id] == "":
			return fmt.Errorf("entry %s was withdrawn, and nobody is told", id)
		}
	}
	return nil
}

// deltas is a publisher under random changes, with all that it ever published.
type deltas struct {
	now      time.Time
	store    *model
	settings Settings
	p        *Publisher
	sent     map[string][]snapshot
	count    *int
}

// snapshot is an edition that a reader may have.
type snapshot struct {
	seq  uint64
	tag  string
	copy newstest.Parts
}

// TestDelta: whatever happens, whoever merges a delta into any earlier edition has the feed.
func TestDelta(t *testing.T) {
	count := 0
	rapid.Check(t, func(rt *rapid.T) {
		m := &deltas{now: newstest.Start, sent: map[string][]snapshot{}, count: &count}
		clock := func() time.Time { return m.now }
		m.store, m.settings = newModel(clock, 6), testSettings(clock)
		m.settings.Site.Languages = nil // fewer feeds, the same rules
		m.settings.Window = news.Extent{
			Least: rapid.IntRange(2, 6).Draw(rt, "least"),
			Span:  time.Duration(rapid.IntRange(0, 10).Draw(rt, "span")) * time.Hour,
			Size:  rapid.SampledFrom([]int{0, 9_000, 16_000, 1e6}).Draw(rt, "size"),
		}
		m.restart(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"publish":        func(rt *rapid.T) { m.publish(rt, 0) },
			"publish more":   func(rt *rapid.T) { m.publish(rt, 0); m.publish(rt, 0); m.publish(rt, 0) },
			"publish old":    func(rt *rapid.T) { m.publish(rt, 100*time.Hour) },
			"edit":           m.edit,
			"place":          func(rt *rapid.T) { m.place(rt, "cartels") },
			"place in other": func(rt *rapid.T) { m.place(rt, "border") },
			"withdraw":       m.withdraw,
			"wait":           m.wait,
			"restart":        m.restart,
			"look":           m.look,
			"look again":     m.look,
		})
	})
	t.Logf("%d deltas", count)
	if count < 100 {
		t.Errorf("%d deltas only", count)
	}
}

func (m *deltas) restart(rt *rapid.T) {
	m.p = New(slog.New(slog.DiscardHandler), m.store, m.settings)
	if err := m.p.recall(); err != nil {
		rt.Fatal(err)
	}
}

func (m *deltas) offer(entries ...news.Entry) { m.store.offer(entries...) }

func (m *deltas) publish(rt *rapid.T, age time.Duration) {
	n := len(m.store.articles)
	e := entry(n, m.now)
	e.ID = news.MintID("delta", fmt.Sprint(n))
	e.Published = e.Published.Add(-age)
	e.Summary = strings.Repeat("word ", rapid.IntRange(1, 300).Draw(rt, "words"))
	m.offer(e)
}

// some draws a live article, false if there is none.
func (m *deltas) some(rt *rapid.T) (e news.Entry, ok bool) {
	n := len(m.store.articles)
	if n == 0 {
		return e, false
	}
	back := rapid.IntRange(0, min(n-1, 12)).Draw(rt, "article")
	a := m.store.articles[news.MintID("delta", fmt.Sprint(n-1-back))]
	e = a.Entry
	e.Placements = slices.Clone(e.Placements)
	return e, e.Status == news.Live
}

func (m *deltas) edit(rt *rapid.T) {
	if e, ok := m.some(rt); ok {
		e.Summary = strings.Repeat("more ", rapid.IntRange(1, 300).Draw(rt, "words"))
		e.Fingerprint = e.Summary
		e.Updated = later(e.Updated, m.now.Truncate(time.Second))
		m.offer(e)
	}
}

// place puts an article into a topic, or takes it out.
func (m *deltas) place(rt *rapid.T, topic string) {
	e, ok := m.some(rt)
	if !ok {
		return
	}
	n := len(e.Placements)
	e.Placements = slices.DeleteFunc(e.Placements, func(p news.Placement) bool {
		return p.Topic == topic
	})
	if n == len(e.Placements) {
		e.Placements = append(e.Placements, news.Placement{Topic: topic, Score: 7})
	}
	m.offer(e)
}

func (m *deltas) withdraw(rt *rapid.T) {
	if e, ok := m.some(rt); ok {
		e.Status, e.Placements = news.Withdrawn, nil
		m.offer(e)
	}
}

func (m *deltas) wait(rt *rapid.T) {
	minutes := rapid.SampledFrom([]int{1, 30, 200, 900}).Draw(rt, "minutes")
	m.now = m.now.Add(time.Duration(minutes) * time.Minute)
}

// look publishes, and asks for the delta from everything that a reader may have.
func (m *deltas) look(rt *rapid.T) {
	for range 3 {
		m.now = m.now.Add(2 * time.Second)
		if _, err := m.p.pass(rt.Context()); err != nil {
			rt.Fatal(err)
		}
	}
	for _, key := range m.p.Feeds() {
		for _, format := range news.Formats {
			m.ask(rt, key, format)
		}
	}
}

func (m *deltas) ask(rt *rapid.T, key news.FeedKey, format news.Format) {
	name := key.String() + "." + string(format)
	e, ok := m.p.Edition(key, format)
	if !ok {
		rt.Fatalf("%s is not published", name)
	}
	full, err := newstest.ReadParts(format, plainly(e).Body)
	if err != nil {
		rt.Fatal(err)
	}
	sent := m.sent[name]
	for _, old := range sent[max(0, len(sent)-6):] {
		list, ok := m.p.Delta(e, old.seq)
		if !ok {
			continue
		}
		if old.tag == tag(e) {
			rt.Fatalf("%s: there is a delta of %d from itself", name, old.seq)
		}
		*m.count++
		doc, err := decode(list[len(list)-1])
		if err != nil {
			rt.Fatal(err)
		}
		delta, err := newstest.ReadParts(format, []byte(doc))
		if err != nil {
			rt.Fatalf("%s: delta from %d is wrong: %v\n%s", name, old.seq, err, doc)
		}
		if err := merge(old.copy, delta, full, m.status(key, e.Seq)); err != nil {
			rt.Fatalf("%s: delta from %d to %d: %v", name, old.seq, e.Seq, err)
		}
		if len(doc) >= len(plainly(e).Body) {
			rt.Fatalf("%s: delta from %d is no shorter than the feed", name, old.seq)
		}
	}
	if len(sent) == 0 || sent[len(sent)-1].tag != tag(e) {
		m.sent[name] = append(sent, snapshot{e.Seq, tag(e), full})
	}
}

// status says what had become of an article at a sequence.
func (m *deltas) status(key news.FeedKey, seq uint64) func(string) string {
	return func(urn string) string {
		for _, a := range m.store.articles {
			if a.ID.URN() != urn || a.Seq > seq {
				continue
			}
			if a.Status == news.Withdrawn {
				return "withdrawn"
			}
			if _, in := a.places[key]; !in {
				return "left"
			}
		}
		return ""
	}
}
