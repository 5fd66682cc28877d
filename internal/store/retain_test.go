package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// retain drops what is older than some time, and what is beyond a number.
func (s *tested) retain(rules news.Retention) news.Retained {
	s.t.Helper()
	done, err := s.Retain(s.t.Context(), &rules, false)
	s.ok(err)
	return done
}

// expire is what is to become of articles first seen before a time, and of all but the newest most;
// and of those that expired before and are listed no more.
func (m *model) expire(now, before time.Time, most int) (n, forgotten int) {
	for guid, a := range m.articles {
		if !a.again.IsZero() && now.Sub(a.again) > forgetAfter {
			delete(m.articles, guid)
			forgotten++
		}
	}
	var live []string
	for guid, a := range m.articles {
		if a.status == news.Live {
			live = append(live, guid)
		}
	}
	slices.SortFunc(live, func(a, b string) int { return m.articles[a].nth - m.articles[b].nth })
	for i, guid := range live {
		if m.articles[guid].seen.Before(before) || most > 0 && len(live)-i > most {
			m.withdraw(guid)
			m.articles[guid].again = now.Truncate(time.Second)
			n++
		}
	}
	return n, forgotten
}

// TestRetentionModel takes random steps with articles that expire, in feeds of many archives, and
// holds feeds, archives and what a source's list brings again against the model.
func TestRetentionModel(t *testing.T) {
	fewer(t)
	parent := t.TempDir()
	dropped, cut, forgotten := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		s := &tested{clock: newClock(), t: t, dir: mkdir(t, parent)}
		s.open()
		defer func() { s.ok(s.Close()) }()
		m := newModel()
		r := &archiveRun{tested: s, model: m}
		before := map[string]map[int]news.Window{}
		rt.Repeat(map[string]func(*rapid.T){
			"accept":   func(rt *rapid.T) { r.accept(rt, r.any(rt)) },
			"flood":    r.flood,
			"withdraw": r.withdraw,
			"retain": func(rt *rapid.T) {
				keep := rapid.SampledFrom([]int{0, 1, 8, 40}).Draw(rt, "days")
				most := rapid.SampledFrom([]int{0, 1, 30, 100}).Draw(rt, "most")
				rules := news.Retention{Keep: time.Duration(keep) * 24 * time.Hour, Most: most}
				old := time.Time{}
				if keep > 0 {
					old = s.clock.now().Add(-rules.Keep)
				}
				would, err := s.Retain(t.Context(), &rules, true)
				s.ok(err)
				done := s.retain(rules)
				want, gone := m.expire(s.clock.now(), old, most)
				forgotten += gone
				if done.Dropped != want || would.Dropped != want {
					rt.Fatalf("%+v dropped %d, announced %d, want %d", rules, done.Dropped, would.Dropped, want)
				}
				dropped += done.Dropped
			},
			"wait": func(rt *rapid.T) {
				days := rapid.SampledFrom([]int{0, 1, 5, 31}).Draw(rt, "days")
				s.clock.step(time.Duration(days)*24*time.Hour + time.Second)
			},
			"release": func(*rapid.T) { s.release(); m.release(s.clock.now()) },
			"reopen":  func(*rapid.T) { s.reopen() },
			"": func(rt *rapid.T) {
				for _, feed := range followed {
					cut += checkKept(rt, r, feed, before)
				}
			},
		})
	})
	if dropped == 0 || cut == 0 || forgotten == 0 {
		t.Errorf("dropped %d articles and %d archives, forgot %d: too few to tell", dropped, cut, forgotten)
	}
}

// checkKept wants that a feed's newest part and archives have what the model says, that no archive
// that is left has another number, and that what is gone is the oldest. It returns how many are.
func checkKept(
	rt *rapid.T, r *archiveRun, feed string, before map[string]map[int]news.Window,
) (cut int) {
	key := news.ParseFeedKey(feed)
	w := r.subscription(feed, extents[0])
	published := map[string]bool{}
	for _, guid := range guids(w) {
		published[guid] = true
	}
	now := map[int]news.Window{}
	for n := 1; n <= w.Archives; n++ {
		if n < w.First {
			if _, err := r.Archive(key, n, nil); news.KindOf(err) != news.NotFound {
				rt.Fatalf("%s: archive %d before the first, %d: %v", feed, n, w.First, err)
			}
			continue
		}
		now[n] = r.archive(key, n)
		for _, guid := range guids(now[n]) {
			published[guid] = true
		}
		if was, ok := before[feed][n]; ok {
			gone := guids(was)
			gone = slices.DeleteFunc(gone, func(g string) bool { return slices.Contains(guids(now[n]), g) })
			if len(gone) > 0 && (now[n].Seq <= was.Seq || now[n].Stamp.Before(was.Stamp)) {
				rt.Fatalf("%s: %v left archive %d, which stayed at %d, %s", feed, gone, n, was.Seq, was.Stamp)
			}
		}
	}
	before[feed] = now
	live := r.model.window(feed, 10_000)
	if len(live) != len(published) {
		rt.Fatalf("%s: %d live, %d published", feed, len(live), len(published))
	}
	for _, guid := range live {
		if !published[guid] {
			rt.Fatalf("%s: %s is live and in no document", feed, guid)
		}
	}
	if w.First > 1 {
		return w.First - 1
	}
	return 0
}

// TestExpired has an article expire: it is in no feed, its text and versions are gone, no delta
// is told to those who may have missed something, and it does not come back, from whomever.
func TestExpired(t *testing.T) {
	s := newStore(t)
	id := s.offer(news.Accepted, piece("a")).ID
	s.offer(news.Updated, piece("a", text("<p>Corrected.</p>")))
	s.offer(news.Accepted, piece("own", own, from("desk")))
	s.clock.step(40 * 24 * time.Hour)
	s.offer(news.Accepted, piece("b", dated(s.clock.now())))
	base, err := s.Sequence()
	s.ok(err)
	done := s.retain(news.Retention{
		Keep: 30 * 24 * time.Hour, Sources: map[string]time.Duration{"desk": 0},
	})
	if done.Dropped != 1 || done.Kept != 2 || fmt.Sprint(done.Sources) != "[{wire 1}]" {
		t.Errorf("dropped %+v", done)
	}
	e, err := s.Article(id)
	s.ok(err)
	if e.Status != news.Expired || e.Content != "" || e.Summary != "" || e.Placements != nil {
		t.Errorf("expired: %+v", e)
	}
	if _, err := s.Item(id); news.KindOf(err) != news.Gone {
		t.Errorf("its item: %v", err)
	}
	if versions, err := s.History(id); err != nil || len(versions) != 1 {
		t.Errorf("%d versions, %v", len(versions), err)
	}
	w := s.window(news.All, 10)
	if got := strings.Join(guids(w), " "); got != "b own" || len(w.Gone) > 0 {
		t.Errorf("all: %s, %v", got, w.Gone)
	}
	span, ok, err := s.Since(news.FeedKey{Topic: news.All}, base, w.Seq)
	if s.ok(err); !ok || span.Left != 1 {
		t.Errorf("since then %+v, %t", span, ok)
	}
	for _, again := range []news.Candidate{
		piece("a"), piece("a", text("<p>Corrected again.</p>")),
		piece("copy", from("other"), link(piece("a").Article.URL)),
	} {
		if r := s.offer(news.Unchanged, again); r.Reason != reasonExpired {
			t.Errorf("again: %s", r.Reason)
		}
	}
	s.retain(news.Retention{Most: 1})
	if got := strings.Join(guids(s.window(news.All, 10)), " "); got != "b" {
		t.Errorf("the newest: %s", got)
	}
}
