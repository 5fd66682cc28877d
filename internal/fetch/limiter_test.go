package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	if len(c.limits.hosts) != 0 {
		t.Errorf("%d hosts left behind", len(c.limits.hosts))
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

// What a site wants between two requests counts for the next to its host, whoever makes it.
func TestPauseOfASite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := limiter{pause: time.Second}
		for i, want := range []time.Duration{0, 10 * time.Second, time.Second, time.Second} {
			start := time.Now()
			pause := time.Duration(0)
			if i == 0 {
				pause = 10 * time.Second
			}
			leave, err := g.enter(t.Context(), at("a.example"), pause)
			if err != nil || time.Since(start) != want {
				t.Errorf("request %d: waited %v, %v, want %v", i+1, time.Since(start), err, want)
			}
			leave()
		}
	})
}

// Of two requests at a time each is followed by the pause that its own site wants.
func TestPauseOfASiteOfTwoRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := limiter{perHost: 2, pause: time.Second}
		enter := func(pause, want time.Duration) (leave func()) {
			start := time.Now()
			leave, err := g.enter(t.Context(), at("a.example"), pause)
			if err != nil || time.Since(start) != want {
				t.Errorf("waited %v, %v, want %v", time.Since(start), err, want)
			}
			return leave
		}
		slow := enter(10*time.Second, 0)
		enter(0, 10*time.Second)()
		time.Sleep(2 * time.Second)
		slow()
		enter(0, 10*time.Second)()
	})
}

func TestGates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g limiter
		leave, err := g.enter(t.Context(), at("a.example"), 0)
		if err != nil {
			t.Fatal(err)
		}
		var second, other bool
		go func() {
			leave, _ := g.enter(t.Context(), at("A.example"), 0)
			second = true
			leave()
		}()
		go func() {
			leave, _ := g.enter(t.Context(), at("b.example"), 0)
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
			t.Errorf("let in: %v, hosts left behind: %d", second, len(g.hosts))
		}
	})
}

func TestGatesPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := limiter{pause: time.Second}
		begin := time.Now()
		ask := func(host string, takes time.Duration) time.Duration {
			leave, err := g.enter(t.Context(), at(host), 0)
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
		g := limiter{perHost: 2, pause: time.Second}
		begin := time.Now()
		starts := make(chan time.Duration, 4)
		for range 4 {
			go func() {
				leave, err := g.enter(t.Context(), at("a.example"), 0)
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
		g := limiter{all: make(chan struct{}, 3)}
		var under, most int
		var mu sync.Mutex
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				leave, err := g.enter(t.Context(), at(fmt.Sprint(i%10)), 0)
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
		g := limiter{pause: time.Minute, all: make(chan struct{}, 1)}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wait := func(host, what string) {
			if _, err := g.enter(ctx, at(host), 0); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", what, err)
			}
		}
		leave, err := g.enter(t.Context(), at("a.example"), 0)
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
		g := limiter{pause: time.Second}
		most := 0
		for i := range 20_000 { // a hundred of them within a pause
			leave, err := g.enter(t.Context(), at(fmt.Sprintf("%d.example", i)), 0)
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

// TestFetchLeavesAHostAlone has a server tell one request to wait: no other reaches it until then.
func TestFetchLeavesAHostAlone(t *testing.T) {
	for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		asked := atomic.Int32{}
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(code)
		})
		c := client(t, Options{})
		if _, err := c.Fetch(t.Context(), news.Request{URL: url + "/a"}); err == nil {
			t.Fatal("no error")
		}
		resp, err := c.Fetch(t.Context(), news.Request{URL: url + "/b"})
		wantError(t, err, news.Busy, fmt.Sprintf(" answered %d", code), "left alone until")
		if wait := resp.RetryAfter; wait <= 9*time.Minute || wait > 10*time.Minute || resp.Status != 0 {
			t.Errorf("wait %s, status %d", wait, resp.Status)
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("the server was asked %d times", n)
		}
	}
}

// TestFetchGoesOnWithoutRetryAfter keeps errors that ask for nothing from stopping a host's others.
func TestFetchGoesOnWithoutRetryAfter(t *testing.T) {
	for code, header := range map[int]string{503: "", 500: "600", 404: "600"} {
		asked := atomic.Int32{}
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Retry-After", header)
			w.WriteHeader(code)
		})
		c := client(t, Options{})
		for range 2 {
			if _, err := c.Fetch(t.Context(), news.Request{URL: url}); news.KindOf(err) == news.Busy {
				t.Error(err)
			}
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("%d: the server was asked %d times", code, n)
		}
	}
}

func TestGatesAreShutForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g limiter
		leave, err := g.enter(t.Context(), at("A.example."), 0)
		if err != nil {
			t.Fatal(err)
		}
		waited := make(chan error, 1)
		go func() { // it waits for its turn while the site is shut
			_, err := g.enter(t.Context(), at("a.example"), 0)
			waited <- err
		}()
		synctest.Wait()
		g.close(at("A.example."), 429, time.Hour)
		g.close(at("a.example"), 503, time.Minute) // the longer wait counts
		leave()
		if _, is := errors.AsType[*shut](<-waited); !is {
			t.Error("who waited for a turn was let in")
		}
		if leave, err = g.enter(t.Context(), at("b.example"), 0); err != nil {
			t.Fatal(err)
		}
		leave()
		time.Sleep(time.Hour - time.Second)
		if _, err = g.enter(t.Context(), at("a.example"), 0); err == nil {
			t.Error("let in before its time")
		}
		time.Sleep(time.Second)
		if leave, err = g.enter(t.Context(), at("a.example"), 0); err != nil {
			t.Fatal(err)
		}
		leave()
		if len(g.hosts) != 0 {
			t.Errorf("%d hosts left behind", len(g.hosts))
		}
	})
}

func at(host string) *url.URL { return &url.URL{Scheme: "https", Host: host, Path: "/feed"} }

// TestSitesAreShutEachForItself: a site's subdomains are left alone with it, those who share a host
// with it are not.
func TestSitesAreShutEachForItself(t *testing.T) {
	for _, c := range []struct {
		asks, other string
		shut        bool
	}{
		{"https://rss.paper.example/a", "https://www.paper.example/b", true},
		{"https://rss.paper.example/a", "https://paper.test/b", false},
		{"https://ana.blogspot.com/feed", "https://bob.blogspot.com/feed", false},
		{"https://www.gob.mx/sre/feed", "https://www.gob.mx/sep/feed", false},
		{"https://www.gob.mx/sre/feed", "https://www.gob.mx/sre/other", true},
		{"https://medium.com/feed/@ana", "https://medium.com/feed/@bob", false},
		{"http://127.0.0.1:4000/feed", "http://127.0.0.1:5000/feed", false},
		{"http://127.0.0.1:4000/feed", "http://127.0.0.1:4000/other", true},
	} {
		var g limiter
		asks, err := url.Parse(c.asks)
		if err != nil {
			t.Fatal(err)
		}
		other, err := url.Parse(c.other)
		if err != nil {
			t.Fatal(err)
		}
		g.close(asks, 429, time.Hour)
		leave, err := g.enter(t.Context(), other, 0)
		if _, is := errors.AsType[*shut](err); is != c.shut {
			t.Errorf("%s asks to be left alone, %s is shut: %t", c.asks, c.other, is)
		}
		if err == nil {
			leave()
		}
	}
}
