package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// withdrawSource withdraws a source and lists the titles that it was told of.
func (s *tested) withdrawSource(source string, dry bool) (titles []string) {
	s.t.Helper()
	n, err := s.WithdrawSource(s.t.Context(), source, dry, func(r news.Result) {
		if r.Outcome != news.Updated || r.Source != source || !strings.Contains(r.Reason, "withdrawn") {
			s.t.Errorf("result %+v", r)
		}
		titles = append(titles, strings.TrimPrefix(r.Title, "Title of "))
	})
	s.ok(err)
	if n != len(titles) {
		s.t.Errorf("counted %d, told of %d", n, len(titles))
	}
	return titles
}

func TestWithdrawSource(t *testing.T) {
	s := newStore(t)
	s.accept(
		piece("b"), piece("x", from("wires")), piece("a"), piece("held", own, after(99e9)),
		piece("y", from("wir")), piece("gone"), piece("none", in()),
	)
	s.withdraw(piece("gone").Article.ID)
	s.offer(news.Unchanged, piece("copy", link("https://wire.example/x"))) // another's, by its link
	s.offer(news.Unchanged, piece("a2", link("https://wire.example/a"), func(c *news.Candidate) {
		c.Article.Title, c.Article.Content = piece("a").Article.Title, piece("a").Article.Content
	})) // a further name
	want := []string{"b", "a", "held", "none"}
	before, log := s.dump(feedParts...), len(s.changes())
	if diff := cmp.Diff(want, s.withdrawSource("wire", true)); diff != "" {
		t.Errorf("dry run: (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(before, s.dump(feedParts...)); diff != "" || len(s.changes()) != log {
		t.Errorf("the dry run changed something: %s", diff)
	}
	if diff := cmp.Diff(want, s.withdrawSource("wire", false)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.shows(9, map[string]string{"border": "y x", "all": "y x"})
	for _, dry := range []bool{true, false} {
		if again := s.withdrawSource("wire", dry); again != nil {
			t.Errorf("again: %v", again)
		}
	}
	s.offer(news.Unchanged, piece("b", text("new")))
	_, err := s.WithdrawSource(t.Context(), "wi", false, nil)
	if news.KindOf(err) != news.NotFound {
		t.Errorf("an unknown source: %v", err)
	}
}

// TestWithdrawLargeSource withdraws in several transactions, is broken off, and goes on.
func TestWithdrawLargeSource(t *testing.T) {
	s := newStore(t)
	const n = 3*withdrawnAtOnce + 10
	var all []news.Candidate
	for i := range n {
		all = append(all, piece(fmt.Sprint(i)))
	}
	s.accept(all...)
	ctx, cancel := context.WithCancel(t.Context())
	told := 0
	done, err := s.WithdrawSource(ctx, "wire", false, func(news.Result) {
		if told++; told > withdrawnAtOnce {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || done != told || told != 2*withdrawnAtOnce {
		t.Errorf("%d done, told of %d, %v", done, told, err)
	}
	w := s.subscription("border", news.Extent{Least: 2 * n})
	if len(w.Entries) != n-done || w.Entries[0].GUID != fmt.Sprint(n-1) {
		t.Errorf("%d are left, the newest is %s", len(w.Entries), w.Entries[0].GUID)
	}
	if rest := s.withdrawSource("wire", false); len(rest) != n-done {
		t.Errorf("%d withdrawn then, want %d", len(rest), n-done)
	}
	w = s.subscription("border", news.Extent{})
	gone := map[news.ID]bool{}
	for _, part := range append(s.archives("border", w.Archives), w) {
		if len(part.Entries) > 0 || len(part.Gone) > archiveEvents+mostGoneBelow {
			t.Fatalf("%d entries and %d tombstones", len(part.Entries), len(part.Gone))
		}
		for _, tomb := range part.Gone {
			gone[tomb.ID] = true
		}
	}
	if len(gone) != n {
		t.Errorf("%d tombstones, want %d", len(gone), n)
	}
}

// TestNothingIsLeftOfAWithdrawnText withdraws an article of many versions and looks everywhere.
func TestNothingIsLeftOfAWithdrawnText(t *testing.T) {
	s := newStore(t)
	secret := func(i int) news.Candidate {
		return piece("a", func(c *news.Candidate) {
			c.Article.Content = fmt.Sprint("<p>The confidential text ", i, "</p>")
			c.Article.Summary = fmt.Sprint("A confidential summary ", i)
			c.Article.Media = []news.Media{{URL: "https://wire.example/confidential.jpg"}}
		})
	}
	var id news.ID
	for i := range mostVersions + 3 {
		c := secret(i)
		c.Article.Fingerprint = fmt.Sprint("hash ", i)
		id = s.accept(c)[0].ID
	}
	s.accept(piece("b"))
	if n := s.mentions("confidential"); n < mostVersions {
		t.Fatalf("only %d values mention the text: this test looks in the wrong places", n)
	}
	s.withdraw(id)
	if n := s.mentions("confidential"); n > 0 {
		t.Errorf("%d values still mention the text", n)
	}
	if s.mentions("All about b") == 0 {
		t.Error("the other article's text is gone too")
	}
}

// mentions counts the values of all buckets that contain a text, compressed or not.
func (s *tested) mentions(what string) (n int) {
	s.t.Helper()
	var walk func(b *bolt.Bucket) error
	walk = func(b *bolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			if v == nil {
				return walk(b.Bucket(k))
			}
			v = v[:len(v)-sealSize]
			plain, err := s.unzip.DecodeAll(v, nil)
			if err != nil {
				plain = v
			}
			if bytes.Contains(plain, []byte(what)) {
				n++
			}
			return nil
		})
	}
	s.ok(s.db.view(func(tx tx) error {
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error { return walk(b) })
	}))
	return n
}

// dump lists what is in some buckets of all feeds.
func (s *tested) dump(parts ...[]byte) []string {
	s.t.Helper()
	var all []string
	s.ok(s.view(func(r reading) error {
		return r.Bucket(bucketFeed).ForEachBucket(func(name []byte) error {
			feed := r.Bucket(bucketFeed).Bucket(name)
			for _, part := range parts {
				s.ok(feed.Bucket(part).ForEach(func(k, v []byte) error {
					all = append(all, fmt.Sprintf("%s %s %x → %x", name, part, k, v))
					return nil
				}))
			}
			return nil
		})
	}))
	return all
}
