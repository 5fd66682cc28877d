package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestArchivesHoldEverything: whoever was away for a year has every live article, as it is now,
// after walking from the subscription document back through the archives, in each format.
func TestArchivesHoldEverything(t *testing.T) {
	w, live := longLife(t)
	key := news.FeedKey{Topic: "border"}
	if n := w.publisher.Archives(key); n < 8 {
		t.Fatalf("%d archives only", n)
	}
	for _, format := range news.Formats {
		got := map[string]string{}
		seen := map[int]bool{}
		for n := range walk(t, w, key, format) {
			if seen[n] {
				t.Fatalf("%s: archive %d twice", format, n)
			}
			seen[n] = true
			e := w.edition(t, key, format)
			if n > 0 {
				var err error
				if e, err = w.publisher.Archive(key, format, n); err != nil {
					t.Fatal(err)
				}
			}
			held, err := newstest.ReadParts(format, plain(e).Body)
			if err != nil {
				t.Fatalf("%s archive %d: %v", format, n, err)
			}
			if len(plain(e).Body) > w.settings.Window.Size {
				t.Errorf("%s archive %d has %d bytes", format, n, len(plain(e).Body))
			}
			for id, text := range held.Entries {
				if _, newer := got[id]; !newer {
					got[id] = text
				}
			}
			for id := range held.Tombstones {
				if live[id] != "" {
					t.Errorf("%s archive %d: tombstone of live %s", format, n, id)
				}
			}
		}
		for id, title := range live {
			if !strings.Contains(got[id], title) {
				t.Errorf("%s: %s is %.200q, want %q", format, id, got[id], title)
			}
		}
		for id := range got {
			if live[id] == "" {
				t.Errorf("%s: %s is not live", format, id)
			}
		}
	}
}

// TestUntilNothingIsNew: who goes back until an archive has nothing new, which no specification
// says, has everything of a feed without history: its document leads past archives of which it has
// all itself.
func TestUntilNothingIsNew(t *testing.T) {
	w, err := newNewsroom(t.TempDir(), news.Extent{Least: 50, Span: 48 * time.Hour, Size: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	defer w.store.Close()
	key, articles := news.FeedKey{Topic: "border"}, map[string]bool{}
	for visit := range 4 {
		for range 6 + visit*2 {
			var all []news.Candidate
			for range 50 {
				all = append(all, w.write(500, time.Hour, "border"))
			}
			if _, err := w.store.Accept(t.Context(), all); err != nil {
				t.Fatal(err)
			}
			w.now = w.now.Add(7 * time.Hour)
		}
		if err := w.settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		for n := range walk(t, w, key, news.Atom) {
			e, before := w.edition(t, key, news.Atom), len(articles)
			if n > 0 {
				if e, err = w.publisher.Archive(key, news.Atom, n); err != nil {
					t.Fatal(err)
				}
			}
			held, err := newstest.ReadParts(news.Atom, plain(e).Body)
			if err != nil {
				t.Fatal(err)
			}
			for id := range held.Entries {
				articles[id] = true
			}
			if len(articles) == before {
				break
			}
		}
		if len(articles) != w.wrote {
			t.Errorf("visit %d: %d of %d articles", visit, len(articles), w.wrote)
		}
	}
}

// longLife is a newsroom after some months with several hundred articles, corrections,
// withdrawals, places given and taken, and the history of a new source. It also gives the titles
// of what lives in "border", by URN.
func longLife(t *testing.T) (*newsroom, map[string]string) {
	t.Helper()
	extent := news.Extent{Least: 50, Span: 48 * time.Hour, Size: 1_000_000}
	w, err := newNewsroom(t.TempDir(), extent)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	live := map[string]string{}
	var all []news.Candidate
	offer := func(list ...news.Candidate) {
		if _, err := w.store.Accept(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			live[c.Article.ID.URN()] = c.Article.Title
			if c.Placements[0].Topic != "border" {
				delete(live, c.Article.ID.URN())
			}
		}
	}
	for day := range 90 {
		w.now = w.now.Add(20 * time.Hour)
		for range 5 {
			all = append(all, w.write(2000, time.Hour, "border"))
			offer(all[len(all)-1])
			w.now = w.now.Add(10 * time.Minute)
		}
		old := &all[(day*37)%len(all)]
		switch day % 4 {
		case 0: // corrected
			old.Article.Title += ", corrected"
			old.Article.Fingerprint = old.Article.Title
			offer(*old)
		case 1:
			if _, err := w.store.Withdraw(t.Context(), old.Article.ID); err != nil {
				t.Fatal(err)
			}
			delete(live, old.Article.ID.URN())
			all = append(all[:(day*37)%len(all)], all[(day*37)%len(all)+1:]...)
		case 2: // leaves the topic
			*old = in(*old, "cartels")
			offer(*old)
		case 3: // in one topic more
			*old = in(*old, "border", "cartels")
			offer(*old)
		}
		if day == 40 {
			var history []news.Candidate
			for n := range 120 {
				history = append(history, w.write(3000, time.Duration(n+50)*24*time.Hour, "border"))
			}
			offer(history...)
		}
	}
	if err := w.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w, live
}

// walk yields the numbers of a feed's documents as their own links lead from one to the next, 0 for
// the subscription document.
func walk(
	t *testing.T, w *newsroom, key news.FeedKey, format news.Format,
) func(func(int) bool) {
	return func(yield func(int) bool) {
		for n := 0; n >= 0 && yield(n); {
			e := w.edition(t, key, format)
			if n > 0 {
				var err error
				if e, err = w.publisher.Archive(key, format, n); err != nil {
					t.Fatal(err)
				}
			}
			n = before(t, format, plain(e).Body)
		}
	}
}

var archiveLink = regexp.MustCompile(`<[^>]* rel="prev-archive"[^>]*>`)

// before is the number of the archive before a document as that names it, -1 if there is none.
func before(t *testing.T, format news.Format, doc []byte) int {
	t.Helper()
	var address string
	if format == news.JSON {
		var feed struct {
			Next string `json:"next_url"`
		}
		if err := json.Unmarshal(doc, &feed); err != nil {
			t.Fatal(err)
		}
		address = feed.Next
	} else if link := archiveLink.FindString(string(doc)); link != "" {
		_, rest, _ := strings.Cut(link, `href="`)
		address, _, _ = strings.Cut(rest, `"`)
	}
	if address == "" {
		return -1
	}
	_, name, _ := strings.Cut(address, "/archive/")
	n, err := strconv.Atoi(strings.TrimSuffix(name, "."+string(format)))
	if err != nil {
		t.Fatalf("%s leads to %q", format, address)
	}
	return n
}

// TestClosedArchivesStay: additions change nothing of a closed archive; a correction and a
// withdrawal change that of the article, with its validators, and no other.
func TestClosedArchivesStay(t *testing.T) {
	w, _ := longLife(t)
	key := news.FeedKey{Topic: "border"}
	last := w.publisher.Archives(key)
	look := func() map[int]*news.Edition {
		all := map[int]*news.Edition{}
		for n := 1; n <= last; n++ {
			e, err := w.publisher.Archive(key, news.Atom, n)
			if err != nil {
				t.Fatal(err)
			}
			all[n] = e
		}
		return all
	}
	changed := func(what string, old map[int]*news.Edition) (list []int) {
		t.Helper()
		for n, e := range look() {
			switch {
			case plain(e).ETag == plain(old[n]).ETag && e.Modified.Equal(old[n].Modified):
			case plain(e).ETag == plain(old[n]).ETag || !e.Modified.After(old[n].Modified):
				t.Errorf("%s: archive %d goes from %s %v to %s %v", what, n,
					plain(old[n]).ETag, old[n].Modified, plain(e).ETag, e.Modified)
			default:
				list = append(list, n)
			}
		}
		return list
	}
	old := look()
	for range 120 {
		if _, err := w.store.Accept(t.Context(),
			[]news.Candidate{w.write(500, time.Hour, "border")}); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Minute)
	}
	if err := w.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := w.publisher.Archives(key); now < last+2 {
		t.Errorf("%d archives, were %d", now, last)
	}
	if list := changed("additions", old); len(list) > 0 {
		t.Errorf("additions changed archives %d", list)
	}
	var id news.ID
	if _, err := w.store.Archive(key, 2, func(_ news.Place, read func() (news.Entry, error)) bool {
		e, err := read()
		if err != nil {
			t.Fatal(err)
		}
		id = e.ID
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Withdraw(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
	if list := changed("withdrawal", old); fmt.Sprint(list) != "[2]" {
		t.Errorf("a withdrawal from archive 2 changed %d", list)
	}
	if err := w.reopen(); err != nil {
		t.Fatal(err)
	}
	if list := changed("restart", old); fmt.Sprint(list) != "[2]" {
		t.Errorf("a restart changed %d", list)
	}
	if _, err := w.publisher.Archive(key, news.Atom, w.publisher.Archives(key)+1); news.KindOf(err) !=
		news.NotFound {
		t.Errorf("the archive to come: %v", err)
	}
}
