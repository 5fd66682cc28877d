package publish

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestClockSetBack: stamps that lie far ahead hold no edition up.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(func() time.Time { return time.Now().Add(time.Hour) })
		store.change(entry(0, time.Now()), keyBorder)
		began := time.Now()
		p := started(t, store, testSettings(time.Now))
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("Start took %v", took)
		}
		defer running(t, p)()
		old := edition(t, p, keyBorder, news.RSS)
		store.change(entry(1, time.Now()), keyBorder)
		time.Sleep(3 * time.Second)
		if e := edition(t, p, keyBorder, news.RSS); tag(e) == tag(old) || !e.Modified.After(old.Modified) {
			t.Errorf("modified %v, was %v", e.Modified, old.Modified)
		}
	})
}

// TestStoreFails: the last good editions stay, and the change is published once it can be read.
func TestStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		p := started(t, store, testSettings(time.Now))
		defer running(t, p)()
		time.Sleep(time.Minute)
		old := edition(t, p, keyBorder, news.RSS)
		store.change(entry(0, time.Now()), keyBorder)
		store.breaks(errBroken)
		time.Sleep(time.Minute)
		if tag(edition(t, p, keyBorder, news.RSS)) != tag(old) {
			t.Error("an edition was made of nothing")
		}
		store.breaks(nil)
		time.Sleep(retryAfter)
		synctest.Wait()
		e := edition(t, p, keyBorder, news.RSS)
		if tag(e) == tag(old) {
			t.Fatal("the change was forgotten")
		}
		if got := store.stamps["border.rss"]; !got.Modified.Equal(e.Modified) {
			t.Errorf("remembered %v, published %v", got.Modified, e.Modified)
		}

		store.breaks(errBroken)
		again := New(newstest.Logger(t), store, testSettings(time.Now))
		if err := again.Start(t.Context()); err == nil {
			t.Error("Start went on without its store")
		}
	})
}

// TestStampsNotSaved: what can't be remembered is published all the same, and remembered later.
func TestStampsNotSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(time.Now)
		saver := &failingSaver{fakeStore: store}
		p := New(newstest.Logger(t), saver, testSettings(time.Now))
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer running(t, p)()
		time.Sleep(time.Minute)
		old := edition(t, p, keyBorder, news.RSS)
		saver.fail.Store(true)
		store.change(entry(0, time.Now()), keyBorder)
		synctest.Wait()
		e := edition(t, p, keyBorder, news.RSS)
		if tag(e) == tag(old) {
			t.Error("not published")
		}
		saver.fail.Store(false)
		time.Sleep(retryAfter)
		synctest.Wait()
		if got := store.stamps["border.rss"]; !got.Modified.Equal(e.Modified) {
			t.Errorf("remembered %v, published %v", got.Modified, e.Modified)
		}
	})
}

// TestStartCancelled: a start that waits for a stamp ends with its context.
func TestStartCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newFakeStore(func() time.Time { return time.Now().Add(time.Second) })
		store.change(entry(0, time.Now()), keyBorder)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := New(newstest.Logger(t), store, testSettings(time.Now)).Start(ctx); err == nil {
			t.Error("Start is done before the stamp")
		}
	})
}
