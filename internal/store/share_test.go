package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// newShareStore makes a store in which a source may have 20 kB of a topic's news of two days.
func newShareStore(t *testing.T) *tested {
	t.Helper()
	s := newStore(t)
	s.share = 20_000
	s.reopen()
	return s
}

// floods has a source bring so many new articles at once, and tells how many were put behind.
func (s *tested) floods(source string, from_, n int, edits ...edit) (crowded int) {
	s.t.Helper()
	var doc []news.Candidate
	for i := range n {
		guid := fmt.Sprint(source, from_+i)
		doc = append(doc, piece(guid, append([]edit{
			from(source), text("<p>News.</p>"), link("https://" + source + ".example/" + guid),
			dated(s.clock.now()),
		}, edits...)...))
	}
	for _, r := range s.accept(doc...) {
		if r.Outcome != news.Accepted {
			s.t.Fatalf("%+v", r)
		}
		if r.Crowded {
			crowded++
		}
	}
	return crowded
}

// sources counts whose the newest n articles of a feed are.
func (s *tested) sources(feed string, n int) map[string]int {
	counts := map[string]int{}
	for _, e := range s.window(feed, n).Entries {
		counts[e.Source]++
	}
	return counts
}

func TestAFloodPushesNobodyOut(t *testing.T) {
	s := newShareStore(t)
	s.floods("quiet", 0, 10)
	s.clock.step(time.Minute)
	crowded := s.floods("flood", 0, 500)
	if crowded < 480 || crowded > 490 {
		t.Errorf("%d of 500 are put behind, each of about 1,300 bytes, 20 kB are its share", crowded)
	}
	s.clock.step(time.Minute)
	if n := s.floods("quiet", 10, 2); n != 0 {
		t.Errorf("%d of the quiet source are put behind", n)
	}
	for _, feed := range []string{"border", "border.en", "all"} {
		if got := s.sources(feed, 50); got["quiet"] != 12 {
			t.Errorf("%s: the newest 50 are of %v, want all 12 of the quiet source", feed, got)
		}
		if w := s.window(feed, 600); len(w.Entries) != 512 || w.Entries[0].Source != "quiet" {
			t.Errorf("%s has %d articles, want all 512, the newest first", feed, len(w.Entries))
		}
	}
	// The shares are the same after a restart, and those of another topic are others.
	s.reopen()
	if n := s.floods("flood", 500, 3); n != 3 {
		t.Errorf("after a restart %d of 3 are put behind", n)
	}
	// A text that grows into the topic gets no further than one that begins there.
	s.floods("flood", 600, 3, in())
	for i := range 3 {
		guid := fmt.Sprint("flood", 600+i)
		r := s.offer(news.Updated, piece(guid, from("flood"), text("<p>It is about the border.</p>"),
			link("https://flood.example/"+guid)))
		if !r.Crowded || !strings.Contains(r.Reason, "share") {
			t.Errorf("an update into the topic: %+v", r)
		}
	}
	s.clock.step(49 * time.Hour)
	if n := s.floods("flood", 700, 3); n != 0 {
		t.Errorf("two days later %d of 3 are put behind", n)
	}
}

func TestTheDeskHasNoShare(t *testing.T) {
	s := newShareStore(t)
	if n := s.floods("desk", 0, 100, func(c *news.Candidate) { c.Article.Own = true }); n != 0 {
		t.Errorf("%d of the desk's own are put behind", n)
	}
}

// TestSharesForgetWhatWasNotStored: a transaction that fails leaves no trace in what is counted.
func TestSharesForgetWhatWasNotStored(t *testing.T) {
	s := newShareStore(t)
	failing := fmt.Errorf("no")
	err := s.submit(t.Context(), func(w *writing) error {
		for i := range 14 {
			c := piece(fmt.Sprint(i), from("wire"), dated(s.clock.now()))
			o := offers([]news.Candidate{c})
			if _, err := w.accept(&o[0]); err != nil {
				return err
			}
		}
		return failing
	})
	if err != failing {
		t.Fatal(err)
	}
	if n := s.floods("wire", 0, 14); n != 0 {
		t.Errorf("%d of 14 are put behind", n)
	}
}

func TestWhatIsHeldWaits(t *testing.T) {
	s := newStore(t)
	held := func(c *news.Candidate) { c.Held = true }
	s.offer(news.Accepted, piece("a"))
	s.offer(news.Updated, piece("a", text("new"), held)) // only what is new is held
	if r := s.offer(news.Deferred, piece("b", held)); !r.ID.IsZero() || sequence(s) != 3 {
		t.Errorf("%+v, %d changes", r, sequence(s))
	}
	for want, c := range map[news.Outcome]news.Candidate{
		news.Accepted: piece("b"), news.Deferred: piece("b", held),
	} {
		if weighed, err := s.Weigh([]news.Candidate{c}); err != nil || weighed[0].Outcome != want {
			t.Errorf("%+v, %v, want %s", weighed, err, want)
		}
	}
	s.offer(news.Accepted, piece("b"))
}

// TestSharesModel has three sources bring random numbers of articles at random times. Each article
// stands in its topic once; of none of the sources does the news of two days go beyond its share;
// and none is put behind that has room in it, whatever the others bring and whenever the store opens.
func TestSharesModel(t *testing.T) {
	fewer(t)
	parent := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := &tested{clock: newClock(), t: t, dir: mkdir(t, parent), share: 20_000}
		s.open()
		defer func() { s.ok(s.Close()) }()
		all := 0
		rt.Repeat(map[string]func(*rapid.T){
			"bring": func(rt *rapid.T) {
				source := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "source")
				n := rapid.IntRange(1, 12).Draw(rt, "articles")
				has := s.freshOf(source)
				crowded := s.floods(source, all, n)
				all += n
				one := (s.freshOf(source) - has) / max(1, n-crowded)
				if crowded > 0 && one > 0 && has+(n-crowded+1)*one <= s.share {
					rt.Fatalf("%d of %d are put behind, %d bytes each beside %d", crowded, n, one, has)
				}
			},
			"wait": func(rt *rapid.T) {
				s.clock.step(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
			},
			"reopen": func(*rapid.T) { s.reopen() },
			"": func(rt *rapid.T) {
				if got := len(s.window("border", 9999).Entries); got != all {
					rt.Fatalf("%d of %d articles stand in the topic", got, all)
				}
				for _, source := range []string{"a", "b", "c"} {
					if has := s.freshOf(source); has > s.share {
						rt.Fatalf("source %s has %d bytes of news", source, has)
					}
				}
			},
		})
	})
}

// freshOf adds up the news of two days that a source has in border.
func (s *tested) freshOf(source string) (size int) {
	s.t.Helper()
	s.ok(s.view(func(r reading) error {
		f, err := r.feed(news.FeedKey{Topic: "border"})
		if err != nil || f == nil {
			return err
		}
		c := f.fresh.Cursor()
		for k, v := c.Last(); k != nil; k, v = c.Prev() {
			p := toPlace(v)
			rec, err := r.record(p.key)
			if err != nil {
				return err
			}
			if rec.Source == source && p.second >= s.clock.now().Add(-48*time.Hour).Unix() {
				size += p.size
			}
		}
		return nil
	}))
	return size
}
