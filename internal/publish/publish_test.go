package publish

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// started makes a publisher of the store and starts it.
func started(t *testing.T, store *fakeStore, settings Settings) *Publisher {
	t.Helper()
	p := New(newstest.Logger(t), store, settings)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// running also runs it until the test's bubble ends.
func running(t *testing.T, p *Publisher) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func TestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		for n := range 6 {
			store.change(entry(n, time.Now().Add(-time.Hour)), keyAll, keyBorder)
		}
		time.Sleep(10 * time.Second)
		p := New(newstest.Logger(t), store, testSettings(time.Now))
		if _, ok := p.Edition(keyBorder, news.RSS); ok {
			t.Error("there is an edition before Start")
		}
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := len(p.Feeds()), 9; got != want {
			t.Errorf("%d feeds, want %d", got, want)
		}
		tags := map[string]string{}
		form := regexp.MustCompile(`^"[0-9a-z]+-[0-9a-f]{16}"$`)
		for _, key := range p.Feeds() {
			for _, format := range news.Formats {
				e := edition(t, p, key, format)
				body(t, e)
				if e.Key != key || e.Format != format || e.Modified.After(time.Now()) || e.MaxAge == 0 {
					t.Errorf("edition is %v %v %v %v", e.Key, e.Format, e.Modified, e.MaxAge)
				}
				for _, rep := range e.Representations {
					if !form.MatchString(rep.ETag) || tags[rep.ETag] != "" {
						t.Errorf("%v %v: ETag %s, also of %q", key, format, rep.ETag, tags[rep.ETag])
					}
					tags[rep.ETag] = key.String()
				}
			}
		}
		if e := edition(t, p, keyBorder, news.Atom); e.Seq != 6 ||
			!strings.HasPrefix(e.Representations[0].ETag, `"6-`) ||
			!e.Modified.Equal(store.windows[keyBorder].Stamp) {
			t.Errorf("seq %d, ETag %s, modified %v", e.Seq, e.Representations[0].ETag, e.Modified)
		}
		if e := edition(t, p, keyCartels, news.Atom); !e.Modified.Equal(created) {
			t.Errorf("empty feed: modified %v, want its creation", e.Modified)
		}
		for _, key := range []news.FeedKey{{Topic: "fish"}, {Topic: "border", Lang: "fr"}} {
			if _, ok := p.Edition(key, news.RSS); ok {
				t.Errorf("%v has an edition", key)
			}
		}
		if _, ok := p.Edition(keyBorder, "html"); ok {
			t.Error("there is an edition in HTML")
		}
	})
}

func TestTitles(t *testing.T) {
	p := started(t, newFakeStore(time.Now), testSettings(time.Now))
	for key, want := range map[news.FeedKey][2]string{
		keyAll: {"teletipo: all topics", "Every topic of teletipo together."},
		{Topic: news.All, Lang: "es"}: {
			"teletipo: todos los temas — español", "Todos los temas de teletipo juntos.",
		},
		keyBorder:                      {"The border", "Both sides of it."},
		{Topic: "border", Lang: "en"}:  {"The border — English", "Both sides of it."},
		keyBorderES:                    {"La frontera — español", "Los dos lados."},
		{Topic: "cartels", Lang: "es"}: {"Cartels — español", ""},
	} {
		f := p.feeds[key]
		if got := [2]string{f.title, f.description}; got != want {
			t.Errorf("%v: %q, want %q", key, got, want)
		}
		if !strings.Contains(body(t, edition(t, p, key, news.RSS)), "<title>"+want[0]+"</title>") {
			t.Errorf("%v: title is not in the document", key)
		}
	}
}

func TestOrder(t *testing.T) {
	at := newstest.Start
	a, b, c, d := entry(0, at), entry(1, at.Add(time.Hour)), entry(2, at), entry(3, at.Add(-time.Hour))
	if string(a.ID[:]) < string(c.ID[:]) { // by which the fake store has stored c last
		a, c = c, a
	}
	want := []news.ID{b.ID, a.ID, c.ID, d.ID}
	for range 3 { // whatever the window's order
		a, b, c, d = b, c, d, a
		store := newFakeStore(time.Now)
		for _, e := range []news.Entry{a, b, c, d} {
			store.change(e, keyBorder)
		}
		p := started(t, store, testSettings(time.Now))
		var got []news.ID
		for _, k := range p.series(keyBorder, news.JSON).current.Load().known {
			got = append(got, k.id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("order %v, want %v", got, want)
		}
	}
}

// TestRestart: stopping and starting changes no validator, and writes nothing.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		store.change(entry(0, time.Now()), keyAll, keyBorder)
		settings := testSettings(time.Now)
		p := started(t, store, settings)
		stop := running(t, p)
		time.Sleep(time.Minute)
		store.change(entry(1, time.Now()), keyAll, keyBorder)
		time.Sleep(time.Minute)
		store.join(keyBorder) // its sequence grows, its bytes do not
		time.Sleep(time.Minute)
		stop()

		before, saves := validators(t, p), store.saves
		time.Sleep(time.Hour)
		again := started(t, store, settings)
		if diff := cmp.Diff(before, validators(t, again)); diff != "" {
			t.Errorf("a restart changed validators:\n%s", diff)
		}
		if store.saves != saves {
			t.Errorf("a restart saved %d times", store.saves-saves)
		}
	})
}

// TestConfigurationChanged: other bytes at start are stamped anew, the others stay.
func TestConfigurationChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		store.change(entry(0, time.Now()), keyAll, keyBorder)
		settings := testSettings(time.Now)
		before := started(t, store, settings)
		for _, pause := range []time.Duration{0, time.Hour} { // at once, or later
			time.Sleep(pause)
			settings.Topics = slices.Clone(settings.Topics)
			settings.Topics[1].Titles = map[string]string{"en": "Cartels after " + pause.String()}
			p := started(t, store, settings)
			now := time.Now()
			for _, format := range news.Formats {
				old, e := edition(t, before, keyCartels, format), edition(t, p, keyCartels, format)
				if !e.Modified.After(old.Modified) || e.Modified.After(now) {
					t.Errorf("modified %v, was %v, now %v", e.Modified, old.Modified, now)
				}
				if e.Representations[0].ETag == old.Representations[0].ETag {
					t.Errorf("ETag is still %s", e.Representations[0].ETag)
				}
				old, e = edition(t, before, keyBorder, format), edition(t, p, keyBorder, format)
				if !e.Modified.Equal(old.Modified) {
					t.Errorf("another topic: modified %v, was %v", e.Modified, old.Modified)
				}
			}
			before = p
		}
	})
}

// TestOthersUntouched: a change in one topic renders nothing of another, and what was rendered
// for nothing is not swapped.
func TestOthersUntouched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		store.change(entry(0, time.Now()), keyBorder)
		p := New(newstest.Logger(t), store, testSettings(time.Now))
		var renders counting
		renders.watch(p)
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := len(renders.take()), 27; got != want {
			t.Errorf("%d editions rendered at start, want %d", got, want)
		}
		defer running(t, p)()
		time.Sleep(time.Minute)
		before := p.Feeds()
		old := map[news.FeedKey]*news.Edition{}
		for _, key := range before {
			old[key] = edition(t, p, key, news.Atom)
		}

		store.change(entry(1, time.Now()), keyBorder, keyBorderES)
		synctest.Wait()
		want := map[string]int{
			"border.rss": 1, "border.atom": 1, "border.json": 1,
			"border.es.rss": 1, "border.es.atom": 1, "border.es.json": 1,
		}
		if diff := cmp.Diff(want, renders.take()); diff != "" {
			t.Errorf("renders (-want +got):\n%s", diff)
		}
		for _, key := range before {
			swapped := tag(edition(t, p, key, news.Atom)) != tag(old[key])
			if should := key.Topic == "border" && key.Lang != "en"; swapped != should {
				t.Errorf("%v: swapped %v, want %v", key, swapped, should)
			}
		}

		current := edition(t, p, keyBorder, news.Atom)
		store.note(keyBorder, news.FeedKey{Topic: "fish"}) // nothing changed after all
		synctest.Wait()
		if got := renders.take()["border.atom"]; got != 1 {
			t.Errorf("rendered %d times, want once", got)
		}
		if edition(t, p, keyBorder, news.Atom) != current {
			t.Error("an edition was swapped for its equal")
		}
	})
}

// TestBurst: however fast changes come, editions follow within two seconds, are rendered about
// once a second, and never carry a date that is still to come.
func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		settings := testSettings(time.Now)
		settings.Window.Least = 500 // so that no article leaves it before it was seen
		p := New(newstest.Logger(t), store, settings)
		var renders counting
		renders.watch(p)
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer running(t, p)()
		renders.take()
		time.Sleep(700 * time.Millisecond)

		type arrival struct {
			id string
			at time.Time
		}
		var waiting []arrival
		last := edition(t, p, keyBorder, news.JSON)
		look := func() {
			synctest.Wait()
			now := time.Now()
			e := edition(t, p, keyBorder, news.JSON)
			if e.Modified.After(now) {
				t.Fatalf("modified %v is after now, %v", e.Modified, now)
			}
			if e != last && !e.Modified.After(last.Modified) {
				t.Fatalf("modified %v, was %v", e.Modified, last.Modified)
			}
			last = e
			text := body(t, e)
			waiting = slices.DeleteFunc(waiting, func(a arrival) bool {
				return strings.Contains(text, a.id)
			})
			if len(waiting) > 0 && now.Sub(waiting[0].at) > 2*time.Second {
				t.Fatalf("article of %v is not published at %v", waiting[0].at, now)
			}
		}
		for n := range 200 {
			e := entry(n%50, time.Now())
			e.ID = news.MintID("burst", fmt.Sprint(n))
			store.change(e, keyBorder)
			waiting = append(waiting, arrival{e.ID.String(), time.Now()})
			look()
			time.Sleep(25 * time.Millisecond)
		}
		for len(waiting) > 0 {
			time.Sleep(25 * time.Millisecond)
			look()
		}
		if got := renders.take()["border.json"]; got > 8 {
			t.Errorf("%d renderings in 5 seconds", got)
		}
	})
}

// The feeds of a topic that was renamed keep their ids.
func TestARenamedTopicKeepsTheIDsOfItsFeeds(t *testing.T) {
	ids := func(topic news.Topic) (list []news.ID) {
		for _, f := range newFeeds(Settings{
			Installation: news.ID{1}, Topics: []news.Topic{topic},
			Site: news.Site{Languages: []string{"en", "es"}},
		}) {
			list = append(list, f.id)
		}
		return list
	}
	before := ids(news.Topic{ID: "wells"})
	for _, after := range []news.Topic{
		{ID: "aquifers", Aliases: []string{"wells"}},
		{ID: "water", Aliases: []string{"aquifers", "wells"}},
	} {
		if got := ids(after); !slices.Equal(got, before) {
			t.Errorf("%s: ids %v, want %v", after.ID, got, before)
		}
	}
}
