package publish

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// codings lists what an edition is ready in, and holds each to being the same document.
func codings(t *testing.T, e *news.Edition) (list []string) {
	t.Helper()
	for _, rep := range e.Representations {
		list = append(list, rep.Coding)
		if rep.Coding == "" {
			rep = plainly(e)
		}
		if doc, err := decode(rep); err != nil || doc != string(plainly(e).Body) || rep.ETag == "" {
			t.Errorf("%q: another document, or no tag: %v", rep.Coding, err)
		}
	}
	return list
}

// TestCodings: an edition that somebody asked for is in every coding a moment later, with the
// validators that it had, and so are those after it. One that nobody asks for takes its gzip only.
func TestCodings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		store.change(entry(0, time.Now().Add(-time.Hour)), keyBorder)
		p := started(t, store, testSettings(time.Now))
		first := edition(t, p, keyBorder, news.Atom)
		if got := fmt.Sprint(codings(t, first)); got != "[gzip ]" {
			t.Errorf("at once: %s", got)
		}
		stop := running(t, p)
		defer stop()
		synctest.Wait()
		all := edition(t, p, keyBorder, news.Atom)
		if got := fmt.Sprint(codings(t, all)); got != "[br zstd gzip ]" {
			t.Errorf("a moment later: %s", got)
		}
		if all.Seq != first.Seq || !all.Modified.Equal(first.Modified) || tag(all) != tag(first) ||
			all.Representations[2].ETag != first.Representations[0].ETag {
			t.Error("more codings changed the validators of those there were")
		}
		if edition(t, p, keyBorder, news.Atom) != all {
			t.Error("it is made again and again")
		}
		other := p.series(keyCartels, news.RSS).current.Load().edition.Representations
		if len(other) != 2 || other[1].Body != nil || other[1].Size == 0 {
			t.Error("an edition that nobody asked for is kept whole")
		}

		time.Sleep(time.Minute)
		store.change(entry(1, time.Now()), keyBorder)
		synctest.Wait()
		if e := edition(t, p, keyBorder, news.Atom); tag(e) == tag(all) ||
			fmt.Sprint(codings(t, e)) != "[br zstd gzip ]" {
			t.Error("the next edition is not in every coding")
		}
		time.Sleep(wantedFor + time.Minute)
		store.change(entry(2, time.Now()), keyBorder)
		synctest.Wait()
		s := p.series(keyBorder, news.Atom)
		if len(s.current.Load().edition.Representations) != 2 {
			t.Error("an edition is in every coding for a reader of yesterday")
		}
	})
}

// TestCompressed: who asks for every coding gets it at once, also right after a restart, under the same
// tags.
func TestCompressed(t *testing.T) {
	store := newFakeStore(time.Now)
	store.change(entry(0, time.Now().Add(-time.Hour)), keyBorder)
	var before []news.Representation
	for range 2 {
		p := started(t, store, testSettings(time.Now))
		e, ok := p.Compressed(keyBorder, news.RSS)
		if !ok {
			t.Fatal("no edition")
		}
		if got := fmt.Sprint(codings(t, e)); got != "[br zstd gzip ]" {
			t.Errorf("in %s", got)
		}
		if again, _ := p.Compressed(keyBorder, news.RSS); again != e {
			t.Error("it is made again")
		}
		for i := range before {
			if before[i].ETag != e.Representations[i].ETag {
				t.Errorf("%q: tag %s, before the restart %s", before[i].Coding,
					e.Representations[i].ETag, before[i].ETag)
			}
		}
		before = e.Representations
	}
	p := started(t, store, testSettings(time.Now))
	if _, ok := p.Compressed(news.FeedKey{Topic: "fish"}, news.RSS); ok {
		t.Error("a feed that there is not has an edition")
	}
}

// TestRemade: bytes that there was no room for are made again, the same.
func TestRemade(t *testing.T) {
	store := newFakeStore(time.Now)
	store.change(entry(0, time.Now().Add(-time.Hour)), keyBorder)
	p := started(t, store, testSettings(time.Now))
	e, _ := p.Compressed(keyBorder, news.RSS)
	for _, room := range []int{0, bodyBytes} {
		p.bodies = newCache[tagged](room)
		if got := fmt.Sprint(codings(t, e)); got != "[br zstd gzip ]" {
			t.Errorf("in %s", got)
		}
		for i := range e.Representations {
			rep := &e.Representations[i]
			body, err := rep.Bytes()
			if err != nil || len(body) != rep.Size ||
				rep.ETag != news.ETag(0, e.Seq, fingerprint(body)) {
				t.Errorf("%q: %d bytes under %s, %v", rep.Coding, len(body), rep.ETag, err)
			}
		}
	}
	if len(p.bodies.items) != 2 {
		t.Errorf("%d bodies are kept, want those in br and zstd", len(p.bodies.items))
	}
}

// TestOutdated: work on an edition that has a successor is dropped.
func TestOutdated(t *testing.T) {
	p := started(t, newFakeStore(time.Now), testSettings(time.Now))
	s := p.series(keyBorder, news.JSON)
	old := s.current.Load()
	e := *old.edition
	e.Seq++
	next := &issue{edition: &e}
	s.current.Store(next)
	grown := e
	if s.current.CompareAndSwap(old, &issue{edition: &grown}) || s.current.Load() != next {
		t.Error("an outdated edition replaced its successor")
	}
	if err := p.compress(s); err != nil {
		t.Fatal(err)
	}
	if got := s.current.Load().edition; got.Seq != e.Seq || len(got.Representations) != 4 {
		t.Errorf("seq %d in %d codings", got.Seq, len(got.Representations))
	}
}

// TestSameBytes: what was compressed before changes no byte of what is compressed now.
func TestSameBytes(t *testing.T) {
	a := bytes.Repeat([]byte(article(1).Content), 9)
	b := bytes.Repeat([]byte(article(2).Content), 20)
	one, other := newCoder(), newCoder()
	for _, fast := range []bool{false, true} {
		for _, doc := range [][]byte{a, b, a} {
			x, err := one.brotli(doc, fast)
			if err != nil {
				t.Fatal(err)
			}
			y, err := newCoder().brotli(doc, fast)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(x, y) || !bytes.Equal(one.zstd(doc, fast), newCoder().zstd(doc, fast)) {
				t.Errorf("fast %v: bytes depend on what came before", fast)
			}
			v, err := one.gzip(doc)
			if err != nil {
				t.Fatal(err)
			}
			if w, err := other.gzip(doc); err != nil || !bytes.Equal(v, w) {
				t.Errorf("gzip bytes depend on what came before, %v", err)
			}
		}
	}
}

// TestZstdWindow: the bytes are those of the level, however little memory the encoder takes.
func TestZstdWindow(t *testing.T) {
	c, level := newCoder(), newZstd(zstd.SpeedDefault)
	doc := []byte{}
	for n := range 900 {
		doc = append(doc, newstest.Entry(n).Content...)
		doc = fmt.Appendf(doc, "%x", n*n*n)
	}
	doc = bytes.Repeat(doc, 1+2*zstdWindow/len(doc))
	for _, size := range []int{
		0, 1, 1000, 100_000, zstdWindow - 1, zstdWindow, zstdWindow + 1, len(doc),
	} {
		if got, want := c.zstd(doc[:size], false), level.EncodeAll(doc[:size], nil); !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d in zstd, by the level %d", size, len(got), len(want))
		}
	}
}

func TestCache(t *testing.T) {
	c := newCache[int](3 * (100 + overhead + 1))
	for i, name := range []string{"a", "b", "c"} {
		c.put(name, i, 100)
	}
	c.get("a")
	c.put("d", 3, 100) // b was not asked for longest
	for name, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if _, ok := c.get(name); ok != want {
			t.Errorf("%s: kept %v, want %v", name, ok, want)
		}
	}
	c.put("d", 4, 50)
	if v, _ := c.get("d"); v != 4 || c.used != 3*(100+overhead+1)-50 {
		t.Errorf("d is %d, %d bytes used", v, c.used)
	}
	c.put("d", 5, 1e6)
	if _, ok := c.get("d"); ok || len(c.items) != c.order.Len() {
		t.Error("what is larger than the cache is kept")
	}
}

// TestSize: no document is longer than wanted unless what stands in no archive is, and the longest
// has room for nothing more.
func TestSize(t *testing.T) {
	now := newstest.Start
	clock := func() time.Time { return now }
	store, settings := newModel(clock, 10), testSettings(clock)
	settings.Window = news.Extent{Least: 50, Size: 60_000}
	for n := range 40 {
		e := article(n)
		e.FirstSeen, e.Updated, e.Published = now, now, now
		store.offer(e)
		now = now.Add(time.Minute)
	}
	p := New(newstest.Logger(t), store, settings)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts := map[int]bool{}
	for _, format := range news.Formats {
		e := edition(t, p, keyBorder, format)
		c, err := newstest.ReadParts(format, plainly(e).Body)
		if err != nil {
			t.Fatal(err)
		}
		counts[len(c.Entries)] = true
		if n := len(plainly(e).Body); n > settings.Window.Size || n < settings.Window.Size/2 {
			t.Errorf("%s has %d bytes", format, n)
		}
	}
	if len(counts) != 1 {
		t.Errorf("formats differ in what they cover: %v", counts)
	}
	if store.stamps["border.cut"].Cut == 0 {
		t.Error("that it was cut is not remembered")
	}
}

// TestArchive: an archive is made once for as long as nothing changes, again only if it did, and
// never if there is none.
func TestArchive(t *testing.T) {
	now := newstest.Start
	clock := func() time.Time { return now }
	store := newModel(clock, 5)
	for n := range 23 {
		store.offer(entry(n, now))
		now = now.Add(time.Minute)
	}
	p := New(newstest.Logger(t), store, testSettings(clock))
	var renders counting
	renders.watch(p)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := p.Archives(keyBorder); n != 4 {
		t.Fatalf("%d archives, want 4", n)
	}
	asked := store.asked
	for _, number := range []int{-1, 0, 5, 1 << 40} {
		if _, err := p.Archive(keyBorder, news.RSS, number); news.KindOf(err) != news.NotFound {
			t.Errorf("archive %d: %v", number, err)
		}
	}
	if _, err := p.Archive(keyBorder, "html", 1); news.KindOf(err) != news.NotFound {
		t.Errorf("archive in HTML: %v", err)
	}
	if store.asked != asked {
		t.Error("the store is asked for archives that there are not")
	}
	renders.take()
	first, err := p.Archive(keyBorder, news.Atom, 2)
	if err != nil {
		t.Fatal(err)
	}
	e := entry(6, now) // in archive 2
	for _, step := range []struct {
		name string
		do   func()
		same bool
	}{
		{"nothing", func() {}, true},
		{"an addition", func() { store.offer(entry(30, now)) }, true},
		{"a correction", func() { e.Fingerprint = "other"; store.offer(e) }, false},
	} {
		now = now.Add(time.Minute)
		step.do()
		again, err := p.Archive(keyBorder, news.Atom, 2)
		if err != nil {
			t.Fatal(err)
		}
		if (again == first) != step.same {
			t.Errorf("%s: made again %v", step.name, again != first)
		}
		if !step.same && (!again.Modified.After(first.Modified) || tag(again) == tag(first)) {
			t.Errorf("%s: %v then %v", step.name, first.Modified, again.Modified)
		}
	}
	if got := renders.take()["border.atom"]; got != 2 {
		t.Errorf("rendered %d times, want twice", got)
	}
}
