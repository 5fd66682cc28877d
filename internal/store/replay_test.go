package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// memoryLog is a log in memory, which keeps events as they were appended.
type memoryLog struct {
	mu     sync.Mutex
	events [][]byte
}

func (m *memoryLog) Append(_ context.Context, after uint64, group [][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if head := uint64(len(m.events)); head != after {
		return conflict(after+1, head)
	}
	for i, event := range group {
		c, err := codec.decodeEvent(event)
		if err != nil {
			return err
		}
		if want := after + uint64(i) + 1; c.Seq != want {
			return conflict(c.Seq, want-1)
		}
	}
	m.events = append(m.events, group...)
	return nil
}

func (m *memoryLog) Read(ctx context.Context, after uint64, most int) (list []Logged, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := after; i < uint64(len(m.events)) && len(list) < most; i++ {
		c, err := codec.decodeEvent(m.events[i])
		if err != nil {
			return nil, err
		}
		list = append(list, Logged{Seq: i + 1, ID: c.ID, Hash: c.Hash, Event: m.events[i]})
	}
	return list, ctx.Err()
}

func (m *memoryLog) Head(context.Context) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.events)), nil
}

// tee appends what a store does to the log.
func (m *memoryLog) tee(after uint64, group [][]byte) error {
	return m.Append(context.Background(), after, group)
}

// copyLog appends all of a log to a replica, in groups of so many.
func copyLog(t testing.TB, from Log, to *Store, most int) {
	t.Helper()
	for {
		head, err := to.Log().Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		list, err := from.Read(t.Context(), head, most)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			return
		}
		var group [][]byte
		for _, e := range list {
			group = append(group, e.Event)
		}
		if err := to.Log().Append(t.Context(), head, group); err != nil {
			t.Fatal(err)
		}
	}
}

// everything is the logical dump of a store: each key of each bucket with its value.
func (s *tested) everything() map[string]string {
	s.t.Helper()
	dump := map[string]string{}
	var walk func(path string, b *bucket)
	walk = func(path string, b *bucket) {
		s.ok(b.b.ForEach(func(k, sealed []byte) error {
			at := fmt.Sprintf("%s/%q", path, k)
			if sealed == nil {
				walk(at, b.Bucket(k))
				return nil
			}
			value, ok := b.open(k, sealed)
			if !ok {
				s.t.Errorf("%s has no seal", at)
			}
			if strings.HasPrefix(string(value), "{") {
				dump[at] = string(value)
			} else {
				dump[at] = hex.EncodeToString(value)
			}
			return nil
		}))
		dump[path+" sequence"] = fmt.Sprint(b.Sequence())
	}
	s.ok(s.db.view(func(t tx) error {
		return t.ForEach(func(name []byte, _ *bolt.Bucket) error {
			walk(string(name), t.Bucket(name))
			return nil
		})
	}))
	return dump
}

// newReplica opens an empty replica.
func newReplica(t testing.TB, dir string) *tested {
	t.Helper()
	s := &tested{clock: newClock(), t: t, dir: dir, replica: true}
	s.open()
	return s
}

// wantSame wants two stores to hold the same, byte for byte.
func wantSame(rt *rapid.T, what string, a, b *tested) {
	rt.Helper()
	want, got := a.everything(), b.everything()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] != want[key] {
			rt.Errorf("%s: %s:\n%q, want\n%q", what, key, got[key], want[key])
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			rt.Errorf("%s: there is %s too", what, key)
		}
	}
	if rt.Failed() {
		rt.FailNow()
	}
}

// TestReplay has a store live through random histories, and wants whoever applies its events to
// have the same store: those as they were written, in whatever groups, and those that its own log
// still has.
func TestReplay(t *testing.T) {
	parent := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		log := &memoryLog{}
		s := &tested{clock: newClock(), t: t, dir: mkdir(t, parent), tee: log.tee}
		s.open()
		defer func() { s.ok(s.Close()) }()
		rt.Repeat(history(t, s))
		most := rapid.IntRange(1, 20).Draw(rt, "group")
		for what, from := range map[string]Log{"as written": log, "as kept": s.Log()} {
			replica := newReplica(t, mkdir(t, parent))
			copyLog(t, from, replica.Store, most)
			wantSame(rt, what, s, replica)
			if replica.Installation() != s.Installation() || replica.Epoch() != s.Epoch() {
				rt.Errorf("%s: installation and epoch are others", what)
			}
			s.ok(replica.Close())
		}
	})
}

// history is what can happen to a store.
func history(t *testing.T, s *tested) map[string]func(*rapid.T) {
	ctx := t.Context()
	guid := rapid.Custom(func(rt *rapid.T) string {
		return fmt.Sprint(rapid.IntRange(0, 7).Draw(rt, "guid"))
	})
	id := rapid.Custom(func(rt *rapid.T) news.ID { return piece(guid.Draw(rt, "of")).Article.ID })
	topic := rapid.SampledFrom([]string{"a", "b", "c"})
	rules := 0
	return map[string]func(*rapid.T){
		"accept": func(rt *rapid.T) {
			one := anyCandidate(s.clock.now().Truncate(time.Second))
			doc := rapid.SliceOfN(one, 1, 4).Draw(rt, "document")
			for i := range doc {
				a := &doc[i].Article
				a.Entitled = rapid.Bool().Draw(rt, "entitled")
				if rapid.IntRange(0, 3).Draw(rt, "copies") == 0 {
					a.Source = "copy"
				}
				if rapid.IntRange(0, 4).Draw(rt, "moves") == 0 {
					a.URL = piece(guid.Draw(rt, "link")).Article.URL
				}
				if rapid.IntRange(0, 4).Draw(rt, "from a file") == 0 {
					doc[i].File = a.GUID + ".txt"
				}
			}
			s.accept(doc...)
		},
		"long": func(rt *rapid.T) { // fills an archive
			s.accept(piece(guid.Draw(rt, "guid"), in("a"), own,
				text(strings.Repeat(rapid.StringN(1, 9, -1).Draw(rt, "text")+" ", archiveBytes/5))))
		},
		"withdraw": func(rt *rapid.T) { _, _ = s.Withdraw(ctx, id.Draw(rt, "id")) },
		"recall":   func(rt *rapid.T) { _, _ = s.WithdrawKnown(ctx, "wire", guid.Draw(rt, "guid")) },
		"give back": func(rt *rapid.T) {
			_, _ = s.GiveBack(ctx, id.Draw(rt, "id"))
		},
		"withdraw all of a source": func(rt *rapid.T) {
			if rapid.IntRange(0, 5).Draw(rt, "really") == 0 {
				_, _ = s.WithdrawSource(ctx, "copy", false, func(news.Result) {})
			}
		},
		"decide": func(rt *rapid.T) {
			d := news.Decision{Topic: topic.Draw(rt, "topic"), In: rapid.Bool().Draw(rt, "in"), By: "me"}
			_, _ = s.Decide(ctx, id.Draw(rt, "id"), []news.Decision{d}, []string{topic.Draw(rt, "reset")})
		},
		"rules": func(rt *rapid.T) {
			rules++
			to := rapid.SliceOfNDistinct(topic, 0, 2, rapid.ID).Draw(rt, "topics")
			s.reclassify(fmt.Sprint("rules ", rules), everywhere(to...))
			topics := []news.Topic{{ID: topic.Draw(rt, "renamed")}}
			_, err := s.BeginClassify(ctx, fmt.Sprint("rules ", rules), topics)
			s.ok(err)
		},
		"editions": func(rt *rapid.T) {
			stamps := map[string]news.EditionStamp{}
			for _, name := range rapid.SliceOfN(topic, 0, 3).Draw(rt, "editions") {
				stamps[name+".rss"] = news.EditionStamp{Hash: "00", Modified: s.clock.now().UTC()}
			}
			s.ok(s.SaveEditionStamps(stamps))
		},
		"feeds": func(rt *rapid.T) {
			s.ok(s.EnsureFeeds([]news.FeedKey{{Topic: topic.Draw(rt, "topic"), Lang: "es"}}))
		},
		"tokens": func(rt *rapid.T) {
			name := topic.Draw(rt, "name")
			_, _ = s.AddToken(ctx, news.Token{Name: name, Source: "desk"}, news.HashToken(name))
			_, _ = s.Authenticate(ctx, news.HashToken(topic.Draw(rt, "secret")))
			if rapid.Bool().Draw(rt, "revoke") {
				_ = s.RevokeToken(ctx, topic.Draw(rt, "revoked"))
			}
		},
		"retain": func(rt *rapid.T) {
			s.retain(news.Retention{
				Keep: time.Duration(rapid.IntRange(0, 5).Draw(rt, "days")) * 24 * time.Hour,
				Most: rapid.IntRange(0, 8).Draw(rt, "most"),
			})
		},
		"restore": func(rt *rapid.T) {
			if _, err := s.Restored(ctx, "a copy of yesterday"); err != nil {
				rt.Fatal(err)
			}
		},
		"wait": func(rt *rapid.T) {
			waits := []time.Duration{time.Millisecond, time.Second, 20 * time.Hour, 1000 * time.Hour}
			s.clock.step(rapid.SampledFrom(waits).Draw(rt, "wait"))
		},
		"release": func(*rapid.T) { s.release() },
		"reopen":  func(*rapid.T) { s.reopen() },
	}
}

// codec encodes and decodes events without a store.
var codec = func() reading {
	s := &Store{}
	if err := s.codecs(); err != nil {
		panic(err)
	}
	return reading{zip: s.zip, unzip: s.unzip}
}()

// happen has one of everything happen to a store.
func happen(s *tested) {
	ctx := s.t.Context()
	s.ok(s.EnsureFeeds([]news.FeedKey{{Topic: news.All}, {Topic: "quiet", Lang: "es"}}))
	s.accept(piece("old"), piece("a"), piece("b"), piece("held", own, after(time.Hour)))
	s.offer(news.Updated, piece("a", text("<p>Corrected.</p>")))
	s.offer(news.Unchanged, piece("copy", from("other"), link("https://wire.example/b")))
	s.offer(news.Accepted, piece("long", in("long"), text(strings.Repeat("long ", archiveBytes/5))))
	s.withdraw(s.offer(news.Accepted, piece("wrong")).ID)
	s.clock.step(2 * time.Hour)
	s.release()
	s.retain(news.Retention{Most: 4})
	s.clock.step(forgetAfter + time.Hour)
	s.retain(news.Retention{})
	_, err := s.Decide(ctx, piece("b").Article.ID, []news.Decision{{Topic: "x", In: true}}, nil)
	s.ok(err)
	_, err = s.GiveBack(ctx, piece("b").Article.ID)
	s.ok(err)
	s.reclassify("rules", everywhere("border"))
	s.reclassify("other rules", func(e news.Entry) []news.Placement {
		return []news.Placement{{Topic: "border", Score: 77, Threshold: 7}}
	})
	_, err = s.AddToken(ctx, news.Token{Name: "cms", Source: "desk"}, news.HashToken("secret"))
	s.ok(err)
	s.ok(s.RevokeToken(ctx, "cms"))
	s.ok(s.SaveEditionStamps(map[string]news.EditionStamp{"border.rss": {Hash: "00"}}))
	_, err = s.Restored(ctx, "a copy of yesterday")
	s.ok(err)
}
