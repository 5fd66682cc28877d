package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// deltas is a newsroom under random changes, with all that it published lately.
type deltas struct {
	*newsroom
	live      []news.Candidate
	withdrawn map[string]uint64 // by URN: the sequence
	sent      map[string][]snapshot
	count     *int
}

// snapshot is an edition that a reader may have.
type snapshot struct {
	seq  uint64
	tag  string
	copy newstest.Parts
}

// TestDeltas: whatever happens to the store, whoever merges a delta into any earlier edition has
// the feed, also after a restart.
func TestDeltas(t *testing.T) {
	parent, count := t.TempDir(), 0
	fewer(t, 25) // each has a store on the disk; -rapid.checks asks for more
	rapid.Check(t, func(rt *rapid.T) {
		w, err := newNewsroom(mkdirIn(rt, parent), news.Extent{
			Least: rapid.SampledFrom([]int{3, 50, 60}).Draw(rt, "least"),
			Span:  time.Duration(rapid.IntRange(0, 10).Draw(rt, "span")) * time.Hour,
			Size:  rapid.SampledFrom([]int{0, 30_000, 100_000}).Draw(rt, "size"),
		})
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { w.store.Close() }()
		m := &deltas{
			newsroom: w, withdrawn: map[string]uint64{}, sent: map[string][]snapshot{}, count: &count,
		}
		rt.Repeat(map[string]func(*rapid.T){
			"publish":      func(rt *rapid.T) { m.publish(rt, 1, 0) },
			"publish many": func(rt *rapid.T) { m.publish(rt, 30, 0) },
			"publish old":  func(rt *rapid.T) { m.publish(rt, 3, 100*time.Hour) },
			"edit":         m.edit,
			"place":        func(rt *rapid.T) { m.place(rt, "border", "cartels") },
			"unplace":      func(rt *rapid.T) { m.place(rt, "cartels") },
			"withdraw":     m.withdraw,
			"wait":         m.wait,
			"restart":      func(rt *rapid.T) { m.ok(rt, m.reopen()) },
			"look":         m.look,
		})
		m.look(rt)
	})
	if t.Logf("%d deltas", count); count < 50 {
		t.Errorf("%d deltas only", count)
	}
}

// mkdirIn makes a directory in another for as long as a check takes.
func mkdirIn(rt *rapid.T, parent string) string {
	dir, err := os.MkdirTemp(parent, "")
	if err != nil {
		rt.Fatal(err)
	}
	rt.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// fewer has rapid make n checks where the command line does not say how many.
func fewer(t *testing.T, n int) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f == nil || f.Value.String() != f.DefValue {
		return
	}
	t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
	if err := f.Value.Set(strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}

func (m *deltas) ok(rt *rapid.T, err error) {
	if err != nil {
		rt.Fatal(err)
	}
}

func (m *deltas) offer(rt *rapid.T, all ...news.Candidate) {
	results, err := m.store.Accept(context.Background(), all)
	m.ok(rt, err)
	for i, r := range results {
		if r.Outcome == news.Rejected {
			rt.Fatalf("article %s: %s", all[i].Article.GUID, r.Reason)
		}
	}
}

func (m *deltas) publish(rt *rapid.T, n int, age time.Duration) {
	var all []news.Candidate
	for range n {
		size := rapid.SampledFrom([]int{100, 700, 4000}).Draw(rt, "size")
		all = append(all, m.write(size, age, "border"))
	}
	m.live = append(m.live, all...)
	m.offer(rt, all...)
}

// some draws an article that is live, and not too far down; -1 if there is none.
func (m *deltas) some(rt *rapid.T) int {
	if len(m.live) == 0 {
		return -1
	}
	return len(m.live) - 1 - rapid.IntRange(0, min(len(m.live)-1, 70)).Draw(rt, "article")
}

func (m *deltas) edit(rt *rapid.T) {
	if i := m.some(rt); i >= 0 {
		c := &m.live[i]
		size := rapid.SampledFrom([]int{90, 800, 5000}).Draw(rt, "size")
		c.Article.Content = content(c.Article.GUID, size)
		c.Article.Fingerprint = fmt.Sprint(c.Article.GUID, size)
		m.offer(rt, *c)
	}
}

func (m *deltas) place(rt *rapid.T, topics ...string) {
	if i := m.some(rt); i >= 0 {
		m.live[i] = in(m.live[i], topics...)
		m.offer(rt, m.live[i])
	}
}

func (m *deltas) withdraw(rt *rapid.T) {
	if i := m.some(rt); i >= 0 {
		id := m.live[i].Article.ID
		_, err := m.store.Withdraw(context.Background(), id)
		m.ok(rt, err)
		m.live = append(m.live[:i:i], m.live[i+1:]...)
		m.withdrawn[id.URN()], err = m.store.Sequence()
		m.ok(rt, err)
	}
}

func (m *deltas) wait(rt *rapid.T) {
	hours := rapid.SampledFrom([]int{1, 5, 20}).Draw(rt, "hours")
	m.now = m.now.Add(time.Duration(hours) * time.Hour)
}

// look publishes, and asks for the delta from all that a reader may have.
func (m *deltas) look(rt *rapid.T) {
	m.ok(rt, m.settle(context.Background()))
	for _, key := range m.publisher.Feeds() {
		for _, format := range news.Formats {
			m.ask(rt, key, format)
		}
	}
}

func (m *deltas) ask(rt *rapid.T, key news.FeedKey, format news.Format) {
	name := key.String() + "." + string(format)
	e, ok := m.publisher.Edition(key, format)
	if !ok {
		rt.Fatalf("%s is not published", name)
	}
	full, err := newstest.ReadParts(format, plain(e).Body)
	m.ok(rt, err)
	sent := m.sent[name]
	for _, old := range sent[max(0, len(sent)-5):] {
		list, ok := m.publisher.Delta(e, old.seq)
		if !ok {
			continue
		}
		*m.count++
		doc := list[len(list)-1].Body
		delta, err := newstest.ReadParts(format, doc)
		if err == nil {
			err = merge(old.copy, delta, full)
		}
		for id := range old.copy.Entries {
			at := m.withdrawn[id]
			if err == nil && at > 0 && at <= e.Seq && delta.Tombstones[id] == "" {
				err = fmt.Errorf("nobody is told that %s was withdrawn", id)
			}
		}
		if err != nil {
			rt.Fatalf("%s: delta from %d to %d: %v", name, old.seq, e.Seq, err)
		}
	}
	if len(sent) == 0 || sent[len(sent)-1].tag != plain(e).ETag {
		m.sent[name] = append(sent, snapshot{e.Seq, plain(e).ETag, full})
	}
}
