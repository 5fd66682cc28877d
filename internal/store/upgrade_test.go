package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// dump lists what is in some buckets of all feeds, and which feeds articles have left.
func (s *tested) dump(parts ...[]byte) []string {
	s.t.Helper()
	var all []string
	s.ok(s.view(func(r reading) error {
		s.ok(r.Bucket(bucketFeed).ForEachBucket(func(name []byte) error {
			feed := r.Bucket(bucketFeed).Bucket(name)
			for _, part := range parts {
				s.ok(feed.Bucket(part).ForEach(func(k, v []byte) error {
					all = append(all, fmt.Sprintf("%s %s %x → %x", name, part, k, v))
					return nil
				}))
			}
			return nil
		}))
		return r.Bucket(bucketArticle).ForEach(func(k, v []byte) error {
			var rec record
			s.ok(decode("article", k, v, &rec))
			if len(rec.Former) > 0 {
				all = append(all, fmt.Sprintf("%x has left %s", k, rec.Former))
			}
			return nil
		})
	}))
	return all
}

// each rewrites or removes what is in a bucket.
func each(b *bolt.Bucket, f func(v []byte) []byte) error {
	values := map[string][]byte{}
	if err := b.ForEach(func(k, v []byte) error {
		values[string(k)] = f(bytes.Clone(v))
		return nil
	}); err != nil {
		return err
	}
	for k, v := range values {
		var err error
		if v == nil {
			err = b.Delete([]byte(k))
		} else {
			err = b.Put([]byte(k), v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// without drops a member of a JSON object.
func without(member string) func(v []byte) []byte {
	return func(v []byte) []byte {
		var object map[string]json.RawMessage
		if json.Unmarshal(v, &object) != nil || string(object["kind"]) == `"`+kindClose+`"` {
			return nil
		}
		delete(object, member)
		v, _ = json.Marshal(object)
		return v
	}
}

// downgrade makes a store what it would have been by schema 1.
func (s *tested) downgrade() {
	s.t.Helper()
	s.ok(s.db.Update(func(tx *bolt.Tx) error {
		s.ok(each(tx.Bucket(bucketChange), without("size")))
		s.ok(each(tx.Bucket(bucketArticle), without("former")))
		s.ok(tx.Bucket(bucketFeed).ForEachBucket(func(name []byte) error {
			feed := tx.Bucket(bucketFeed).Bucket(name)
			for _, part := range [][]byte{feedArchive, feedGone, feedLog} {
				s.ok(feed.DeleteBucket(part))
			}
			for _, part := range [][]byte{feedFresh, feedBackfill} {
				s.ok(each(feed.Bucket(part), func(v []byte) []byte { return v[:8] }))
			}
			return feed.Put(feedState, bytes.Clone(feed.Get(feedState)[:24]))
		}))
		return tx.Bucket(bucketMeta).Put(metaSchema, number(1))
	}))
}

// busy is a store in which much has happened.
func busy(t *testing.T) *tested {
	s := newStore(t)
	s.ok(s.EnsureFeeds([]news.FeedKey{{Topic: "quiet"}}))
	for i := range 7 {
		var all []news.Candidate
		for j := range 30 {
			all = append(all, piece(fmt.Sprint(i, "-", j), in("a", "b"), after(time.Duration(-i)*24*time.Hour)))
		}
		s.accept(all...)
		s.clock.step(time.Hour)
		s.offer(news.Updated, piece(fmt.Sprint(i, "-3"), in("a", "b"), text("new")))
		s.offer(news.Updated, piece(fmt.Sprint(i, "-4"), in("b")))
		s.offer(news.Updated, piece(fmt.Sprint(i, "-5"), in("a", "b"), lang("es")))
		s.offer(news.Updated, piece(fmt.Sprint(i, "-6"), in()))
		s.offer(news.Updated, piece(fmt.Sprint(i, "-6"), in("b")))
		s.withdraw(piece(fmt.Sprint(i, "-7")).Article.ID)
	}
	s.accept(piece("held", own, after(99*time.Hour)), piece("nowhere", in()))
	return s
}

// whole lists a feed's articles by their archives, the newest part's last.
func (s *tested) whole(feed string) (all []string) {
	s.t.Helper()
	w := s.subscription(feed, news.Extent{})
	for _, a := range append(s.archives(feed, w.Archives), w) {
		all = append(all, fmt.Sprint(guids(a), len(a.Gone)))
	}
	return all
}

func TestUpgrade(t *testing.T) {
	for _, halfway := range []int{0, 1, 100} {
		t.Run(fmt.Sprint("broken off after ", halfway), func(t *testing.T) {
			s := busy(t)
			parts := [][]byte{feedFresh, feedBackfill, feedGone}
			want, windows := s.dump(parts...), []news.Window{s.window("a", 999), s.window("all.es", 999)}
			log := s.tell()
			s.downgrade()
			if halfway > 0 {
				s.ok(s.db.Update(func(tx *bolt.Tx) error {
					w := s.writing(tx)
					s.ok(tx.Bucket(bucketMeta).Put(metaSchema, number(schema)))
					if _, err := w.upgradeFrom(1, halfway); err != nil {
						return err
					}
					return w.saveStates()
				}))
			}
			s.reopen()
			if diff := cmp.Diff(want, s.dump(parts...)); diff != "" {
				t.Errorf("places, tombstones and feeds left: (-want +got)\n%s", diff)
			}
			again := []news.Window{s.window("a", 999), s.window("all.es", 999)}
			if diff := cmp.Diff(windows, again); diff != "" {
				t.Errorf("windows: (-before +after)\n%s", diff)
			}
			for feed, at := range log {
				s.upgraded(feed, at)
			}
			s.reopen() // nothing is upgraded twice
			if diff := cmp.Diff(want, s.dump(parts...)); diff != "" {
				t.Errorf("reopened: (-want +got)\n%s", diff)
			}
		})
	}
}

// upgraded looks at a feed after the upgrade: it is whole, its archives are bounded, and its log
// begins with the upgrade.
func (s *tested) upgraded(feed string, at *told) {
	s.t.Helper()
	w := s.subscription(feed, news.Extent{})
	all := guids(w)
	for _, a := range s.archives(feed, w.Archives) {
		if len(a.Entries)+len(a.Gone) > archiveEvents {
			s.t.Errorf("%s: an archive has %d entries", feed, len(a.Entries))
		}
		all = append(all, guids(a)...)
	}
	live := guids(s.window(feed, 999))
	slices.Sort(all)
	slices.Sort(live)
	if !slices.Equal(all, live) || len(live) != len(at.stands) {
		s.t.Errorf("%s: %d live, %d published", feed, len(live), len(all))
	}
	if want := len(at.boundaries); want > 0 && w.Archives == 0 {
		s.t.Errorf("%s: %d archives, had %d", feed, w.Archives, want)
	}
	seq, err := s.Sequence()
	s.ok(err)
	for base, want := range map[uint64]bool{w.Seq - 1: false, seq: true} {
		if _, ok, err := s.Since(w.Key, base, seq); err != nil || ok != want {
			s.t.Errorf("%s: since %d is known: %t, %v", feed, base, ok, err)
		}
	}
}

// TestUpgradedGoesOn accepts more after an upgrade, as if there had been none.
func TestUpgradedGoesOn(t *testing.T) {
	s := busy(t)
	s.downgrade()
	s.reopen()
	before := s.whole("a.en")
	for i := range archiveEvents {
		s.accept(piece(fmt.Sprint("more", i), in("a")))
	}
	after := s.whole("a.en")
	if diff := cmp.Diff(before[:len(before)-1], after[:len(before)-1]); diff != "" || len(after) != len(before)+1 {
		t.Errorf("%d archives, then %d: (-before +after)\n%s", len(before)-1, len(after)-1, diff)
	}
	id := piece("2-4").Article.ID // it left a before the upgrade
	s.withdraw(id)
	if w := s.subscription("a", news.Extent{}); len(w.Gone) == 0 || w.Gone[0].ID != id {
		t.Errorf("tombstones %v", w.Gone)
	}
}

// TestLogIsPruned logs for weeks: the log reaches back seven days and a little.
func TestLogIsPruned(t *testing.T) {
	s := newStore(t)
	seqs := map[int]uint64{} // by day
	key := news.FeedKey{Topic: "border"}
	const days = 30
	for day := range days {
		for i := range 10 {
			s.withdraw(s.offer(news.Accepted, piece(fmt.Sprint(day, i))).ID)
		}
		seqs[day] = s.window("border", 0).Seq
		s.clock.step(24 * time.Hour)
	}
	for day, want := range map[int]bool{0: false, 10: false, days - 10: false, days - 8: true, days - 1: true} {
		span, ok, err := s.Since(key, seqs[day], seqs[days-1])
		if n := len(span.Gone); err != nil || ok != want || ok && n != 10*(days-1-day) {
			t.Errorf("day %d: %d withdrawn, known %t, %v", day, n, ok, err)
		}
	}
	if n := len(slices.DeleteFunc(s.dump(feedLog), func(l string) bool {
		return !strings.HasPrefix(l, "border log")
	})); n < 70 || n > 90 {
		t.Errorf("%d events are kept, want those of a week", n)
	}
}
