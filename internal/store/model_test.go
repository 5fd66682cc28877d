package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/news"
)

// model is what the store is meant to do, in the plainest way: each feed is two lists of guids,
// the newest last.
type model struct {
	fresh, backfill map[string][]string // by feed
	articles        map[string]*modelled
	held            []string // guids under embargo, in the order of their creation
	met             int      // articles so far
}

type modelled struct {
	status            news.Status
	fingerprint, lang string
	topics            string
	seen, published   time.Time
	nth               int             // article that the model met
	again             time.Time       // when it was listed last; zero if it has not expired
	class             map[string]bool // by topic: whether it stands among the backfill there
}

func newModel() *model {
	return &model{map[string][]string{}, map[string][]string{}, map[string]*modelled{}, nil, 0}
}

// accept is what becomes of a candidate at a time.
func (m *model) accept(c *news.Candidate, now time.Time) news.Outcome {
	a, topics := &c.Article, placedIn(c)
	known := m.articles[a.GUID]
	switch {
	case known == nil:
		known = &modelled{seen: now, published: a.Published, nth: m.met}
		m.met++
		m.articles[a.GUID] = known
		if known.status = news.Live; a.Own && a.Published.After(now) {
			known.status = news.Embargoed
			m.held = append(m.held, a.GUID)
		}
		m.says(known, c)
		m.enter(a.GUID, topics, known.isOld())
		return news.Accepted
	case known.status == news.Withdrawn:
		if !known.again.IsZero() && now.Sub(known.again) > listedEvery {
			known.again = now
		}
		return news.Unchanged
	case known.status == news.Embargoed:
		if a.Fingerprint == known.fingerprint && topics == known.topics &&
			a.Published.Equal(known.published) {
			return news.Unchanged
		}
		if a.Fingerprint != known.fingerprint || !a.Published.Equal(known.published) {
			known.published = a.Published
			if !a.Published.After(now) {
				m.public(a.GUID)
			}
		}
		m.says(known, c)
		m.enter(a.GUID, topics, known.isOld())
	case a.Fingerprint != known.fingerprint:
		class := known.class
		m.leave(a.GUID, "")
		m.says(known, c)
		m.enterAs(a.GUID, topics, known.isOld(), class)
	case topics != known.topics:
		m.leave(a.GUID, topics)
		known.topics = topics
		m.enter(a.GUID, topics, now.Sub(known.published) > freshFor)
	default:
		return news.Unchanged
	}
	return news.Updated
}

func (m *model) says(known *modelled, c *news.Candidate) {
	known.fingerprint, known.lang, known.topics = c.Article.Fingerprint, c.Article.Lang, placedIn(c)
}

func (a *modelled) isOld() bool { return a.seen.Sub(a.published) > freshFor }

func placedIn(c *news.Candidate) string { return strings.Join(topics(c.Placements), " ") }

// feedsOf lists the feeds that an article in these topics stands in, topic by topic.
func feedsOf(topics, lang string) map[string][]string {
	feeds := map[string][]string{}
	for _, topic := range strings.Fields(topics) {
		feeds[topic] = []string{topic, topic + "." + lang}
		feeds[news.All] = []string{news.All, news.All + "." + lang}
	}
	return feeds
}

// enter puts a public article on top of the feeds that it does not stand in yet.
func (m *model) enter(guid, topics string, old bool) { m.enterAs(guid, topics, old, nil) }

// enterAs does it with what is known of its class in some of the topics.
func (m *model) enterAs(guid, topics string, old bool, class map[string]bool) {
	a := m.articles[guid]
	if a.status != news.Live {
		return
	}
	if a.class == nil {
		a.class = map[string]bool{}
	}
	for topic, feeds := range feedsOf(topics, a.lang) {
		if _, stands := a.class[topic]; stands {
			continue
		}
		a.class[topic] = old
		if was, known := class[topic]; known {
			a.class[topic] = was
		}
		lists := m.fresh
		if a.class[topic] {
			lists = m.backfill
		}
		for _, feed := range feeds {
			lists[feed] = append(lists[feed], guid)
		}
	}
}

// leave takes an article out of all topics but some.
func (m *model) leave(guid, but string) {
	a := m.articles[guid]
	stays := feedsOf(but, a.lang)
	class := map[string]bool{}
	for topic, feeds := range feedsOf(a.topics, a.lang) {
		if stays[topic] != nil {
			class[topic] = a.class[topic]
			continue
		}
		for _, lists := range []map[string][]string{m.fresh, m.backfill} {
			for _, feed := range feeds {
				lists[feed] = slices.DeleteFunc(lists[feed], func(g string) bool { return g == guid })
			}
		}
	}
	a.class = class
}

func (m *model) public(guid string) {
	m.articles[guid].status = news.Live
	m.held = slices.DeleteFunc(m.held, func(g string) bool { return g == guid })
}

func (m *model) withdraw(guid string) bool {
	a := m.articles[guid]
	if a == nil || a.status == news.Withdrawn {
		return false
	}
	m.public(guid)
	m.leave(guid, "")
	a.status = news.Withdrawn
	return true
}

func (m *model) release(now time.Time) (n int) {
	due := slices.DeleteFunc(slices.Clone(m.held), func(guid string) bool {
		return m.articles[guid].published.After(now)
	})
	slices.SortStableFunc(due, func(a, b string) int {
		return m.articles[a].published.Compare(m.articles[b].published)
	})
	for _, guid := range due {
		a := m.articles[guid]
		m.public(guid)
		m.enter(guid, a.topics, false)
	}
	return len(due)
}

// window is a feed's newest n, fresh ones first.
func (m *model) window(feed string, n int) []string {
	list := append(append([]string{}, m.backfill[feed]...), m.fresh[feed]...)
	slices.Reverse(list)
	return list[:min(n, len(list))]
}

// allFeeds are the feeds that the random candidates can stand in.
var allFeeds = func() (feeds []string) {
	for _, topic := range []string{"all", "a", "b", "c"} {
		feeds = append(feeds, topic, topic+".en", topic+".es")
	}
	return feeds
}()

// anyCandidate draws one of a few articles with one of a few texts and dates, at a time.
func anyCandidate(now time.Time) *rapid.Generator[news.Candidate] {
	return rapid.Custom(func(rt *rapid.T) news.Candidate {
		guid := fmt.Sprint(rapid.IntRange(0, 7).Draw(rt, "guid"))
		edits := []edit{
			text(fmt.Sprint(rapid.IntRange(0, 2).Draw(rt, "text"))),
			lang(rapid.SampledFrom([]string{"en", "en", "es"}).Draw(rt, "lang")),
			in(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID).
				Draw(rt, "topics")...),
			dated(now.Add(-time.Duration(rapid.IntRange(0, 96).Draw(rt, "age")) * time.Hour)),
		}
		if guid < "2" { // the desk's own, perhaps under embargo
			hold := time.Duration(rapid.IntRange(-3, 72).Draw(rt, "hold")) * time.Hour
			edits = append(edits, own, dated(start.Add(hold)))
		}
		return piece(guid, edits...)
	})
}

// TestModel takes random steps with the store and with the model.
func TestModel(t *testing.T) {
	parent := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := &tested{clock: newClock(), t: t, dir: mkdir(t, parent)}
		s.open()
		defer func() { s.ok(s.Close()) }()
		m, published := newModel(), reader{}
		rt.Repeat(map[string]func(*rapid.T){
			"accept": func(rt *rapid.T) {
				now := s.clock.now().Truncate(time.Second)
				doc := rapid.SliceOfNDistinct(anyCandidate(now), 1, 3,
					func(c news.Candidate) string { return c.Article.GUID }).Draw(rt, "document")
				for i, r := range s.accept(doc...) {
					if want := m.accept(&doc[i], now); r.Outcome != want {
						rt.Fatalf("%s is %s, want %s", doc[i].Article.GUID, r.Outcome, want)
					}
				}
			},
			"withdraw": func(rt *rapid.T) {
				guid := fmt.Sprint(rapid.IntRange(0, 7).Draw(rt, "guid"))
				r, err := s.Withdraw(t.Context(), piece(guid).Article.ID)
				want := news.Unchanged
				if m.withdraw(guid) {
					want = news.Updated
				}
				if missing := m.articles[guid] == nil; missing != (news.KindOf(err) == news.NotFound) ||
					!missing && r.Outcome != want {
					rt.Fatalf("withdraw %s: %s, %v", guid, r.Outcome, err)
				}
			},
			"wait": func(rt *rapid.T) {
				waits := []time.Duration{time.Millisecond, 300 * time.Millisecond, time.Second, 20 * time.Hour}
				s.clock.step(rapid.SampledFrom(waits).Draw(rt, "wait"))
			},
			"release": func(rt *rapid.T) {
				if got, want := s.release(), m.release(s.clock.now()); got != want {
					rt.Fatalf("%d released, want %d", got, want)
				}
			},
			"reopen": func(*rapid.T) { s.reopen() },
			"": func(rt *rapid.T) {
				for _, feed := range allFeeds {
					for _, n := range []int{2, 99} {
						if diff := cmp.Diff(m.window(feed, n), guids(s.window(feed, n))); diff != "" {
							rt.Fatalf("%s: (-want +got)\n%s", feed, diff)
						}
					}
				}
				published.look(s, allFeeds...)
			},
		})
		replay(rt, s)
	})
}

// replay applies what the change log says of each feed, from nothing, and wants the order indexes
// and states that the store has.
func replay(rt *rapid.T, s *tested) {
	want, got := map[string]string{}, map[string]string{}
	for _, c := range s.changes() {
		for _, f := range c.Feeds {
			if f.Was != 0 {
				place := fmt.Sprint(f.Feed, " at ", f.Was)
				if !strings.HasPrefix(got[place], fmt.Sprint("article ", c.Key, " ")) {
					rt.Fatalf("change %d takes article %d from %s: %q", c.Seq, c.Key, place, got[place])
				}
				if f.Was != f.Now {
					delete(got, place)
				}
			}
			if f.Now != 0 {
				got[fmt.Sprint(f.Feed, " at ", f.Now)] = fmt.Sprint("article ", c.Key, " ", f.Backfill)
			}
			got[f.Feed] = fmt.Sprint(c.Seq, " at ", f.Stamp.Unix())
		}
	}
	s.ok(s.db.view(func(tx tx) error {
		return tx.Bucket(bucketFeed).ForEachBucket(func(name []byte) error {
			feed := tx.Bucket(bucketFeed).Bucket(name)
			for _, part := range [][]byte{feedFresh, feedBackfill} {
				s.ok(feed.Bucket(part).ForEach(func(k, v []byte) error {
					want[fmt.Sprint(string(name), " at ", toNumber(k))] = fmt.Sprint("article ", toNumber(v), " ", string(part) == string(feedBackfill))
					return nil
				}))
			}
			st := toState(feed.Get(feedState))
			want[string(name)] = fmt.Sprint(st.seq, " at ", st.stamp.Unix())
			return nil
		})
	}))
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Fatalf("the log leads elsewhere: (-store +log)\n%s", diff)
	}
}
