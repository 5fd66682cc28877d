package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// spoil changes a stored value behind the store's back.
func (s *tested) spoil(key []byte, buckets ...[]byte) {
	s.t.Helper()
	s.ok(s.db.DB.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(buckets[0])
		for _, name := range buckets[1:] {
			b = b.Bucket(name)
		}
		value := []byte(string(b.Get(key)))
		if len(value) <= sealSize {
			return fmt.Errorf("%s has no value to spoil at %x", buckets, key)
		}
		value[len(value)/3] ^= 0x20
		return b.Put(key, value)
	}))
}

// keyOf finds the key of an article.
func (s *tested) keyOf(guid string) (key []byte) {
	s.t.Helper()
	s.ok(s.view(func(r reading) error {
		n, err := r.keyOf(piece(guid).Article.ID)
		key = number(n)
		return err
	}))
	return key
}

// TestDamagedArticle damages an article's record, and its content: every window leaves it out and
// says so, what asks for it is told its id and the way out, and that way works.
func TestDamagedArticle(t *testing.T) {
	for _, bucket := range [][]byte{bucketArticle, bucketBody} {
		t.Run(string(bucket), func(t *testing.T) {
			s := newStore(t)
			s.accept(piece("a"), piece("bad"), piece("c"), piece("worse"))
			bad, worse := piece("bad").Article.ID, piece("worse").Article.ID
			s.spoil(s.keyOf("bad"), bucket)
			s.spoil(s.keyOf("worse"), bucket)
			s.shows(9, map[string]string{"border": "c a", "all.en": "c a"})
			_, err := s.Article(bad)
			if err == nil || !strings.Contains(err.Error(), "withdraw "+bad.String()) {
				t.Errorf("asked for it: %v", err)
			}
			if d := s.Damage(); len(d) != 2 || !strings.Contains(d[0]+d[1], bad.String()) {
				t.Errorf("reported: %q", d)
			}
			if versions, err := s.History(bad); err != nil || len(versions) != 1 {
				t.Errorf("history: %v, %v", versions, err)
			}
			s.withdraw(bad)
			if w := s.window("border.en", 9); s.article(bad).Status != news.Withdrawn || w.Seq != 6 {
				t.Errorf("withdrawn: %+v, feed at %d", s.article(bad), w.Seq)
			}
			s.offer(news.Updated, piece("worse", text("<p>Anew.</p>")))
			s.shows(9, map[string]string{"border": "worse c a"})
			if e := s.article(worse); e.Content != "<p>Anew.</p>" || e.ID != worse {
				t.Errorf("replaced: %+v", e)
			}
			s.offer(news.Unchanged, piece("bad"))
		})
	}
}

// TestDamagedIndex damages an entry of a feed's index and an article's name.
func TestDamagedIndex(t *testing.T) {
	s := newStore(t)
	s.accept(piece("a"), piece("b"), piece("c"))
	s.spoil(s.keyOf("b"), bucketFeed, []byte("border"), feedFresh)
	s.shows(9, map[string]string{"border": "c a", "border.en": "c b a"})
	if d := s.Damage(); len(d) != 1 || !strings.Contains(d[0], "feed/border/fresh") {
		t.Errorf("reported: %q", d)
	}
	s.spoil(aliasID(piece("c").Article.ID), bucketAlias)
	s.withdraw(piece("c").Article.ID)
	s.shows(9, map[string]string{"border": "a"})
}

// TestDamagedValuesAreNeverRead damages each value of a store in turn, and moves each to another key.
func TestDamagedValuesAreNeverRead(t *testing.T) {
	s, p := fill(t)
	values := 0
	for _, db := range []*database{s.db, p.db} {
		s.ok(db.view(func(t tx) error {
			return t.ForEach(func(name []byte, _ *bolt.Bucket) error {
				return t.Bucket(name).eachValue(func(b *bucket, k, sealed []byte) error {
					values++
					if _, ok := b.open(append([]byte("x"), k...), sealed); ok {
						s.t.Errorf("%s/%x is read under another key", b.name, k)
					}
					for i := 0; i < len(sealed); i += 1 + len(sealed)/64 {
						altered := []byte(string(sealed))
						altered[i] ^= 1 << (i % 8)
						if _, ok := b.open(k, altered); ok {
							s.t.Errorf("%s/%x is read with byte %d altered", b.name, k, i)
						}
					}
					return nil
				})
			})
		}))
	}
	if values < 50 {
		t.Errorf("only %d values", values)
	}
}

// eachValue calls f with every value in a bucket and those in it, as it is stored.
func (b *bucket) eachValue(f func(b *bucket, k, sealed []byte) error) error {
	return b.b.ForEach(func(k, sealed []byte) error {
		if sealed == nil {
			return b.Bucket(k).eachValue(f)
		}
		return f(b, k, sealed)
	})
}

// TestBucketIsGone has a bucket missing: what is in the others is read, and nothing is written.
func TestBucketIsGone(t *testing.T) {
	for _, name := range articleBuckets {
		s := newStore(t)
		id := s.offer(news.Accepted, piece("a")).ID
		s.ok(s.db.DB.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket(name) }))
		s.reopen()
		if err := s.Unwritable(); err == nil || !strings.Contains(err.Error(), "bucket "+string(name)) {
			t.Errorf("%s: %v", name, err)
		}
		_, err := s.Accept(t.Context(), []news.Candidate{piece("b")})
		if err == nil {
			t.Errorf("%s: written without it", name)
		}
		window, err := s.Window(news.FeedKey{Topic: "border"}, 9)
		switch string(name) {
		case "feed":
			if err == nil {
				t.Error("a feed without its bucket")
			}
		case "article", "body":
			if err != nil || len(window.Entries) > 0 || len(s.Damage()) == 0 {
				t.Errorf("%s: %v, %v, %q", name, guids(window), err, s.Damage())
			}
		default:
			if err != nil || len(window.Entries) != 1 || window.Entries[0].ID != id {
				t.Errorf("%s: %v, %v", name, guids(window), err)
			}
		}
	}
}

// TestPollStateBeginsAnew damages what polling taught: the file is set aside, and begun anew.
func TestPollStateBeginsAnew(t *testing.T) {
	dir := t.TempDir()
	open := func() *Polls {
		p, err := OpenPolls(newstest.Logger(t), dir, Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := open()
	if err := p.Save("wire", news.PollState{Due: start, Polls: 1}); err != nil {
		t.Fatal(err)
	}
	err := p.db.DB.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketState)
		value := []byte(string(b.Get([]byte("wire"))))
		value[3]++
		return b.Put([]byte("wire"), value)
	})
	if err != nil {
		t.Fatal(err)
	}
	if st, err := p.State("wire"); err != nil || st.Polls != 0 {
		t.Errorf("before the restart: %+v, %v", st, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	p = open()
	defer p.Close()
	if err := p.Enlist([]string{"wire"}, start); err != nil {
		t.Fatal(err)
	}
	if due, err := p.Due(start, 9, 0); err != nil || len(due) != 1 {
		t.Errorf("due: %q, %v", due, err)
	}
	aside, _ := filepath.Glob(filepath.Join(dir, "poll.db.damaged-*"))
	if len(aside) != 1 {
		t.Errorf("set aside: %q", aside)
	}
	if _, err := os.Stat(filepath.Join(dir, pollFile)); err != nil {
		t.Error(err)
	}
}

// TestLostValue has a value missing that every article has, as where a key on the way to it was
// altered: the article is left out and reported, not served without it.
func TestLostValue(t *testing.T) {
	for _, name := range [][]byte{bucketArticle, bucketBody} {
		s := newStore(t)
		s.accept(piece("a"), piece("lost"))
		key := s.keyOf("lost")
		s.ok(s.db.DB.Update(func(tx *bolt.Tx) error { return tx.Bucket(name).Delete(key) }))
		s.shows(9, map[string]string{"border": "a"})
		if d := s.Damage(); len(d) != 1 || !strings.Contains(d[0], piece("lost").Article.ID.String()) {
			t.Errorf("%s: reported %q", name, d)
		}
		s.withdraw(piece("lost").Article.ID)
	}
}
