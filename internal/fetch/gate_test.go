package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

func TestFetchEndsWithItsContext(t *testing.T) {
	arrived := make(chan struct{}, 1)
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	c := client(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answers := make(chan error, 2)
	for range 2 { // the second waits for its turn
		go func() {
			_, err := c.Fetch(ctx, news.Request{URL: url})
			answers <- err
		}()
	}
	<-arrived
	cancel()
	for range 2 {
		if err := <-answers; !errors.Is(err, context.Canceled) || news.KindOf(err) != news.Internal {
			t.Errorf("error %v of kind %v", err, news.KindOf(err))
		}
	}
	if len(c.gates.hosts) != 0 {
		t.Errorf("%d gates left behind", len(c.gates.hosts))
	}
}

func TestFetchOneRequestAtATimePerHost(t *testing.T) {
	var under, most atomic.Int32
	url := serve(t, func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), under.Add(1)))
		for range 100 {
			runtime.Gosched() // the chance for another request to come in
		}
		under.Add(-1)
	})
	c := client(t, Options{})
	answers := make(chan error)
	for range 8 {
		go func() {
			_, err := c.Fetch(t.Context(), news.Request{URL: url})
			answers <- err
		}()
	}
	for range 8 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at a time", most.Load())
	}
}

func TestGates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gates
		leave, err := g.enter(t.Context(), "a.example")
		if err != nil {
			t.Fatal(err)
		}
		var second, other bool
		go func() {
			leave, _ := g.enter(t.Context(), "A.example")
			second = true
			leave()
		}()
		go func() {
			leave, _ := g.enter(t.Context(), "b.example")
			other = true
			leave()
		}()
		synctest.Wait()
		if second || !other {
			t.Errorf("same host let in: %v, other host let in: %v", second, other)
		}
		leave()
		synctest.Wait()
		if !second || len(g.hosts) != 0 {
			t.Errorf("let in: %v, gates left behind: %d", second, len(g.hosts))
		}
	})
}

func TestGatesPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gates{pause: time.Second}
		begin := time.Now()
		ask := func(host string, takes time.Duration) time.Duration {
			leave, err := g.enter(t.Context(), host)
			if err != nil {
				t.Fatal(err)
			}
			defer leave()
			started := time.Since(begin)
			time.Sleep(takes)
			return started
		}
		for i, c := range []struct {
			host        string
			takes, want time.Duration
		}{
			{"a.example", 3 * time.Second, 0},
			{"a.example", 0, 4 * time.Second}, // a second after the end of the one before
			{"b.example", 0, 4 * time.Second},
			{"A.example.", 0, 5 * time.Second},
		} {
			if got := ask(c.host, c.takes); got != c.want {
				t.Errorf("%d: to %s after %v, want %v", i, c.host, got, c.want)
			}
		}
		time.Sleep(time.Hour)
		if got := ask("a.example", 0); got != time.Hour+5*time.Second {
			t.Errorf("after a long rest to a.example after %v", got)
		}
	})
}

func TestGatesPausePerStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gates{perHost: 2, pause: time.Second}
		begin := time.Now()
		starts := make(chan time.Duration, 4)
		for range 4 {
			go func() {
				leave, err := g.enter(t.Context(), "a.example")
				if err != nil {
					t.Error(err)
					return
				}
				starts <- time.Since(begin)
				time.Sleep(10 * time.Second)
				leave()
			}()
		}
		time.Sleep(time.Minute)
		for i, want := range []time.Duration{0, time.Second, 11 * time.Second, 12 * time.Second} {
			if got := <-starts; got != want {
				t.Errorf("request %d starts after %v, want %v", i, got, want)
			}
		}
	})
}

func TestGatesLimitAllHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gates{all: make(chan struct{}, 3)}
		var under, most int
		var mu sync.Mutex
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				leave, err := g.enter(t.Context(), fmt.Sprint(i%10))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				under++
				most = max(most, under)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				under--
				mu.Unlock()
				leave()
			})
		}
		all.Wait()
		if most != 3 || len(g.all) != 0 || len(g.hosts) != 0 {
			t.Errorf("%d at a time, %d and %d hosts left behind", most, len(g.all), len(g.hosts))
		}
	})
}

func TestGatesWaitNoLongerThanTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gates{pause: time.Minute, all: make(chan struct{}, 1)}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wait := func(host, what string) {
			if _, err := g.enter(ctx, host); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", what, err)
			}
		}
		leave, err := g.enter(t.Context(), "a.example")
		if err != nil {
			t.Fatal(err)
		}
		wait("a.example", "for a turn at the host")
		wait("b.example", "for a turn among all hosts")
		leave()
		wait("a.example", "for the pause to end")
		if at := g.hosts["a.example"]; len(g.all) != 0 || at.users != 0 || len(at.turns) != 0 {
			t.Errorf("left behind: %d of all, %+v", len(g.all), at)
		}
	})
}

func TestGatesForgetHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gates{pause: time.Second}
		most := 0
		for i := range 20_000 { // a hundred of them within a pause
			leave, err := g.enter(t.Context(), fmt.Sprintf("%d.example", i))
			if err != nil {
				t.Fatal(err)
			}
			leave()
			most = max(most, len(g.hosts))
			time.Sleep(10 * time.Millisecond)
		}
		if most > 202 {
			t.Errorf("%d hosts remembered at a time", most)
		}
	})
}

func TestFetchPausesBetweenRedirects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := piped(t, Options{Pause: time.Second}, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/a" {
				http.Redirect(w, r, "/b", http.StatusFound)
			}
		})
		begin := time.Now()
		_, err := c.Fetch(t.Context(), news.Request{URL: "http://x.example/a"})
		if err != nil || time.Since(begin) != time.Second {
			t.Errorf("took %v, %v", time.Since(begin), err)
		}
	})
}
